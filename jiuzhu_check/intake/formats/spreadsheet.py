"""XLSX and XLS through python-calamine, which shows whether a cell was a number: only so is a spoilt one seen."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import polars as pl

from jiuzhu_check.errors import ExtractChanged
from jiuzhu_check.intake.decode import to_real_characters
from jiuzhu_check.intake.formats import workbook
from jiuzhu_check.intake.formats.row_numbers import refuse_shared_places
from jiuzhu_check.intake.formats.zip import refuse_bomb
from jiuzhu_check.intake.grid import Grid
from jiuzhu_check.intake.heading import Header
from jiuzhu_check.language import say

_SEARCHED = 60  # rows in which the header is looked for


def is_spreadsheet(data: bytes) -> bool:
    """Whether the bytes begin as XLSX (a zip) or XLS (an OLE file)."""
    return data[:4] == b"PK\x03\x04" or data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read(
    data: bytes, extract: str, find: Callable[[Sequence[Sequence[str]]], Header | None]
) -> Iterator[tuple[Grid, Header | None]]:
    """Each sheet that holds anything: its rows and its header, which is null where no row is one.

    Of the hidden ones, only those that have a header.

    raises: ExtractChanged where the file is no workbook, is locked by a password, unpacks beyond all measure,
            or has two rows or cells in one place
    """
    with ThreadPoolExecutor(1) as pool:
        if data[:2] == b"PK":
            refuse_bomb(data, extract)
        looking = pool.submit(refuse_shared_places, data, extract)
        done = subprocess.run([sys.executable, "-P", workbook.__file__], input=data, capture_output=True, check=False)  # noqa: S603
    assert done.returncode != 1, "the reader of workbooks does not start"
    if done.returncode == workbook.NOT_A_SHEET:
        raise ExtractChanged(
            say("{extract} 的工作表读不出来。", extract=extract), hint=say("请部门另存为 .xlsx 后重新提供。")
        )
    if done.returncode:
        raise ExtractChanged(
            say("{extract} 打不开：文件已损坏、设有密码，或不是电子表格。", extract=extract),
            hint=say("请部门去掉密码，另存为 .xlsx 后重新提供。"),
        )
    looking.result()
    sheets, _, cells = done.stdout.partition(b"\n")
    start = 0
    for told in json.loads(sheets):
        body = memoryview(cells)[start : start + told["bytes"]]
        start += told["bytes"]
        frame = _frame(bytes(body), told["rows"], told["columns"], tuple(told["marks"]))
        grid, header = _sheet(told["name"], frame, find)
        if told["visible"]:
            yield grid, header
        elif header is not None:
            yield replace(grid, hidden=True), header


def _frame(body: bytes, rows: int, columns: int, marks: tuple[str, str]) -> pl.DataFrame:
    """The cells of a sheet as text, blank ones null, each row with its number."""
    names = [str(at) for at in range(columns)]
    frame = pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    if marks == workbook.PLAIN and columns > 1:
        frame = pl.read_csv(
            body, has_header=False, separator=marks[0], eol_char=marks[1], quote_char=None, schema=frame.schema
        )
    if frame.height != rows:
        split = [line.split(marks[0]) for line in body.decode().split(marks[1])]
        frame = pl.DataFrame(split, schema=frame.schema, orient="row")
    said = pl.col(pl.String)
    return frame.with_columns(
        pl.when(said != "").then(to_real_characters(said)),
        source_row=pl.int_range(1, 1 + pl.len(), dtype=pl.Int64),
    )


def _sheet(name: str, cells: pl.DataFrame, find: Callable[..., Header | None]) -> tuple[Grid, Header | None]:
    said = pl.exclude("source_row")
    header = find([[cell or "" for cell in row] for row in cells.head(_SEARCHED).select(said).iter_rows()])
    rows = cells.slice(header.row if header else 0)
    rows = rows.filter(~pl.all_horizontal(said.str.strip_chars().fill_null("") == ""))
    if header is None:
        unreadable = rows.select("source_row", cells=pl.concat_list(said.fill_null("")))
        return Grid(name, (), 0, pl.DataFrame(schema={"source_row": pl.Int64}), unreadable), None
    nul = pl.any_horizontal(said.str.contains("\x00", literal=True).fill_null(value=False))
    broken = rows.filter(nul).select(
        "source_row", cells=pl.concat_list(said.fill_null("")), code=pl.lit("nul"), reason=pl.lit("有空字节")
    )
    kept = rows.filter(~nul) if broken.height else rows
    return Grid(name, header.headings, header.row, kept, broken=broken), header
