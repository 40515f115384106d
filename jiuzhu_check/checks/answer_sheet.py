"""收回的表 answer sheet: a filled sheet read line by line, whatever its columns are, and what came of it."""

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.errors import ExtractChanged, NotFound
from jiuzhu_check.intake.formats import spreadsheet
from jiuzhu_check.intake.heading import SEARCHED_ROWS, Header
from jiuzhu_check.language import say


@dataclass(frozen=True)
class Taken:
    """What came of a sheet: rows = blank + accepted + refused.

    refused:  sheet, source_row, reason (in Chinese, without names and numbers)
    kept:     whether the answers were kept; not on a dry run
    replaced: how many of the accepted ones say something else than what was answered before
    """

    rows: int
    blank: int
    accepted: int
    refused: pl.DataFrame
    kept: bool
    replaced: int = 0


@dataclass(frozen=True)
class Line:
    """One row under the headings: its cells by heading."""

    sheet: str
    row: int
    cells: dict[str, str]

    def shown(self, headings: Sequence[str]) -> list[str | None]:
        """The cells under some headings; null where the sheet has lost one."""
        return [self.cells.get(heading) for heading in headings]

    def refused(self, why: str) -> tuple[str, int, str]:
        """The line as a row of Taken.refused."""
        return self.sheet, self.row, why


def row_key(centre: Centre) -> bytes:
    """The key that a row of a sheet that comes back is hashed with: review sheet, worklist."""
    return hmac.digest(centre.store.bucket_key, b"row of a sheet", "sha256")


def read_lines(path: Path, headings: Sequence[str], name: str, hint: str) -> list[Line]:
    """Every row under the headings, on however many sheets; a sheet without them is none of answers.

    headings:   the key of a row first
    name, hint: what the sheet is called, and what to do where it is none
    raises:     NotFound without such a file, ExtractChanged where it is no such sheet, or where a sheet of answers has
                lost some of the headings: its rows would be left out, and nobody would be told
    """
    try:
        data = path.read_bytes()
    except OSError:
        raise NotFound(say("没有这个文件，或读不出来。"), hint=say("请核对路径。")) from None
    lines = []
    found = False
    grids = spreadsheet.read(data, name, _header(headings)) if spreadsheet.is_spreadsheet(data) else ()
    for grid, header in grids:
        if header is None:
            continue
        found = True
        lost = [heading for heading in headings if heading not in header.place]
        if lost:
            raise ExtractChanged(
                say("工作表“{sheet}”缺“{lost}”栏；整份没有收。", sheet=grid.sheet, lost="、".join(lost)), hint=hint
            )
        for row in grid.rows.iter_rows(named=True):
            cells = {heading: row[str(place)] or "" for heading, place in header.place.items()}
            if any(cells.values()):
                lines.append(Line(grid.sheet, row["source_row"], cells))
    if not found:
        raise ExtractChanged(say("这不是{name}：没有找到它的表头。", name=name), hint=hint)
    return lines


def refusals(rows: Sequence[tuple[str, int, str]]) -> pl.DataFrame:
    """Taken.refused."""
    schema = {"sheet": pl.String(), "source_row": pl.Int64(), "reason": pl.String()}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _header(headings: Sequence[str]) -> Callable[[Sequence[Sequence[str]]], Header | None]:
    """Finds the row that holds the key's heading, or all the others."""
    key, others = headings[0], set(headings[1:])

    def find(rows: Sequence[Sequence[str]]) -> Header | None:
        for number, row in enumerate(rows[:SEARCHED_ROWS], start=1):
            named = [cell.strip() for cell in row]
            if key in named or others <= set(named):
                return Header(number, tuple(row), {each: named.index(each) for each in named if each}, {})
        return None

    return find
