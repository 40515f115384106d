"""表头 heading: which row is the header, and which column each heading means."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from jiuzhu_check.errors import ExtractChanged
from jiuzhu_check.intake.source import Source
from jiuzhu_check.language import say

SEARCHED_ROWS = 30  # title rows above a header: more were never seen
_UNIT = re.compile(r"[(\[【]?(元|万元|千元|分|角|平方米|㎡|m2|亩|月|户|%)(?:/[年月人]+)?[)\]】]?$")


@dataclass(frozen=True)
class Header:
    """The header row found: for each canonical column, the place and unit of its heading."""

    row: int
    headings: tuple[str, ...]
    place: dict[str, int]
    unit: dict[str, str]


def normal(heading: str) -> str:
    """A heading in one spelling: narrow, upper case, no spaces, asterisks, quotes or unit.

    >>> normal("*交易价格（万元）"), normal(" 个人月缴存额 (元/月) "), normal("zjhm")
    ('交易价格', '个人月缴存额', 'ZJHM')
    """
    text = unicodedata.normalize("NFKC", heading).upper()
    text = re.sub(r"[\s*#'\"\ufeff\u200b:]", "", text)
    return re.sub(r"[(\[【].*[)\]】]$", "", text)


def unit_of(heading: str) -> str:
    """The unit that a heading names in brackets at its end, or nothing.

    >>> unit_of("交易价格(万元)"), unit_of("建筑面积")
    ('万元', '')
    """
    found = re.search(r"[(\[【](.*)[)\]】]\s*$", unicodedata.normalize("NFKC", heading))
    unit = _UNIT.match(found.group(1)) if found else None
    return unit.group(1) if unit else ""


def find_header(source: Source, rows: Sequence[Sequence[str]]) -> Header | None:
    """The first of the rows that names every required column, or null.

    raises: ExtractChanged where that row names a column twice
    """
    meant = {normal(name): column for column, names in source.columns.items() for name in (*names, column)}
    for number, row in enumerate(rows[:SEARCHED_ROWS], start=1):
        named = [meant.get(normal(cell)) for cell in row]
        if not set(source.contract.required) <= set(named):
            continue
        _refuse_twice(source, row, named)
        place = {column: at for at, column in enumerate(named) if column}
        return Header(number, tuple(row), place, {column: unit_of(row[at]) for column, at in place.items()})
    return None


def missing_columns(source: Source, rows: Sequence[Sequence[str]]) -> list[str]:
    """The required columns that the row most like a header does not name, by their first heading."""
    meant = {normal(name): column for column, names in source.columns.items() for name in (*names, column)}
    best = max(rows[:SEARCHED_ROWS], key=lambda row: sum(normal(cell) in meant for cell in row), default=())
    named = {meant.get(normal(cell)) for cell in best}
    return [source.columns[column][0] for column in source.contract.required if column not in named]


def _refuse_twice(source: Source, row: Sequence[str], named: Sequence[str | None]) -> None:
    headings = [normal(cell) for cell in row if normal(cell)]
    twice = {cell for cell in headings if headings.count(cell) > 1}
    twice |= {source.columns[column][0] for column in named if column and named.count(column) > 1}
    if twice:
        raise ExtractChanged(
            say(
                "{title}：表头里「{twice}」出现了两次，不知以哪一列为准。",
                title=source.title,
                twice="」「".join(sorted(twice)),
            ),
            hint=say("请部门只留一列，或在 source.toml 的 [columns] 里只留一种写法。"),
        )
