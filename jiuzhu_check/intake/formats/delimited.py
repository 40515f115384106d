"""CSV and other delimited text. Rows are counted as a spreadsheet counts them: a quoted cell over lines is one row."""

import csv
import io
from collections.abc import Callable, Sequence

import polars as pl

from jiuzhu_check.errors import ExtractChanged
from jiuzhu_check.intake.grid import UNREADABLE, Grid
from jiuzhu_check.intake.heading import SEARCHED_ROWS, Header
from jiuzhu_check.language import say

DELIMITERS = ("|@|", ",", "\t", "|", "^", ";", "\x1b", "，")
Find = Callable[[Sequence[Sequence[str]]], Header | None]
_HEAD = 64 * 1024  # bytes in which the header is looked for
_MARK = b"\x02\x03"
csv.field_size_limit(1 << 24)


def read(data: bytes, extract: str, find: Find) -> tuple[Grid, Header] | None:
    """The rows of a file in UTF-8, or null where no row is a header.

    find:   which of the first rows is the header
    raises: ExtractChanged where a quote is opened and never closed
    """
    data, delimiter, header = _find(data, find)
    if header is None:
        return None
    quotes = data.count(b'"')
    if quotes % 2:
        raise ExtractChanged(
            say("{extract} 有未闭合的引号。", extract=extract),
            hint=say("文件可能被截断，或单元格里有多余的引号；请部门重新导出。"),
        )
    simple = quotes == 2 * data.count(b'""')
    grid = (_at_once(data, delimiter, header) if simple else None) or _by_line(data, delimiter, header)
    return grid or _careful(data.decode(), delimiter, header), header


def first_rows(data: bytes) -> list[list[str]]:
    """The first rows by the delimiter that splits them into most cells, for a message about the header."""
    head = _head(data)
    return max((_rows(head, mark) for mark in DELIMITERS if len(mark) == 1), key=lambda rows: max(map(len, rows)))


def _find(data: bytes, find: Find) -> tuple[bytes, str, Header | None]:
    for delimiter in DELIMITERS:
        if delimiter not in _head(data):
            continue
        if len(delimiter) > 1:
            data, delimiter = data.replace(delimiter.encode(), b"\x1f"), "\x1f"
        if header := find(_rows(_head(data), delimiter)):
            return data, delimiter, header
    return data, "", None


def _head(data: bytes) -> str:
    return data[:_HEAD].decode(errors="ignore")


def _rows(head: str, delimiter: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(head), delimiter=delimiter)
    return [row for row, _ in zip(reader, range(SEARCHED_ROWS), strict=False)]


def _body(data: bytes, header: Header) -> bytes | None:
    """What stands below the header, or null where a cell above goes over lines, so that rows are not lines."""
    above = data.split(b"\n", header.row)
    if any(line.count(b'"') % 2 for line in above[: header.row]):
        return None
    return above[header.row] if len(above) > header.row else b""


def _at_once(data: bytes, delimiter: str, header: Header) -> Grid | None:
    """The rows of a file that has no quotes but empty quoted cells, in one reading; null where a row does not fit.

    Every line gets a mark at its end, so that a short line is seen: the reader would fill it up without a word.
    """
    body = _body(data, header)
    if body is None or not delimiter.isascii() or _MARK in body or not body.endswith(b"\n"):
        return None
    width = len(header.headings)
    names = [str(at) for at in range(width + 1)]
    marked = body.replace(b"\n", delimiter.encode() + _MARK + b"\n")
    try:
        rows = pl.read_csv(marked, has_header=False, separator=delimiter, schema=dict.fromkeys(names, pl.String))
    except pl.exceptions.ComputeError:
        return None
    whole = rows[names[-1]] == _MARK.decode()
    if rows.height != body.count(b"\n") or not whole.fill_null(value=False).all():
        return None
    return _grid(header, rows.drop(names[-1]).with_columns(_row_numbers(header)), [])


def _row_numbers(header: Header) -> pl.Expr:
    return pl.int_range(header.row + 1, header.row + 1 + pl.len(), dtype=pl.Int64).alias("source_row")


def _by_line(data: bytes, delimiter: str, header: Header) -> Grid | None:
    """The rows, line by line in polars; null where a quoted cell goes over lines, so that rows are not lines."""
    body = _body(data, header)
    if body is None or not delimiter.isascii():
        return None
    width = len(header.headings)
    lines = pl.DataFrame({"line": pl.Series([body.decode()]).str.split("\n").explode()}).with_columns(
        _row_numbers(header),
        cells=pl.col("line").str.count_matches(delimiter, literal=True) + 1,
        quotes=pl.col("line").str.count_matches('"', literal=True),
    )
    if lines.select((pl.col("quotes") % 2 == 1).any()).item():
        return None
    plain = lines.filter(
        (pl.col("quotes") == 0) & (pl.col("cells") == width) & (pl.col("line").str.len_bytes() < 1 << 16)
    )
    rows = _split("\n".join(plain["line"]), delimiter, width)
    if rows.height != plain.height:
        return None
    rest = lines.join(plain, on="source_row", how="anti")
    read = list(csv.reader(rest["line"].to_list(), delimiter=delimiter))
    return _grid(header, rows.with_columns(plain["source_row"]), list(zip(rest["source_row"], read, strict=True)))


def _split(source: str, delimiter: str, width: int) -> pl.DataFrame:
    names = [str(at) for at in range(width)]
    if not source:
        return pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    return pl.read_csv(
        source.encode(), has_header=False, separator=delimiter, quote_char=None, schema=dict.fromkeys(names, pl.String)
    )


def _careful(text: str, delimiter: str, header: Header) -> Grid:
    """The rows, one by one: slower, and right wherever a quoted cell goes over several lines."""
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    numbered = [(number, row) for number, row in enumerate(reader, start=1) if number > header.row]
    none = _split("", delimiter, len(header.headings)).with_columns(source_row=pl.lit(0, pl.Int64))
    return _grid(header, none, numbered)


def _grid(header: Header, rows: pl.DataFrame, others: list[tuple[int, list[str]]]) -> Grid:
    width = len(header.headings)
    others = [(number, row) for number, row in others if any(cell.strip() for cell in row)]
    fitting = [(*row, number) for number, row in others if len(row) == width]
    unreadable = [
        (number, "columns", f"应有 {width} 列，实有 {len(row)} 列") for number, row in others if len(row) != width
    ]
    if fitting:
        more = pl.DataFrame(fitting, schema=rows.schema, orient="row")
        rows = pl.concat([rows, more]).sort("source_row")
    empty = pl.col("0").fill_null("").str.strip_chars() == ""
    blank = pl.all_horizontal(pl.exclude("source_row").str.strip_chars().fill_null("") == "")
    lines = rows.filter(empty).filter(blank)["source_row"]
    kept = rows.filter(~pl.col("source_row").is_in(lines.implode())) if lines.len() else rows
    return Grid("", header.headings, header.row, kept, pl.DataFrame(unreadable, UNREADABLE, orient="row"))
