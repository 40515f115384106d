"""More registered than declared: shared by the rules that compare a household's count."""

import polars as pl

from jiuzhu_check.rules.declared import declared_count, later_words, registered_later, undated
from jiuzhu_check.rules.found import FOUND, all_evidence, kind, status


def more_than_declared(
    registered: pl.DataFrame, declaration: pl.DataFrame, item: str, noun: str, unit: str
) -> pl.DataFrame:
    """What is registered beyond the declared count, as a rule finds it.

    registered: one row a household and thing, with subject, member_no, doubt (why it must be asked first, in Chinese;
                null where nothing is in doubt), record_date, evidence
    returns:    declared nothing, or left blank: one row a thing; declared fewer than registered: one row a household,
                for nobody can say which one was not declared
    """
    compared = (
        registered.join(declared_count(declaration, item), on="household_no", how="left")
        .with_columns(
            registered=pl.len().cast(pl.Int64).over("household_no"), changed=registered_later(), undated=undated()
        )
        .with_columns(unit=pl.lit(unit))
    )
    each = compared.filter(pl.col("declared").is_null() | (pl.col("declared") == 0))
    some = compared.filter(pl.col("declared") > 0, pl.col("registered") > pl.col("declared"))
    return pl.concat([FOUND.fit(_each_thing(each, noun, unit)), FOUND.fit(_household(some, item, noun, unit))])


def _each_thing(things: pl.DataFrame, noun: str, unit: str) -> pl.DataFrame:
    blank = pl.col("declared").is_null()
    opening = (
        pl.when(blank)
        .then(pl.format(f"申报表未填{noun}，登记有{{}}{unit}", "registered"))
        .otherwise(pl.format(f"申报{noun}0{unit}，登记有{{}}{unit}", "registered"))
    )
    which = pl.when(pl.col("registered") > 1).then(pl.lit("，此为其中之一；")).otherwise(pl.lit("；"))
    ending = (
        pl.when("changed")
        .then(later_words())
        .when(pl.col("doubt").is_not_null())
        .then(pl.format("{}，请核实。", "doubt"))
        .when(blank)
        .then(pl.lit("请核实。"))
        .when("undated")
        .then(pl.lit("登记日期或申报日期未注明，先后不能确定，请核实。"))
        .otherwise(pl.lit("登记与申报不一致，待核实。"))
    )
    return things.with_columns(
        kind(blank | pl.col("changed") | pl.col("undated") | pl.col("doubt").is_not_null()),
        status(pl.col("changed")),
        pl.col("declared").cast(pl.String),
        found=pl.lit("1"),
        sentence=opening + which + ending,
    )


def _household(things: pl.DataFrame, item: str, noun: str, unit: str) -> pl.DataFrame:
    later, open_ = pl.col("later"), pl.col("registered") - pl.col("certain")
    changed = pl.col("registered") - later <= pl.col("declared")
    asked = pl.col("certain") <= pl.col("declared")
    ending = (
        pl.when(asked & changed)
        .then(pl.format(f"其中{{}}{unit}登记于申报之后，属申报后变化，请核实。", later))
        .when(asked)
        .then(pl.format(f"其中{{}}{unit}须先核实状态、归属、用途或登记日期，请核实。", open_))
        .otherwise(pl.lit("登记与申报不一致，待核实。"))
    )
    return (
        things.group_by("household_no", "declared", "registered", "unit", maintain_order=True)
        .agg(
            later=pl.col("changed").sum().cast(pl.Int64),
            certain=(~pl.col("changed") & ~pl.col("undated") & pl.col("doubt").is_null()).sum().cast(pl.Int64),
            evidence=all_evidence(),
        )
        .with_columns(
            kind(asked),
            status(changed),
            pl.col("declared").cast(pl.String),
            subject=pl.lit(item),
            found=pl.col("registered").cast(pl.String),
            sentence=pl.format(f"申报{noun}{{}}{unit}，登记有{{}}{unit}；", "declared", "registered") + ending,
        )
    )
