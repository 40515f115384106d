"""公积金缴存显示的工资未申报."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.declared import TOLERANCE_YUAN, declared_income, later_words, registered_later
from jiuzhu_check.rules.found import FOUND, kind, status
from jiuzhu_check.rules.provident_fund_account import accounts, wages_shown
from jiuzhu_check.rules.rule import rule


@rule(id="undeclared_wage", title="公积金缴存显示的工资未申报", basis="declaration", since=date(2014, 5, 1))
def undeclared_wage(
    household: pl.DataFrame,
    declaration: pl.DataFrame,
    provident_fund: pl.DataFrame,
    limits: pl.DataFrame,
    as_of: date,
) -> pl.DataFrame:
    """公积金账户显示的月工资高于该成员申报的月收入，或者账户有基数、余额而不能确定是否显示工资。"""
    held = accounts(provident_fund, household, limits, as_of)
    unsure = held.filter(pl.col("doubt").is_not_null())
    income = declared_income(declaration)
    whose = ["household_no", "member_no"]
    return pl.concat(
        [
            FOUND.fit(_wage(wages_shown(held).join(income, on=whose, how="left"))),
            FOUND.fit(_unsure(unsure.join(income, on=whose, how="left"))),
        ]
    )


def _wage(wages: pl.DataFrame) -> pl.DataFrame:
    blank, later = pl.col("declared").is_null(), registered_later()
    declared = pl.when(blank).then(pl.lit("申报表未填月收入")).otherwise(pl.format("申报月收入{}元", "declared"))
    ending = (
        pl.when(later)
        .then(later_words())
        .when(blank)
        .then(pl.lit("请核实。"))
        .otherwise(pl.lit("登记与申报不一致，待核实。"))
    )
    return wages.filter(blank | (pl.col("declared") < pl.col("base") - TOLERANCE_YUAN)).with_columns(
        kind(blank | later),
        status(later),
        pl.col("declared").cast(pl.String),
        found=pl.col("base").cast(pl.String),
        unit=pl.lit("元/月"),
        sentence=declared + pl.format("，公积金缴存基数{}元/月；", "base") + ending,
    )


def _unsure(accounts: pl.DataFrame) -> pl.DataFrame:
    base, balance = pl.col("base"), pl.col("balance")
    amounts = pl.concat_str(
        pl.format("缴存基数{}元/月", base), pl.format("余额{}元", balance), separator="、", ignore_nulls=True
    )
    return accounts.filter((base > 0) | (balance > 0)).with_columns(
        status(registered_later()),
        pl.col("declared").cast(pl.String),
        kind=pl.lit("question"),
        found=pl.when(base > 0).then(base).otherwise(balance).cast(pl.String),
        unit=pl.when(base > 0).then(pl.lit("元/月")).otherwise(pl.lit("元")),
        sentence=pl.lit("公积金账户") + amounts + pl.format("；{}，请核实。", "doubt"),
    )
