"""One cell read on its own, as a test says it."""

from collections.abc import Callable

import polars as pl


def read_one(reader: Callable[..., pl.Expr], raw: str | None, *more: str) -> object:
    cells = pl.DataFrame({"raw": pl.Series([raw], dtype=pl.String)})
    return cells.select(reader(pl.col("raw"), *more)).item()
