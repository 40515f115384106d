"""配对 pairs: records beside the members whom they may mean."""

import polars as pl


def no_pairs(records: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """The columns of such pairs, with how they agree, and no row."""
    how = [pl.lit(None, pl.String).alias(name) for name in ("shown", "number_evidence")]
    return pl.concat([records.clear(), members.clear()], how="horizontal").with_columns(how)
