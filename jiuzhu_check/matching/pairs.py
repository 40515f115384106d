"""配对 pairs: records beside the members whom they may mean."""

import polars as pl


def no_pairs(records: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """The columns of such pairs, with how they agree, and no row."""
    how = {"shown": pl.String(), "number_evidence": pl.String()}
    return pl.DataFrame(schema={**records.schema, **members.schema, **how})
