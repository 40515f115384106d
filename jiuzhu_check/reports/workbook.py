"""An XLSX that staff fill in or reckon with: every text stays text, only the answer columns can be changed, and it prints well."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from io import BytesIO
from tempfile import TemporaryDirectory

import polars as pl
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

ROWS_PER_SHEET = 200_000
LONGEST_CELL = 32_000  # Excel takes 32,767 characters and xlsxwriter drops a longer text whole
LONGEST_NAME = 31  # of a sheet
LINE = 13.5  # points a line of 10-point text
TALLEST = 409  # points; Excel allows no more
FONT = "Microsoft YaHei"
_CUT = "……（过长，已截断）"
PROTECTION = {
    "sort": True,
    "autofilter": True,
    "format_cells": False,
    "format_columns": True,
    "format_rows": True,
    "select_locked_cells": True,
    "select_unlocked_cells": True,
}


@dataclass(frozen=True)
class Column:
    """How one column looks: its heading, its width in characters, whether staff may write in it."""

    heading: str
    width: float
    answer: bool = False
    choices: Sequence[str] = ()
    hidden: bool = False
    on_each_page: bool = False


@dataclass(frozen=True)
class Book:
    """A workbook being written."""

    workbook: Workbook
    heading: Format
    cell: Format
    day: Format
    answer: Format
    answer_day: Format
    label: Format
    number: Format
    total: Format
    share: Format
    dash: Format
    note: Format
    header: str
    footer: str
    names: set[str] = field(default_factory=set)  # of its sheets, as Excel compares them


@contextmanager
def open_book(to: BytesIO, title: str, *, as_of: date, header: str) -> Iterator[Book]:
    """A workbook that is written row by row to a private temporary folder and lands in `to` on leaving.

    The document's dates are those of `as_of`, so the same rows give the same bytes.
    """
    with TemporaryDirectory(prefix="jiuzhu-check-") as folder:
        options = {"constant_memory": True, "tmpdir": folder, "strings_to_formulas": False, "strings_to_urls": False}
        workbook = xlsxwriter.Workbook(to, {**options, "strings_to_numbers": False})
        workbook.set_properties({"title": title, "created": datetime.combine(as_of, time())})
        text = {"font_name": FONT, "font_size": 10, "valign": "top", "text_wrap": True, "border": 1}
        text["border_color"] = "#C8CDD3"
        answer = {**text, "bg_color": "#FFFBEA", "locked": False}
        yield Book(
            workbook,
            heading=workbook.add_format({**text, "bold": True, "valign": "vcenter", "bg_color": "#E3EAF1"}),
            cell=workbook.add_format(text),
            day=workbook.add_format({**text, "num_format": "yyyy-mm-dd", "align": "left"}),
            answer=workbook.add_format(answer),
            answer_day=workbook.add_format({**answer, "num_format": "yyyy-mm-dd", "align": "left"}),
            label=workbook.add_format({**text, "bold": True}),
            number=workbook.add_format({**text, "num_format": "[>=1000]#,##0;General"}),
            total=workbook.add_format({**text, "num_format": "[>=1000]#,##0;General", "bold": True}),
            share=workbook.add_format({**text, "num_format": "0.0%"}),
            dash=workbook.add_format({**text, "align": "right"}),
            note=workbook.add_format({"font_name": FONT, "font_size": 9, "valign": "top", "text_wrap": True}),
            header=f"&L内部资料&C{_no_codes(title)}&R{_no_codes(header)}",
            footer="&C第 &P 页，共 &N 页",
        )
        workbook.close()


def add_table(
    book: Book,
    name: str,
    columns: Sequence[Column],
    chunks: Iterable[pl.DataFrame],
    *,
    rows_per_sheet: int = ROWS_PER_SHEET,
) -> None:
    """A table of text and date columns, on as many sheets as it takes: `name`, `name2` ...; see sheet_name.

    chunks: the rows, some at a time, under `columns` from the first on; null and blank cells stay empty
    """
    sheet, sheets, filled = _new_sheet(book, name, columns), 1, 0
    for rows in chunks:
        for height, row in zip(_heights(columns, rows), rows.iter_rows(), strict=True):
            if filled == rows_per_sheet:
                _finish(book, sheet, columns, filled)
                sheets, filled = sheets + 1, 0
                sheet = _new_sheet(book, f"{name[: LONGEST_NAME - 4]}{sheets}", columns)
            filled += 1
            sheet.set_row(filled, height)
            _write_row(book, sheet, filled, row)
    _finish(book, sheet, columns, filled)


def add_counts(
    book: Book,
    name: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[object]],
    total: Sequence[object] = (),
    notes: Sequence[tuple[str, str]] = (),
) -> None:
    """A table of words and numbers that can be reckoned with, its totals under it, and under them what explains it.

    A float that names itself a share (a subclass of float) stands in percent; null is a dash.
    """
    sheet = _new_sheet(book, name, columns)
    sheet.set_row(0, LINE * max(_lines(column.heading, column.width) for column in columns) + 6)
    for number, row in enumerate([*rows, *([total] if total else [])], start=1):
        bold = number > len(rows)
        sheet.set_row(
            number, LINE * max(_lines(cell, column.width) for cell, column in zip(row, columns, strict=True)) + 4
        )
        for place, cell in enumerate(row):
            _write_count(book, sheet, number, place, cell, bold=bold)
    width = sum(column.width for column in columns)
    for number, (label, text) in enumerate(notes, start=len(rows) + bool(total) + 2):
        told = f"{label}：{text}"
        sheet.set_row(number, LINE * _lines(told, width) + 4)
        sheet.merge_range(number, 0, number, len(columns) - 1, fitting(told), book.note)
    _finish(book, sheet, columns, len(rows))


def _write_count(book: Book, sheet: Worksheet, number: int, place: int, cell: object, *, bold: bool) -> None:
    if cell is None:
        sheet.write_string(number, place, "—", book.dash)
    elif isinstance(cell, int | float):
        share = isinstance(cell, float) and type(cell) is not float
        sheet.write_number(number, place, cell, book.share if share else book.total if bold else book.number)
    else:
        sheet.write_string(number, place, fitting(str(cell)), book.label if bold else book.cell)


def _lines(cell: object, width: float) -> int:
    text = cell if isinstance(cell, str) else ""  # a number takes one line
    return max(1, -int(-(len(text.encode("gb18030", "replace"))) // (width - 1)))


def add_notes(book: Book, name: str, notes: Sequence[tuple[str, str]]) -> None:
    """A sheet of labelled paragraphs."""
    sheet = book.workbook.add_worksheet(sheet_name(name, book.names))
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 96)
    for row, (label, text) in enumerate(notes):
        sheet.set_row(row, LINE * (len(text) // 46 + 1) + 4)
        sheet.write_string(row, 0, label, book.label)
        sheet.write_string(row, 1, fitting(text), book.cell)
    _print_setup(book, sheet, landscape=False)
    sheet.protect("", PROTECTION)


def fitted(text: pl.Expr) -> pl.Expr:
    """Text that a cell can hold: a longer one is cut, and says so."""
    return pl.when(text.str.len_chars() > LONGEST_CELL).then(text.str.head(LONGEST_CELL) + _CUT).otherwise(text)


def sheet_name(wanted: str, taken: set[str]) -> str:
    """The name that a sheet gets, noted as taken: without what Excel forbids, not too long, and no other sheet's.

    >>> taken = {"说明"}
    >>> sheet_name("柳河镇[东]/西", taken), sheet_name("说明", taken), sheet_name("", taken)
    ('柳河镇_东__西', '说明(2)', '未注明')
    """
    name = re.sub(r"[\[\]:*?/\\\x00-\x1f]", "_", wanted).strip().strip("'") or "未注明"
    name = f"{name}_" if name.casefold() == "history" else name
    number, free = 1, name[:LONGEST_NAME]
    while free.casefold() in taken:
        number += 1
        free = name[: LONGEST_NAME - len(f"({number})")] + f"({number})"
    taken.add(free.casefold())
    return free


def _new_sheet(book: Book, name: str, columns: Sequence[Column]) -> Worksheet:
    sheet = book.workbook.add_worksheet(sheet_name(name, book.names))
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width, _empty_cell(book, column), {"hidden": column.hidden})
    sheet.set_row(0, 32)
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column.heading, book.heading)
    return sheet


def _empty_cell(book: Book, column: Column) -> Format:
    if column.answer:
        return book.answer_day if column.heading == "日期" else book.answer
    return book.cell


def _finish(book: Book, sheet: Worksheet, columns: Sequence[Column], filled: int) -> None:
    last = max(filled, 1)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, last, len(columns) - 1)
    sheet.ignore_errors({"number_stored_as_text": f"A1:{xl_rowcol_to_cell(last, len(columns) - 1)}"})
    for place, column in enumerate(columns):
        if column.choices:
            sheet.data_validation(1, place, last, place, _one_of(column.choices))
    _print_setup(book, sheet, landscape=True)
    sheet.repeat_rows(0)
    repeated = [place for place, column in enumerate(columns) if column.on_each_page]
    if repeated:  # too wide for one page: two side by side, each with the columns that say whose row it is
        sheet.fit_to_pages(2, 0)
        sheet.print_across()
        sheet.repeat_columns(repeated[0], repeated[-1])
    sheet.protect("", PROTECTION)


def _write_row(book: Book, sheet: Worksheet, number: int, row: tuple[str | date | None, ...]) -> None:
    for place, value in enumerate(row):
        if isinstance(value, date):
            sheet.write_datetime(number, place, value, book.day)
        elif value:
            sheet.write_string(number, place, fitting(value), book.cell)


def _heights(columns: Sequence[Column], rows: pl.DataFrame) -> pl.Series:
    """Each row's height in points, so that its fullest cell is seen whole: not every program fits rows by itself."""
    needed = [
        lines_needed(pl.col(name), column.width)
        for (name, dtype), column in zip(rows.schema.items(), columns, strict=False)
        if dtype == pl.String and not column.hidden
    ]
    return rows.select((pl.max_horizontal(needed) * LINE + 4).clip(upper_bound=TALLEST).alias("height"))["height"]


def lines_needed(text: pl.Expr, width: float) -> pl.Expr:
    """How many lines a text takes in a column of `width` characters; Chinese is two wide, null takes one line."""
    line = pl.element()
    wide = (line.str.len_bytes() - line.str.len_chars()) / 2  # three bytes, two places
    lines = ((line.str.len_chars() + wide) / (width - 1)).ceil().clip(lower_bound=1)
    return text.str.split("\n").list.eval(lines).list.sum().fill_null(1)


def _one_of(choices: Sequence[str]) -> dict[str, object]:
    return {
        "validate": "list",
        "source": list(choices),
        "error_title": "请从列表中选择",
        "error_message": "、".join(choices),
    }


def _print_setup(book: Book, sheet: Worksheet, *, landscape: bool) -> None:
    if landscape:
        sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
    sheet.set_header(book.header)
    sheet.set_footer(book.footer)


def fitting(text: str) -> str:
    """The text as a cell can hold it; where it is cut, it says so."""
    return text if len(text) <= LONGEST_CELL + len(_CUT) else text[:LONGEST_CELL] + _CUT


def _no_codes(text: str) -> str:
    return text.replace("&", "&&")
