"""Two ways in which older systems hand over a table: a FoxPro file, and the XML of a service."""

import struct
from collections.abc import Sequence
from datetime import date
from xml.sax.saxutils import quoteattr

_GBK = 0x4D  # FoxPro's mark of the language
_LIVING, _DELETED = b" ", b"*"


def foxpro(fields: Sequence[tuple[str, int]], rows: Sequence[Sequence[str]], deleted: Sequence[int] = ()) -> bytes:
    """A DBF of character fields: names of ten bytes, cells as wide as their field in bytes, deleted rows left in it.

    fields: name and width; deleted: places of rows that were deleted and never packed, from 0
    """
    made = date(2018, 11, 30)
    width = 1 + sum(size for _, size in fields)
    head = struct.pack("<4BLHH", 0x03, made.year - 1900, made.month, made.day, len(rows), 32 * len(fields) + 33, width)
    described = b"".join(
        struct.pack("<11sc4xBB14x", name.encode("gb18030")[:10], b"C", size, 0) for name, size in fields
    )
    records = b"".join(
        (_DELETED if place in deleted else _LIVING)
        + b"".join(cell.encode("gb18030").ljust(size) for cell, (_, size) in zip(row, fields, strict=True))
        for place, row in enumerate(rows)
    )
    assert len(records) == width * len(rows), "a cell is wider than its field"
    return head.ljust(29, b"\x00") + bytes([_GBK, 0, 0]) + described + b"\r" + records + b"\x1a"


def lemis_reply(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """The answer of a social insurance service: GBK, a row an element, its cells attributes; blank ones are left out."""
    told = "\n".join(
        "<row " + " ".join(f"{head}={quoteattr(cell)}" for head, cell in zip(headings, row, strict=True) if cell) + "/>"
        for row in rows
    )
    text = f"""<?xml version="1.0" encoding="GBK"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><out:business xmlns:out="urn:lemis">
<resultset name="cbxx">
{told}
</resultset>
<result row_count="{len(rows)}"/>
</out:business></soap:Body></soap:Envelope>
"""
    return text.encode("gb18030")
