"""CSV and other delimited text. Rows are counted as a spreadsheet counts them: a quoted cell over lines is one row."""

import csv
import io
from collections.abc import Callable, Sequence

import polars as pl

from jiuzhu_check.errors import ExtractChanged
from jiuzhu_check.intake.grid import UNREADABLE, Grid
from jiuzhu_check.intake.heading import SEARCHED_ROWS, Header

DELIMITERS = ("|@|", ",", "\t", "|", "^", ";", "\x1b", "，")
_HEAD = 64 * 1024  # characters in which the header is looked for
csv.field_size_limit(1 << 24)


def read(text: str, extract: str, find: Callable[[Sequence[Sequence[str]]], Header | None]) -> tuple[Grid, Header] | None:
    """The rows of a decoded file, or null where no row is a header.

    find: which of the first rows is the header
    raises: ExtractChanged where a quote is opened and never closed
    """
    text, delimiter, header = _find(text, find)
    if header is None:
        return None
    if text.count('"') % 2:
        raise ExtractChanged(f"{extract} 有未闭合的引号。", hint="文件可能被截断，或单元格里有多余的引号；请部门重新导出。")
    grid = _quick(text, delimiter, header) or _careful(text, delimiter, header)
    return grid, header


def first_rows(text: str) -> list[list[str]]:
    """The first rows by the delimiter that splits them into most cells, for a message about the header."""
    head = text[:_HEAD]
    return max((_rows(head, mark) for mark in DELIMITERS if len(mark) == 1), key=lambda rows: max(map(len, rows)))


def _find(text: str, find: Callable[[Sequence[Sequence[str]]], Header | None]) -> tuple[str, str, Header | None]:
    for delimiter in DELIMITERS:
        if delimiter not in text[:_HEAD]:
            continue
        if len(delimiter) > 1:
            text, delimiter = text.replace(delimiter, "\x1f"), "\x1f"
        if header := find(_rows(text[:_HEAD], delimiter)):
            return text, delimiter, header
    return text, "", None


def _rows(head: str, delimiter: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(head), delimiter=delimiter)
    return [row for row, _ in zip(reader, range(SEARCHED_ROWS), strict=False)]


def _quick(text: str, delimiter: str, header: Header) -> Grid | None:
    """The rows, line by line in polars; null where a quoted cell goes over lines, so that rows are not lines."""
    if not delimiter.isascii():
        return None
    above = text.split("\n", header.row)
    if any(line.count('"') % 2 for line in above[: header.row]):
        return None
    body = above[header.row] if len(above) > header.row else ""
    quoted = '"' in body
    if quoted:
        # An empty quoted cell is an empty cell: most quotes in real files are these.
        for _ in range(2):
            body = body.replace(f'{delimiter}""{delimiter}', delimiter * 2)
        body = body.replace(f'{delimiter}""\n', f"{delimiter}\n").replace(f'\n""{delimiter}', f"\n{delimiter}")
        quoted = '"' in body
    width = len(header.headings)
    lines = pl.DataFrame({"line": pl.Series([body]).str.split("\n").explode()}).with_columns(
        source_row=pl.int_range(header.row + 1, header.row + 1 + pl.len(), dtype=pl.Int64),
        cells=pl.col("line").str.count_matches(delimiter, literal=True) + 1,
        quotes=pl.col("line").str.count_matches('"', literal=True) if quoted else pl.lit(0, pl.UInt32),
    )
    if quoted and lines.select((pl.col("quotes") % 2 == 1).any()).item():
        return None
    plain = lines.filter((pl.col("quotes") == 0) & (pl.col("cells") == width) & (pl.col("line").str.len_bytes() < 1 << 16))
    source = body if plain.height == lines.height else "\n".join(plain["line"])
    rows = _split(source, delimiter, width)
    if rows.height != plain.height:
        return None
    rows = rows.with_columns(plain["source_row"])
    rest = lines.join(plain, on="source_row", how="anti") if plain.height < lines.height else lines.clear()
    read = list(csv.reader(rest["line"].to_list(), delimiter=delimiter))
    return _grid(header, rows, list(zip(rest["source_row"], read, strict=True)))


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
    return _grid(header, _split("", delimiter, len(header.headings)).with_columns(source_row=pl.lit(0, pl.Int64)), numbered)


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
    blank = pl.all_horizontal(pl.exclude("source_row").str.strip_chars().fill_null("") == "")
    return Grid("", header.headings, header.row, rows.filter(~blank), pl.DataFrame(unreadable, UNREADABLE, orient="row"))
