"""Rows of text → typed columns, by the source's readers, units and code tables. What does not read is reported."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import polars as pl

from jiuzhu_check.intake.heading import Header
from jiuzhu_check.intake.note import Note
from jiuzhu_check.intake.source import Lookup, Source
from jiuzhu_check.intake.spelling import normal
from jiuzhu_check.values import (
    area,
    certificate_no,
    count,
    day,
    disability_certificate,
    identifier,
    money,
    month,
    period,
    plate,
    power,
)
from jiuzhu_check.values.blank import says_nothing

_READ = {
    "area": area.read,
    "certificate": certificate_no.read,
    "count": count.read,
    "day": day.read,
    "disability_certificate": disability_certificate.read,
    "identifier": identifier.read,
    "first_month": period.first_month,
    "last_month": period.last_month,
    "month": month.read,
    "plate": plate.read,
    "vin": identifier.read,
}
# Kept to the letter, be it 无: what a number or a name says is read elsewhere, and shown as it came.
_VERBATIM = ("owner_no_raw", "owner_name_raw", "person_no", "name", "use_raw")
_LAND = ("亩", "公顷")
_MOST_SHOWN = 20  # characters of an unknown code; longer is no code
# What is in its one spelling already needs no reading: most plates and frame numbers are.
_IDENTIFIER = r"^[A-Z0-9]*[1-9][A-Z0-9]*$"
_PLAIN = {"plate": r"^\p{Han}?[A-Z0-9]*[0-9][A-Z0-9\p{Han}]*$", "vin": _IDENTIFIER, "identifier": _IDENTIFIER}
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


def read_cells(source: Source, header: Header, rows: pl.DataFrame) -> tuple[pl.DataFrame, list[Note]]:
    """Typed columns under their canonical names, with source_row; and what was kept without being understood."""
    at = rows["source_row"]

    def column(wanted: tuple[str, list[str]]) -> tuple[pl.Series, list[Note]]:
        name, headings = wanted
        raw = _filled(source, header, rows, name)
        if name in source.lookups:
            return _coded(name, source.lookups[name], raw, at)
        return _read(name, source.readers.get(name, "text"), unit_read(source, header, name, headings[0]), raw, at)

    wanted = {
        name: [heading for heading in source.fillers(name) if heading in header.place]
        for name in {**source.columns, **source.also}
    }
    here = [(name, headings) for name, headings in wanted.items() if headings]
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        read = list(pool.map(column, here))
    typed = {name: values for (name, _), (values, _) in zip(here, read, strict=True)}
    by_heading = [pl.lit(code).alias(name) for name, code in _said_by_headings(source, header)]
    return pl.DataFrame({"source_row": at, **typed}).with_columns(by_heading), [
        note for _, notes in read for note in notes
    ]


def unit_read(source: Source, header: Header, column: str, heading: str) -> str:
    """The unit that a bare number of a column means: its heading's, else the source's. A title's 万元 is no unit of power."""
    said = header.unit.get(heading, "")
    if source.readers.get(column) == "power":
        return said if said.upper() in power.UNITS else source.units.get(column, "")
    return said or source.units.get(column, "元")


def _said_by_headings(source: Source, header: Header) -> Iterator[tuple[str, str]]:
    """What the headings themselves say of every row: under 投资人 stands an investor. A column of its own says it better.

    Headings that say two things say nothing.
    """
    here = {normal(header.headings[at]) for at in header.place.values()}
    for column, codes in source.by_heading.items():
        told = {code for heading, code in codes.items() if normal(heading) in here}
        if column not in header.place and len(told) == 1:
            yield column, told.pop()


def _filled(source: Source, header: Header, rows: pl.DataFrame, name: str) -> pl.Series:
    """The column's cells as they came; where they are blank, those that [also] names.

    What is filled from one cell is filled together: where the time's first month stands and the last does not, the
    month of payment is not taken for the last.
    """
    cell = {column: rows[str(place)] for column, place in header.place.items()}
    own, *others = source.fillers(name)
    others = [other for other in others if other in cell]
    if not others:
        return cell[own]
    together = [each for each, origin in source.also.items() if origin == source.also[name] and each in cell]
    said = pl.Series([False] * rows.height, dtype=pl.Boolean)
    for each in together:
        said |= ~_silent(cell[each])
    filled = cell[others[0]]
    for other in others[1:]:
        filled = cell[other].zip_with(_silent(filled), filled)
    return cell.get(own, pl.Series([None] * rows.height, dtype=pl.String)).zip_with(said, filled)


def _silent(cells: pl.Series) -> pl.Series:
    return cells.to_frame("cell").select(says_nothing(pl.col("cell"))).to_series()


def _read(column: str, reader: str, unit: str, raw: pl.Series, at: pl.Series) -> tuple[pl.Series, list[Note]]:
    if reader == "text":
        said = _stripped(raw)
        return said if column in _VERBATIM else _without_words_for_blank(said), []
    if reader == "disability_holder":  # a second look at a number that is kept as it stands: nothing is lost
        return disability_certificate.holder(raw), []
    if reader not in _PLAIN:
        return _each_distinct(column, reader, unit, raw, at)
    odd = ~raw.str.contains(_PLAIN[reader]).fill_null(value=False)
    values, notes = _each_distinct(column, reader, unit, raw.filter(odd), at.filter(odd))
    return (raw.scatter(odd.arg_true(), values) if values.len() else raw), notes


def _each_distinct(column: str, reader: str, unit: str, raw: pl.Series, at: pl.Series) -> tuple[pl.Series, list[Note]]:
    """Dates, amounts and the like repeat: each distinct cell is read once."""
    cells = raw.unique().to_frame("raw").with_columns(value=_value(reader, unit))
    lost = cells.filter(pl.col("value").is_null() & ~_no_loss(pl.col("raw")))["raw"]
    read = raw.to_frame("raw").join(cells, on="raw", how="left", nulls_equal=True, maintain_order="left")["value"]
    if lost.is_empty():
        return read, []
    where = at.filter(raw.is_in(lost.implode()))
    return read, [Note(column, "unreadable", "", where.len(), int(where[0]))]


def _value(reader: str, unit: str) -> pl.Expr:
    cell = pl.col("raw")
    if reader == "money":
        # 美元 is money, and no yuan; 亩 or nothing says nothing of money
        return (
            pl.lit(None, money.YUAN)
            if unit[-1:] == "元" and unit not in money.UNITS
            else money.read(cell, unit if unit in money.UNITS else "元")
        )
    if reader == "power":
        return power.read(cell, unit)
    if reader == "area" and unit in _LAND:
        return pl.lit(None, area.SQUARE_METRES)
    if reader in _KNOWN:
        known = cell.str.strip_chars().str.to_uppercase()
        told = known.replace_strict(_KNOWN[reader], default=None, return_dtype=pl.String)
        return told == "true" if reader == "flag" else told
    return _READ[reader](cell)


def _stripped(raw: pl.Series) -> pl.Series:
    """The text without blanks around it; null where nothing is left."""
    text = raw.str.strip_chars()
    nothing = (text == "").fill_null(value=False)
    return text.set(nothing, None) if nothing.any() else text


def _without_words_for_blank(cells: pl.Series) -> pl.Series:
    """The cells, null where they hold a word for blank. Distinct values are few, words for blank fewer."""
    distinct = cells.unique().drop_nulls()
    blanks = distinct.filter(distinct.to_frame("cell").select(says_nothing(pl.col("cell"))).to_series())
    return cells.set(cells.is_in(blanks.implode()), None) if blanks.len() else cells


def _no_loss(cell: pl.Expr) -> pl.Expr:
    """An unread cell that says nothing, or is a placeholder of a date."""
    return says_nothing(cell) | cell.str.strip_chars().is_in(["0000-00-00", "00000000", "0001-01-01", "1900-01-01"])


def _coded(column: str, lookup: Lookup, raw: pl.Series, at: pl.Series) -> tuple[pl.Series, list[Note]]:
    distinct = raw.unique().drop_nulls()
    said = _without_words_for_blank(_stripped(distinct))
    codes = {cell: lookup.code(value) for cell, value in zip(distinct, said, strict=True) if value is not None}
    kept = {cell: code if code is not None else cell.strip() for cell, code in codes.items()}
    coded = raw.replace_strict(list(kept), list(kept.values()), default=None, return_dtype=pl.String)
    unknown = sorted({cell.strip() for cell, code in codes.items() if code is None})
    if not unknown:
        return coded, []
    where = (
        pl.DataFrame({"value": coded, "at": at})
        .filter(pl.col("value").is_in(pl.Series(unknown, dtype=pl.String).implode()))
        .with_columns(shown=pl.when(_is_code(pl.col("value"))).then("value").otherwise(pl.lit("")))
    )
    shown = where.group_by("shown").agg(pl.len(), pl.col("at").min()).sort("at")
    return coded, [Note(column, "unknown_code", value, rows, first) for value, rows, first in shown.iter_rows()]


def _is_code(value: pl.Expr) -> pl.Expr:
    """Short, and without a number by which a person could be known: such a value may be shown."""
    return (value.str.len_chars() <= _MOST_SHOWN) & ~value.str.contains("[0-9]{6}")
