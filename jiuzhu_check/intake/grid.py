"""A grid: one sheet or text file as rows of text under headings, every row with its number."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from jiuzhu_check.intake.note import Note

# Rows that do not fit under the headings, cell by cell as they stand.
UNREADABLE = {"source_row": pl.Int64(), "cells": pl.List(pl.String())}
# Rows that their format itself refuses, with what it says of them.
BROKEN = {**UNREADABLE, "code": pl.String(), "reason": pl.String()}
_ROWS = 100_000  # that are worked on together


@dataclass(frozen=True)
class Grid:
    """One sheet's data rows.

    sheet:      its name; empty for a file that is one table
    headings:   as delivered, one for each column of rows but the last
    header_row: the header's row number, the file's first line being 1; 0 where headings are no row
    rows:       text columns "0", "1" ... and source_row; blank rows are left out, blank cells are null
    hidden:     whether the sheet is hidden: its rows are not read, and that is said
    unreadable: rows that do not fit the headings; all rows of a sheet without a header
    broken:     rows that their format refuses
    notes:      what was kept or passed over by the format
    """

    sheet: str
    headings: tuple[str, ...]
    header_row: int
    rows: pl.DataFrame
    unreadable: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=UNREADABLE))
    hidden: bool = False
    broken: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=BROKEN))
    notes: tuple[Note, ...] = ()

    @property
    def last_row(self) -> int:
        """The number of the last row that holds anything; 0 where none does."""
        last = (each["source_row"].max() for each in (self.rows, self.unreadable, self.broken))
        return max(int(row) for row in (*last, 0) if isinstance(row, int))


def together(pieces: Sequence[Grid]) -> Grid:
    """The pieces of one table as one grid."""
    return replace(
        pieces[0],
        rows=pl.concat([piece.rows for piece in pieces]),
        unreadable=pl.concat([piece.unreadable for piece in pieces]),
    )


def sliced(grid: Grid) -> Iterator[Grid]:
    """The grid in pieces of so many rows; all that is said beside the rows is said with the first."""
    yield replace(grid, rows=grid.rows.head(_ROWS))
    for start in range(_ROWS, grid.rows.height, _ROWS):
        yield Grid(grid.sheet, grid.headings, grid.header_row, grid.rows.slice(start, _ROWS))
