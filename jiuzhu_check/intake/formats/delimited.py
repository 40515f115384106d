"""CSV and other delimited text. Rows are counted as a spreadsheet counts them: a quoted cell over lines is one row."""

import csv
import io
import itertools
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import polars as pl

from jiuzhu_check.errors import ExtractChanged
from jiuzhu_check.intake.grid import UNREADABLE, Grid
from jiuzhu_check.intake.heading import SEARCHED_ROWS, Header
from jiuzhu_check.language import say

DELIMITERS = ("|@|", ",", "\t", "|", "^", ";", "\x1b", "，")
Find = Callable[[Sequence[Sequence[str]]], Header | None]
_HEAD = 64 * 1024  # bytes in which the header is looked for
_END = "\x03"  # a line of its own behind the last: an open quote would swallow it
csv.field_size_limit(1 << 24)


def read(data: bytes, extract: str, find: Find, delimiter: str = "") -> tuple[Grid, Header] | None:
    """The rows of a file in UTF-8, or null where no row is a header.

    find:      which of the first rows is the header
    delimiter: empty where it is to be found
    raises:    ExtractChanged where a quote is opened and never closed
    """
    data, delimiter, header = _find(data, find, (delimiter,) if delimiter else DELIMITERS)
    if header is None:
        return None
    grid = _at_once(data, delimiter, header) or _by_line(data, delimiter, header)
    return grid or _careful(data.decode(), delimiter, header, extract), header


def _find(data: bytes, find: Find, delimiters: Sequence[str]) -> tuple[bytes, str, Header | None]:
    for delimiter in delimiters:
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


def _above(data: bytes, header: Header) -> bytes | None:
    """The header row and what stands above it, or null where a cell there goes over lines, so that rows are not lines."""
    lines = data[:_HEAD].split(b"\n")[: header.row]
    return None if any(line.count(b'"') % 2 for line in lines) else b"\n".join(lines) + b"\n"


def _at_once(data: bytes, delimiter: str, header: Header) -> Grid | None:
    """The rows of a file that has no quotes but empty quoted cells, in one reading; null where a row does not fit.

    The reader refuses a long line and fills up a short one without a word; so the delimiters are counted too.
    """
    above = _above(data, header)
    if above is None or not delimiter.isascii() or not data.endswith(b"\n"):
        return None
    width, mark = len(header.headings), delimiter.encode()
    schema = dict.fromkeys(map(str, range(width)), pl.String())
    with ThreadPoolExecutor(1) as pool:  # counting and reading take as long as each other
        reading = pool.submit(
            pl.read_csv, data, has_header=False, skip_lines=header.row, separator=delimiter, schema=schema
        )
        simple = b'"' not in data or data.count(b'"') == 2 * data.count(b'""')
        lines, marks = data.count(b"\n") - header.row, data.count(mark) - above.count(mark)
        try:
            rows = reading.result()
        except pl.exceptions.PolarsError:
            return None
    if not simple or rows.height != lines or marks != (width - 1) * lines:
        return None
    empty = [name for name in rows.columns if (rows[name] == "").any()]  # a quoted nothing is nothing
    rows = rows.with_columns(pl.when(pl.col(name) != "").then(pl.col(name)) for name in empty)
    return _grid(header, rows.with_columns(_row_numbers(header)), [])


def _row_numbers(header: Header) -> pl.Expr:
    return pl.int_range(header.row + 1, header.row + 1 + pl.len(), dtype=pl.Int64).alias("source_row")


def _by_line(data: bytes, delimiter: str, header: Header) -> Grid | None:
    """The rows, line by line in polars; null where a quoted cell goes over lines, so that rows are not lines."""
    above = _above(data, header)
    if above is None or not delimiter.isascii():
        return None
    body = data[len(above) :]
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
    read = list(csv.reader([*rest["line"], _END], delimiter=delimiter))
    if read.pop() != [_END] or len(read) != rest.height:
        return None  # an even number of quotes, yet one of them is open at the end of its line
    return _grid(header, rows.with_columns(plain["source_row"]), list(zip(rest["source_row"], read, strict=True)))


def _split(source: str, delimiter: str, width: int) -> pl.DataFrame:
    names = [str(at) for at in range(width)]
    if not source:
        return pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    return pl.read_csv(
        source.encode(), has_header=False, separator=delimiter, quote_char=None, schema=dict.fromkeys(names, pl.String)
    )


def _careful(text: str, delimiter: str, header: Header, extract: str) -> Grid:
    """The rows, one by one: slower, and right wherever a quoted cell goes over several lines.

    raises: ExtractChanged where a quote is never closed, or is closed only after whole rows have gone into its cell
    """
    lines = itertools.chain(io.StringIO(text), [_END])
    numbered = [
        (number, row)
        for number, row in enumerate(csv.reader(lines, delimiter=delimiter), start=1)
        if number > header.row
    ]
    last, ended = numbered.pop()
    gaps = len(header.headings) - 1
    swallowed = [
        number
        for number, row in numbered
        if any("\n" in cell and cell.count(delimiter) >= max(gaps, 1) for cell in row)
    ]
    if ended != [_END] or swallowed:
        raise ExtractChanged(
            say("{extract} 第 {row} 行有未闭合的引号。", extract=extract, row=min([*swallowed, last])),
            hint=say("文件可能被截断，或单元格里有多余的引号；请部门重新导出。"),
        )
    none = _split("", delimiter, len(header.headings)).with_columns(source_row=pl.lit(0, pl.Int64))
    return _grid(header, none, numbered)


def _grid(header: Header, rows: pl.DataFrame, others: list[tuple[int, list[str]]]) -> Grid:
    width = len(header.headings)
    others = [(number, row) for number, row in others if any(cell.strip() for cell in row)]
    fitting = [(*(cell or None for cell in row), number) for number, row in others if len(row) == width]
    unreadable = [(number, row) for number, row in others if len(row) != width]
    if fitting:
        more = pl.DataFrame(fitting, schema=rows.schema, orient="row")
        rows = pl.concat([rows, more]).sort("source_row")
    empty = ~pl.col("0").str.contains(r"\S").fill_null(value=False)
    blank = pl.all_horizontal(pl.exclude("source_row").str.strip_chars().fill_null("") == "")
    lines = rows.filter(empty).filter(blank)["source_row"]
    kept = rows.filter(~pl.col("source_row").is_in(lines.implode())) if lines.len() else rows
    return Grid("", header.headings, header.row, kept, pl.DataFrame(unreadable, UNREADABLE, orient="row"))
