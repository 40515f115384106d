"""Everything that a household can declare the number of, and what the registers show of it."""

import polars as pl

from jiuzhu_check.rules.declared import declared_count
from jiuzhu_check.rules.once import once
from jiuzhu_check.rules.property.registered_entity import registered_entities
from jiuzhu_check.rules.property.registered_machine import registered_farm_machines, registered_ships
from jiuzhu_check.rules.property.registered_property import dwellings
from jiuzhu_check.rules.property.registered_vehicle import registered_vehicles

WORDS = {
    "vehicle": ("机动车", "辆"),
    "dwelling": ("住房", "套"),
    "ship": ("船舶", "艘"),
    "farm_machinery": ("农业机械", "台"),
    "market_entity": ("市场主体", "户"),
}


@once
def household_things(
    household: pl.DataFrame,
    vehicle: pl.DataFrame,
    real_estate: pl.DataFrame,
    market_entity: pl.DataFrame,
    limits: pl.DataFrame,
) -> pl.DataFrame:
    """One row a household and thing, ended or not: household_no, item, noun, unit, ended, evidence."""
    things = {
        "vehicle": registered_vehicles(vehicle, household, limits),
        "dwelling": dwellings(real_estate),
        "ship": registered_ships(vehicle, household, limits),
        "farm_machinery": registered_farm_machines(vehicle, household, limits),
        "market_entity": registered_entities(market_entity, household, limits),
    }
    return pl.concat(
        things[item].select(
            "household_no", "ended", "evidence", item=pl.lit(item), noun=pl.lit(noun), unit=pl.lit(unit)
        )
        for item, (noun, unit) in WORDS.items()
    )


@once
def declared_counts(declaration: pl.DataFrame) -> pl.DataFrame:
    """household_no, item and declared (at least one) of everything that a household says it has."""
    return pl.concat(
        declared_count(declaration, item)
        .filter(pl.col("declared") > 0)
        .select("household_no", "declared", item=pl.lit(item))
        for item in WORDS
    )
