"""公积金账户有余额."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.declared import last_declared, registered_later
from jiuzhu_check.rules.found import status
from jiuzhu_check.rules.property.money_held import fund_balances
from jiuzhu_check.rules.rule import rule
from jiuzhu_check.rules.terms import terms


@rule(id="provident_fund_balance", title="公积金账户有余额", basis="standard", since=date(2014, 5, 1))
def provident_fund_balance(
    household: pl.DataFrame, declaration: pl.DataFrame, provident_fund: pl.DataFrame, limits: pl.DataFrame
) -> pl.DataFrame:
    """家庭成员未销户的住房公积金账户有余额，当地政策过问；余额按规定提取，请核实。"""
    policy = terms(household, limits, policy="provident_fund_balance").filter(pl.col("policy") == "question")
    doubt = pl.when(pl.col("doubt").is_not_null()).then(pl.format("{}，", "doubt")).otherwise(pl.lit(""))
    return (
        fund_balances(provident_fund)
        .join(policy, on="household_no")
        .filter(pl.col("amount") > 0)
        .join(last_declared(declaration), on="household_no", how="left")
        .with_columns(
            status(registered_later()),
            declared=pl.lit(None),
            kind=pl.lit("question"),
            found=pl.col("amount").cast(pl.String),
            unit=pl.lit("元"),
            sentence=pl.format("公积金账户余额{}元（{}）；", "amount", "value_on") + doubt + pl.lit("请核实。"),
        )
    )
