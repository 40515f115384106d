"""复核间隔: how many months lie between two rechecks of a household, by class, place and the law of the day."""

import polars as pl

from jiuzhu_check.rules.terms import terms

CLASSES = ("a", "b", "c")
_PARAMETERS = [f"recheck_{each}_{place}" for each in CLASSES for place in ("urban", "rural")]


def recheck_months(households: pl.DataFrame, limits: pl.DataFrame) -> pl.DataFrame:
    """One row a household: household_no, class, months (null where nothing is in force).

    特困 is rechecked as class A; where the roster has no class, or one that is none of A, B and C (A类, ｂ),
    C holds: the shortest time. A programme that does not say urban or rural goes by the roster's own word.
    """
    letter = pl.col("class").str.normalize("NFKC").str.to_uppercase().str.extract(r"^\s*([ABC])\s*(?:类|级|档|$)")
    programme, urban_place = pl.col("programme"), (pl.col("area") == "urban").fill_null(value=False)
    classed = households.select(
        "household_no",
        pl.when(pl.col("programme").str.contains("特困"))
        .then(pl.lit("A"))
        .otherwise(letter.fill_null("C"))
        .alias("class"),
        _urban=programme.str.starts_with("城市") | (~programme.str.starts_with("农村") & urban_place),
    )
    told = classed.join(terms(households, limits, *_PARAMETERS), on="household_no", how="left", maintain_order="left")
    months = pl.coalesce(
        pl.when((pl.col("class") == each.upper()) & (pl.col("_urban") == urban)).then(f"recheck_{each}_{place}")
        for each in CLASSES
        for place, urban in (("urban", True), ("rural", False))
    )
    return told.select("household_no", "class", months=months.cast(pl.Int64))
