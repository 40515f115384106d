"""The promise of a table: its columns, their types, its grain."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import polars as pl

TEXT = pl.String()
WHOLE = pl.Int64()
FLAG = pl.Boolean()
DATE = pl.Date()
MONEY = pl.Decimal(18, 2)
AREA = pl.Decimal(12, 2)
POWER = pl.Decimal(10, 2)


@dataclass(frozen=True)
class Table:
    """A named list of typed columns with one grain.

    name:    the table's English name, as in the glossary
    grain:   what one row is, in one phrase
    columns: in order; a frame of this table has exactly these
    """

    name: str
    grain: str
    columns: Mapping[str, pl.DataType]

    def empty(self) -> pl.DataFrame:
        """A frame with every column and no row."""
        return self._empty.clone()

    def fit(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame with this table's columns in order and type; an absent column is null, an extra one is dropped.

        raises: polars.exceptions.PolarsError where a value does not fit its column's type
        """
        if frame.is_empty():
            return self.empty()  # without columns too: selecting only literals would make a row of nulls
        present = frame.schema
        if list(present.items()) == list(self.columns.items()):
            return frame
        return frame.select(
            pl.col(name)
            if present.get(name) == dtype
            else (pl.col(name) if name in present else pl.lit(None)).cast(dtype).alias(name)
            for name, dtype in self.columns.items()
        )

    @cached_property
    def _empty(self) -> pl.DataFrame:
        return pl.DataFrame(
            schema=dict(self.columns)
        )  # column by column: made once, for many a step has nothing to give

    def together(self, frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
        """The rows of frames of this table, one frame after another."""
        # an empty frame would make a column row by row that is held once in all others
        some = [frame for frame in frames if frame.height]
        return pl.concat(some) if some else self.empty()

    def check(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The same frame, if it keeps the promise.

        raises: AssertionError that names the columns that do not
        """
        wrong = {
            name: (str(frame.schema.get(name)), str(dtype))
            for name, dtype in self.columns.items()
            if frame.schema.get(name) != dtype
        }
        extra = [name for name in frame.columns if name not in self.columns]
        assert not wrong, f"{self.name}: columns not as promised (is, should be): {wrong}"
        assert not extra, f"{self.name}: columns nobody promised: {extra}"
        return frame
