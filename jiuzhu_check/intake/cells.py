"""Rows of text → typed columns, by the source's readers, units and code tables. What does not read is reported."""

from dataclasses import dataclass

import polars as pl

from jiuzhu_check.intake.heading import Header
from jiuzhu_check.intake.source import Lookup, Source
from jiuzhu_check.values import area, certificate_no, day, money, month, plate, vin

_READ = {"area": area.read, "day": day.read, "month": month.read, "plate": plate.read, "vin": vin.read}
_FLAGS = {"是": "true", "否": "false", "Y": "true", "N": "false", "1": "true", "0": "false", "TRUE": "true", "FALSE": "false"}
_SEXES = {"男": "male", "男性": "male", "1": "male", "M": "male", "女": "female", "女性": "female", "2": "female", "F": "female"}


@dataclass(frozen=True)
class Note:
    """Something in a delivery that was kept as it is and that the department should hear of. No personal data.

    column: canonical name
    what:   unknown_code or unreadable
    value:  the code that no table knows; empty where the value could be personal
    rows:   in how many rows
    first:  the first such row's number
    """

    column: str
    what: str
    value: str
    rows: int
    first: int


def read_cells(source: Source, header: Header, rows: pl.DataFrame) -> tuple[pl.DataFrame, list[Note]]:
    """Typed columns under their canonical names, with source_row; and what was kept without being understood."""
    notes: list[Note] = []
    typed = {"source_row": rows["source_row"]}
    for column, heading in {**{name: name for name in source.columns}, **source.also}.items():
        if heading not in header.place:
            continue
        raw = rows[str(header.place[heading])]
        if column in source.lookups:
            typed[column], found = _coded(column, source.lookups[column], raw, rows["source_row"])
        else:
            unit = header.unit.get(heading) or source.units.get(column, "元")
            typed[column], found = _read(column, source.readers.get(column, "text"), unit, raw, rows["source_row"])
        notes += found
    return pl.DataFrame(typed), notes


def _read(column: str, reader: str, unit: str, raw: pl.Series, at: pl.Series) -> tuple[pl.Series, list[Note]]:
    cell = pl.col("raw")
    if reader in _READ:
        value = _READ[reader](cell)
    elif reader == "money":
        value = money.read(cell, unit if unit in money.UNITS else "元")
    elif reader == "certificate":
        value = certificate_no.read(cell)
    elif reader in ("flag", "sex"):
        known = _FLAGS if reader == "flag" else _SEXES
        value = cell.str.strip_chars().str.to_uppercase().replace_strict(known, default=None, return_dtype=pl.String)
        value = (value == "true") if reader == "flag" else value
    else:
        value = cell.str.strip_chars()
        value = pl.when(value != "").then(value)
    frame = pl.DataFrame({"raw": raw, "at": at}).with_columns(value=value)
    if reader == "text":
        return frame["value"], []
    lost = frame.filter(pl.col("value").is_null() & ~_says_nothing(cell))
    notes = [Note(column, "unreadable", "", lost.height, int(lost["at"][0]))] if lost.height else []
    return frame["value"], notes


def _says_nothing(cell: pl.Expr) -> pl.Expr:
    """Blank, or a word for blank: an unread cell that says nothing is no loss."""
    text = cell.str.strip_chars().fill_null("")
    return text.is_in(["", "-", "—", "/", "无", "0000-00-00", "1900-01-01", "NULL", "不详"])


def _coded(column: str, lookup: Lookup, raw: pl.Series, at: pl.Series) -> tuple[pl.Series, list[Note]]:
    frame = pl.DataFrame({"raw": raw.str.strip_chars(), "at": at}).with_columns(
        raw=pl.when(pl.col("raw") != "").then(pl.col("raw"))
    )
    values = frame["raw"].drop_nulls().unique().to_list()
    codes = {value: lookup.code(value) for value in values}
    unknown = sorted(value for value, code in codes.items() if code is None)
    kept = {value: code if code is not None else value for value, code in codes.items()}
    coded = frame.select(pl.col("raw").replace_strict(kept, default=None, return_dtype=pl.String)).to_series()
    stray = frame.filter(pl.col("raw").is_in(unknown)).group_by("raw").agg(pl.len(), pl.col("at").first()).sort("raw")
    return coded, [Note(column, "unknown_code", value, rows, first) for value, rows, first in stray.iter_rows()]
