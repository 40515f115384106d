"""Rows of text → typed columns, by the source's readers, units and code tables. What does not read is reported."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import polars as pl

from jiuzhu_check.intake.heading import Header
from jiuzhu_check.intake.source import Lookup, Source
from jiuzhu_check.values import area, certificate_no, day, money, month, plate, vin

_READ = {
    "area": area.read,
    "certificate": certificate_no.read,
    "day": day.read,
    "month": month.read,
    "plate": plate.read,
    "vin": vin.read,
}
# What is in its one spelling already needs no reading: most plates and frame numbers are.
_PLAIN = {"plate": r"^\p{Han}?[A-Z0-9\p{Han}]+$", "vin": r"^[A-Z0-9]+$"}
_KNOWN = {
    "flag": {"是": "true", "否": "false", "Y": "true", "N": "false", "1": "true", "0": "false"},
    "sex": {
        "男": "male",
        "男性": "male",
        "1": "male",
        "M": "male",
        "女": "female",
        "女性": "female",
        "2": "female",
        "F": "female",
    },
}


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
    at = rows["source_row"]

    def column(wanted: tuple[str, str]) -> tuple[pl.Series, list[Note]]:
        name, heading = wanted
        raw = rows[str(header.place[heading])]
        if name in source.lookups:
            return _coded(name, source.lookups[name], raw, at)
        unit = header.unit.get(heading) or source.units.get(name, "元")
        return _read(name, source.readers.get(name, "text"), unit, raw, at)

    wanted = [*((name, name) for name in source.columns), *source.also.items()]
    here = [(name, heading) for name, heading in wanted if heading in header.place]
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        read = list(pool.map(column, here))
    typed = {name: values for (name, _), (values, _) in zip(here, read, strict=True)}
    return pl.DataFrame({"source_row": at, **typed}), [note for _, notes in read for note in notes]


def _read(column: str, reader: str, unit: str, raw: pl.Series, at: pl.Series) -> tuple[pl.Series, list[Note]]:
    if reader == "text":
        return _stripped(raw), []
    plain = _PLAIN.get(reader)
    if plain and raw.str.contains(plain).all():
        return raw, []
    # Dates, amounts and the like repeat: each distinct cell is read once.
    cells = raw.unique().to_frame("raw").with_columns(value=_value(reader, unit))
    lost = cells.filter(pl.col("value").is_null() & ~_says_nothing(pl.col("raw")))["raw"]
    read = raw.to_frame("raw").join(cells, on="raw", how="left", nulls_equal=True, maintain_order="left")["value"]
    if lost.is_empty():
        return read, []
    where = at.filter(raw.is_in(lost.implode()))
    return read, [Note(column, "unreadable", "", where.len(), int(where[0]))]


def _value(reader: str, unit: str) -> pl.Expr:
    cell = pl.col("raw")
    if reader == "money":
        return money.read(cell, unit if unit in money.UNITS else "元")
    if reader in _KNOWN:
        known = cell.str.strip_chars().str.to_uppercase()
        told = known.replace_strict(_KNOWN[reader], default=None, return_dtype=pl.String)
        return told == "true" if reader == "flag" else told
    return _READ[reader](cell)


def _stripped(raw: pl.Series) -> pl.Series:
    """The text without blanks around it; null where nothing is left."""
    if not raw.str.contains(r"^\s|\s$|^$").any():
        return raw
    text = pl.col("raw").str.strip_chars()
    return raw.to_frame("raw").select(pl.when(text != "").then(text)).to_series()


def _says_nothing(cell: pl.Expr) -> pl.Expr:
    """Blank, or a word for blank: an unread cell that says nothing is no loss."""
    text = cell.str.strip_chars().fill_null("")
    return text.is_in(["", "-", "—", "/", "无", "0000-00-00", "1900-01-01", "NULL", "不详"])


def _coded(column: str, lookup: Lookup, raw: pl.Series, at: pl.Series) -> tuple[pl.Series, list[Note]]:
    cells = _stripped(raw)
    codes = {value: lookup.code(value) for value in cells.drop_nulls().unique().sort()}
    unknown = [value for value, code in codes.items() if code is None]
    kept = {value: code if code is not None else value for value, code in codes.items()}
    coded = cells.replace_strict(list(kept), list(kept.values()), default=None, return_dtype=pl.String)
    notes = []
    for value in unknown:
        where = at.filter(cells == value)
        notes.append(Note(column, "unknown_code", value, where.len(), int(where[0])))
    return coded, notes
