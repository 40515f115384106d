"""有网签合同、尚无登记的房屋."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.property.asked_about import asked_about
from jiuzhu_check.rules.property.registered_property import filed_contracts, subject_and_use
from jiuzhu_check.rules.rule import rule
from jiuzhu_check.rules.terms import terms


@rule(id="filed_contract", title="有网签合同、尚无登记的房屋", basis="standard", since=date(2014, 5, 1))
def filed_contract(
    household: pl.DataFrame, declaration: pl.DataFrame, real_estate: pl.DataFrame, limits: pl.DataFrame
) -> pl.DataFrame:
    """家庭成员有网签购房合同而没有同一处房屋的登记，请核实；当地政策计入住房套数的住房合同不在此列。"""
    policy = terms(household, limits, policy="dwelling_contract")
    home = pl.col("use").fill_null("residence") == "residence"
    asked = (
        filed_contracts(real_estate)
        .join(policy, on="household_no", how="left")
        .filter(~home | pl.col("policy").ne_missing("counted"))
        .with_columns(policy=pl.col("policy").replace("counted", None), subject=subject_and_use())
    )
    return asked_about(asked, declaration, pl.lit("网签合同的房屋"), "处")
