"""JSON and JSON lines. A number is kept digit by digit as it is written, never as a number."""

import json
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from jiuzhu_check.errors import ExtractChanged
from jiuzhu_check.intake.formats.records import Records, to_grid
from jiuzhu_check.intake.grid import Grid
from jiuzhu_check.language import say


class _Repeated(ValueError):
    """An object names one key twice: which one counts, nobody knows."""


class _NoWay(ValueError):
    """The way to the records leads elsewhere."""


def read(text: bytes, where: str, extract: str) -> Grid:
    """The records of a file in UTF-8, numbered in order.

    where:  the way to them: data.rows is the list, or the one object, under these keys; with Items[].ItemValue[] those
            of each item, to which what stands beside them belongs too; empty where the file is the list itself
    raises: ExtractChanged where the file is not valid, an object names a key twice, or nothing lies at the end of the way
    """
    try:
        found = list(_records(_DECODER.decode(text.decode()), where.split(".") if where else []))
    except _Repeated:
        raise ExtractChanged(
            say("{extract} 里有对象把同一个键写了两次，不知以哪一个为准。", extract=extract),
            hint=say("请部门重新导出。"),
        ) from None
    except json.JSONDecodeError as problem:
        raise ExtractChanged(
            say("{extract} 第 {line} 行起不是有效的 JSON。", extract=extract, line=problem.lineno),
            hint=say("文件可能被截断；请部门重新提供。"),
        ) from None
    except _NoWay:
        found = []
    except (ValueError, RecursionError):
        raise ExtractChanged(
            say("{extract} 不是有效的 JSON。", extract=extract), hint=say("文件可能被截断；请部门重新提供。")
        ) from None
    if not found:
        raise ExtractChanged(
            say("{extract} 里没有找到记录。", extract=extract),
            hint=say("空的答复不等于没有记录；也请核对 source.toml 的 format.records。"),
        )
    records = Records()
    for number, record in enumerate(found, start=1):
        _take(records, number, record)
    return to_grid(records)


def read_lines(text: bytes, extract: str) -> Grid:
    """The records of a file in UTF-8 with one on each line, numbered as its lines; a line that is none is refused.

    raises: ExtractChanged where the last line is none: the file may have been cut off in it
    """
    records, last = Records(), 0
    for number, line in enumerate(text.decode().split("\n"), start=1):
        if not line.strip():
            continue
        last = number
        try:
            _take(records, number, _DECODER.decode(line))
        except _Repeated:
            records.refused.append((number, line, "repeated"))
        except (ValueError, RecursionError):
            records.refused.append((number, line, "json"))
    if records.refused and records.refused[-1][0] == last and records.refused[-1][2] == "json":
        raise ExtractChanged(
            say("{extract} 最后一行（第 {last} 行）不是有效的 JSON，文件被截断。", extract=extract, last=last),
            hint=say("请部门重新提供完整文件。"),
        )
    return to_grid(records)


def parsed(text: str) -> Any:
    """What a text says, with every number as it is written; raises ValueError where it is not valid, or names a key twice."""
    try:
        return _DECODER.decode(text)
    except RecursionError:
        raise ValueError from None


def records(value: Any, where: str) -> list[Any]:
    """The records at the end of the way that read() goes; raises ValueError where it leads elsewhere."""
    return list(_records(value, where.split(".") if where else []))


def begins(data: bytes) -> bool:
    """Whether a text begins as JSON does, and as no table would."""
    head = b"".join(data[:1024].removeprefix(b"\xef\xbb\xbf").split())
    return head[:2] in (b"[{", b"[]", b'{"', b"{}")


def is_lines(text: bytes) -> bool:
    """Whether the first line is a whole object, and more follow it."""
    first, _, rest = text.lstrip().partition(b"\n")
    try:
        return bool(rest.strip()) and isinstance(_DECODER.decode(first.decode()), dict)
    except (ValueError, RecursionError):
        return False


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    if len(told) < len(pairs):
        raise _Repeated
    return told


def _no_number(text: str) -> str:
    raise ValueError(text)


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_float=str, parse_int=str, parse_constant=_no_number)


def _records(value: Any, way: Sequence[str], beside: Mapping[str, Any] = MappingProxyType({})) -> Iterator[Any]:
    """What lies at the end of the way, with what stands beside it in the items of a list on the way."""
    if not way:
        for each in value if isinstance(value, list) else filter(None, [value]):
            yield {**beside, **each} if isinstance(each, dict) else each
    elif isinstance(value, dict):
        name, _, each_of = way[0].partition("[")
        inside = value.get(name)
        if not each_of or len(way) == 1:
            yield from _records(inside, way[1:], beside)
        elif inside and not isinstance(inside, list):
            raise _NoWay
        else:
            for item in inside or ():
                yield from _records(item, way[1:], {**beside, **_beside(name, way[1], item)})
    elif value:
        raise _NoWay


def _beside(name: str, next_step: str, item: Any) -> dict[str, Any]:
    told = item.items() if isinstance(item, dict) else ()
    return {f"{name}.{key}": value for key, value in told if key != next_step.partition("[")[0]}


def _take(records: Records, number: int, record: Any) -> None:
    cells = dict(flat(record)) if isinstance(record, dict) else {"": []}
    if any(isinstance(cell, list) for cell in cells.values()):
        code = "nested" if isinstance(record, dict) else "json"
        records.refused.append((number, json.dumps(record, ensure_ascii=False), code))
    else:
        records.kept.append((number, cells))


def flat(record: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """The cells of an object; of one within it, under both names. Only a list that holds something stays one."""
    for key, value in record.items():
        if isinstance(value, dict) and value:
            yield from flat(value, f"{above}{key}.")
        elif isinstance(value, bool):
            yield above + key, "1" if value else "0"
        else:
            yield above + key, value or None
