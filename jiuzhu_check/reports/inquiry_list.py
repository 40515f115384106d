"""查询名单 inquiry list: the people whom a department is asked about, as a file that keeps every digit."""

from io import BytesIO

import polars as pl
import xlsxwriter


def list_bytes(name: str, people: pl.DataFrame, form: str) -> bytes:
    """The list as a file: CSV with a byte-order mark, so that spreadsheets read it as UTF-8, or XLSX.

    people: serial number, name, number, under the department's headings; the number is written as text
    form:   csv | xlsx
    """
    if form == "csv":
        return "\ufeff".encode() + people.write_csv(line_terminator="\r\n").encode()
    data = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(data, options) as book:
        sheet = book.add_worksheet(name[:31])
        text = book.add_format({"num_format": "@"})
        sheet.write_row(0, 0, people.columns, book.add_format({"bold": True}))
        for place, row in enumerate(people.iter_rows(), start=1):
            sheet.write_number(place, 0, row[0])
            for column, cell in enumerate(row[1:], start=1):
                sheet.write_string(place, column, cell or "", text)
        sheet.set_column(1, len(people.columns) - 1, 22)
        sheet.freeze_panes(1, 0)
    return data.getvalue()
