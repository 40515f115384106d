"""Bytes → text: a byte-order mark, else strict UTF-8, else strict GB18030. Never a replacement character."""

import codecs
import re
from collections.abc import Iterator

import polars as pl

from jiuzhu_check.errors import ExtractChanged
from jiuzhu_check.intake.on_disk import Raw
from jiuzhu_check.language import say

# Two-byte codes that Python's gb18030 codec leaves in the private-use area and GB 18030-2005 gives real characters.
_REAL = {
    0xE81E: 0x9FB4, 0xE826: 0x9FB5, 0xE82B: 0x9FB6, 0xE82C: 0x9FB7, 0xE832: 0x9FB8, 0xE843: 0x9FB9, 0xE854: 0x9FBA,
    0xE864: 0x9FBB, 0xE816: 0x20087, 0xE817: 0x20089, 0xE818: 0x200CC, 0xE831: 0x215D7, 0xE83B: 0x2298F,
    0xE855: 0x241FE, 0xE7C7: 0x1E3F, 0xE78D: 0xFE10, 0xE78E: 0xFE12, 0xE78F: 0xFE11, 0xE790: 0xFE13, 0xE791: 0xFE14,
    0xE792: 0xFE15, 0xE793: 0xFE16, 0xE794: 0xFE17, 0xE795: 0xFE18, 0xE796: 0xFE19, 0xE863: 0x4DAE,
}  # fmt: skip

PIECE = 16 << 20  # bytes that are read, decoded and worked on together
_LOOK = 1 << 16  # bytes that tell an empty file, and in which the header is looked for
_TURN = 1 << 19  # bytes that are decoded at a time: Python lets nobody else work meanwhile
_NEAR = 1 << 16  # bytes on either side of a wrong one


class Text:
    """The text of a delivery in UTF-8, without its byte-order mark, with lines ended by a line feed.

    encoding: as found: utf-8 or gb18030
    raises:   ExtractChanged for an empty file, UTF-16, a NUL byte, or bytes that are not in the encoding; of the last
              two, what lies far within is found when its piece is taken
    """

    def __init__(self, raw: Raw, extract: str, encoding: str = "auto") -> None:
        self._raw, self._extract = raw, extract
        _refuse_no_text(raw, extract)
        self.encoding = encoding_of(raw, extract, encoding)
        if encoding == "utf-8" and (wrong := _first_not_utf8(raw)) is not None:
            raise _damaged(raw, wrong, extract)
        marked = self.encoding == "utf-8" and raw[:3] == codecs.BOM_UTF8
        self._start, self._end = 3 if marked else 0, len(raw) - (raw[-1:] == b"\x1a")  # how DOS ends a text

    @property
    def ended(self) -> bool:
        """Whether the last line has an end."""
        return self._raw[max(self._start, self._end - 1) : self._end] in (b"\n", b"\r")

    @property
    def lines(self) -> int:
        """How many lines there are, counting an unended one."""
        return _line_at(self._raw, self._end)

    def head(self) -> bytes:
        """What it begins with; a character that is cut off is left out."""
        decoder = codecs.getincrementaldecoder(self.encoding)("ignore")
        begins = self._raw[self._start : min(self._end, self._start + _LOOK)].removesuffix(b"\r")
        return _real(decoder.decode(_unix(begins)).encode())

    def __iter__(self) -> Iterator[bytes]:
        """Piece by piece; each but the last ends with a line."""
        for start, piece in _whole_lines(self._raw, self._start, self._end):
            if b"\x00" in piece:
                raise _has_nul(self._raw, start + piece.index(b"\x00"), self._extract)
            text = piece if self.encoding == "utf-8" else self._from_gb18030(start, piece)
            yield _real(_unix(text))

    def _from_gb18030(self, start: int, piece: bytes) -> bytes:
        decoder = codecs.getincrementaldecoder("gb18030")()
        ends = range(_TURN, len(piece) + _TURN, _TURN)
        try:
            return b"".join(decoder.decode(piece[end - _TURN : end], end >= len(piece)).encode() for end in ends)
        except UnicodeDecodeError:
            return self._refuse_gb18030(start, piece)

    def _refuse_gb18030(self, start: int, piece: bytes) -> bytes:
        try:
            return piece.decode("gb18030").encode()
        except UnicodeDecodeError as problem:
            line = _line_at(self._raw, start + problem.start)
            raise ExtractChanged(
                say("{extract} 第 {line} 行既不是 UTF-8 也不是 GB18030。", extract=self._extract, line=line),
                hint=say("请部门改用 UTF-8 或 GB18030 导出。"),
            ) from None


def decode(data: bytes, extract: str, encoding: str = "auto") -> bytes:
    """The whole text in UTF-8; see Text.

    encoding: auto, utf-8 or gb18030
    """
    return b"".join(Text(data, extract, encoding))


def lines_of(data: bytes, extract: str) -> bytes:
    """The text's bytes in their own encoding, with lines ended by a line feed.

    raises: ExtractChanged for an empty file, UTF-16 or a NUL byte
    """
    _refuse_no_text(data, extract)
    data = data.removesuffix(b"\x1a")
    if b"\x00" in data:
        raise _has_nul(data, data.index(b"\x00"), extract)
    return _unix(data)


def encoding_of(raw: Raw, extract: str, encoding: str = "auto") -> str:
    """utf-8 where all the bytes are, else gb18030, which they may turn out not to be.

    raises: ExtractChanged for UTF-8 that is damaged: read as GB18030 it would be other names
    """
    if encoding != "auto":
        return encoding
    wrong = _first_not_utf8(raw)
    if wrong is None:
        return "utf-8"
    if raw[:3] == codecs.BOM_UTF8 or _is_utf8(raw[max(0, wrong - _NEAR) : wrong + _NEAR]):
        raise _damaged(raw, wrong, extract)
    return "gb18030"


def _first_not_utf8(raw: Raw) -> int | None:
    """Where the first byte stands that is not UTF-8; null where all are."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    for start in range(0, len(raw), _LOOK):
        before = len(decoder.getstate()[0])  # bytes of a character that goes over the border
        try:
            decoder.decode(raw[start : start + _LOOK], final=start + _LOOK >= len(raw))
        except UnicodeDecodeError as problem:
            return start - before + problem.start
    return None


def _is_utf8(near: bytes) -> bool:
    """Whether text around a wrong byte is UTF-8 all the same: of GB18030, a fiftieth of the bytes looks so."""
    high = len(near.translate(None, bytes(range(0x80))))
    return high > 12 and 3 * len(re.findall(rb"[\xe3-\xe9][\x80-\xbf]{2}", near)) > 0.5 * high


def _whole_lines(raw: Raw, start: int, end: int) -> Iterator[tuple[int, bytes]]:
    """The bytes between two places in pieces that end with a line, and where each begins.

    Neither encoding uses the bytes that end a line within a character.
    """
    size = PIECE
    while start < end:
        piece = raw[start : min(start + size, end)]
        border = len(piece) if start + size >= end else piece.rfind(b"\n") + 1 or piece.rfind(b"\r", 0, -1) + 1
        if border:
            yield start, piece[:border]
            start, size = start + border, PIECE
        else:
            size *= 2


def _unix(text: bytes) -> bytes:
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in text else text


def _line_at(raw: Raw, place: int) -> int:
    """The number of the line in which a byte stands."""
    return 1 + sum(_unix(piece).count(b"\n") for _, piece in _whole_lines(raw, 0, place))


def _refuse_no_text(raw: Raw, extract: str) -> None:
    head = raw[:_LOOK]
    if not head.strip(b"\xef\xbb\xbf\r\n \t"):
        raise ExtractChanged(
            say("{extract} 是空文件。", extract=extract), hint=say("空文件不等于没有记录：请部门重新导出。")
        )
    if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        raise ExtractChanged(
            say("{extract} 是 UTF-16 编码。", extract=extract), hint=say("请部门改用 UTF-8 或 GB18030 导出。")
        )
    if b"\x00" in head:
        raise _has_nul(raw, head.index(b"\x00"), extract)


def _has_nul(raw: Raw, place: int, extract: str) -> ExtractChanged:
    return ExtractChanged(
        say("{extract} 第 {line} 行有空字节。", extract=extract, line=_line_at(raw, place)),
        hint=say("文件可能损坏或编码不对，请部门重新导出。"),
    )


def _damaged(raw: Raw, place: int, extract: str) -> ExtractChanged:
    return ExtractChanged(
        say("{extract} 第 {line} 行不是有效的 UTF-8。", extract=extract, line=_line_at(raw, place)),
        hint=say("请部门重新导出。"),
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


def to_real_characters(text: pl.Expr) -> pl.Expr:
    """The same text with the codec's private-use characters replaced; other private-use ones (造字) stay.

    >>> pl.Series(["张" + chr(0xE863)]).to_frame("name").select(to_real_characters(pl.col("name"))).item()
    '张䶮'
    """
    return text.str.replace_many([chr(private) for private in _REAL], [chr(real) for real in _REAL.values()])
