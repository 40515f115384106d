"""同期另有不能同时享受的救助."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.found import all_evidence, evidence, kind
from jiuzhu_check.rules.personnel.life_event import EXACT, WHOSE
from jiuzhu_check.rules.personnel.programme_named import programme_named
from jiuzhu_check.rules.rule import rule
from jiuzhu_check.rules.terms import terms


@rule(id="assisted_twice", title="同期另有不能同时享受的救助", basis="assisted_twice", since=date(2014, 5, 1))
def assisted_twice(
    household: pl.DataFrame, assistance: pl.DataFrame, limits: pl.DataFrame, as_of: date
) -> pl.DataFrame:
    """成员在别处登记享受的救助与本户的类别不能同时享受，享受的月份又与本户重叠；起止月份不明的，作为询问。"""
    own = household.select(
        "household_no",
        mine=programme_named(pl.col("programme")),
        applies=pl.col("stage") == "applicant",
        first=pl.col("approved_on").dt.month_start().dt.offset_by("1mo"),  # paid from the month after the approval
    ).join(terms(household, limits, exclusive="assistance_exclusive"), on="household_no", how="left")
    told = (
        assistance.with_columns(evidence(), theirs=programme_named(pl.col("programme")))
        .join(own, on="household_no")
        .filter(_exclusive(), (pl.col("month_from") <= as_of).fill_null(value=True))
        .with_columns(_last(), first=pl.when("applies").then(pl.lit(as_of).dt.month_start()).otherwise("first"))
    )
    overlaps = pl.max_horizontal(pl.col("month_from"), pl.col("first")) <= pl.col("last")
    known = pl.all_horizontal(pl.col("month_from", "first", "last").is_not_null())
    met = told.with_columns(known=known).filter((pl.col("last") >= pl.col("first")).fill_null(value=True))
    asked = met.filter(~pl.col("known") | overlaps)
    period = pl.format(
        "{}至{}",
        pl.col("month_from").dt.strftime("%Y年%-m月").fill_null("起始月份未注明"),
        pl.col("last").dt.strftime("%Y年%-m月").fill_null("截止月份未注明"),
    )
    return (
        asked.with_columns(_period=period)
        .group_by(*WHOSE, "theirs", "mine", "applies", maintain_order=True)
        .agg(
            sure=(pl.col("known") & pl.col("tier").is_in(EXACT)).any(),
            periods=pl.col("_period").unique().sort().str.join("、"),
            evidence=all_evidence(),
        )
        .with_columns(
            kind(~pl.col("sure") | pl.col("applies").fill_null(value=True)),
            subject=pl.col("theirs"),
            status=pl.lit("to_verify"),
            declared=pl.col("mine"),
            found=pl.col("theirs"),
            unit=pl.lit("（同期）"),
            sentence=pl.format("另一处登记享受{}（{}），本户为{}", "theirs", "periods", "mine")
            + pl.when("sure")
            .then(pl.lit("，月份重叠；两项不能同时享受，待核实。"))
            .otherwise(pl.lit("；两项不能同时享受，请核实起止月份。")),
        )
    )


def _exclusive() -> pl.Expr:
    pairs = pl.col("exclusive")
    one, other = pl.format("{}+{}", "mine", "theirs"), pl.format("{}+{}", "theirs", "mine")
    return (pairs.list.contains(one) | pairs.list.contains(other)).fill_null(value=False)


def _last() -> pl.Expr:
    """The last month: as told; of what is still paid the month of the data; otherwise unknown."""
    return (
        pl.when(pl.col("month_to").is_not_null())
        .then("month_to")
        .when(pl.col("status") == "paying")
        .then(pl.col("data_date").dt.month_start())
        .alias("last")
    )
