"""诱饵核验 decoy: the links that a run made to persons who cannot match, counted. No decoy stands in any other table."""

import polars as pl

from jiuzhu_check.tables.schema import TEXT, WHOLE, Table

DECOY = Table(
    "decoy",
    "one source (and supplier) and one tier in one run",
    {
        "source": TEXT,
        "supplier": TEXT,
        "tier": TEXT,
        "decoys": WHOLE,  # how many were tried
        "accepted": WHOLE,  # false links that would have been accepted
        "review": WHOLE,  # that a person would have had to look at
        "closed": TEXT,  # yes | no: whether too many were accepted, so that the tier accepts nothing from this source
    },
)


def closed_tiers(counts: pl.DataFrame) -> dict[tuple[str, str], frozenset[str]]:
    """(source, supplier) → the tiers that accept nothing there, by DECOY rows."""
    closed = counts.filter(pl.col("closed") == "yes").group_by("source", "supplier").agg(pl.col("tier").sort())
    return {(source, supplier): frozenset(tiers) for source, supplier, tiers in closed.iter_rows()}
