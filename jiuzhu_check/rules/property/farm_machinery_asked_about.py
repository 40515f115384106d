"""政策过问的农业机械."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.property.asked_about import asked_about
from jiuzhu_check.rules.property.registered_machine import registered_farm_machines
from jiuzhu_check.rules.rule import rule


@rule(id="farm_machinery_asked_about", title="政策过问的农业机械", basis="standard", since=date(2014, 5, 1))
def farm_machinery_asked_about(
    household: pl.DataFrame, declaration: pl.DataFrame, vehicle: pl.DataFrame, limits: pl.DataFrame
) -> pl.DataFrame:
    """家庭成员名下登记有未终止的农业机械，当地政策过问；用于谋生的请核实用途。"""
    farm_machines = registered_farm_machines(vehicle, household, limits).filter(~pl.col("ended"), ~pl.col("exempt"))
    return asked_about(farm_machines.drop_nulls("policy"), declaration, pl.lit("农业机械"), "台")
