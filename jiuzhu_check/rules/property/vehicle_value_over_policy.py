"""机动车价值高于政策上限."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.declared import declared_count, last_declared, registered_later
from jiuzhu_check.rules.found import status
from jiuzhu_check.rules.property.annual_standard import annual_standard, over, times_standard
from jiuzhu_check.rules.property.registered_vehicle import asked_vehicles
from jiuzhu_check.rules.rule import rule
from jiuzhu_check.rules.terms import terms


@rule(id="vehicle_value_over_policy", title="机动车价值高于政策上限", basis="standard", since=date(2014, 5, 1))
def vehicle_value_over_policy(
    household: pl.DataFrame, declaration: pl.DataFrame, vehicle: pl.DataFrame, limits: pl.DataFrame
) -> pl.DataFrame:
    """登记中未终止的机动车，登记的价值高于当地政策的上限，或者没有登记价值，请核实现值。"""
    policy = terms(
        household,
        limits,
        allowed="vehicle_allowed",
        fixed="vehicle_value_limit",
        multiple="vehicle_value_multiple",
        reached="vehicle_value_reached",
    ).join(annual_standard(household, limits), on="household_no", maintain_order="left")
    limit = pl.coalesce("fixed", times_standard("multiple"))
    value, unknown = pl.col("value"), pl.col("value").is_null()
    # more vehicles than the policy leaves alone are asked about already, whatever they are worth
    left_alone = (pl.len().over("household_no") <= pl.col("allowed")).fill_null(value=True)
    return (
        asked_vehicles(vehicle, household, limits)
        .join(policy.with_columns(limit=limit).drop_nulls("limit"), on="household_no")
        .filter(over(value, pl.col("limit"), "reached") | (unknown & left_alone))
        .join(declared_count(declaration, "vehicle").drop("declared_on"), on="household_no", how="left")
        .join(last_declared(declaration), on="household_no", how="left")
        .with_columns(
            status(registered_later()),
            pl.col("declared").cast(pl.String),
            kind=pl.lit("question"),
            found=pl.when(unknown).then(pl.lit("1")).otherwise(value.cast(pl.String)),
            unit=pl.when(unknown).then(pl.lit("辆")).otherwise(pl.lit("元")),
            sentence=pl.when(unknown)
            .then(pl.format("机动车没有登记价值，政策的上限为{}元；请核实现值。", "limit"))
            .otherwise(
                pl.format("机动车登记价值{}元，政策的上限为{}元；登记的可能是购置价，请核实现值。", "value", "limit")
            ),
        )
    )
