"""A department's file that nobody has described yet → the draft of its source.toml, for a person to correct."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl
import tomli

from jiuzhu_check.errors import ExtractChanged, JiuzhuError, UsageError
from jiuzhu_check.intake.delivery import Delivery, read_delivery
from jiuzhu_check.intake.format_spec import Format
from jiuzhu_check.intake.guess.columns import Column, likely_columns, likely_tables, united
from jiuzhu_check.intake.guess.content import content_of
from jiuzhu_check.intake.guess.draft import FOOTERS, Draft
from jiuzhu_check.intake.guess.header import likely_header, likely_table
from jiuzhu_check.intake.guess.known import Known
from jiuzhu_check.intake.look import Seen, look
from jiuzhu_check.intake.source import Source, read_source
from jiuzhu_check.intake.spelling import normal
from jiuzhu_check.language import say
from jiuzhu_check.tables.record import RECORDS

# How well a file must fit a kind of record to be taken for it, and by how much better than the next where it fits badly.
_LEAST, _SURE, _AHEAD = 1.0, 3.0, 0.5


@dataclass(frozen=True)
class Guess:
    """What was made of an unknown file.

    text:     the source.toml
    tables:   every kind of record with how well the file fits it, best first; empty where it was named
    columns:  every heading, with what it is taken for
    delivery: the sample, read by this source.toml; null where it does not read
    problem:  why it does not
    """

    text: str
    table: str
    seen: Seen
    tables: tuple[tuple[float, str], ...]
    columns: tuple[Column, ...]
    delivery: Delivery | None
    problem: JiuzhuError | None


def guess(sources: Mapping[str, Source], data: bytes, extract: str, name: str, table: str = "") -> Guess:
    """The draft of a source.toml for a sample file.

    name:   of the new source
    table:  the kind of its records; empty takes the one that fits best
    raises: ExtractChanged where the file cannot be opened or has no header; UsageError where it fits no kind of record
    """
    known = Known(sources)
    sheets = _sheets(known, data, extract)
    seen = sheets[0]
    headings = seen.grid.headings
    cells = [_cells(each) for each in sheets]
    contents = [[content_of(column) for column in columns] for columns in cells]
    said = " ".join([extract, seen.grid.sheet, *(cell for row in seen.above for cell in row)])
    tables = [] if table else likely_tables(headings, contents[0], said, known)
    table = table or _best(tables, known)
    closest = known.closest(table, {normal(each) for each in headings}, said)
    columns = united(
        [
            likely_columns(sheet.grid.headings, content, column, table, known, closest)
            for sheet, content, column in zip(sheets, contents, cells, strict=True)
        ]
    )
    draft = Draft(name, table, seen, columns, closest, known)
    if not draft.connected:
        raise UsageError(
            say("{extract} 里没有一个表头像 {table} 表的列。", extract=extract, table=table),
            hint=say("换一个 --table；可用：{tables}。", tables="、".join(map(known.in_words, RECORDS))),
        )
    text = draft.text()
    source = read_source(name, tomli.loads(text))
    try:
        delivery, problem = read_delivery(source, data, extract), None
    except ExtractChanged as refused:
        delivery, problem = None, refused
    return Guess(text, table, seen, tuple(tables), tuple(columns), delivery, problem)


def _sheets(known: Known, data: bytes, extract: str) -> list[Seen]:
    """The tables of the file that have a header: first the one with most known headings, then most rows."""
    spelt = known.every_heading
    tables = [each for each in look(data, extract, Format(), likely_header(spelt), likely_table(spelt)) if each.header]
    if not tables:
        raise ExtractChanged(
            say("{extract} 里没有找到像表头的一行。", extract=extract),
            hint=say("表头应是一行短的列名，下面是数据；定长文本没有表头，请照 README 手写 [format] 的 fields。"),
        )
    shown = [each for each in tables if not each.grid.hidden] or tables
    return sorted(
        shown,
        key=lambda each: (sum(normal(cell) in spelt for cell in each.grid.headings), each.grid.rows.height),
        reverse=True,
    )


def _cells(seen: Seen) -> list[pl.Series]:
    """The cells of each column, without totals and remarks."""
    rows = seen.grid.rows.filter(~pl.col("0").str.contains(f"^\\s*({'|'.join(FOOTERS)})").fill_null(value=False))
    return [rows[str(place)] for place in range(len(seen.grid.headings))]


def _best(tables: list[tuple[float, str]], known: Known) -> str:
    """The kind of record that the file fits best.

    raises: UsageError where it fits none, or two of them as well as each other: a wrong one would read it wrongly
    """
    (rating, table), (second, other) = tables[:2]
    if rating < _LEAST:
        raise UsageError(
            say("看不出这是哪一种记录。"),
            hint=say("用 --table 写明；可用：{tables}。", tables="、".join(map(known.in_words, RECORDS))),
        )
    if rating < _SURE and rating - second < _AHEAD:
        raise UsageError(
            say("分不清是 {table} 还是 {other}。", table=known.in_words(table), other=known.in_words(other)),
            hint=say("用 --table 写明；可用：{tables}。", tables="、".join(map(known.in_words, RECORDS))),
        )
    return table


__all__ = ["Guess", "guess"]
