"""Records of one length in bytes → columns of text: sliced first and decoded then, for widths count bytes."""

import codecs
from collections.abc import Sequence
from typing import Any

import polars as pl

from jiuzhu_check.intake.decode import to_real_characters
from jiuzhu_check.intake.format_spec import Field
from jiuzhu_check.intake.grid import Grid
from jiuzhu_check.intake.note import Note

_BETWEEN = b"\n"  # no character of either encoding holds this byte


def cut(block: bytes, fields: Sequence[Field], source_row: pl.Series, encoding: str) -> Grid:
    """The records of a block that holds nothing else, in every column but the fillers.

    fields:     what a record consists of, to its last byte
    source_row: the number of each record
    """
    import pyarrow as pa  # a twentieth of a second, which most formats need not wait for
    import pyarrow.compute as pc

    width = sum(field.width for field in fields)
    records = pa.FixedSizeBinaryArray.from_buffers(pa.binary(width), source_row.len(), [None, pa.py_buffer(block)])
    headings: list[str] = []
    columns: list[pl.Series] = []
    notes: list[Note] = []
    start = 0
    wrong = pl.DataFrame(schema={"source_row": pl.Int64, "heading": pl.String, "nul": pl.Boolean})
    for field in fields:
        start += field.width
        if not field.name:
            continue
        cells = pc.binary_slice(records, start - field.width, start).cast(pa.binary())
        whole = pc.binary_join(pa.ListArray.from_arrays([0, len(cells)], cells), _BETWEEN)[0].as_py()
        column, ended = _column(cells, whole, encoding)
        column = column.alias(str(len(columns)))
        nul = column.str.contains("\x00", literal=True).fill_null(value=False)
        bad = column.is_null() | nul
        if bad.any():
            found = (
                pl.DataFrame({"source_row": source_row, "nul": nul})
                .filter(bad)
                .with_columns(heading=pl.lit(field.name))
            )
            wrong = pl.concat([wrong, found.select(wrong.columns)])
        if ended:
            notes.append(Note(field.name, "cut_character", "", len(ended), int(source_row[ended[0]])))
        headings.append(field.name)
        columns.append(column)
    rows = pl.DataFrame(columns).with_columns(source_row)
    refused = rows.join(wrong.unique("source_row", keep="first"), on="source_row", how="inner").select(
        "source_row",
        cells=pl.concat_list(pl.col(str(at)).fill_null("") for at in range(len(columns))),
        code=pl.when("nul").then(pl.lit("nul")).otherwise(pl.lit("encoding")),
        reason=pl.when("nul")
        .then(pl.format("「{}」有空字节", "heading"))
        .otherwise(pl.format("「{}」的编码不对", "heading")),
    )
    kept = rows.join(wrong, on="source_row", how="anti") if wrong.height else rows
    return Grid("", tuple(headings), 0, tidy(kept), broken=refused, notes=tuple(notes))


def _column(cells: Any, joined: bytes, encoding: str) -> tuple[pl.Series, list[int]]:
    """The cells as text without the blanks that fill them up, null where one is not in the encoding; and which were cut.

    cells:  an Arrow array
    joined: the same as one text
    """
    ended: list[int] = []
    if joined.isascii():
        return _filled(pl.Series(pl.from_arrow(cells.cast("string")))), ended
    try:
        text: list[str | None] = list(joined.decode(encoding).split(_BETWEEN.decode()))
    except UnicodeDecodeError:
        text = []
    if len(text) != len(cells):
        each = [cell_text(cell, encoding) for cell in cells.to_pylist()]
        text, ended = [cell for cell, _ in each], [at for at, (_, cut_off) in enumerate(each) if cut_off]
    return _filled(pl.Series(text, dtype=pl.String)), ended


def cell_text(cell: bytes, encoding: str) -> tuple[str | None, bool]:
    """The text of a cell, null where it is not in the encoding; and whether it ended within a character.

    A name that is too long for its field is cut there, be it in the middle of a character: what is left of it stands.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        text = decoder.decode(cell)
    except UnicodeDecodeError:
        return None, False
    whole = decoder.getstate() == (b"", 0)
    return (text, not whole) if whole or not text.isascii() else (None, False)


def _filled(cells: pl.Series) -> pl.Series:
    return cells.str.strip_chars(" \x00")


def tidy(rows: pl.DataFrame) -> pl.DataFrame:
    """Blank cells as null, rows of nothing else left out, rare characters as real ones."""
    said = pl.col(pl.String)
    rows = rows.with_columns(pl.when(said != "").then(to_real_characters(said)))
    return rows.filter(~pl.all_horizontal(said.str.strip_chars().fill_null("") == ""))
