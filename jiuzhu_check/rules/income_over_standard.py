"""人均收入核算数高于标准."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.found import kind, status
from jiuzhu_check.rules.income import income_per_head
from jiuzhu_check.rules.rule import rule


@rule(
    id="income_over_standard", title="人均收入核算数高于标准", basis="standard", since=date(2014, 5, 1), unrecorded=True
)
def income_over_standard(
    household: pl.DataFrame,
    member: pl.DataFrame,
    declaration: pl.DataFrame,
    provident_fund: pl.DataFrame,
    limits: pl.DataFrame,
    as_of: date,
) -> pl.DataFrame:
    """公积金显示的工资和申报的收入相加，按家庭成员人均计算的年收入核算数高于当地低保标准。"""
    account = income_per_head(household, member, declaration, provident_fund, limits, as_of)
    return account.filter(pl.col("income_year") > pl.col("standard_year")).with_columns(
        kind(pl.col("changed")),
        status(pl.col("changed")),
        member_no=pl.lit(None),
        subject=pl.lit("income"),
        declared=pl.col("declared_year").cast(pl.String),
        found=pl.col("income_year").cast(pl.String),
        unit=pl.lit("元/人年"),
        sentence=pl.format(
            "家庭{}人，人均年收入核算数{}元，{}折合每人每年{}元；核算数高于标准，请乡镇复核。",
            "members",
            "income_year",
            "standard",
            pl.col("standard_year").cast(pl.Decimal(18, 2)),
        ),
    )
