"""XLSX and XLS through python-calamine, which shows whether a cell was a number: only so is a spoilt one seen."""

import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import polars as pl
import python_calamine

from jiuzhu_check.errors import ExtractChanged
from jiuzhu_check.intake.decode import to_real_characters
from jiuzhu_check.intake.grid import UNREADABLE, Grid
from jiuzhu_check.intake.heading import Header
from jiuzhu_check.language import say

MAX_RATIO = 200  # unpacked against packed: ordinary sheets stay below 30
MAX_UNPACKED = 4 << 30
Cell = float | int | str | bool | date | datetime | time | timedelta


def is_spreadsheet(data: bytes) -> bool:
    """Whether the bytes begin as XLSX (a zip) or XLS (an OLE file)."""
    return data[:4] == b"PK\x03\x04" or data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read(
    data: bytes, extract: str, find: Callable[[Sequence[Sequence[str]]], Header | None]
) -> Iterator[tuple[Grid, Header | None]]:
    """Each sheet that holds anything: its rows and its header, which is null where no row is one.

    Of the hidden ones, only those that have a header.

    raises: ExtractChanged where the file is no workbook, is locked by a password, or unpacks beyond all measure
    """
    _refuse_bomb(data, extract)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except (python_calamine.CalamineError, OSError, ValueError):
        raise ExtractChanged(
            say("{extract} 打不开：文件已损坏、设有密码，或不是电子表格。", extract=extract),
            hint=say("请部门去掉密码，另存为 .xlsx 后重新提供。"),
        ) from None
    for meta in book.sheets_metadata:
        try:
            cells = book.get_sheet_by_name(meta.name).to_python(skip_empty_area=False)
        except (python_calamine.CalamineError, ValueError):
            raise ExtractChanged(
                say("{extract} 的工作表读不出来。", extract=extract), hint=say("请部门另存为 .xlsx 后重新提供。")
            ) from None
        if all(cell == "" for row in cells for cell in row):
            continue
        grid, header = _sheet(meta.name, cells, find)
        if meta.visible == python_calamine.SheetVisibleEnum.Visible:
            yield grid, header
        elif header is not None:
            yield replace(grid, hidden=True), header


def text(cell: Cell) -> str:
    """A cell as text. A number of 16 and more digits has lost its end: it is written so that it reads as spoilt.

    >>> text(64.29), text(3.0), text(370102800101001.0), text(3.7010219800101e17), text(date(2018, 7, 1))
    ('64.29', '3', '370102800101001', '3.70102198001010E+17', '2018-07-01')
    """
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, int | float):
        if abs(cell) >= 1e15:
            return f"{cell:.14E}"
        return str(int(cell)) if cell == int(cell) else repr(round(cell, 10))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "seconds")
    return str(cell)


def _sheet(name: str, cells: list[list[Cell]], find: Callable[..., Header | None]) -> tuple[Grid, Header | None]:
    head = [[text(cell) for cell in row] for row in cells[:60]]
    header = find(head)
    rows = [
        (*map(text, row), number)
        for number, row in enumerate(cells[header.row if header else 0 :], start=header.row + 1 if header else 1)
        if any(cell if not isinstance(cell, str) else cell.strip() for cell in row)
    ]
    if header is None:
        empty = pl.DataFrame(schema={"source_row": pl.Int64})
        numbered = [(row[-1], list(row[:-1])) for row in rows]
        return Grid(name, (), 0, empty, pl.DataFrame(numbered, UNREADABLE, orient="row")), None
    schema = {**{str(at): pl.String for at in range(len(header.headings))}, "source_row": pl.Int64}
    frame = pl.DataFrame(rows, schema=schema, orient="row").with_columns(
        pl.when(pl.col(pl.String) != "").then(to_real_characters(pl.col(pl.String)))
    )
    return Grid(name, header.headings, header.row, frame, pl.DataFrame(schema=UNREADABLE)), header


def _refuse_bomb(data: bytes, extract: str) -> None:
    if data[:2] != b"PK":
        return
    try:
        unpacked = sum(entry.file_size for entry in zipfile.ZipFile(io.BytesIO(data)).infolist())
    except (zipfile.BadZipFile, OSError):
        raise ExtractChanged(say("{extract} 已损坏或被截断。", extract=extract), hint=say("请部门重新提供。")) from None
    if unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(len(data), 1 << 20):
        raise ExtractChanged(
            say("{extract} 解开后异常地大，未读取。", extract=extract), hint=say("请部门确认文件后重新导出。")
        )
