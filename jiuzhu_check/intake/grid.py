"""A grid: one sheet or text file as rows of text under headings, every row with its number."""

from dataclasses import dataclass

import polars as pl

# Rows that a format could not take, before anything is known of their cells.
UNREADABLE = {"source_row": pl.Int64(), "code": pl.String(), "reason": pl.String()}


@dataclass(frozen=True)
class Grid:
    """One sheet's data rows.

    sheet:      its name; empty for text files
    headings:   as delivered, one for each column of rows but the last
    header_row: the header's row number, the file's first line being 1
    rows:       text columns "0", "1" ... and source_row; blank rows are left out
    unreadable: rows that do not fit the headings, with code and reason
    """

    sheet: str
    headings: tuple[str, ...]
    header_row: int
    rows: pl.DataFrame
    unreadable: pl.DataFrame

    @property
    def delivered(self) -> int:
        """How many rows below the header hold anything."""
        return self.rows.height + self.unreadable.height
