"""收回复核表: the answers of a review sheet, line by line. A line that does not hold goes back with its reason."""

from collections import Counter
from datetime import datetime
from pathlib import Path

import polars as pl

from jiuzhu_check.checks.answer_sheet import Line, Taken, read_lines, refusals, row_key
from jiuzhu_check.checks.audited import audited
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.decisions import Answer, checked, read_decisions, record
from jiuzhu_check.checks.review import items
from jiuzhu_check.errors import UsageError
from jiuzhu_check.language import say
from jiuzhu_check.reports.review_sheet import EVIDENCE, KEY, NOTE, OUTCOME, REVIEWER
from jiuzhu_check.reports.row_hash import row_hash
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


def take_answers(centre: Centre, path: Path, now: datetime, *, dry_run: bool = False) -> Taken:
    """Take in the answers of a filled review sheet; they count from the next check on.

    dry_run: only say what would come of it
    raises:  NotFound without such a file, ExtractChanged where it is no review sheet, Locked
    """
    with (
        workspace_lock(centre.workspace.path, "review import"),
        audited(centre.audit, "review_import", facts={"dry_run": dry_run}) as ending,
    ):
        hint = say("交回 review export 导出的 XLSX，不要删去任何一列。")
        lines = read_lines(path, _HEADINGS, say("复核表"), hint)
        known = items(centre, everything=True)
        answers, refused = _judged(centre, [line for line in lines if not _is_blank(line)], known)
        if answers and not dry_run:
            record(centre.store, answers, known, now)
        blank = sum(_is_blank(line) for line in lines)
        ending.counts = {"rows": len(lines), "blank": blank, "accepted": len(answers), "refused": refused.height}
        return Taken(len(lines), blank, len(answers), refused, kept=not dry_run)


def _judged(centre: Centre, lines: list[Line], known: pl.DataFrame) -> tuple[list[Answer], pl.DataFrame]:
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
        refused.append(line.refused(REASONS[why]))
    return answers, refusals(refused)


def _answer(line: Line, key: bytes) -> Answer | str:
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


def _is_blank(line: Line) -> bool:
    """Nobody has answered it. A note or a name without an answer is no answer either."""
    return not line.cells[OUTCOME].strip()
