"""A zip of extracts, or one packed by gzip: unpacked in memory, never to the disk, and no further than is measured."""

import fnmatch
import gzip
import io
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator

from jiuzhu_check.errors import ExtractChanged
from jiuzhu_check.language import say

MAX_RATIO = 200  # unpacked against packed: ordinary extracts stay below 30
MAX_UNPACKED = 4 << 30
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, ValueError, NotImplementedError,
)  # fmt: skip
_UTF8_NAME = 0x800
_ENCRYPTED = 0x1


def is_zip(data: bytes) -> bool:
    """Whether the bytes begin as a zip that is no workbook."""
    return data[:4] == b"PK\x03\x04" and not _is_workbook(data)


def is_gzip(data: bytes) -> bool:
    """Whether the bytes begin as gzip."""
    return data[:2] == b"\x1f\x8b"


def is_packed(data: bytes) -> bool:
    """Whether the bytes begin as either."""
    return is_zip(data) or is_gzip(data)


def refuse_bomb(data: bytes, extract: str) -> None:
    """raises: ExtractChanged where a zip unpacks beyond all measure, or is none."""
    _directory(data, extract)


def members(data: bytes, pattern: str, extract: str) -> tuple[Iterator[tuple[str, bytes]], list[str]]:
    """The name and bytes of each file in a zip whose name without folders fits the pattern, and the names of the others.

    raises: ExtractChanged where it is locked, damaged, unpacks beyond all measure, holds a name twice or no such file
    """
    archive, entries = _directory(data, extract)
    named = [(_name(entry), entry) for entry in entries if not entry.is_dir()]
    fits = re.compile(fnmatch.translate(pattern), re.IGNORECASE)
    chosen = [(name, entry) for name, entry in named if fits.match(name.rpartition("/")[2])]
    if not chosen or len({name for name, _ in named}) < len(named):
        raise ExtractChanged(
            say("{extract} 里没有符合「{pattern}」的文件，或有重名的文件。", extract=extract, pattern=pattern),
            hint=say("请核对压缩包和 source.toml 的 format.members。"),
        )
    if any(entry.flag_bits & _ENCRYPTED for _, entry in chosen):
        raise ExtractChanged(
            say("{extract} 是加密的压缩包，打不开。", extract=extract), hint=say("请部门去掉密码后重新提供。")
        )
    passed_over = [name for name, entry in named if (name, entry) not in chosen]
    return ((name, _unpacked(archive, entry, extract)) for name, entry in chosen), passed_over


def gunzip(data: bytes, extract: str) -> bytes:
    """The one file.

    raises: ExtractChanged where it is damaged or unpacks beyond all measure
    """
    most = min(MAX_UNPACKED, MAX_RATIO * max(len(data), 1 << 20))
    try:
        unpacked = gzip.GzipFile(fileobj=io.BytesIO(data)).read(most + 1)
    except _DAMAGED:
        raise _damaged(extract) from None
    if len(unpacked) > most:
        raise _beyond_measure(extract)
    return unpacked


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, extract: str) -> bytes:
    try:
        return archive.read(entry)
    except _DAMAGED:
        raise _damaged(extract) from None


def _directory(data: bytes, extract: str) -> tuple[zipfile.ZipFile, list[zipfile.ZipInfo]]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _DAMAGED:
        raise _damaged(extract) from None
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(len(data), 1 << 20):
        raise _beyond_measure(extract)
    return archive, entries


def _is_workbook(data: bytes) -> bool:
    try:
        names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    except _DAMAGED:
        return True  # damaged, and the more often a workbook
    return any(name == "[Content_Types].xml" or name == "content.xml" or name.startswith("xl/") for name in names)


def _name(entry: zipfile.ZipInfo) -> str:
    """As it was written: a zip of Windows that does not say UTF-8 has names in GBK."""
    if entry.flag_bits & _UTF8_NAME:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return entry.filename


def _damaged(extract: str) -> ExtractChanged:
    return ExtractChanged(say("{extract} 已损坏或被截断。", extract=extract), hint=say("请部门重新提供。"))


def _beyond_measure(extract: str) -> ExtractChanged:
    return ExtractChanged(
        say("{extract} 解开后异常地大，未读取。", extract=extract), hint=say("请部门确认文件后重新导出。")
    )
