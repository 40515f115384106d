"""What the policy says of each household: by its region and its programme."""

import polars as pl


def terms(household: pl.DataFrame, limits: pl.DataFrame, *parameters: str, **renamed: str) -> pl.DataFrame:
    """One row a household: household_no and the parameters asked for, null where nothing is in force.

    parameters: columns of the limits, such as vehicle_allowed; renamed: the same under a shorter name
    """
    place = ("region", "programme")
    said = limits.select(*place, *parameters, **{name: pl.col(column) for name, column in renamed.items()})
    return (
        household.select("household_no", *place)
        .join(said, on=place, how="left", nulls_equal=True, maintain_order="left")
        .drop(place)
    )
