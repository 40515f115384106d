"""收回复核表: the answers of a review sheet, line by line. A line that does not hold goes back with its reason."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from jiuzhu_check.checks.audited import audited
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.decisions import Answer, checked, read_decisions, record
from jiuzhu_check.checks.review import items, row_key
from jiuzhu_check.errors import ExtractChanged, NotFound, UsageError
from jiuzhu_check.intake.formats import spreadsheet
from jiuzhu_check.intake.heading import SEARCHED_ROWS, Header
from jiuzhu_check.language import say
from jiuzhu_check.reports.review_sheet import EVIDENCE, KEY, NOTE, OUTCOME, REVIEWER
from jiuzhu_check.reports.workbook import row_hash
from jiuzhu_check.store.lock import workspace_lock
from jiuzhu_check.tables.decision import OUTCOMES

_SHOWN = tuple(column.heading for column in EVIDENCE)
_HEADINGS = (KEY, *_SHOWN, OUTCOME, NOTE, REVIEWER)
_CODES = {title: code for code, title in OUTCOMES.items()}
REASONS = {
    "changed": "受保护的内容被改动，或不是本工作区导出的行",
    "outcome": "结论不是相同、不同、不确定之一",
    "nobody": "缺复核人",
    "text": "说明或复核人过长，或含证件号码、银行卡号",
    "unknown": "没有这一项，所比的内容已变，须重新导出",
    "twice": "同一人对同一项的意见在表中出现两次",
    "known": "同一人的相同意见已经收过",
}


@dataclass(frozen=True)
class Taken:
    """What came of a sheet: rows = blank + accepted + refused.

    refused: sheet, source_row, reason (in Chinese, without names and numbers)
    kept:    whether the answers were kept; not on a dry run
    """

    rows: int
    blank: int
    accepted: int
    refused: pl.DataFrame
    kept: bool


@dataclass(frozen=True)
class _Line:
    sheet: str
    row: int
    cells: dict[str, str]

    @property
    def is_blank(self) -> bool:
        """Nobody has answered it. A note or a name without an answer is no answer either."""
        return not self.cells[OUTCOME].strip()


def take_answers(centre: Centre, path: Path, now: datetime, *, dry_run: bool = False) -> Taken:
    """Take in the answers of a filled review sheet; they count from the next check on.

    dry_run: only say what would come of it
    raises:  NotFound without such a file, ExtractChanged where it is no review sheet, Locked
    """
    with (
        workspace_lock(centre.workspace.path, "review import"),
        audited(centre.audit, "review_import", facts={"dry_run": dry_run}) as ending,
    ):
        lines = _lines(path)
        known = items(centre, everything=True)
        answers, refused = _judged(centre, [line for line in lines if not line.is_blank], known)
        if answers and not dry_run:
            record(centre.store, answers, known, now)
        blank = sum(line.is_blank for line in lines)
        ending.counts = {"rows": len(lines), "blank": blank, "accepted": len(answers), "refused": refused.height}
        return Taken(len(lines), blank, len(answers), refused, kept=not dry_run)


def _judged(centre: Centre, lines: list[_Line], known: pl.DataFrame) -> tuple[list[Answer], pl.DataFrame]:
    key, names = row_key(centre), set(known["item"])
    newest = read_decisions(centre.store).unique(["item", "reviewer"], keep="last")
    said = {(item, who): what for item, who, *what in newest.select("item", "reviewer", "outcome", "note").iter_rows()}
    read = [_answer(line, key) for line in lines]
    times = Counter((each.item, each.reviewer) for each in read if isinstance(each, Answer))
    answers, refused = [], []
    for line, answer in zip(lines, read, strict=True):
        if isinstance(answer, str):
            why = answer
        elif answer.item not in names:
            why = "unknown"
        elif times[answer.item, answer.reviewer] > 1:
            why = "twice"
        elif said.get((answer.item, answer.reviewer)) == [answer.outcome, answer.note or None]:
            why = "known"
        else:
            answers.append(answer)
            continue
        refused.append((line.sheet, line.row, REASONS[why]))
    schema = {"sheet": pl.String(), "source_row": pl.Int64(), "reason": pl.String()}
    return answers, pl.DataFrame(refused, schema=schema, orient="row")


def _answer(line: _Line, key: bytes) -> Answer | str:
    """The answer of one line, or which of REASONS sends it back."""
    item, _, claimed = line.cells[KEY].strip().partition(":")
    shown = [line.cells[heading] for heading in _SHOWN]
    if not item or item != shown[0].strip() or claimed != row_hash(shown, key):
        return "changed"
    outcome = _CODES.get(line.cells[OUTCOME].strip())
    if outcome is None:
        return "outcome"
    if not line.cells[REVIEWER].strip():
        return "nobody"
    try:
        return checked(Answer(item, outcome, line.cells[NOTE], line.cells[REVIEWER]))
    except UsageError:
        return "text"


def _lines(path: Path) -> list[_Line]:
    """Every row under the headings, on however many sheets."""
    try:
        data = path.read_bytes()
    except OSError:
        raise NotFound(say("没有这个文件，或读不出来。"), hint=say("请核对路径。")) from None
    lines = []
    found = False
    grids = spreadsheet.read(data, say("复核表"), _header) if spreadsheet.is_spreadsheet(data) else ()
    for grid, header in grids:
        if header is None:
            continue
        found = True
        for row in grid.rows.iter_rows(named=True):
            cells = {heading: row[str(header.place[heading])] or "" for heading in _HEADINGS}
            if any(cells.values()):
                lines.append(_Line(grid.sheet, row["source_row"], cells))
    if not found:
        raise ExtractChanged(
            say("这不是复核表：没有找到它的表头。"), hint=say("交回 review export 导出的 XLSX，不要删去任何一列。")
        )
    return lines


def _header(rows: Sequence[Sequence[str]]) -> Header | None:
    for number, row in enumerate(rows[:SEARCHED_ROWS], start=1):
        named = [cell.strip() for cell in row]
        if set(_HEADINGS) <= set(named):
            return Header(number, tuple(row), {heading: named.index(heading) for heading in _HEADINGS}, {})
    return None
