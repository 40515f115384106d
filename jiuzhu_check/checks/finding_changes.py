"""发现的变化 finding changes: of two checks, which findings were added, changed, are still there, or no more."""

import polars as pl

# What a finding says; where its records stood, and of which day they are, says nothing.
SAYS = ("kind", "declared", "found", "unit", "tier", "status", "sentence")


def finding_changes(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """FINDING rows of either check, once each, with change, declared_before and found_before.

    One that is no more says what it said then. A finding is the same in both where household, member, rule and subject
    are.

    change: added, changed, persisting or gone
    """
    known = before.select("finding_id", *(pl.col(name).alias(f"{name}_before") for name in SAYS), _known=True)
    told = after.join(known, on="finding_id", how="left", maintain_order="left")
    differs = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_before")) for name in SAYS)
    change = (
        pl.when(pl.col("_known").is_null())
        .then(pl.lit("added"))
        .when(differs)
        .then(pl.lit("changed"))
        .otherwise(pl.lit("persisting"))
    )
    kept = [*after.columns, "change", "declared_before", "found_before"]
    gone = before.join(after, on="finding_id", how="anti").with_columns(
        change=pl.lit("gone"), declared_before="declared", found_before="found"
    )
    return pl.concat([told.with_columns(change=change).select(kept), gone.select(kept)])
