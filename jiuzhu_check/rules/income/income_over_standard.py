"""人均收入核算数高于标准."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.found import kind, status
from jiuzhu_check.rules.rule import rule


@rule(
    id="income_over_standard", title="人均收入核算数高于标准", basis="standard", since=date(2014, 5, 1), unrecorded=True
)
def income_over_standard(account: pl.DataFrame) -> pl.DataFrame:
    """来源显示的收入和没有来源显示的申报收入相加、减去必要支出，按家庭成员人均计算的年收入核算数高于当地标准。"""
    changed, certain = pl.col("changed"), pl.col("certainly_over")
    ending = (
        pl.when(~certain)
        .then(pl.format("其中{}元为推算或估计，不计这一部分则不高于标准，请核实。", "estimated_year"))
        .otherwise(pl.lit("核算数高于标准，请乡镇复核。"))
    )
    return account.filter("over").with_columns(
        kind(changed | ~certain),
        status(changed),
        member_no=pl.lit(None),
        subject=pl.lit("income"),
        declared=pl.col("declared_head_year").cast(pl.String),
        found=pl.col("head_year").cast(pl.String),
        unit=pl.lit("元/人年"),
        sentence=pl.format(
            "家庭{}人，人均年收入核算数{}元，{}折合每人每年{}元；",
            "members",
            "head_year",
            "standard",
            "standard_year",
        )
        + ending,
    )
