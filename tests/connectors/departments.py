"""Each department's sample file taken in as a delivery: its records, what came back, and what was kept and told."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl

from jiuzhu_check.intake.delivery import read_delivery
from jiuzhu_check.intake.pull import to_records
from jiuzhu_check.intake.shipped import shipped_connectors
from jiuzhu_check.intake.source import find_sources

SOURCES = find_sources(shipped_connectors())
_INBOX = Path(__file__).parents[2] / "sample_data/inbox"
_SAME_IN_ALL = ("source", "supplier", "snapshot", "extract")


@dataclass(frozen=True)
class Taken:
    """One sample, taken in.

    records:   as stored, without what names the delivery
    delivered: rows below the header
    rejects:   row and code of each row that came back
    notes:     column, what, value and rows of what was kept without being understood
    """

    records: pl.DataFrame
    delivered: int
    rejects: list[tuple[int, str]]
    notes: set[tuple[str, str, str, int]]

    def at(self, row: int, slot: int = 1, sheet: str = "") -> dict[str, object]:
        """The record of one row and slot, and of one sheet where there are several."""
        place = (pl.col("source_row") == row) & (pl.col("slot") == slot)
        return self.records.filter(place, pl.col("sheet") == sheet if sheet else True).row(0, named=True)

    def says(self, row: int, *columns: str, slot: int = 1, sheet: str = "") -> tuple[object, ...]:
        """Some cells of one record."""
        record = self.at(row, slot, sheet)
        return tuple(record[column] for column in columns)


def sample(name: str) -> Path:
    """A department's sample; those of the demo stand in its inbox."""
    return next(
        file
        for folder, file_name in ((shipped_connectors() / name, "sample"), (_INBOX, name))
        for file in folder.glob(f"{file_name}.*")
    )


@cache
def taken(name: str) -> Taken:
    return read(name, sample(name).read_bytes())


def read(name: str, data: bytes, extract: str = "sample.csv") -> Taken:
    source = SOURCES[name]
    delivery = read_delivery(source, data, extract)
    records = to_records(source, delivery.rows, supplier="370199", snapshot="20181130-0", extract=extract)
    assert delivery.delivered == delivery.rows.height + delivery.rejects.height
    assert records.filter(pl.col("slot") == 1).height == delivery.rows.height
    return Taken(
        records.drop(_SAME_IN_ALL),
        delivery.delivered,
        delivery.rejects.select("source_row", "code").rows(),
        {(note.column, note.what, note.value, note.rows) for note in delivery.notes},
    )


def as_text(records: pl.DataFrame) -> str:
    """The records as a TSV; what no record says has no column."""
    said = records.select(column for column in records if column.null_count() < records.height)
    return said.write_csv(separator="\t")
