"""DBF (dBASE, FoxPro), every field as the text that stands in it: a number keeps its digits, a deleted row is counted.

The library dbf reads the header, which says what a record consists of, and nothing else: records are cut by that as fixed
width is. No library that was tried keeps every row and digit: dbf and GDAL take a row with a damaged mark for a living one
and numbers for floats, dbfread and pyshp pass over it, and rows too many are seen by none.
"""

import warnings
from dataclasses import replace
from tempfile import NamedTemporaryFile
from traceback import clear_frames
from typing import Any

import polars as pl

from jiuzhu_check.errors import ExtractChanged
from jiuzhu_check.intake.format_spec import Field
from jiuzhu_check.intake.formats.slices import cut
from jiuzhu_check.intake.grid import BROKEN, Grid
from jiuzhu_check.intake.note import Note
from jiuzhu_check.language import say

_VERSIONS = b"\x02\x03\x04\x05\x30\x31\x32\x43\x63\x83\x8b\x8e\xcb\xf5\xfb"
_LANGUAGES = (0x00, 0x4D, 0x7A)  # nothing said, GBK of FoxPro, GBK of Windows
_TEXT_TYPES = "CNFDL"
_LIVING, _DELETED = _MARKS = b" *"
_HEAD = 32  # bytes of the header, and of each field in it


def is_dbf(data: bytes) -> bool:
    """Whether the bytes begin as a DBF does: a text has no zero bytes there."""
    return len(data) > 2 * _HEAD and data[0] in _VERSIONS and data[12:14] == b"\x00\x00" and 0 < data[2] <= 12


def read(data: bytes, encoding: str, extract: str) -> Grid:
    """The records that are not deleted, numbered as FoxPro does, deleted ones counting.

    encoding: auto is GB18030, where the table says so or says nothing
    raises:   ExtractChanged where the header and the records do not agree, for another language, and for fields that
              are no text (memos lie in another file)
    """
    if len(data) <= 2 * _HEAD or data[0] not in _VERSIONS:
        raise _broken(extract, say("不是 DBF 表"))
    if data[15]:
        raise _broken(extract, say("表已加密"))
    if encoding == "auto" and data[29] not in _LANGUAGES:
        raise ExtractChanged(
            say("{extract} 的语言标志是 0x{language:02X}，不是中文（GBK）。", extract=extract, language=data[29]),
            hint=say('确认编码后，在 source.toml 写 format.encoding = "gb18030" 或 "utf-8"。'),
        )
    encoding = "gb18030" if encoding == "auto" else encoding
    head = int.from_bytes(data[8:10], "little")
    table = _table(data[:head], encoding, extract)
    count, width = len(table), int(table.record_length)
    fields, kinds = _fields(table, extract)
    if 1 + sum(field.width for field in fields) != width:
        raise _broken(extract, say("各列宽度之和与记录长度不符"))
    end = head + count * width
    if len(data) < end or data[end:].strip(b"\x1a\x00") or data[end - 1 : end] == b"\x1a":  # or a byte was lost before
        held = max(0, len(data) - head) // width
        raise _broken(extract, say("表头说有 {count} 条记录，实有 {held} 条", count=count, held=held))
    marks = data[head:end:width]
    living = [number for number, mark in enumerate(marks, start=1) if mark == _LIVING]
    records = (
        data[head:end]
        if len(living) == count
        else b"".join(data[head + (number - 1) * width : head + number * width] for number in living)
    )
    grid = cut(records, [Field("", 1), *fields], pl.Series("source_row", living, pl.Int64), encoding)
    numbers = [str(at) for at, kind in enumerate(kinds) if kind in "NF"]
    grid = replace(grid, rows=grid.rows.with_columns(_spoilt_by_a_float(grid.rows[column]) for column in numbers))
    deleted = [number for number, mark in enumerate(marks, start=1) if mark == _DELETED]
    odd: list[tuple[int, list[str], str, str]] = [
        (number, [], "mark", "记录的删除标记不对") for number, mark in enumerate(marks, start=1) if mark not in _MARKS
    ]
    noted = (Note("", "deleted_rows", "", len(deleted), deleted[0]),) if deleted else ()
    return replace(
        grid, broken=pl.concat([grid.broken, pl.DataFrame(odd, BROKEN, orient="row")]), notes=(*grid.notes, *noted)
    )


def _spoilt_by_a_float(cells: pl.Series) -> pl.Series:
    """The cells; one of 16 and more digits so that it reads as spoilt, where it is what a float would be written as.

    FoxPro reckons in floats, which hold 15 digits. Digits that no float would give were written by another program.
    """
    long = cells.filter(cells.cast(pl.Float64, strict=False).abs() >= 1e15).unique()
    spoilt = [cell for cell in long if cell.endswith("00") or f"{float(cell):.0f}" == cell]
    return cells.replace(spoilt, [f"{float(cell):.14E}" for cell in spoilt]) if spoilt else cells


def _table(header: bytes, encoding: str, extract: str) -> Any:
    """What the library makes of a header. It wants a file: what goes to the disk holds names of columns, and no record."""
    import dbf

    why = ""
    options = {"codepage": "utf8" if encoding == "utf-8" else "cp936", "ignore_memos": True}
    with NamedTemporaryFile(suffix=".dbf") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        file.write(header)
        file.flush()
        # Clipper's tables look like dBASE's, and have texts of more than 255 bytes.
        for kind in (None, "clp"):
            try:
                return dbf.Table(file.name, dbf_type=kind, **options)
            except (dbf.DbfError, ValueError, LookupError, TypeError) as problem:  # it stumbles over damaged headers
                why = why or _why(str(problem))
                clear_frames(problem.__traceback__)  # and leaves the file open
    raise _broken(extract, why)


def _why(told: str) -> str:
    """What the library says, in our words: its own can hold a column's name in another encoding."""
    if told.startswith("Duplicate field"):
        return say("有一个列名出现了两次")
    if told.startswith("Unknown field type"):
        return say("有备注或二进制字段")
    if "not supported" in told:
        return say("是 dBASE IV 一类的表，读不了")
    if told.startswith("Header shows"):
        return say("各列宽度之和与记录长度不符")
    return say("表头不完整，或自相矛盾")


def _fields(table: Any, extract: str) -> tuple[list[Field], list[str]]:
    """The fields of a record and their types; raises ExtractChanged where one is no text."""
    fields: list[Field] = []
    kinds: list[str] = []
    for heading in table.field_names:
        known = table.field_info(heading)
        kind = chr(known.field_type)
        if kind not in _TEXT_TYPES:
            raise ExtractChanged(
                say("{extract} 的「{heading}」是备注或二进制字段，读不了。", extract=extract, heading=heading),
                hint=say("请部门改为字符型或数值型，或导出为 CSV。"),
            )
        fields.append(Field(heading, known.length))
        kinds.append(kind)
    return fields, kinds


def _broken(extract: str, why: str) -> ExtractChanged:
    return ExtractChanged(say("{extract} 读不出：{why}。", extract=extract, why=why), hint=say("请部门重新导出。"))
