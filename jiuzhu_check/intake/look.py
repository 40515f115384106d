"""看样 look: the tables of a file, whatever its format, under the row that somebody takes for the header."""

import json as plain_json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from xml.parsers import expat

import polars as pl

from jiuzhu_check.errors import ExtractChanged
from jiuzhu_check.intake.decode import decode, encoding_of, lines_of
from jiuzhu_check.intake.format_spec import Format
from jiuzhu_check.intake.formats import dbf, delimited, fixed, json, spreadsheet, xml, zip
from jiuzhu_check.intake.formats.kind import kind_of
from jiuzhu_check.intake.grid import Grid
from jiuzhu_check.intake.heading import Header
from jiuzhu_check.language import say

Find = Callable[[Sequence[Sequence[str]]], Header | None]
Rate = Callable[[Sequence[Sequence[str]]], float]


_BELOW = 8  # rows that are shown to the finder below headings that are no row


@dataclass(frozen=True)
class Seen:
    """One table of a file.

    format: as it was read: its kind, encoding and delimiter as found, and where its records are
    packed: zip or gzip, around it; empty where it came as it is
    header: null where no row is one; grid.rows is then empty
    above:  the rows above the header, cell by cell
    ended:  whether a text ends in a new line; other formats say themselves where they end
    """

    format: Format
    packed: str
    grid: Grid
    header: Header | None
    above: tuple[tuple[str, ...], ...] = ()
    ended: bool = True


def look(data: bytes, extract: str, format: Format, find: Find, rate: Rate | None = None) -> list[Seen]:
    """Every table of a file; of a zip, those of each member, under its name.

    find:   which of the first rows is the header
    rate:   how well rows look like a table, to choose between delimiters; null takes the first that has a header
    raises: ExtractChanged where the file cannot be opened, as read_delivery
    """
    kind = kind_of(data, format)
    if kind == "gzip":
        inside = look(zip.gunzip(data, extract), extract, format, find, rate)
        return [replace(seen, packed="gzip") for seen in inside]
    if kind == "zip":
        unpacked, _ = zip.members(data, format.members, extract)
        told = replace(format, kind="auto" if format.kind == "zip" else format.kind)
        return [
            replace(seen, packed="zip", grid=replace(seen.grid, sheet="/".join(filter(None, (name, seen.grid.sheet)))))
            for name, member in unpacked
            if not zip.is_packed(member)
            for seen in look(member, f"{extract}/{name}", told, find, rate)
        ]
    if kind == "delimited" and not format.records and data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<":
        kind = "xml"
    return list(_LOOKS[kind](data, extract, replace(format, kind=kind), find, rate))


def _delimited(data: bytes, extract: str, format: Format, find: Find, rate: Rate | None) -> Iterator[Seen]:
    encoding = encoding_of(lines_of(data, extract), extract, format.encoding)
    text = decode(data, extract, format.encoding)
    above: list[tuple[str, ...]] = []

    def keeping(rows: Sequence[Sequence[str]]) -> Header | None:
        header = find(rows)
        if header:
            above[:] = [tuple(row) for row in rows[: header.row - 1]]
        return header

    for mark in _marks(text, extract, format, rate):
        table = delimited.read(text, extract, keeping, mark)
        if table:
            told = replace(format, encoding=encoding, delimiter=mark)
            yield Seen(told, "", *table, tuple(above), text.endswith(b"\n"))
            return
    nothing = Grid("", (), 0, pl.DataFrame(schema={"source_row": pl.Int64}))
    yield Seen(replace(format, encoding=encoding), "", nothing, None)


def _marks(text: bytes, extract: str, format: Format, rate: Rate | None) -> Sequence[str]:
    """The delimiters to try, the likeliest first."""
    if format.delimiter or rate is None:
        return (format.delimiter,) if format.delimiter else delimited.DELIMITERS
    rated: dict[str, float] = {}
    for mark in delimited.DELIMITERS:

        def spy(rows: Sequence[Sequence[str]], mark: str = mark) -> None:
            rated[mark] = rate(rows)

        delimited.read(text, extract, spy, mark)
    return sorted(rated, key=rated.__getitem__, reverse=True)


def _spreadsheet(data: bytes, extract: str, format: Format, find: Find, _: Rate | None) -> Iterator[Seen]:
    heads: list[tuple[tuple[str, ...], ...]] = []

    def keeping(rows: Sequence[Sequence[str]]) -> Header | None:
        header = find(rows)
        heads.append(tuple(tuple(row) for row in rows[: header.row - 1]) if header else ())
        return header

    for grid, header in spreadsheet.read(data, extract, keeping):
        yield Seen(replace(format, encoding="auto"), "", grid, header, heads[-1])


def _dbf(data: bytes, extract: str, format: Format, find: Find, _: Rate | None) -> Iterator[Seen]:
    yield _under(find, dbf.read(data, format.encoding, extract), format)


def _xml(data: bytes, extract: str, format: Format, find: Find, _: Rate | None) -> Iterator[Seen]:
    where = format.records or way_in_xml(data, extract)
    yield _under(find, xml.read(data, where, format.encoding, extract), replace(format, records=where))


def _json(data: bytes, extract: str, format: Format, find: Find, _: Rate | None) -> Iterator[Seen]:
    text = decode(data, extract, format.encoding)
    where = format.records or way_in_json(text)
    yield _under(find, json.read(text, where, extract), replace(format, records=where))


def _json_lines(data: bytes, extract: str, format: Format, find: Find, _: Rate | None) -> Iterator[Seen]:
    text = decode(data, extract, format.encoding)
    yield replace(_under(find, json.read_lines(text, extract), format), ended=text.endswith(b"\n"))


def _fixed(data: bytes, extract: str, format: Format, find: Find, _: Rate | None) -> Iterator[Seen]:
    lines = lines_of(data, extract)
    yield _under(find, fixed.read(lines, format.fields, format.encoding, extract), format)


_LOOKS = {
    "delimited": _delimited, "spreadsheet": _spreadsheet, "dbf": _dbf, "xml": _xml, "json": _json,
    "jsonl": _json_lines, "fixed": _fixed,
}  # fmt: skip


def _under(find: Find, grid: Grid, format: Format) -> Seen:
    said = grid.rows.head(_BELOW).select(pl.exclude("source_row").fill_null(""))
    head = [grid.headings, *(tuple(row) for row in said.iter_rows())]
    return Seen(format, "", grid, find(head) if grid.headings else None)


def way_in_json(text: bytes) -> str:
    """The keys that lead to the longest list of objects, such as data.rows; empty where the file is that list itself.

    >>> way_in_json(b'{"code": 0, "data": {"rows": [{"XM": "a"}], "codes": [1, 2]}}')
    'data.rows'
    """
    try:
        whole = plain_json.loads(text)
    except (ValueError, RecursionError):
        return ""  # the reader says what is wrong with it
    lists = sorted(_lists(whole, ()), key=lambda found: (-found[0], len(found[1])))
    return ".".join(lists[0][1]) if lists else ""


def _lists(value: Any, way: tuple[str, ...]) -> Iterator[tuple[int, tuple[str, ...]]]:
    if isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
        yield len(value), way
    elif isinstance(value, dict) and len(way) < 6:
        for key, inner in value.items():
            if "." not in key and "[" not in key:
                yield from _lists(inner, (*way, key))


def way_in_xml(data: bytes, extract: str) -> str:
    """The path to the element that stands most often and holds cells, such as resultset/row.

    raises: ExtractChanged where there is none: a web page, or XML of another kind
    """
    counted: dict[tuple[str, ...], int] = {}
    cells: dict[tuple[str, ...], int] = {}
    opened: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        opened.append(tag.rpartition(":")[2])
        path = tuple(opened)
        counted[path] = counted.get(path, 0) + 1
        cells[path] = cells.get(path, 0) + len(attributes)
        cells[path[:-1]] = cells.get(path[:-1], 0) + 1

    def end(_: str) -> None:
        opened.pop()

    if re.search(rb"<(?:!DOCTYPE|html|HTML)", data[:4096]):
        raise _page(extract)
    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        text = decode(data, extract).decode()
        parser.Parse(re.sub(r"^\s*<\?xml[^>]*\?>", "", text).encode(), True)
    except expat.ExpatError:
        raise _page(extract) from None
    rows = [path for path, times in counted.items() if path[1:] and cells[path] >= 2 * times]
    if not rows:
        raise _page(extract)
    best = max(rows, key=lambda path: (counted[path], cells[path]))
    return "/".join(best[-2:])


def _page(extract: str) -> ExtractChanged:
    return ExtractChanged(
        say("{extract} 是网页，不是表格。", extract=extract),
        hint=say("可能是登录页或改了扩展名的网页；请部门导出为 CSV 或 XLSX。"),
    )
