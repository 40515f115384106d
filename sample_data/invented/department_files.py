"""What the sample files of the departments share: the people they speak of, and how each kind of file is written."""

import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from random import Random
from xml.sax.saxutils import escape

import xlsxwriter

from invented.names import given_name, surname
from invented.numbers import HOME_AREA, citizen_number

Cell = str | int | float
Rows = list[list[Cell]]
Makers = Mapping[str, tuple[str, Callable[[Random], bytes]]]  # a department: its sample's name, what makes it
SEED = 20181130


@dataclass(frozen=True)
class One:
    """An invented person of 永和县."""

    name: str
    male: bool
    birth: date
    sequence: int
    address: str = "永和县柳河镇东街12号"
    written: str = ""  # the number, where a file has another than theirs

    @property
    def no(self) -> str:
        """The 18-character number."""
        return self.written or citizen_number(HOME_AREA, self.birth, self.sequence)

    @property
    def old_no(self) -> str:
        """The 15-digit number of before 1999."""
        return self.no[:6] + self.no[8:17]

    @property
    def sex(self) -> str:
        """男 or 女."""
        return "男" if self.male else "女"

    @property
    def born(self) -> str:
        """The birth date as eight digits."""
        return f"{self.birth:%Y%m%d}"


JIANGUO = One("张建国", True, date(1961, 3, 12), 117)
XIUYING = One("李秀英", False, date(1963, 8, 5), 224)
DESHAN = One("张德山", True, date(1938, 11, 2), 31)  # their father, dead
LEI = One("张磊", True, date(1990, 6, 18), 355)
MIN = One("张敏", False, date(2001, 9, 9), 468)
FANG = One("王芳", False, date(1972, 1, 15), 86, "永和县城关街道学前路3号2单元401室")
QIANG = One("李强", True, date(1970, 5, 20), 53, "永和县城关街道学前路3号2单元401室")
NA = One("李娜", False, date(1985, 12, 1), 602, "永和县柳河镇北村7号")
MAIMAITI = One("努尔买买提·吐尔逊", True, date(1979, 4, 30), 911, "永和县城关街道和平里5号")
YAN = One("王䶮", True, date(1956, 10, 10), 419, "永和县柳河镇南庄村22号")
GUILAN = One("陈桂兰", False, date(1945, 7, 23), 48, "永和县柳河镇南庄村23号")
WEI = One("王伟", True, date(1968, 2, 29), 735, "永和县马店镇马店村1号")
HAO = One("赵子浩", True, date(2003, 3, 3), 15, "永和县马店镇赵家村9号")
GUANGMING = One("赵光明", True, date(1971, 11, 11), 33, "永和县马店镇赵家村9号")  # his father
GUOQING = One("孙国庆", True, date(1949, 10, 1), 59, "永和县马店镇孙庄村4号")

# What any file may hold: a row left from a trial, a name whose UTF-8 was read as GBK, one number for two people (重号),
# and one person under two numbers (his lunar birthday became the second).
ANYWHERE = (
    GUOQING,
    One("测试", True, date(2000, 1, 1), 1, "测试地址", "111111111111111111"),
    One("王伟".encode().decode("gb18030"), True, date(1966, 6, 6), 731, "永和县马店镇马店村31号"),
    One("孙国强", True, date(1949, 10, 1), 59, "永和县柳河镇西村3号"),  # 孙国庆's number too
    One("孙国庆", True, date(1949, 8, 10), 59, "永和县马店镇孙庄村4号"),
)


def stranger(rng: Random, male: bool | None = None) -> One:
    """Somebody of the county whom no story is about."""
    male = rng.random() < 0.5 if male is None else male
    birth = date(rng.randint(1935, 2005), rng.randint(1, 12), rng.randint(1, 28))
    name = surname(rng) + given_name(rng, birth.year, male)
    return One(name, male, birth, rng.randint(40, 90) * 10 + male, f"永和县柳河镇西村{rng.randint(1, 200)}号")


def spoilt(who: One) -> float:
    """The number as a spreadsheet keeps it where it takes it for one: fifteen digits."""
    return float(who.no[:15] + "000")


def milliseconds(year: int, month: int, day: int, summer: int = 0) -> str:
    """Midnight in China, in milliseconds since 1970. From 1986 to 1991 the summer's clock was an hour ahead."""
    return str(int(datetime(year, month, day, tzinfo=UTC).timestamp() - (8 + summer) * 3600) * 1000)


def text(rows: Sequence[Sequence[Cell]], separator: str = ",", encoding: str = "gb18030") -> bytes:
    """Lines of cells; one that holds the separator or a quotation mark is quoted."""
    return "".join(separator.join(_quoted(str(cell), separator) for cell in row) + "\n" for row in rows).encode(
        encoding
    )


def _quoted(cell: str, separator: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if separator in cell or '"' in cell else cell


def workbook(
    sheets: dict[str, Rows], hidden: Sequence[str] = (), merged: Mapping[str, Sequence[str]] | None = None
) -> bytes:
    """An XLSX of text and number cells.

    merged: sheet → ranges such as A1:F1 that are one cell; what it says stands in the first
    """
    held = BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True}) as book:
        book.set_properties({"created": datetime(2018, 11, 30, tzinfo=UTC).replace(tzinfo=None)})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            if name in hidden:
                sheet.hide()
            for cells in (merged or {}).get(name, ()):
                sheet.merge_range(cells, "")
            for line, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, str):
                        sheet.write_string(line, column, cell)
                    else:
                        sheet.write_number(line, column, cell)
    return held.getvalue()


def dbf(fields: Sequence[tuple[str, str, int]], rows: Sequence[Sequence[str]], deleted: Sequence[int] = ()) -> bytes:
    """A FoxPro table in GBK: what is longer than its field is cut off at so many bytes, be it within a character.

    fields:  heading, type (C text, N number, D date) and width of each
    deleted: places in rows, from 0, of those that are only marked as deleted
    """
    named = [(heading.encode("gb18030"), kind.encode(), width) for heading, kind, width in fields]
    heads = b"".join(struct.pack("<11sc4xBB14x", heading, kind, width, 0) for heading, kind, width in named)
    width = 1 + sum(width for *_, width in named)
    held = b"".join(
        (b"*" if place in deleted else b" ")
        + b"".join(_field(cell, kind, width) for cell, (_, kind, width) in zip(row, fields, strict=True))
        for place, row in enumerate(rows)
    )
    start = struct.pack("<B3BLHH16xBB2x", 3, 118, 11, 30, len(rows), 33 + len(heads), width, 0, 0x4D)
    return start + heads + b"\r" + held + b"\x1a"


def _field(cell: str, kind: str, width: int) -> bytes:
    text = cell.encode("gb18030")[:width]
    return text.rjust(width) if kind == "N" else text.ljust(width)


def xml(records: Sequence[Mapping[str, str]], root: str, each: str, head: Mapping[str, str]) -> bytes:
    """Records as child elements, in the encoding that the file declares, which is GBK."""
    lines = ['<?xml version="1.0" encoding="GBK"?>', f"<{root}>", f"<HEAD>{_elements(head)}</HEAD>"]
    lines += [f"<{each}>{_elements(record)}</{each}>" for record in records]
    return "\n".join([*lines, f"</{root}>", ""]).encode("gb18030")


def _elements(cells: Mapping[str, str]) -> str:
    return "".join(f"<{name}>{escape(cell)}</{name}>" for name, cell in cells.items())


def packed(files: Mapping[str, bytes]) -> bytes:
    """A zip of files, none of them with a day of its own."""
    held = BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2018, 11, 30, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return held.getvalue()


def write_samples(makers: Makers, connectors: Path) -> None:
    """Write every sample file into its department's folder; each department draws its own strangers."""
    for name, (file, maker) in makers.items():
        (connectors / name).mkdir(parents=True, exist_ok=True)
        (connectors / name / file).write_bytes(maker(Random(f"{SEED} {name}")))
