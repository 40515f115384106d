"""变样 drift: a delivery whose columns are other than last time's. What is new is said; what is gone or retyped is refused.

Frozen by default: a column that a check rests on must not turn empty or into something else without a word.
"""

from collections.abc import Mapping
from typing import Any

from jiuzhu_check.errors import ExtractChanged
from jiuzhu_check.intake.delivery import Reading
from jiuzhu_check.intake.note import Note
from jiuzhu_check.intake.source import Source
from jiuzhu_check.language import say
from jiuzhu_check.values.identity_number import NAMING

FEW = 50  # rows below which shares say nothing
_WAS, _IS = 0.8, 0.4  # a column that read this well and now only so is another column
_LONGEST_HEADING = 30


def columns_of(reading: Reading, kinds: Mapping[str, int]) -> dict[str, Any]:
    """What the next delivery is compared with: per column how many cells held something and how many of those read.

    kinds: its records by what their number is
    """
    lost = {note.column: note.rows for note in reading.notes if note.what == "unreadable"}
    return {
        "columns": {name: [count + lost.get(name, 0), count] for name, count in reading.filled.items()},
        "usable": [sum(kinds.values()), sum(kinds.get(kind, 0) for kind in NAMING)],
        "unknown_headings": sorted({each for each in reading.unknown if each}),
    }


def compare(
    source: Source, before: Mapping[str, Any], now: Mapping[str, Any], extract: str, *, accept_columns: bool
) -> list[Note]:
    """What is new, as notes.

    before: the facts of the snapshot before; one that an older program took in says nothing of columns
    raises: ExtractChanged where a column is gone, or is no longer what it was, unless that was accepted
    """
    if "columns" not in before:
        return []
    gone = sorted(name for name, (held, _) in before["columns"].items() if held and name not in now["columns"])
    turned = [
        name
        for name, (held, read) in now["columns"].items()
        if _turned(before["columns"].get(name, (0, 0)), (held, read))
    ]
    if _turned(before["usable"], now["usable"]):
        turned.append("owner_no_raw")
    if not accept_columns and (gone or turned):
        raise _refused(source, extract, gone, turned)
    new = [each for each in now["unknown_headings"] if each not in before["unknown_headings"]]
    return [Note(each[:_LONGEST_HEADING], "new_column", "", 0, 0) for each in new]


def _turned(before: tuple[int, int], now: tuple[int, int]) -> bool:
    (held, read), (holds, reads) = before, now
    return held >= FEW and holds >= FEW and read / held >= _WAS and reads / holds < _IS


def _refused(source: Source, extract: str, gone: list[str], turned: list[str]) -> ExtractChanged:
    def names(columns: list[str]) -> str:
        return "、".join(f"「{source.columns[name][0]}」" if name in source.columns else name for name in columns)

    said = [
        *([say("少了{columns}", columns=names(gone))] if gone else []),
        *([say("{columns}多半读不出来，与上一次不同", columns=names(turned))] if turned else []),
    ]
    return ExtractChanged(
        say("{title}：{extract} 与上一次不一样：{what}。", title=source.title, extract=extract, what="；".join(said)),
        hint=say(
            "部门改了列名的，在 connectors/{id}/source.toml 的 [columns] 补上新写法；向部门核实确是如此的，加 --accept-columns。上一次的数据仍在用。",
            id=source.id,
        ),
    )
