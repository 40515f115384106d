"""A file opened: bytes in whichever format → its tables, each a header and the rows under it, piece by piece."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import polars as pl

from jiuzhu_check.errors import ExtractChanged
from jiuzhu_check.intake.ahead import ahead
from jiuzhu_check.intake.decode import Text, decode, lines_of
from jiuzhu_check.intake.formats import dbf, delimited, fixed, json, spreadsheet, xml, zip
from jiuzhu_check.intake.formats.kind import kind_of
from jiuzhu_check.intake.grid import Grid, sliced
from jiuzhu_check.intake.heading import SEARCHED_ROWS, Header, find_header, missing_columns
from jiuzhu_check.intake.note import Note
from jiuzhu_check.intake.on_disk import Raw
from jiuzhu_check.intake.source import Source
from jiuzhu_check.language import say

_HEAD = 1 << 16  # bytes that tell whether a file is delimited text, which alone need not be in memory as a whole


@dataclass(frozen=True)
class Table:
    """One table of a file: its header, and the rows under it in pieces, at least one."""

    header: Header
    pieces: Iterable[Grid]


def tables_of(source: Source, raw: Raw, extract: str) -> Iterator[Table]:
    """Each table in a file; of a zip, those of each member in turn, which say its name.

    raises: ExtractChanged where no table has a header, or one that holds data has none
    """
    if kind_of(raw[:_HEAD], source.format) == "delimited":
        yield _delimited(source, raw, extract)
        return
    data = raw[:]
    kind = kind_of(data, source.format)
    if kind == "gzip":
        yield from tables_of(source, zip.gunzip(data, extract), extract)
    elif kind == "zip":
        yield from _members(source, data, extract)
    else:
        yield from _whole(source, _READERS[kind], data, extract)


def _members(source: Source, data: bytes, extract: str) -> Iterator[Table]:
    unpacked, others = zip.members(data, source.format.members, extract)
    notes = tuple(Note(name, "other_member", "", 1, 0) for name in others)
    told = "auto" if source.format.kind == "zip" else source.format.kind
    inner = replace(source, format=replace(source.format, kind=told))
    for name, member in unpacked:
        if zip.is_packed(member):
            raise ExtractChanged(
                say("{extract} 里的 {name} 又是压缩包，未读取。", extract=extract, name=name),
                hint=say("请部门只压缩一次后重新提供。"),
            )
        for table in tables_of(inner, member, f"{extract}/{name}"):
            yield Table(table.header, _named(name, table.pieces, notes))
            notes = ()


def _named(member: str, pieces: Iterable[Grid], notes: tuple[Note, ...]) -> Iterator[Grid]:
    for grid in pieces:
        yield replace(grid, sheet="/".join(filter(None, (member, grid.sheet))), notes=(*grid.notes, *notes))
        notes = ()


class _Find:
    """Which of the first rows is the header; and what rows there were, for saying that none is."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._heads: list[Sequence[str]] = []

    def __call__(self, rows: Sequence[Sequence[str]]) -> Header | None:
        self._heads.extend(rows[:SEARCHED_ROWS])
        return find_header(self._source, rows)

    def nothing(self, extract: str) -> ExtractChanged:
        lacking = missing_columns(self._source, self._heads)
        return ExtractChanged(
            say(
                "{title}：{extract} 没有找到表头，缺少必需的列「{lacking}」。",
                title=self._source.title,
                extract=extract,
                lacking="」「".join(lacking),
            ),
            hint=say(
                "请核对文件是否交错；若部门改了写法，在 connectors/{id}/source.toml 的 [columns] 补上新写法。",
                id=self._source.id,
            ),
        )


def _delimited(source: Source, raw: Raw, extract: str) -> Table:
    if raw[:_HEAD].removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        raise ExtractChanged(
            say("{extract} 是网页，不是表格。", extract=extract),
            hint=say("可能是登录页或改了扩展名的网页；请部门导出为 CSV 或 XLSX。"),
        )
    text, find = Text(raw, extract, source.format.encoding), _Find(source)
    _refuse_cut_off(source, text, extract)
    layout = delimited.layout(text.head(), find, source.format.delimiter)
    if layout is None:
        raise find.nothing(extract)
    return Table(layout.header, ahead(delimited.read_pieces(ahead(text), layout, extract)))


_Found = tuple[Grid, Header | None]
_Reader = Callable[[Source, bytes, str, _Find], Iterator[_Found]]


def _whole(source: Source, read: _Reader, data: bytes, extract: str) -> Iterator[Table]:
    find = _Find(source)
    tables = list(read(source, data, extract, find))
    found = [(grid, header) for grid, header in tables if header]
    if all(grid.hidden for grid, _ in found):
        raise find.nothing(extract)
    for grid in (grid for grid, header in tables if not header):
        _refuse_data_without_header(source, grid, extract)
    for grid, header in found:
        yield Table(header, [grid] if grid.hidden else sliced(grid))


def _spreadsheet(source: Source, data: bytes, extract: str, find: _Find) -> Iterator[_Found]:
    return spreadsheet.read(data, extract, find)


def _fixed(source: Source, data: bytes, extract: str, find: _Find) -> Iterator[_Found]:
    lines = lines_of(data, extract)
    _refuse_cut_off(source, Text(data, extract, "gb18030"), extract)
    return _under(find, fixed.read(lines, source.format.fields, source.format.encoding, extract))


def _dbf(source: Source, data: bytes, extract: str, find: _Find) -> Iterator[_Found]:
    return _under(find, dbf.read(data, source.format.encoding, extract))


def _xml(source: Source, data: bytes, extract: str, find: _Find) -> Iterator[_Found]:
    return _under(find, xml.read(data, source.format.records, source.format.encoding, extract))


def _json(source: Source, data: bytes, extract: str, find: _Find) -> Iterator[_Found]:
    text = decode(data, extract, source.format.encoding)
    return _under(find, json.read(text, source.format.records, extract))


def _json_lines(source: Source, data: bytes, extract: str, find: _Find) -> Iterator[_Found]:
    text = Text(data, extract, source.format.encoding)
    _refuse_cut_off(source, text, extract)
    return _under(find, json.read_lines(b"".join(text), extract))


_READERS: dict[str, _Reader] = {
    "spreadsheet": _spreadsheet, "fixed": _fixed, "dbf": _dbf, "xml": _xml, "json": _json, "jsonl": _json_lines,
}  # fmt: skip


def _under(find: _Find, grid: Grid) -> Iterator[_Found]:
    """A table whose headings are no row of it."""
    header = find([grid.headings]) if grid.headings else None
    if header:
        yield grid, header


def _refuse_cut_off(source: Source, text: Text, extract: str) -> None:
    if source.contract.final_newline and not text.ended:
        raise ExtractChanged(
            say(
                "{extract} 最后一行（第 {line} 行）没有换行，可能传输中断、内容被截断。",
                extract=extract,
                line=text.lines,
            ),
            hint=say(
                "请部门重新提供；确认完整的，可在末尾补一个换行，或在 source.toml 写 contract.final_newline = false。"
            ),
        )


def _refuse_data_without_header(source: Source, grid: Grid, extract: str) -> None:
    """A sheet of remarks is passed over; one whose rows are as wide as data may be the rest of another sheet."""
    filled = grid.unreadable.select(pl.col("cells").list.eval(pl.element() != "").list.sum())
    if (filled >= len(source.contract.required)).sum().item():
        raise ExtractChanged(
            say("{extract} 的工作表「{sheet}」没有表头，却有数据。", extract=extract, sheet=grid.sheet),
            hint=say("请部门补上表头；若不是数据，请删去或隐藏这张工作表。"),
        )
