"""近期终止登记的财产."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.declared import last_declared, registered_later
from jiuzhu_check.rules.found import FOUND, status
from jiuzhu_check.rules.property.registered_machine import registered_farm_machines, registered_ships
from jiuzhu_check.rules.property.registered_property import registered_properties, subject_and_use
from jiuzhu_check.rules.property.registered_vehicle import registered_vehicles
from jiuzhu_check.rules.rule import rule
from jiuzhu_check.rules.terms import terms

COLUMNS = ("household_no", "member_no", "subject", "record_date", "ended_on", "evidence")


@rule(id="property_ended_recently", title="近期终止登记的财产", basis="standard", since=date(2014, 5, 1))
def property_ended_recently(
    household: pl.DataFrame,
    declaration: pl.DataFrame,
    vehicle: pl.DataFrame,
    real_estate: pl.DataFrame,
    limits: pl.DataFrame,
    as_of: date,
) -> pl.DataFrame:
    """机动车、船舶、农业机械或房屋的登记在当地政策规定的期限内终止，或者终止日期不明，请核实是否出售、转让及所得。"""
    window = terms(household, limits, months="property_transfer_window").drop_nulls("months")
    if window.is_empty():
        return FOUND.empty()
    ended = pl.concat(
        [
            _ended(registered_vehicles(vehicle, household, limits), "机动车"),
            _ended(registered_ships(vehicle, household, limits), "船舶"),
            _ended(registered_farm_machines(vehicle, household, limits), "农业机械"),
            _ended(registered_properties(real_estate).with_columns(subject=subject_and_use()), "房屋"),
        ]
    )
    since = pl.lit(as_of).dt.offset_by(pl.format("-{}mo", "months"))
    day, first = pl.col("ended_on"), pl.col("record_date")
    # what was first registered within the window cannot have ended before it
    when = (
        pl.when(day.is_not_null())
        .then(pl.format("登记于{}终止", day))
        .when(first >= since)
        .then(pl.format("登记已终止，终止日期未注明，{}才登记", first))
        .otherwise(pl.lit("登记已终止，终止日期未注明"))
    )
    return (
        ended.join(window, on="household_no")
        .filter(day.is_null() | (day >= since))
        .join(last_declared(declaration), on="household_no", how="left")
        .with_columns(
            status((day > pl.col("declared_on")).fill_null(value=False) | registered_later()),
            kind=pl.lit("question"),
            declared=pl.lit(None),
            found=pl.lit("1"),
            unit=pl.lit("项"),
            sentence=pl.col("noun")
            + when
            + pl.format("；当地政策过问{}个月内的变动，请核实是否出售、转让及所得。", "months"),
        )
    )


def _ended(things: pl.DataFrame, noun: str) -> pl.DataFrame:
    return things.filter("ended").select(*COLUMNS, noun=pl.lit(noun))
