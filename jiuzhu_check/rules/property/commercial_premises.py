"""登记有商业用房."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.declared import last_declared, later_words, registered_later
from jiuzhu_check.rules.found import kind, status
from jiuzhu_check.rules.property.registered_property import registered_properties
from jiuzhu_check.rules.rule import rule
from jiuzhu_check.rules.terms import terms


@rule(id="commercial_premises", title="登记有商业用房", basis="standard", since=date(2014, 5, 1))
def commercial_premises(
    household: pl.DataFrame, declaration: pl.DataFrame, real_estate: pl.DataFrame, limits: pl.DataFrame
) -> pl.DataFrame:
    """家庭成员名下现势登记有商业用房；当地政策没有规定的，作为询问。"""
    policy = terms(household, limits, policy="premises_commercial")
    later, doubt = registered_later(), pl.col("doubt")
    differs = (pl.col("policy") == "difference").fill_null(value=False)
    ending = (
        pl.when(later)
        .then(later_words())
        .when(doubt.is_not_null())
        .then(pl.format("{}，请核实。", "doubt"))
        .when(differs)
        .then(pl.lit("与当地政策规定不一致，待核实。"))
        .otherwise(pl.lit("请核实其来源和用途。"))
    )
    return (
        registered_properties(real_estate)
        .filter(~pl.col("ended"), pl.col("use") == "commercial")
        .join(policy, on="household_no", how="left")
        .filter(pl.col("policy").ne_missing("not_asked"))
        .join(last_declared(declaration), on="household_no", how="left")
        .with_columns(
            kind(~differs | later | doubt.is_not_null()),
            status(later),
            declared=pl.lit(None),
            found=pl.lit("1"),
            unit=pl.lit("处"),
            sentence=pl.lit("登记有商业用房1处；") + ending,
        )
    )
