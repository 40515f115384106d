"""政策过问的船舶."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.property.asked_about import asked_about
from jiuzhu_check.rules.property.registered_machine import registered_ships
from jiuzhu_check.rules.rule import rule


@rule(id="ship_asked_about", title="政策过问的船舶", basis="standard", since=date(2014, 5, 1))
def ship_asked_about(
    household: pl.DataFrame, declaration: pl.DataFrame, vehicle: pl.DataFrame, limits: pl.DataFrame
) -> pl.DataFrame:
    """家庭成员名下登记有未终止的船舶，当地政策过问；用于谋生的请核实用途。"""
    ships = registered_ships(vehicle, household, limits).filter(~pl.col("ended"), ~pl.col("exempt"))
    return asked_about(ships.drop_nulls("policy"), declaration, pl.lit("船舶"), "艘")
