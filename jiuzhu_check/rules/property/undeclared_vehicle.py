"""登记车辆未申报."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.property.more_than_declared import more_than_declared
from jiuzhu_check.rules.property.registered_vehicle import asked_vehicles
from jiuzhu_check.rules.rule import rule


@rule(id="undeclared_vehicle", title="登记车辆未申报", basis="declaration", since=date(2014, 5, 1))
def undeclared_vehicle(
    household: pl.DataFrame, declaration: pl.DataFrame, vehicle: pl.DataFrame, limits: pl.DataFrame
) -> pl.DataFrame:
    """登记中未终止的机动车多于家庭申报的辆数，或者申报表没有填写。"""
    return more_than_declared(asked_vehicles(vehicle, household, limits), declaration, "vehicle", "机动车", "辆")
