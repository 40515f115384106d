"""The same rows in every format that a department hands over, and the source that reads each."""

import gzip
import io
import json
import struct
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from xml.sax.saxutils import escape, quoteattr

import xlsxwriter
import xlwt

from jiuzhu_check.intake.format_spec import Field, Format
from jiuzhu_check.intake.source import Source
from tests.intake.extracts import HEADINGS, VEHICLE, written

Rows = Sequence[Sequence[str]]
WIDTHS = (30, 24, 20, 6)
FIELDS = tuple(Field(heading, width) for heading, width in zip(HEADINGS, WIDTHS, strict=True))
DBF_HEADINGS = ("XM", "SFZMHM", "HPHM", "ZT")


def reading(**format: object) -> Source:
    """The vehicle source with another [format]."""
    return replace(VEHICLE, format=Format(**format))  # type: ignore[arg-type]


def fixed(rows: Rows, encoding: str = "gb18030", end: bytes = b"\n") -> bytes:
    return b"".join(
        b"".join(cell.encode(encoding).ljust(width) for cell, width in zip(row, WIDTHS, strict=True)) + end
        for row in rows
    )


def dbf(
    rows: Rows,
    headings: Sequence[str] = DBF_HEADINGS,
    kinds: str = "CCCC",
    language: int = 0x4D,
    encoding: str = "gb18030",
    widths: Sequence[int] = WIDTHS,
    marks: bytes = b"",
) -> bytes:
    """A DBF, byte by byte, so that it can be wrong too; marks are the rows' deletion marks."""
    fields = b"".join(
        struct.pack("<11sc4xBB14x", heading.encode(encoding)[:10], kind.encode(), width % 256, width // 256)
        for heading, kind, width in zip(headings, kinds, widths, strict=True)
    )
    head = struct.pack("<BBBBLHH17xB2x", 3, 118, 11, 30, len(rows), 33 + len(fields), 1 + sum(widths), language)
    records = [
        b"".join(cell.encode(encoding).ljust(width)[:width] for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]
    marks = marks or b" " * len(records)
    body = b"".join(marks[at : at + 1] + record for at, record in enumerate(records))
    return head + fields + b"\r" + body + b"\x1a"


def records(rows: Rows) -> list[dict[str, str]]:
    return [dict(zip(HEADINGS, row, strict=True)) for row in rows]


def as_json(rows: Rows) -> bytes:
    return json.dumps({"code": 0, "data": {"rows": records(rows)}}, ensure_ascii=False, indent=1).encode()


def json_lines(rows: Rows) -> bytes:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records(rows)).encode()


def xml(rows: Rows, encoding: str = "GBK", body: Callable[[dict[str, str]], str] | None = None) -> bytes:
    """As a SOAP service answers: rows as attributes, in GBK."""
    told = "".join((body or attributes)(record) for record in records(rows))
    text = f'<?xml version="1.0" encoding="{encoding}"?>\n<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">\n<soap:Body><resultset>\n{told}</resultset></soap:Body></soap:Envelope>\n'
    return text.encode(encoding)


def attributes(record: dict[str, str]) -> str:
    return "<row " + " ".join(f"{key}={quoteattr(cell)}" for key, cell in record.items()) + "/>\n"


def elements(record: dict[str, str]) -> str:
    return "<row>" + "".join(f"<{key}>{escape(cell)}</{key}>" for key, cell in record.items()) + "</row>\n"


def zipped(members: Iterable[tuple[str, bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name, (2018, 12, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def csv(rows: Rows) -> bytes:
    return written([HEADINGS, *rows]).encode("gb18030")


def xlsx(rows: Rows) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("机动车")
        for down, cells in enumerate([HEADINGS, *rows]):
            for across, cell in enumerate(cells):
                sheet.write_string(down, across, cell)
    return out.getvalue()


def xls(rows: Rows) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("机动车")
    for down, cells in enumerate([HEADINGS, *rows]):
        for across, cell in enumerate(cells):
            sheet.write(down, across, cell)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# How each is written, how it is read, and the number of its first row.
FORMATS: dict[str, tuple[Callable[[Rows], bytes], Source, int]] = {
    "csv": (csv, VEHICLE, 2),
    "delimited": (
        lambda rows: written([HEADINGS, *rows], "~|").encode(), reading(kind="delimited", delimiter="~|"), 2,
    ),
    "xlsx": (xlsx, VEHICLE, 2),
    "xls": (xls, VEHICLE, 2),
    "fixed": (fixed, reading(kind="fixed", fields=FIELDS), 1),
    "fixed utf-8": (lambda rows: fixed(rows, "utf-8"), reading(kind="fixed", fields=FIELDS), 1),
    "dbf": (dbf, VEHICLE, 1),
    "xml": (xml, reading(kind="xml", records="resultset/row"), 1),
    "xml elements": (
        lambda rows: xml(rows, "GB18030", elements), reading(records="row"), 1,
    ),
    "json": (as_json, reading(kind="json", records="data.rows"), 1),
    "jsonl": (json_lines, VEHICLE, 1),
    "zip": (lambda rows: zipped([("机动车.csv", csv(rows))]), VEHICLE, 2),
    "gz": (lambda rows: gzip.compress(csv(rows), mtime=0), VEHICLE, 2),
}  # fmt: skip
