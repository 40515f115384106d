"""What the policy says of each household: by its region and its programme."""

import polars as pl

from jiuzhu_check.rules.once import once

_PLACE = ("region", "programme")


def terms(household: pl.DataFrame, limits: pl.DataFrame, *parameters: str, **renamed: str) -> pl.DataFrame:
    """One row a household: household_no and the parameters asked for, null where nothing is in force.

    parameters: columns of the limits, such as vehicle_allowed; renamed: the same under a shorter name
    """
    said = limits.select(*parameters, **{name: pl.col(column) for name, column in renamed.items()})
    placed = _placed(household, limits)
    return pl.concat([placed.select("household_no"), said[placed["_row"]]], how="horizontal")


@once
def _placed(household: pl.DataFrame, limits: pl.DataFrame) -> pl.DataFrame:
    """household_no and _row: which row of the limits is a household's; null where none is."""
    rows = limits.select(*_PLACE).with_row_index("_row")
    return household.select("household_no", *_PLACE).join(
        rows, on=_PLACE, how="left", nulls_equal=True, maintain_order="left"
    )
