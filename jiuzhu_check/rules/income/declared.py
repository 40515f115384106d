"""申报收入 in the account: it stands for what no source shows."""

import polars as pl

from jiuzhu_check.rules.declared import declared_income
from jiuzhu_check.rules.income.cents import cents, yuan
from jiuzhu_check.rules.income.line import WHOSE, lines, together


def declared_lines(
    people: pl.DataFrame, declaration: pl.DataFrame, shown: pl.DataFrame, imputed: pl.DataFrame
) -> pl.DataFrame:
    """LINE rows: each member's declared monthly income, as far as it counts, and those whose income nothing says.

    people: the members without supporters; shown: LINE rows of what sources show; imputed: who has an imputed wage
    The declared sum is of all that a member earns. Where a source shows a wage, the source stands for it. Otherwise
    what sources show is part of it, and only the rest is counted; of that rest, as much as sources show of what does
    not count may be just that, so it is only an estimate. Blank and no source: unknown, never zero.
    """
    of = list(WHOSE)
    counted, wage = pl.col("counted"), (pl.col("class") == "wage") & pl.col("livelihood")
    sums = shown.group_by(of, maintain_order=True).agg(
        waged=(counted & wage).any(),
        living=(counted & pl.col("livelihood")).any(),
        counted=pl.col("cents").filter(counted & (pl.col("class") != "deduction")).sum(),
        excluded=pl.col("cents").filter(pl.col("class") == "excluded").sum(),
    )
    told = (
        people.select(of)
        .join(declared_income(declaration).select(*of, "declared"), on=of, how="left", maintain_order="left")
        .join(sums, on=of, how="left", maintain_order="left")
        .with_columns(pl.col("waged", "living").fill_null(value=False), pl.col("counted", "excluded").fill_null(0))
        .with_columns(year=cents("declared") * 12)
        .with_columns(rest=(pl.col("year") - pl.col("counted").clip(0)).clip(0))
        .with_columns(maybe=pl.min_horizontal("rest", "excluded").clip(0))
    )
    known = told.filter(pl.col("declared").is_not_null())
    free = known.filter(~pl.col("waged"))
    blank = told.filter(pl.col("declared").is_null() & ~pl.col("living")).join(imputed, on=of, how="anti")
    return together(
        _shown(known.filter("waged")), _rest(free), _maybe(free.filter(pl.col("maybe") > 0)), _unknown(blank)
    )


def _shown(known: pl.DataFrame) -> pl.DataFrame:
    return lines(
        known.with_columns(
            cents="year",
            formula=_a_month(),
            item=pl.lit("申报月收入"),
            what=pl.lit("已有来源显示工资，以来源为准，不重复计算。"),
            **{"class": pl.lit("other")},
        ).drop("counted")
    )


def _rest(free: pl.DataFrame) -> pl.DataFrame:
    some = pl.col("counted") > 0
    less = pl.when(some).then(pl.format("，减来源已显示的{}元", yuan("counted"))).otherwise(pl.lit(""))
    unsure = pl.when(pl.col("maybe") > 0).then(pl.format("，另列{}元", yuan("maybe"))).otherwise(pl.lit(""))
    return lines(
        free.with_columns(
            formula=_a_month() + less + unsure,
            what=pl.when(some)
            .then(pl.lit("申报数包含来源已显示的收入，只计其余部分。"))
            .otherwise(pl.lit("没有来源显示，按申报计入。")),
            item=pl.lit("申报月收入"),
            cents=pl.col("rest") - pl.col("maybe"),
            counted=pl.lit(True),
            **{"class": pl.lit("other")},
        )
    )


def _maybe(unsure: pl.DataFrame) -> pl.DataFrame:
    return lines(
        unsure.with_columns(
            formula=pl.format("申报数中不超过不计入项目的{}元", yuan("excluded")),
            item=pl.lit("申报月收入中可能不计入的部分"),
            what=pl.lit("申报数可能包含不计入家庭收入的项目，暂列在内；仅凭这一部分不作为不一致，请核实。"),
            cents="maybe",
            counted=pl.lit(True),
            estimated=pl.lit(True),
            **{"class": pl.lit("other")},
        )
    )


def _unknown(blank: pl.DataFrame) -> pl.DataFrame:
    return lines(
        blank.with_columns(
            item=pl.lit("收入不明"),
            formula=pl.lit("申报表未填月收入"),
            what=pl.lit("申报表未填，也没有来源显示其收入；不明不当作没有，待补齐。"),
            counted=pl.lit(True),
            cents=pl.lit(None),
            **{"class": pl.lit("other")},
        )
    )


def _a_month() -> pl.Expr:
    return pl.format("申报{}元/月 × 12", "declared")
