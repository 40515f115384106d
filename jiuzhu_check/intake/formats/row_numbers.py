"""行号 row numbers of an XLSX: a broken writer gives two rows, or two cells, the same place, and a reader keeps the last."""

import io
import re
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


def refuse_shared_places(data: bytes, extract: str) -> None:
    """Nothing, where every row and cell of every sheet stands in a place of its own.

    A workbook that does not open is left to the reader of workbooks.

    raises: ExtractChanged where two share one: all but one of them would be lost without a word
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        sheets = [name for name in archive.namelist() if "/worksheets/" in f"/{name.lower()}" and name.endswith(".xml")]
        shared = [row for name in sheets if (row := _shared(_pieces(archive, name)))]
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError):
        return
    if shared:
        raise ExtractChanged(
            say(
                "{extract} 的工作表里有两行或两格都写着第 {row} 行的位置，读了会丢掉其中之一。",
                extract=extract,
                row=shared[0],
            ),
            hint=say("写出这份文件的程序有误；请部门用 Excel 或 WPS 打开核对，另存为 .xlsx 后重新提供。"),
        )


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
