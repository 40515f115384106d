"""年低保标准: what a limit that is so many times the standard is measured by."""

import polars as pl

from jiuzhu_check.rules.once import once
from jiuzhu_check.rules.terms import terms


@once
def annual_standard(household: pl.DataFrame, limits: pl.DataFrame) -> pl.DataFrame:
    """One row a household: household_no, standard_year (yuan a head and year, null where unknown), standard_unsure.

    The urban standard is said by the month. A programme that is neither 城市 nor 农村, such as 低保边缘, goes by what the
    policy says; where that is silent and the two differ, the lower one is given, and unsure.
    """
    standards = terms(
        household,
        limits,
        "dibao_standard_urban",
        rural="dibao_standard_rural",
        said="property_standard",
    ).with_columns(urban=(pl.col("dibao_standard_urban") * 12).cast(pl.Decimal(18, 2)))
    which = (
        pl.when(pl.col("said").is_not_null())
        .then("said")
        .when(pl.col("programme").str.starts_with("城市"))
        .then(pl.lit("urban"))
        .when(pl.col("programme").str.starts_with("农村"))
        .then(pl.lit("rural"))
    )
    return (
        household.select("household_no", "programme")
        .join(standards, on="household_no", maintain_order="left")
        .with_columns(which=which)
        .select(
            "household_no",
            standard_year=pl.when(pl.col("which") == "urban")
            .then("urban")
            .when(pl.col("which") == "rural")
            .then("rural")
            .otherwise(pl.min_horizontal("urban", "rural")),
            standard_unsure=pl.col("which").is_null() & (pl.col("urban").ne_missing(pl.col("rural"))),
        )
    )


def times_standard(multiple: str) -> pl.Expr:
    """So many times the standard, in yuan; null where either is not known."""
    return (pl.col(multiple) * pl.col("standard_year")).round(2).cast(pl.Decimal(18, 2))


def over(amount: pl.Expr, limit: pl.Expr, reached: str) -> pl.Expr:
    """Whether an amount is over the limit, or just at it where the policy's flag says that this counts."""
    at = (amount == limit) & pl.col(reached)
    return ((amount > limit) | at).fill_null(value=False)
