"""交付 delivery: bytes of one file → typed rows, rejects and notes; or refused, with what to do."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import polars as pl

from jiuzhu_check.errors import ExtractChanged
from jiuzhu_check.intake.cells import read_cells
from jiuzhu_check.intake.note import Note, summed
from jiuzhu_check.intake.on_disk import Raw
from jiuzhu_check.intake.opened import Table, tables_of
from jiuzhu_check.intake.screen import ends_short, screen
from jiuzhu_check.intake.source import Source
from jiuzhu_check.language import say
from jiuzhu_check.tables.reject import NOT_DATA, REJECT


@dataclass(frozen=True)
class Delivery:
    """One file's rows, read: delivered = rows.height + rejects.height.

    rows:    canonical typed columns with sheet and source_row, one row a delivered row
    rejects: REJECT rows; source, supplier, snapshot and extract are filled by the caller
    refused: sheet, source_row, code and, as they were delivered, the cells of the rejected rows
    notes:   what was kept without being understood
    unknown: headings that mean no column
    """

    rows: pl.DataFrame
    rejects: pl.DataFrame
    refused: pl.DataFrame
    notes: tuple[Note, ...]
    unknown: tuple[str, ...] = ()

    @property
    def delivered(self) -> int:
        """How many rows below the header hold anything."""
        return self.rows.height + self.rejects.height

    @property
    def torn(self) -> pl.Series:
        """Every cell of the rejected rows that held data."""
        return self.refused.filter(~pl.col("code").is_in(NOT_DATA))["cells"].explode()


def read_delivery(source: Source, raw: Raw, extract: str, confirmed: Collection[tuple[str, int]] = ()) -> Delivery:
    """Read a file by its source, as a whole.

    confirmed: sheet and source_row of rows that the department has confirmed as data, whatever they look like
    raises: ExtractChanged where the file breaks the contract: see intake/decode.py, heading.py and the formats
    """
    reading = Reading(source, raw, extract, confirmed)
    rows = pl.concat(list(reading), how="diagonal")
    return Delivery(rows, reading.rejects, reading.refused, tuple(reading.notes), tuple(reading.unknown))


class Reading:
    """A file being read: its rows come piece by piece, typed; what is said of the whole is known once all were taken.

    rows:   how many were read
    filled: column → in how many rows it says something
    The rest is as in a Delivery; delivered = rows + rejects.height. Where a file is cut never changes what is read.
    raises: as read_delivery, with the last piece at the latest
    """

    def __init__(self, source: Source, raw: Raw, extract: str, confirmed: Collection[tuple[str, int]] = ()) -> None:
        self._source, self._raw, self._extract, self._confirmed = source, raw, extract, confirmed
        self._refused: list[pl.DataFrame] = []
        self.rows = 0
        self.filled: dict[str, int] = {}
        self.notes: list[Note] = []
        self.unknown: list[str] = []

    def __iter__(self) -> Iterator[pl.DataFrame]:
        for table in tables_of(self._source, self._raw, self._extract):
            yield from self._read(table)
        self._hold_to_contract()

    @property
    def rejects(self) -> pl.DataFrame:
        """As in a Delivery."""
        return REJECT.fit(pl.concat(self._refused))

    @property
    def refused(self) -> pl.DataFrame:
        """As in a Delivery."""
        return pl.concat(self._refused).select("sheet", "source_row", "code", "cells")

    @property
    def delivered(self) -> int:
        """As in a Delivery."""
        return self.rows + sum(refused.height for refused in self._refused)

    def _read(self, table: Table) -> Iterator[pl.DataFrame]:
        found: list[Note] = []
        refused: list[pl.DataFrame] = []
        columns: list[str] = []
        last, short = 0, False
        for grid in table.pieces:
            self.notes += grid.notes
            if grid.hidden:
                self.notes.append(Note(grid.sheet, "hidden_sheet", "", grid.rows.height, grid.header_row))
                return
            confirmed = [row for sheet, row in self._confirmed if sheet == grid.sheet]
            kept, told = screen(self._source, grid, table.header, self._extract, confirmed)
            if grid.last_row:
                last, short = grid.last_row, ends_short(grid, told)
            refused.append(told.with_columns(sheet=pl.lit(grid.sheet)))
            typed, notes = read_cells(self._source, table.header, kept)
            columns = typed.columns  # the first is source_row
            found += notes
            self.rows += typed.height
            for name in columns[1:]:
                self.filled[name] = self.filled.get(name, 0) + typed.height - typed[name].null_count()
            yield typed.with_columns(sheet=pl.lit(grid.sheet))
        if short:
            raise _ends_short(last, self._extract)
        self._refused.append(pl.concat(refused).sort("source_row"))
        self.notes += summed(found, columns)
        placed = table.header.place.values()
        self.unknown += [each for at, each in enumerate(table.header.headings) if at not in placed and each.strip()]

    def _hold_to_contract(self) -> None:
        contract = self._source.contract
        bad = self.rejects.filter(~pl.col("code").is_in(NOT_DATA))
        share = 100 * bad.height / max(1, self.delivered)
        if share > contract.max_reject_pct:
            where = "、".join(str(row) for row in bad["source_row"].head(5))
            raise ExtractChanged(
                say(
                    "{title}：{extract} 有 {bad} 行读不出来（{share:.2f}%），超过约定的 {max_reject_pct}%；如第 {where} 行（{reason}）。",
                    title=self._source.title,
                    extract=self._extract,
                    bad=bad.height,
                    share=share,
                    max_reject_pct=contract.max_reject_pct,
                    where=where,
                    reason=bad["reason"][0],
                ),
                hint=say("请部门按原因改正后重新提供；上一次的数据仍在用。"),
            )
        if self.rows < contract.min_rows:
            raise ExtractChanged(
                say(
                    "{title}：{extract} 只有 {rows} 行数据，约定至少 {min_rows} 行。",
                    title=self._source.title,
                    extract=self._extract,
                    rows=self.rows,
                    min_rows=contract.min_rows,
                ),
                hint=say("空表不等于没有记录：请部门确认后重新提供。"),
            )


def _ends_short(last: int, extract: str) -> ExtractChanged:
    return ExtractChanged(
        say("{extract} 最后一行（第 {last} 行）列数不足，文件被截断。", extract=extract, last=last),
        hint=say("请部门重新提供完整文件。"),
    )
