"""登记船舶多于申报."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.property.more_than_declared import more_than_declared
from jiuzhu_check.rules.property.registered_machine import registered_ships
from jiuzhu_check.rules.rule import rule


@rule(id="undeclared_ship", title="登记船舶多于申报", basis="declaration", since=date(2014, 5, 1))
def undeclared_ship(
    household: pl.DataFrame, declaration: pl.DataFrame, vehicle: pl.DataFrame, limits: pl.DataFrame
) -> pl.DataFrame:
    """登记中未终止的船舶多于家庭申报的数量，或者申报表没有填写。"""
    ships = registered_ships(vehicle, household, limits).filter(~pl.col("ended"), ~pl.col("exempt"))
    return more_than_declared(ships, declaration, "ship", "船舶", "艘")
