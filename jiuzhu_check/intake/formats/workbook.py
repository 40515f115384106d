"""A program of its own: a workbook on standard input → its sheets as text on standard output, for formats/spreadsheet.py.

Of its own, because the reader of workbooks ends the whole process over a sheet that names one cell far away, and prints
what it could not read. Here it takes nobody with it, within so much memory, and is not heard.

First a line of JSON, one object a sheet: name, visible, rows, columns, bytes and the marks between cells and rows; then
the sheets' cells, one sheet behind the other.
"""

import gc
import io
import json
import os
import resource
import sys
from datetime import date, datetime, time, timedelta

import python_calamine

PLAIN = ("\x1f", "\x1e")
_MARKS = (PLAIN, ("\ufdd0", "\ufdd1"))  # between cells, between rows; the latter are no characters, and in no text
NOT_A_WORKBOOK, NOT_A_SHEET = 3, 4  # how it ends
_MEMORY = 8 << 30  # bytes at most; a quarter of it for the smallest file
_MEMORY_A_BYTE = 400  # of the file: ordinary workbooks take 30
_MOST_CELLS = 50_000_000
Cell = float | int | str | bool | date | datetime | time | timedelta


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


def line(row: list[Cell], mark: str) -> str:
    """A row as text; one that holds nothing but noughts and blanks as a blank one."""
    try:
        return mark.join(row)  # type: ignore[arg-type] # most rows are text already
    except TypeError:
        said = any(cell if not isinstance(cell, str) else cell.strip() for cell in row)
        return mark.join(map(text, row)) if said else mark * (len(row) - 1)


def joined(rows: list[list[Cell]]) -> tuple[bytes, tuple[str, str]]:
    """The rows as one text, and the marks in it, which stand in no cell.

    raises: ValueError where all do
    """
    for cells_by, rows_by in _MARKS:
        body = rows_by.join(line(row, cells_by) for row in rows)
        if body.count(rows_by) == len(rows) - 1 and body.count(cells_by) == len(rows) * (len(rows[0]) - 1):
            return body.encode(), (cells_by, rows_by)
    raise ValueError


def main() -> int:
    """Read, write, and say how it went."""
    gc.disable()  # there are no cycles to collect, and many cells
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    data = sys.stdin.buffer.read()
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    memory = min(_MEMORY, _MEMORY // 4 + _MEMORY_A_BYTE * len(data), *([hard] if hard >= 0 else []))
    resource.setrlimit(resource.RLIMIT_AS, (memory, hard))
    ends_as = NOT_A_WORKBOOK
    sheets, bodies = [], []
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        ends_as = NOT_A_SHEET
        for meta in book.sheets_metadata:
            sheet = book.get_sheet_by_name(meta.name)
            if sheet.total_height * sheet.total_width > _MOST_CELLS:
                return ends_as
            rows = sheet.to_python(skip_empty_area=False)
            if all(cell == "" for row in rows for cell in row):
                continue
            body, marks = joined(rows)
            bodies.append(body)
            sheets.append(
                {
                    "name": meta.name,
                    "visible": meta.visible == python_calamine.SheetVisibleEnum.Visible,
                    "rows": len(rows),
                    "columns": len(rows[0]),
                    "bytes": len(body),
                    "marks": marks,
                }
            )
    except BaseException:
        return ends_as
    out = sys.stdout.buffer
    out.write(json.dumps(sheets).encode() + b"\n")
    out.writelines(bodies)
    out.flush()
    return 0


if __name__ == "__main__":
    os._exit(main())  # without freeing cell by cell
