"""A grid: one sheet or text file as rows of text under headings, every row with its number."""

from dataclasses import dataclass

import polars as pl

# Rows that do not fit under the headings, cell by cell as they stand.
UNREADABLE = {"source_row": pl.Int64(), "cells": pl.List(pl.String())}


@dataclass(frozen=True)
class Grid:
    """One sheet's data rows.

    sheet:      its name; empty for text files
    headings:   as delivered, one for each column of rows but the last
    header_row: the header's row number, the file's first line being 1
    rows:       text columns "0", "1" ... and source_row; blank rows are left out, blank cells are null
    hidden:     whether the sheet is hidden: its rows are not read, and that is said
    unreadable: rows that do not fit the headings; all rows of a sheet without a header
    """

    sheet: str
    headings: tuple[str, ...]
    header_row: int
    rows: pl.DataFrame
    unreadable: pl.DataFrame
    hidden: bool = False

    @property
    def last_row(self) -> int:
        """The number of the last row that holds anything; 0 where none does."""
        last = (self.rows["source_row"].max(), self.unreadable["source_row"].max())
        return max(int(row) for row in (*last, 0) if isinstance(row, int))
