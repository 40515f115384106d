"""Bytes → text: a byte-order mark, else strict UTF-8, else strict GB18030. Never a replacement character."""

import codecs
import re

import polars as pl

from jiuzhu_check.errors import ExtractChanged
from jiuzhu_check.language import say

# Two-byte codes that Python's gb18030 codec leaves in the private-use area and GB 18030-2005 gives real characters.
_REAL = {
    0xE81E: 0x9FB4, 0xE826: 0x9FB5, 0xE82B: 0x9FB6, 0xE82C: 0x9FB7, 0xE832: 0x9FB8, 0xE843: 0x9FB9, 0xE854: 0x9FBA,
    0xE864: 0x9FBB, 0xE816: 0x20087, 0xE817: 0x20089, 0xE818: 0x200CC, 0xE831: 0x215D7, 0xE83B: 0x2298F,
    0xE855: 0x241FE, 0xE7C7: 0x1E3F, 0xE78D: 0xFE10, 0xE78E: 0xFE12, 0xE78F: 0xFE11, 0xE790: 0xFE13, 0xE791: 0xFE14,
    0xE792: 0xFE15, 0xE793: 0xFE16, 0xE794: 0xFE17, 0xE795: 0xFE18, 0xE796: 0xFE19, 0xE863: 0x4DAE,
}  # fmt: skip

_LOOK = 1 << 16  # bytes that tell an empty file and the encoding
_NEAR = 1 << 16  # bytes on either side of a wrong one


def decode(data: bytes, extract: str, encoding: str = "auto") -> bytes:
    """The text as UTF-8, without its byte-order mark, with lines ended by a line feed.

    encoding: auto, utf-8 or gb18030
    raises:   ExtractChanged for an empty file, UTF-16, a NUL byte, or bytes that are not in the encoding
    """
    return _real(_to_utf8(lines_of(data, extract), extract, encoding))


def lines_of(data: bytes, extract: str) -> bytes:
    """The text's bytes in their own encoding, with lines ended by a line feed.

    raises: ExtractChanged for an empty file, UTF-16 or a NUL byte
    """
    if not data[:_LOOK].strip(b"\xef\xbb\xbf\r\n \t"):
        raise ExtractChanged(
            say("{extract} 是空文件。", extract=extract), hint=say("空文件不等于没有记录：请部门重新导出。")
        )
    data = data.removesuffix(b"\x1a")  # how DOS ends a text
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        raise ExtractChanged(
            say("{extract} 是 UTF-16 编码。", extract=extract), hint=say("请部门改用 UTF-8 或 GB18030 导出。")
        )
    if b"\x00" in data:
        line = data[: data.index(b"\x00")].count(b"\n") + 1
        raise ExtractChanged(
            say("{extract} 第 {line} 行有空字节。", extract=extract, line=line),
            hint=say("文件可能损坏或编码不对，请部门重新导出。"),
        )
    if b"\r" in data:
        # Neither encoding uses this byte within a character.
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return data


def encoding_of(data: bytes, extract: str, encoding: str = "auto") -> str:
    """utf-8 where all the bytes are, else gb18030, which they may turn out not to be.

    raises: ExtractChanged for UTF-8 that is damaged: read as GB18030 it would be other names
    """
    if encoding != "auto":
        return encoding
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data[:_LOOK])  # a failure would copy all that it is given
        data.decode("utf-8")
    except UnicodeDecodeError as problem:
        if data.startswith(codecs.BOM_UTF8) or _is_utf8(data[max(0, problem.start - _NEAR) : problem.start + _NEAR]):
            raise _damaged(data, problem, extract) from None
        return "gb18030"
    return "utf-8"


def _is_utf8(near: bytes) -> bool:
    """Whether text around a wrong byte is UTF-8 all the same: of GB18030, a fiftieth of the bytes looks so."""
    high = len(near.translate(None, bytes(range(0x80))))
    return high > 12 and 3 * len(re.findall(rb"[\xe3-\xe9][\x80-\xbf]{2}", near)) > 0.5 * high


def _to_utf8(data: bytes, extract: str, encoding: str) -> bytes:
    if encoding_of(data, extract, encoding) == "gb18030":
        return _from_gb18030(data, extract)
    if encoding == "utf-8":
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as problem:
            raise _damaged(data, problem, extract) from None
    return data.removeprefix(codecs.BOM_UTF8)


def _damaged(data: bytes, problem: UnicodeDecodeError, extract: str) -> ExtractChanged:
    line = data[: problem.start].count(b"\n") + 1
    return ExtractChanged(
        say("{extract} 第 {line} 行不是有效的 UTF-8。", extract=extract, line=line), hint=say("请部门重新导出。")
    )


def _real(utf8: bytes) -> bytes:
    # Only U+E000 to U+EFFF begin with this byte in UTF-8, so one look tells what there is to map.
    for private in _private(utf8):
        if (real := private.decode().translate(_REAL).encode()) != private:
            utf8 = utf8.replace(private, real)
    return utf8


def _private(utf8: bytes) -> set[bytes]:
    found, at = set(), utf8.find(b"\xee")
    while at >= 0:
        found.add(utf8[at : at + 3])
        at = utf8.find(b"\xee", at + 3)
    return found


def _from_gb18030(data: bytes, extract: str) -> bytes:
    try:
        return data.decode("gb18030").encode()
    except UnicodeDecodeError as problem:
        line = data[: problem.start].count(b"\n") + 1
        raise ExtractChanged(
            say("{extract} 第 {line} 行既不是 UTF-8 也不是 GB18030。", extract=extract, line=line),
            hint=say("请部门改用 UTF-8 或 GB18030 导出。"),
        ) from None


def to_real_characters(text: pl.Expr) -> pl.Expr:
    """The same text with the codec's private-use characters replaced; other private-use ones (造字) stay.

    >>> pl.Series(["张" + chr(0xE863)]).to_frame("name").select(to_real_characters(pl.col("name"))).item()
    '张䶮'
    """
    return text.str.replace_many([chr(private) for private in _REAL], [chr(real) for real in _REAL.values()])
