"""登记有在校学生."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.found import all_evidence
from jiuzhu_check.rules.personnel.hardship import burdens
from jiuzhu_check.rules.personnel.life_event import WHOSE
from jiuzhu_check.rules.rule import rule


@rule(id="education_burden", title="登记有在校学生", basis="education", since=date(2014, 5, 1))
def education_burden(hardship: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """教育部门登记成员在校就读，学费等负担请一并考虑。"""
    going = (pl.col("until") >= as_of).fill_null(value=True)
    own = pl.coalesce("own_payment", pl.col("amount") - pl.col("fund_payment").fill_null(0))
    return (
        burdens(hardship, "education", as_of)
        .filter(going)
        .with_columns(own=own)
        .group_by(WHOSE, maintain_order=True)
        .agg(
            pl.col("category").drop_nulls().unique().sort().str.join("、").alias("level"),
            pl.col("own").max(),
            evidence=all_evidence(),
        )
        .with_columns(
            subject=pl.lit("education"),
            kind=pl.lit("favourable"),
            status=pl.lit("to_verify"),
            declared=pl.lit(None),
            found=pl.col("own").cast(pl.String).fill_null("金额未注明"),
            unit=pl.lit("元（学费）"),
            sentence=pl.lit("登记为在校学生")
            + pl.when(pl.col("level") != "").then(pl.format("（{}）", "level")).otherwise(pl.lit("（学段未注明）"))
            + pl.format("，登记的学费减去资助为{}元", "own").fill_null("，没有登记学费")
            + pl.lit("；请一并考虑教育负担。"),
        )
    )
