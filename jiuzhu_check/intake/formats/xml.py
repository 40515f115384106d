"""XML: the elements at the end of a path are the rows, their attributes and child elements the cells. No DTD, so no entities."""

import re
from collections.abc import Sequence
from xml.parsers import expat

from jiuzhu_check.errors import ExtractChanged
from jiuzhu_check.intake.decode import decode, encoding_of
from jiuzhu_check.intake.formats.records import Records, to_grid
from jiuzhu_check.intake.grid import Grid
from jiuzhu_check.language import say

_DECLARED = re.compile(rb"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"'][^>]*\?>")
_ENCODINGS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "gb18030": "gb18030",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "cp936": "gb18030",
}
_WITHIN = "/text()/"  # the text of an element is a document of its own: so do SOAP services answer


def read(data: bytes, where: str, encoding: str, extract: str) -> Grid:
    """The rows, numbered in order.

    where:    the end of the path to them, such as resultset/row; beyond text() it goes on in the document that is the
              text of an element; names are without their name space
    encoding: auto is as the file declares
    raises:   ExtractChanged where the file is not valid, has a DTD, is in another encoding than it declares, names a
              cell of a row twice, or has no such rows
    """
    text = decode(data, extract, encoding if encoding != "auto" else _declared(data, extract))
    outer, *inner = where.split(_WITHIN)
    for path in (outer, *inner):
        last = path == (inner or [outer])[-1]
        found = _Rows(path, extract)
        found.parse(text)
        if not last:
            text = "".join(cell or "" for _, row in found.records.kept for cell in row.values()).encode()
    if not found.records.kept:
        raise ExtractChanged(
            say("{extract} 里没有找到 {where}。", extract=extract, where=where),
            hint=say("空的答复不等于没有记录；也请核对 source.toml 的 format.records。"),
        )
    return to_grid(found.records)


def _declared(data: bytes, extract: str) -> str:
    """The encoding in which the file says it is, if it is.

    raises: ExtractChanged for another one than these two, and where the bytes are UTF-8 and the file says otherwise
    """
    found = _DECLARED.match(data.removeprefix(b"\xef\xbb\xbf"))
    declared = found[1].decode() if found else "utf-8"
    encoding = _ENCODINGS.get(declared.lower())
    if encoding is None or (encoding == "gb18030" and not data.isascii() and encoding_of(data, extract) != encoding):
        raise ExtractChanged(
            say("{extract} 声明的编码是 {declared}，与内容不符或不支持。", extract=extract, declared=declared),
            hint=say("请部门改用 UTF-8 或 GB18030；确认实际编码后，也可在 source.toml 写 format.encoding。"),
        )
    return encoding


class _Rows:
    """What expat tells of a document, as records."""

    def __init__(self, path: str, extract: str) -> None:
        self.records = Records()
        self._way: Sequence[str] = path.strip("/").split("/")
        self._extract = extract
        self._open: list[str] = []
        self._base = 0  # how deep the row is that is being read; 0 outside of rows
        self._row: dict[str, str | None] = {}
        self._text: list[str] = []
        self._leaf = False

    def parse(self, text: bytes) -> None:
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text.append
        parser.StartDoctypeDeclHandler = self._doctype
        try:
            parser.Parse(text, True)
        except expat.ExpatError as problem:
            raise ExtractChanged(
                say("{extract} 第 {line} 行起不是有效的 XML。", extract=self._extract, line=problem.lineno),
                hint=say("文件可能被截断；请部门重新提供。"),
            ) from None

    def _doctype(self, *_: object) -> None:
        raise ExtractChanged(
            say("{extract} 带有文档类型定义（DTD），未读取。", extract=self._extract),
            hint=say("请部门去掉 DOCTYPE 后重新提供。"),
        )

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if self._base:
            self._say()
        name = tag.rpartition(":")[2]
        self._open.append(name)
        if not self._base and self._open[-len(self._way) :] == self._way:
            self._base, self._row = len(self._open), {}
        if self._base:
            self._text.clear()
            self._leaf = not attributes
            for key, value in attributes.items():
                if not key.startswith("xmlns"):
                    self._put("/".join([*self._open[self._base :], key.rpartition(":")[2]]), value)

    def _end(self, _: str) -> None:
        if self._base:
            self._say(even_nothing=self._leaf and len(self._open) > self._base)
            self._leaf = False
            if len(self._open) == self._base:
                self.records.kept.append((len(self.records.kept) + 1, self._row))
                self._base = 0
        self._open.pop()

    def _say(self, *, even_nothing: bool = False) -> None:
        """What stood between the tags is a cell, under the element around it."""
        text = "".join(self._text)
        self._text.clear()
        if text.strip() or even_nothing:
            self._put("/".join(self._open[self._base :]) or self._open[-1], text)

    def _put(self, key: str, value: str) -> None:
        if key in self._row:
            raise ExtractChanged(
                say(
                    "{extract} 第 {row} 条记录里「{key}」出现了两次。",
                    extract=self._extract,
                    row=len(self.records.kept) + 1,
                    key=key,
                ),
                hint=say("不知以哪一个为准；请部门每条记录只写一个。"),
            )
        self._row[key] = value
