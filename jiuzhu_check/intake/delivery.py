"""交付 delivery: bytes of one file → typed rows, rejects and notes; or refused, with what to do."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import polars as pl

from jiuzhu_check.errors import ExtractChanged
from jiuzhu_check.intake.cells import read_cells
from jiuzhu_check.intake.decode import decode, lines_of
from jiuzhu_check.intake.formats import dbf, delimited, fixed, json, spreadsheet, xml, zip
from jiuzhu_check.intake.formats.kind import kind_of
from jiuzhu_check.intake.grid import Grid
from jiuzhu_check.intake.heading import SEARCHED_ROWS, Header, find_header, missing_columns
from jiuzhu_check.intake.note import Note
from jiuzhu_check.intake.source import Source
from jiuzhu_check.intake.spelling import normal
from jiuzhu_check.language import say
from jiuzhu_check.tables.reject import REJECT
from jiuzhu_check.values.blank import says_nothing

MAX_CELL = 4096  # bytes; longer is never a cell of an extract
# Rejects that are no rows of data: they do not count towards the limit.
NOT_DATA = ("footer",)
# Rejects whose cells stand under their headings: the department can confirm that such a row is data.
CONFIRMABLE = ("footer", "oversized")
_COUNTED = r"^\s*共?[0-9,]+\s*[人户笔条名项次个]\s*$"
_REASONS = {"footer": "合计或说明行，不是数据", "oversized": f"有单元格超过 {MAX_CELL} 字节"}


@dataclass(frozen=True)
class Delivery:
    """One file's rows, read: delivered = rows.height + rejects.height.

    rows:    canonical typed columns with sheet and source_row, one row a delivered row
    rejects: REJECT rows; source, supplier, snapshot and extract are filled by the caller
    refused: sheet, source_row, code and, as they were delivered, the cells of the rejected rows
    notes:   what was kept without being understood
    unknown: headings that mean no column
    """

    rows: pl.DataFrame
    rejects: pl.DataFrame
    refused: pl.DataFrame
    notes: tuple[Note, ...]
    unknown: tuple[str, ...] = ()

    @property
    def delivered(self) -> int:
        """How many rows below the header hold anything."""
        return self.rows.height + self.rejects.height

    @property
    def torn(self) -> pl.Series:
        """Every cell of the rejected rows that held data."""
        return self.refused.filter(~pl.col("code").is_in(NOT_DATA))["cells"].explode()


def read_delivery(source: Source, data: bytes, extract: str, confirmed: Collection[tuple[str, int]] = ()) -> Delivery:
    """Read a file by its source.

    confirmed: sheet and source_row of rows that the department has confirmed as data, whatever they look like
    raises: ExtractChanged where the file breaks the contract: see intake/decode.py, heading.py and the formats
    """
    rows, rejects = [], []
    notes: list[Note] = []
    unknown: list[str] = []
    for grid, header in _grids(source, data, extract):
        notes += grid.notes
        if grid.hidden:
            notes.append(Note(grid.sheet, "hidden_sheet", "", grid.rows.height, grid.header_row))
            continue
        kept, refused = _screen(source, grid, header, extract, [row for sheet, row in confirmed if sheet == grid.sheet])
        typed, found = read_cells(source, header, kept)
        rows.append(typed.with_columns(sheet=pl.lit(grid.sheet)))
        rejects.append(refused.with_columns(sheet=pl.lit(grid.sheet)))
        notes += found
        unknown += [each for at, each in enumerate(header.headings) if at not in header.place.values() and each.strip()]
    refused = pl.concat(rejects)
    cells = refused.select("sheet", "source_row", "code", "cells")
    delivery = Delivery(pl.concat(rows, how="diagonal"), REJECT.fit(refused), cells, tuple(notes), tuple(unknown))
    _hold_to(source, delivery, extract)
    return delivery


def _grids(source: Source, data: bytes, extract: str) -> Iterator[tuple[Grid, Header]]:
    """Each table in a file, under its header; of a zip, those of each member in turn, which say its name.

    raises: ExtractChanged where no table has one, or one that holds data has none
    """
    heads: list[Sequence[str]] = []

    def find(rows: Sequence[Sequence[str]]) -> Header | None:
        heads.extend(rows[:SEARCHED_ROWS])
        return find_header(source, rows)

    kind = kind_of(data, source.format)
    if kind == "gzip":
        yield from _grids(source, zip.gunzip(data, extract), extract)
        return
    if kind == "zip":
        unpacked, others = zip.members(data, source.format.members, extract)
        notes = tuple(Note(name, "other_member", "", 1, 0) for name in others)
        for name, member in unpacked:
            if zip.is_packed(member):
                raise ExtractChanged(
                    say("{extract} 里的 {name} 又是压缩包，未读取。", extract=extract, name=name),
                    hint=say("请部门只压缩一次后重新提供。"),
                )
            for grid, header in _grids(_unpacked(source), member, f"{extract}/{name}"):
                sheet = "/".join(filter(None, (name, grid.sheet)))
                yield replace(grid, sheet=sheet, notes=(*grid.notes, *notes)), header
                notes = ()
        return
    tables = list(_READERS[kind](source, data, extract, find))
    found = [(grid, header) for grid, header in tables if header]
    if all(grid.hidden for grid, _ in found):
        raise _no_header(source, extract, heads)
    for grid in (grid for grid, header in tables if not header):
        _refuse_data_without_header(source, grid, extract)
    yield from found


def _unpacked(source: Source) -> Source:
    told = "auto" if source.format.kind == "zip" else source.format.kind
    return replace(source, format=replace(source.format, kind=told))


_Find = Callable[[Sequence[Sequence[str]]], Header | None]
_Table = tuple[Grid, Header | None]


def _delimited(source: Source, data: bytes, extract: str, find: _Find) -> Iterator[_Table]:
    if data.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        raise ExtractChanged(
            say("{extract} 是网页，不是表格。", extract=extract),
            hint=say("可能是登录页或改了扩展名的网页；请部门导出为 CSV 或 XLSX。"),
        )
    table = delimited.read(_text(source, data, extract), extract, find, source.format.delimiter)
    if table:
        yield table


def _spreadsheet(source: Source, data: bytes, extract: str, find: _Find) -> Iterator[_Table]:
    return spreadsheet.read(data, extract, find)


def _fixed(source: Source, data: bytes, extract: str, find: _Find) -> Iterator[_Table]:
    lines = lines_of(data, extract)
    _refuse_cut_off(source, lines, extract)
    return _under(find, fixed.read(lines, source.format.fields, source.format.encoding, extract))


def _dbf(source: Source, data: bytes, extract: str, find: _Find) -> Iterator[_Table]:
    return _under(find, dbf.read(data, source.format.encoding, extract))


def _xml(source: Source, data: bytes, extract: str, find: _Find) -> Iterator[_Table]:
    return _under(find, xml.read(data, source.format.records, source.format.encoding, extract))


def _json(source: Source, data: bytes, extract: str, find: _Find) -> Iterator[_Table]:
    text = decode(data, extract, source.format.encoding)
    return _under(find, json.read(text, source.format.records, extract))


def _json_lines(source: Source, data: bytes, extract: str, find: _Find) -> Iterator[_Table]:
    return _under(find, json.read_lines(_text(source, data, extract), extract))


_READERS = {
    "delimited": _delimited, "spreadsheet": _spreadsheet, "fixed": _fixed, "dbf": _dbf, "xml": _xml, "json": _json,
    "jsonl": _json_lines,
}  # fmt: skip


def _under(find: _Find, grid: Grid) -> Iterator[_Table]:
    """A table whose headings are no row of it."""
    header = find([grid.headings]) if grid.headings else None
    if header:
        yield grid, header


def _text(source: Source, data: bytes, extract: str) -> bytes:
    text = decode(data, extract, source.format.encoding)
    _refuse_cut_off(source, text, extract)
    return text


def _refuse_cut_off(source: Source, text: bytes, extract: str) -> None:
    if source.contract.final_newline and not text.endswith(b"\n"):
        line = text.count(b"\n") + 1
        raise ExtractChanged(
            say("{extract} 最后一行（第 {line} 行）没有换行，可能传输中断、内容被截断。", extract=extract, line=line),
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


def _no_header(source: Source, extract: str, rows: Sequence[Sequence[str]]) -> ExtractChanged:
    lacking = missing_columns(source, rows)
    return ExtractChanged(
        say(
            "{title}：{extract} 没有找到表头，缺少必需的列「{lacking}」。",
            title=source.title,
            extract=extract,
            lacking="」「".join(lacking),
        ),
        hint=say(
            "请核对文件是否交错；若部门改了写法，在 connectors/{id}/source.toml 的 [columns] 补上新写法。", id=source.id
        ),
    )


def _screen(
    source: Source, grid: Grid, header: Header, extract: str, confirmed: Sequence[int]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows that are data, and the others as rejects.

    confirmed: rows that are data because the department says so
    raises: ExtractChanged where the header stands again among the rows: two extracts may have been put together
    """
    cells = grid.rows
    places = sorted(header.place.values())
    some = [at for at in places if normal(header.headings[at])][:3]
    repeated = cells
    for at in some:
        repeated = repeated.filter(pl.col(str(at)).str.contains(header.headings[at].strip(), literal=True))
        repeated = repeated.filter(pl.col(str(at)).str.strip_chars() == header.headings[at].strip())
    if repeated.height:
        raise ExtractChanged(
            say("{extract} 第 {source_row} 行又出现一次表头。", extract=extract, source_row=repeated["source_row"][0]),
            hint=say("可能是两份文件拼在了一起；请部门分开提供，或去掉多余的表头。"),
        )
    footer = rf"^\s*({'|'.join(source.footers) or chr(0)})"
    needed = [pl.col(str(header.place[column])) for column in source.contract.required]
    # A whole row is data, whatever it begins with; 合计 beside 9人 is none.
    lacking = pl.any_horizontal(
        says_nothing(cell) | cell.str.contains(_COUNTED).fill_null(value=False) for cell in needed
    )
    first = pl.coalesce(pl.exclude("source_row")) if cells["0"].has_nulls() else pl.col("0")
    oversized = pl.any_horizontal(pl.col(pl.String).str.len_bytes() > MAX_CELL)
    refused = (
        cells.filter(first.str.contains(footer) | oversized)
        .filter(lacking | oversized, ~pl.col("source_row").is_in(confirmed))
        .select(
            "source_row",
            cells=pl.concat_list(pl.exclude("source_row")),
            code=pl.when(oversized).then(pl.lit("oversized")).otherwise(pl.lit("footer")),
        )
    )
    kept = cells if refused.is_empty() else cells.join(refused, on="source_row", how="anti")
    both = pl.concat([refused, _torn(grid, footer, len(header.headings), extract)])
    counted = pl.format(f"应有 {len(header.headings)} 列，实有 {{}} 列", pl.col("cells").list.len())
    reason = pl.col("code").replace_strict(_REASONS, default=counted, return_dtype=pl.String)
    told = both.with_columns(reason=reason)
    return kept, pl.concat([told, grid.broken.select(told.columns)]).sort("source_row")


def _torn(grid: Grid, footer: str, width: int, extract: str) -> pl.DataFrame:
    """The rows of another width than the header's: a line of remarks, or a row that lost or gained a delimiter.

    raises: ExtractChanged where the last row is a short one: the file may have been cut off in it
    """
    begins = pl.col("cells").list.eval(pl.element().filter(~says_nothing(pl.element()))).list.first()
    torn = grid.unreadable.with_columns(
        code=pl.when(begins.str.contains(footer)).then(pl.lit("footer")).otherwise(pl.lit("columns"))
    )
    short = (pl.col("code") == "columns") & (pl.col("cells").list.len() < width)
    if torn.filter(short, pl.col("source_row") == grid.last_row).height:
        raise ExtractChanged(
            say("{extract} 最后一行（第 {last} 行）列数不足，文件被截断。", extract=extract, last=grid.last_row),
            hint=say("请部门重新提供完整文件。"),
        )
    return torn


def _hold_to(source: Source, delivery: Delivery, extract: str) -> None:
    contract = source.contract
    if delivery.rows.height < contract.min_rows:
        raise ExtractChanged(
            say(
                "{title}：{extract} 只有 {rows} 行数据，约定至少 {min_rows} 行。",
                title=source.title,
                extract=extract,
                rows=delivery.rows.height,
                min_rows=contract.min_rows,
            ),
            hint=say("空表不等于没有记录：请部门确认后重新提供。"),
        )
    bad = delivery.rejects.filter(~pl.col("code").is_in(NOT_DATA))
    share = 100 * bad.height / max(1, delivery.delivered)
    if share > contract.max_reject_pct:
        where = "、".join(str(row) for row in bad["source_row"].head(5))
        raise ExtractChanged(
            say(
                "{title}：{extract} 有 {bad} 行读不出来（{share:.2f}%），超过约定的 {max_reject_pct}%；如第 {where} 行。",
                title=source.title,
                extract=extract,
                bad=bad.height,
                share=share,
                max_reject_pct=contract.max_reject_pct,
                where=where,
            ),
            hint=say("请部门检查分隔符和列数后重新提供；上一次的数据仍在用。"),
        )
