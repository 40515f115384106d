"""行号 row numbers of a workbook: a broken writer gives two rows, or two cells, the same place, and a reader keeps the last."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from itertools import pairwise

from jiuzhu_check.errors import ExtractChanged
from jiuzhu_check.language import say

_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_CELL = re.compile(rb"<(?:\w+:)?c\b[^>]*?\br\s*=\s*[\"']([A-Z]+)([0-9]+)[\"']")
_NUMBER = re.compile(rb"\br\s*=\s*[\"']([0-9]+)[\"']")
_PIECE = 1 << 20
# Records of an XLS (MS-XLS 2.4): FORMULA, LABEL, NUMBER, BOOLERR, RSTRING, LABELSST, RK; MULRK; BOF; EOF.
_ONE_CELL = {0x0006, 0x0204, 0x0203, 0x0205, 0x00D6, 0x00FD, 0x027E}
_SEVERAL_CELLS, _BEGIN, _END = 0x00BD, 0x0809, 0x000A


def refuse_shared_places(data: bytes, extract: str) -> None:
    """Nothing, where every row and cell of every sheet stands in a place of its own.

    A workbook that does not open is left to the reader of workbooks.

    raises: ExtractChanged where two share one: all but one of them would be lost without a word
    """
    try:
        shared = _in_xlsx(data) if data[:2] == b"PK" else _in_xls(data)
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, NotImplementedError):
        return
    if shared:
        raise ExtractChanged(
            say(
                "{extract} 的工作表里有两行或两格都写着第 {row} 行的位置，读了会丢掉其中之一。",
                extract=extract,
                row=shared,
            ),
            hint=say("写出这份文件的程序有误；请部门用 Excel 或 WPS 打开核对，另存为 .xlsx 后重新提供。"),
        )


def _in_xls(data: bytes) -> int:
    """As _shared, of the records of an XLS, which each say their row and column; blank cells hold nothing to lose."""
    import olefile  # only for files of this kind

    with olefile.OleFileIO(io.BytesIO(data)) as file:
        name = next((each for each in ("Workbook", "Book") if file.exists(each)), "Workbook")
        records = file.openstream(name).read()
    at, sheets = 0, list[set[tuple[int, int]]]()  # a chart can stand within a sheet
    while at + 4 <= len(records):
        kind, length = struct.unpack_from("<HH", records, at)
        if kind == _BEGIN:
            sheets.append(set())
        elif kind == _END and sheets:
            sheets.pop()
        elif kind in _ONE_CELL or kind == _SEVERAL_CELLS:
            row, first = struct.unpack_from("<HH", records, at + 4)
            last = struct.unpack_from("<H", records, at + 2 + length)[0] if kind == _SEVERAL_CELLS else first
            cells = {(row, column) for column in range(first, last + 1)}
            if sheets and sheets[-1] & cells:
                return int(row) + 1
            if sheets:
                sheets[-1] |= cells
        at += 4 + length
    return 0


def _in_xlsx(data: bytes) -> int:
    archive = zipfile.ZipFile(io.BytesIO(data))
    sheets = [name for name in archive.namelist() if "/worksheets/" in f"/{name.lower()}" and name.endswith(".xml")]
    return next((row for name in sheets if (row := _shared(_pieces(archive, name)))), 0)


def _shared(rows: Iterator[bytes]) -> int:
    """The first row whose place, or a cell's place in it, another one has too; 0 where there is none."""
    last, seen = 0, set[int]()
    for row in rows:
        said = _NUMBER.search(_ROW.match(row)[1])  # type: ignore[index]
        number = int(said[1]) if said else last + 1
        columns, rows_said = zip(*cells, strict=True) if (cells := _CELL.findall(row)) else ((), ())
        if number in seen or len(set(columns)) < len(columns) or not {b"%d" % number}.issuperset(rows_said):
            return number
        seen.add(number)
        last = number
    return 0


def _pieces(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """What stands from one row's beginning to the next one's, of a sheet of any size."""
    held = b""
    with archive.open(name) as sheet:
        while piece := sheet.read(_PIECE):
            held += piece
            starts = [found.start() for found in _ROW.finditer(held)]
            for begin, end in pairwise(starts):
                yield held[begin:end]
            held = held[starts[-1] :] if starts else held[-256:]
    if _ROW.match(held):
        yield held
