"""[format] of source.toml → Format: how the bytes of a delivery become rows."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jiuzhu_check.intake.spelling import normal
from jiuzhu_check.language import say

KINDS = ("auto", "delimited", "spreadsheet", "fixed", "dbf", "xml", "json", "jsonl", "zip")
ENCODINGS = ("auto", "utf-8", "gb18030")
# What each key is for: written for another kind it would be read by nobody.
_ONLY_FOR = {
    "delimiter": ("auto", "delimited", "zip"),
    "fields": ("fixed",),
    "records": ("auto", "xml", "json", "zip"),
    "encoding": ("auto", "delimited", "fixed", "dbf", "xml", "json", "jsonl", "zip"),
}
_FIELD = {"name": str, "width": int}
KEYS: dict[str, type | tuple[type, ...]] = {
    "footers": list, "kind": str, "encoding": str, "delimiter": str, "fields": list, "records": str, "members": str,
}  # fmt: skip


@dataclass(frozen=True)
class Field:
    """One field of a fixed-width line: its heading, empty for a filler, and its width in bytes."""

    name: str
    width: int


@dataclass(frozen=True)
class Format:
    """How a delivery is written. Whatever the kind, it may come packed, as a zip of several or a single .gz.

    kind:      one of KINDS; auto is told by the first bytes, zip is a zip of files that are told so
    encoding:  one of ENCODINGS; auto is a byte-order mark, else strict UTF-8, else strict GB18030
    delimiter: of delimited text; empty where it is to be found
    fields:    of fixed width
    records:   where the rows are: resultset/row in XML, data.rows or Items[].ItemValue[] in JSON
    members:   which files of a zip, as a shell pattern
    """

    kind: str = "auto"
    encoding: str = "auto"
    delimiter: str = ""
    fields: tuple[Field, ...] = ()
    records: str = ""
    members: str = "*"


def read_format(spec: Mapping[str, Any]) -> Format:
    """The Format that a [format] in which nothing is wrong describes."""
    told = {key: spec[key] for key in ("kind", "encoding", "delimiter", "records", "members") if key in spec}
    return Format(**told, fields=tuple(Field(**each) for each in spec.get("fields", ())))


def misfits(spec: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each key of a [format] that does not fit, and why."""
    kind = spec.get("kind", "auto")
    for key, known in (("kind", KINDS), ("encoding", ENCODINGS)):
        if spec.get(key, known[0]) not in known:
            yield key, say("可用：{known}", known="、".join(known))
    for key, kinds in _ONLY_FOR.items():
        if key in spec and kind in KINDS and kind not in kinds:
            yield key, say("kind = {kind} 用不到；用于 {kinds}", kind=f'"{kind}"', kinds="、".join(kinds))
    for key, by in (("fields", "fixed"), ("records", "xml")):
        if kind == by and not spec.get(key):
            yield key, say("缺这一项")
    if "delimiter" in spec and (not spec["delimiter"] or re.search(r'[\r\n"]', spec["delimiter"])):
        yield "delimiter", say("不能为空，也不能含换行或引号")
    if "members" in spec and not spec["members"]:
        yield "members", say("缺这一项")
    yield from _misfitting_fields(spec.get("fields", ()))


def _misfitting_fields(fields: list[Any]) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for place, each in enumerate(fields, start=1):
        fits = isinstance(each, dict) and each.keys() == _FIELD.keys()
        if not fits or type(each["name"]) is not str or type(each["width"]) is not int or each["width"] < 1:
            yield "fields", say('第 {place} 项应为 name = "列名"、width = 字节数（整数，至少 1）', place=place)
        elif (name := normal(each["name"])) and name in seen:
            yield "fields", say("列名「{name}」写了两次", name=each["name"])
        else:
            seen.add(name)
