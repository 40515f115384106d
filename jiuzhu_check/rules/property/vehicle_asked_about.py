"""县（市、区）政策过问的车辆."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.declared import declared_count, later_words, registered_later
from jiuzhu_check.rules.found import kind, status
from jiuzhu_check.rules.property.registered_vehicle import asked_vehicles
from jiuzhu_check.rules.rule import rule
from jiuzhu_check.rules.terms import terms


@rule(id="vehicle_asked_about", title="县（市、区）政策过问的车辆", basis="standard", since=date(2014, 5, 1))
def vehicle_asked_about(
    household: pl.DataFrame, declaration: pl.DataFrame, vehicle: pl.DataFrame, limits: pl.DataFrame
) -> pl.DataFrame:
    """登记中未终止的机动车多于当地政策不过问的辆数；政策没有规定为不一致的，请核实车辆的情况和用途。"""
    policy = terms(household, limits, allowed="vehicle_allowed", over="vehicle_over_allowed")
    counted = pl.len().over("household_no").cast(pl.Int64).alias("registered")
    sure = pl.col("doubt").is_null() & ~registered_later()
    differs = (pl.col("over") == "difference") & sure & (sure.sum().over("household_no") > pl.col("allowed"))
    differs = differs.fill_null(value=False)
    ending = (
        pl.when(pl.col("purpose").is_not_null())
        .then(pl.format("{}，请核实用途。", "purpose"))
        .when(pl.col("doubt").is_not_null())
        .then(pl.format("{}，请核实。", "doubt"))
        .when(registered_later())
        .then(later_words())
        .when(differs)
        .then(pl.lit("与当地政策规定不一致，待核实。"))
        .otherwise(pl.lit("请核实车辆的情况和用途。"))
    )
    return (
        asked_vehicles(vehicle, household, limits)
        .join(policy, on="household_no")
        .with_columns(counted)
        .filter(pl.col("registered") > pl.col("allowed"))
        .join(declared_count(declaration, "vehicle"), on="household_no", how="left")
        .with_columns(
            kind(~differs),
            status(registered_later()),
            pl.col("declared").cast(pl.String),
            found=pl.lit("1"),
            unit=pl.lit("辆"),
            sentence=pl.format("登记有机动车{}辆，政策不过问的为{}辆；", "registered", "allowed") + ending,
        )
    )
