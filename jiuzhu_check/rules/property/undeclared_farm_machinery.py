"""登记农业机械多于申报."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.property.more_than_declared import more_than_declared
from jiuzhu_check.rules.property.registered_machine import registered_farm_machines
from jiuzhu_check.rules.rule import rule


@rule(id="undeclared_farm_machinery", title="登记农业机械多于申报", basis="declaration", since=date(2014, 5, 1))
def undeclared_farm_machinery(
    household: pl.DataFrame, declaration: pl.DataFrame, vehicle: pl.DataFrame, limits: pl.DataFrame
) -> pl.DataFrame:
    """登记中未终止的农业机械多于家庭申报的数量，或者申报表没有填写。"""
    farm_machines = registered_farm_machines(vehicle, household, limits).filter(~pl.col("ended"), ~pl.col("exempt"))
    return more_than_declared(farm_machines, declaration, "farm_machinery", "农业机械", "台")
