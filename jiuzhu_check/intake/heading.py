"""表头 heading: which row is the header, and which column each heading means."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from jiuzhu_check.errors import ExtractChanged
from jiuzhu_check.intake.source import Source
from jiuzhu_check.intake.spelling import normal
from jiuzhu_check.language import say

SEARCHED_ROWS = 30  # title rows above a header: more were never seen
_UNIT = re.compile(
    r"(?:^|[:,、\s]|单位|人民币|RMB|CNY)((?:[亿万千百美港欧日]|)元|分|角|亩|公顷|千瓦|KW|马力)(?:/[年月人]+)?$",
    re.IGNORECASE,
)
_STATED = re.compile(r"单位[:：]\s*((?:人民币)?[亿万千百]?元|分|角)\s*[)）]?\s*$")


@dataclass(frozen=True)
class Header:
    """The header row found: for each canonical column, the place and unit of its heading."""

    row: int
    headings: tuple[str, ...]
    place: dict[str, int]
    unit: dict[str, str]


def unit_of(heading: str) -> str:
    """The unit of money, land or power that a heading names in brackets at its end, or nothing.

    >>> unit_of("交易价格(万元)"), unit_of("合同金额（单位：万元）"), unit_of("建筑面积(平方米)")
    ('万元', '万元', '')
    """
    found = re.search(r"[(\[【]([^(\[【]*)[)\]】]\s*$", unicodedata.normalize("NFKC", heading))
    unit = _UNIT.search(found.group(1).strip()) if found else None
    return unit.group(1) if unit else ""


def stated_unit(rows: Sequence[Sequence[str]]) -> str:
    """The unit that a title row states for the whole table, or nothing.

    >>> stated_unit([["不动产登记信息"], ["", "单位：万元"]]), stated_unit([["单位：某某中心"]])
    ('万元', '')
    """
    said = [found.group(1).removeprefix("人民币") for row in rows for cell in row if (found := _STATED.search(cell))]
    return said[-1] if said else ""


def find_header(source: Source, rows: Sequence[Sequence[str]]) -> Header | None:
    """The first of the rows that names every required column, and one of those of which one is enough; or null.

    raises: ExtractChanged where that row names a column twice
    """
    meant = {normal(name): column for column, names in source.columns.items() for name in (*names, column)}
    for number, row in enumerate(rows[:SEARCHED_ROWS], start=1):
        named = [meant.get(normal(cell)) for cell in row]
        if not set(source.contract.required) <= set(named) or not _one_of(source, named):
            continue
        _refuse_twice(source, row, named)
        place = {column: at for at, column in enumerate(named) if column}
        stated = stated_unit(rows[: number - 1])
        return Header(number, tuple(row), place, {column: unit_of(row[at]) or stated for column, at in place.items()})
    return None


def missing_columns(source: Source, rows: Sequence[Sequence[str]]) -> list[str]:
    """The required columns that the row most like a header does not name, by their first heading."""
    meant = {normal(name): column for column, names in source.columns.items() for name in (*names, column)}
    best = max(rows, key=lambda row: sum(normal(cell) in meant for cell in row), default=())
    named = {meant.get(normal(cell)) for cell in best}
    lacking = [source.columns[column][0] for column in source.contract.required if column not in named]
    either = "/".join(source.columns[column][0] for column in source.contract.one_of)
    return lacking if _one_of(source, named) else [*lacking, either]


def _one_of(source: Source, named: Collection[str | None]) -> bool:
    return not source.contract.one_of or not set(source.contract.one_of).isdisjoint(named)


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
