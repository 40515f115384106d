"""有网签合同、尚无登记的房屋."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.declared import declared_count
from jiuzhu_check.rules.property.asked_about import asked_about
from jiuzhu_check.rules.property.registered_property import current_dwellings, filed_contracts, subject_and_use
from jiuzhu_check.rules.rule import rule
from jiuzhu_check.rules.terms import terms


@rule(id="filed_contract", title="有网签合同、尚无登记的房屋", basis="standard", since=date(2014, 5, 1))
def filed_contract(
    household: pl.DataFrame, declaration: pl.DataFrame, real_estate: pl.DataFrame, limits: pl.DataFrame
) -> pl.DataFrame:
    """家庭成员有网签购房合同而没有同一处房屋的登记，请核实；政策计入住房套数、家庭也已申报的不在此列。"""
    policy = terms(household, limits, policy="dwelling_contract")
    home = pl.col("use").fill_null("residence") == "residence"
    registered = current_dwellings(real_estate).group_by("household_no").agg(registered=pl.len())
    contracts = home.sum().over("household_no")
    declared = pl.col("declared") >= pl.col("registered").fill_null(0) + contracts
    asked = (
        filed_contracts(real_estate)
        .join(policy, on="household_no", how="left")
        .join(registered, on="household_no", how="left")
        .join(declared_count(declaration, "dwelling").select("household_no", "declared"), on="household_no", how="left")
        .filter(~(home & (pl.col("policy") == "counted") & declared).fill_null(value=False))
        .with_columns(policy=pl.col("policy").replace("counted", None), subject=subject_and_use())
    )
    return asked_about(asked, declaration, pl.lit("网签合同的房屋"), "处")
