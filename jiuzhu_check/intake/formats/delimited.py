"""CSV and other delimited text. Rows are counted as a spreadsheet counts them: a quoted cell over lines is one row."""

import csv
import io
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from jiuzhu_check.errors import ExtractChanged
from jiuzhu_check.intake.grid import UNREADABLE, Grid, together
from jiuzhu_check.intake.heading import SEARCHED_ROWS, Header
from jiuzhu_check.language import say

DELIMITERS = ("|@|", ",", "\t", "|", "^", ";", "\x1b", "，")
Find = Callable[[Sequence[Sequence[str]]], Header | None]
_HEAD = 64 * 1024  # bytes in which the header is looked for
_ROWS = 50_000  # that are read one by one together
_END = "\x03"  # a line of its own behind the last: an open quote would swallow it
csv.field_size_limit(1 << 24)


@dataclass(frozen=True)
class Layout:
    """How a file is laid out.

    mark:      what stands between cells; where it is several characters, they are read as one, the delimiter
    above:     the header row and what stands above it; null where a cell there goes over lines, so that rows are not lines
    """

    header: Header
    mark: str
    delimiter: str
    above: bytes | None

    @property
    def width(self) -> int:
        """How many cells a row has."""
        return len(self.header.headings)

    def one_mark(self, text: bytes) -> bytes:
        """A piece of the text with one character between cells."""
        return text if self.mark == self.delimiter else text.replace(self.mark.encode(), self.delimiter.encode())


def read(data: bytes, extract: str, find: Find, delimiter: str = "") -> tuple[Grid, Header] | None:
    """The rows of a file in UTF-8, or null where no row is a header. As layout and read_pieces."""
    found = layout(data, find, delimiter)
    return (together(list(read_pieces([data], found, extract))), found.header) if found else None


def layout(text: bytes, find: Find, delimiter: str = "") -> Layout | None:
    """How a text is laid out by what it begins with, or null where no row is a header.

    find:      which of the first rows is the header
    delimiter: empty where it is to be found
    """
    head = text[:_HEAD]
    for mark in (delimiter,) if delimiter else DELIMITERS:
        if mark not in head.decode(errors="ignore"):
            continue
        one = mark if len(mark) == 1 else "\x1f"
        plain = head.replace(mark.encode(), one.encode())
        if header := find(_rows(plain.decode(errors="ignore"), one)):
            lines = plain.split(b"\n")[: header.row]
            over = any(line.count(b'"') % 2 for line in lines)
            return Layout(header, mark, one, None if over else b"\n".join(lines) + b"\n")
    return None


def read_pieces(texts: Iterable[bytes], layout: Layout, extract: str) -> Iterator[Grid]:
    """The rows of a text in UTF-8, piece by piece; at least one, be it without rows.

    texts:  the text in pieces that end with a line
    raises: ExtractChanged where a quote is opened and never closed
    """
    rest = (layout.one_mark(text) for text in texts)
    if layout.above is None or not layout.delimiter.isascii():
        yield from _careful(rest, layout, 1, extract)
        return
    begin = layout.header.row + 1
    for text in _below(layout.above, rest):
        grid = _at_once(text, layout, begin) or _by_line(text, layout, begin)
        if grid is None:
            yield from _careful(itertools.chain([text], rest), layout, begin, extract)
            return
        yield grid
        begin += text.count(b"\n")
    if begin == layout.header.row + 1:
        yield _grid(layout, _no_rows(layout), [])


def _rows(head: str, delimiter: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(head), delimiter=delimiter)
    return [row for row, _ in zip(reader, range(SEARCHED_ROWS), strict=False)]


def _below(above: bytes, texts: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces without what stands above the rows."""
    left = len(above)
    for text in texts:
        if below := text[left:]:
            yield below
        left = max(0, left - len(text))


def _at_once(text: bytes, layout: Layout, begin: int) -> Grid | None:
    """The rows of a text that has no quotes but empty quoted cells, in one reading; null where a row does not fit.

    begin: the number of the first row

    The reader refuses a long line and fills up a short one without a word; so the delimiters are counted too.
    """
    quotes, lines = text.count(b'"'), text.count(b"\n")
    if not text.endswith(b"\n") or (quotes and quotes != 2 * text.count(b'""')):
        return None
    if text.count(layout.delimiter.encode()) != (layout.width - 1) * lines:
        return None
    try:
        rows = _split(text, layout, quote='"' if quotes else None)
    except pl.exceptions.PolarsError:
        return None
    if rows.height != lines:
        return None
    empty = [name for name in rows.columns if quotes and (rows[name] == "").any()]  # a quoted nothing is nothing
    rows = rows.with_columns(pl.when(pl.col(name) != "").then(pl.col(name)) for name in empty)
    return _grid(layout, rows.with_columns(_row_numbers(begin)), [])


def _row_numbers(begin: int) -> pl.Expr:
    return pl.int_range(begin, begin + pl.len(), dtype=pl.Int64).alias("source_row")


def _by_line(text: bytes, layout: Layout, begin: int) -> Grid | None:
    """The rows, line by line in polars; null where a quoted cell goes over lines, so that rows are not lines."""
    lines = pl.DataFrame({"line": pl.Series([text.decode()]).str.split("\n").explode()}).with_columns(
        _row_numbers(begin),
        cells=pl.col("line").str.count_matches(layout.delimiter, literal=True) + 1,
        quotes=pl.col("line").str.count_matches('"', literal=True),
    )
    if lines.select((pl.col("quotes") % 2 == 1).any()).item():
        return None
    plain = lines.filter(
        (pl.col("quotes") == 0) & (pl.col("cells") == layout.width) & (pl.col("line").str.len_bytes() < 1 << 16)
    )
    rows = _split("\n".join(plain["line"]).encode(), layout, quote=None) if plain.height else _no_rows(layout)
    if rows.height != plain.height:
        return None
    rest = lines.join(plain, on="source_row", how="anti")
    try:
        read = list(csv.reader([*rest["line"], _END], delimiter=layout.delimiter))
    except csv.Error:
        return None
    if read.pop() != [_END] or len(read) != rest.height:
        return None  # an even number of quotes, yet one of them is open at the end of its line
    others = list(zip(rest["source_row"], read, strict=True))
    return _grid(layout, rows.with_columns(plain["source_row"]), others)


def _split(text: bytes, layout: Layout, *, quote: str | None) -> pl.DataFrame:
    schema = {str(at): pl.String() for at in range(layout.width)}
    return pl.read_csv(text, has_header=False, separator=layout.delimiter, quote_char=quote, schema=schema)


def _no_rows(layout: Layout) -> pl.DataFrame:
    return pl.DataFrame(schema={**{str(at): pl.String() for at in range(layout.width)}, "source_row": pl.Int64()})


def _careful(texts: Iterable[bytes], layout: Layout, begin: int, extract: str) -> Iterator[Grid]:
    """The rows, one by one: slower, and right wherever a quoted cell goes over several lines.

    begin:  the number of the first row, whether it is a row of data or stands above
    raises: ExtractChanged where a quote is never closed, or is closed only after whole rows have gone into its cell
    """
    lines = itertools.chain.from_iterable(io.StringIO(text.decode()) for text in texts)
    gaps = max(layout.width - 1, 1)
    for batch, last in _batches(csv.reader(itertools.chain(lines, [_END]), delimiter=layout.delimiter), begin, extract):
        numbered = [(number, row) for number, row in batch if number > layout.header.row]
        ended = not last or (numbered and numbered.pop()[1] == [_END])
        swallowed = [
            number
            for number, row in numbered
            if any("\n" in cell and cell.count(layout.delimiter) >= gaps for cell in row)
        ]
        if not ended or swallowed:
            raise _unclosed(extract, min([*swallowed, batch[-1][0]]))
        yield _grid(layout, _no_rows(layout), numbered)


def _batches(rows: Iterator[list[str]], begin: int, extract: str) -> Iterator[tuple[list[tuple[int, list[str]]], bool]]:
    """Numbered rows, some at a time, and whether they are the last."""
    batch: list[tuple[int, list[str]]] = []
    number = begin - 1
    try:
        for number, row in enumerate(rows, start=begin):
            if len(batch) == _ROWS:
                yield batch, False
                batch = []
            batch.append((number, row))
    except csv.Error:  # a cell beyond all measure: what opened it was never closed
        raise _unclosed(extract, number + 1) from None
    yield batch, True


def _unclosed(extract: str, row: int) -> ExtractChanged:
    return ExtractChanged(
        say("{extract} 第 {row} 行有未闭合的引号。", extract=extract, row=row),
        hint=say("文件可能被截断，或单元格里有多余的引号；请部门重新导出。"),
    )


def _grid(layout: Layout, rows: pl.DataFrame, others: list[tuple[int, list[str]]]) -> Grid:
    header, width = layout.header, layout.width
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
