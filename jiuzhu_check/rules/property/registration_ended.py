"""登记已终止."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.declared import declared_count
from jiuzhu_check.rules.found import FOUND, all_evidence
from jiuzhu_check.rules.property.registered_property import dwellings
from jiuzhu_check.rules.property.registered_vehicle import registered_vehicles
from jiuzhu_check.rules.rule import rule


@rule(id="registration_ended", title="登记已终止", basis="verification", since=date(2014, 5, 1))
def registration_ended(
    household: pl.DataFrame,
    declaration: pl.DataFrame,
    vehicle: pl.DataFrame,
    real_estate: pl.DataFrame,
    limits: pl.DataFrame,
) -> pl.DataFrame:
    """家庭申报有机动车或住房，而登记中的都已终止或为历史登记，没有在册的。"""
    vehicles = registered_vehicles(vehicle, household, limits)
    return pl.concat(
        [
            FOUND.fit(_all_ended(vehicles, declaration, "vehicle", "机动车", "辆")),
            FOUND.fit(_all_ended(dwellings(real_estate), declaration, "dwelling", "住房", "套")),
        ]
    )


def _all_ended(registered: pl.DataFrame, declaration: pl.DataFrame, item: str, noun: str, unit: str) -> pl.DataFrame:
    return (
        registered.join(declared_count(declaration, item).filter(pl.col("declared") > 0), on="household_no")
        .group_by("household_no", "declared", maintain_order=True)
        .agg(pl.col("ended").all(), ended_count=pl.len().cast(pl.Int64), evidence=all_evidence())
        .filter("ended")
        .with_columns(
            pl.col("declared").cast(pl.String),
            subject=pl.lit(item),
            kind=pl.lit("favourable"),
            found=pl.lit("0"),
            unit=pl.lit(unit),
            status=pl.lit("to_verify"),
            sentence=pl.format(
                f"申报{noun}{{}}{unit}，登记的{{}}{unit}均已终止或为历史登记，没有在册的。", "declared", "ended_count"
            ),
        )
    )
