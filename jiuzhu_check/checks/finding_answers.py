"""收回核对清单: what townships answered in a worklist, line by line. A line that does not hold goes back with its reason."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from jiuzhu_check.audit.reason import clean
from jiuzhu_check.checks import results
from jiuzhu_check.checks.answer_sheet import Line, Taken, read_lines, refusals, row_key
from jiuzhu_check.checks.audited import audited
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.reexaminations import read_reexaminations, record
from jiuzhu_check.errors import NotFound, UsageError
from jiuzhu_check.language import say
from jiuzhu_check.reports.row_hash import row_hash
from jiuzhu_check.reports.worklist import ANSWER, COLUMNS, DAY, DOCUMENT, KEY, NOTE, OUTCOME, SIGNER
from jiuzhu_check.store.lock import workspace_lock
from jiuzhu_check.tables.finding import FINDING
from jiuzhu_check.tables.reexamination import OUTCOMES
from jiuzhu_check.values import day

UNANSWERED = "待核实"
_SHOWN = tuple(column.heading for column in COLUMNS if column.heading not in (KEY, *ANSWER))
_CODES = {title: code for code, title in OUTCOMES.items()}
_SAME_ANSWER = ("outcome", "note", "document_no", "signer", "signed_on")
REASONS = {
    "changed": "受保护的内容被改动，或不是本工作区导出的行",
    "outcome": "处理不是仍不一致、已说明、已更正、不成立之一",
    "nobody": "缺经办人",
    "day": "日期缺失，或读不出来",
    "future": "日期在今天之后",
    "early": "日期早于核对日期",
    "note": "已说明、已更正、不成立须写说明",
    "text": "说明、文号或经办人过长，或含证件号码、银行卡号",
    "unknown": "工作区里没有这条发现，或没有这次核对",
    "unmarked": "这次核对由旧版程序完成，须重新核对后再导出",
    "twice": "同一条发现的答复出现两次",
    "known": "同样的答复已经收过",
}


def take_reexaminations(centre: Centre, path: Path, now: datetime, *, dry_run: bool = False) -> Taken:
    """Take in the answers of a filled worklist; they stand from the next check on, and at once in what is listed.

    now:     its day is today
    dry_run: only say what would come of it
    raises:  NotFound without such a file, ExtractChanged where it is no worklist, Locked
    """
    with (
        workspace_lock(centre.workspace.path, "finding import"),
        audited(centre.audit, "finding_import", facts={"dry_run": dry_run}) as ending,
    ):
        hint = say("交回 report worklist 或 finding export 导出的 XLSX，不要删去任何一列。")
        lines = read_lines(path, (KEY, *ANSWER), say("核对清单"), hint)
        filled = [line for line in lines if not _is_blank(line)]
        told = read_reexaminations(centre.store)
        answers, refused = _judged(centre, filled, now.date(), told)
        if answers and not dry_run:
            record(centre.store, answers, now)
        blank = len(lines) - len(filled)
        ending.counts = {"rows": len(lines), "blank": blank, "accepted": len(answers), "refused": refused.height}
        replaced = _replaced(answers, told)
        return Taken(len(lines), blank, len(answers), refused, kept=not dry_run, replaced=replaced)


def _judged(
    centre: Centre, lines: list[Line], today: date, told: pl.DataFrame
) -> tuple[list[dict[str, Any]], pl.DataFrame]:
    """The answers that hold, and the refusals; told: the REEXAMINATION rows that there are."""
    key = row_key(centre)
    read = [_answer(line, key, today) for line in lines]
    given = [each for each in read if isinstance(each, dict)]
    known, days = _asked(centre, {str(each["run"]) for each in given})
    said = set(told.select("finding_id", "record_mark", *_SAME_ANSWER).iter_rows())
    times = Counter(each["finding_id"] for each in given)
    answers, refused = [], []
    for line, answer in zip(lines, read, strict=True):
        if isinstance(answer, str):
            refused.append(line.refused(REASONS[answer]))
            continue
        asked = known.get((answer["run"], answer["finding_id"]))
        if asked is None:
            why = "unknown"
        elif asked["record_mark"] is None:
            why = "unmarked"
        elif answer["signed_on"] < days[answer["run"]]:
            why = "early"
        elif times[answer["finding_id"]] > 1:
            why = "twice"
        elif (answer["finding_id"], asked["record_mark"], *(answer[name] for name in _SAME_ANSWER)) in said:
            why = "known"
        else:
            answers.append({**answer, **asked})
            continue
        refused.append(line.refused(REASONS[why]))
    return answers, refusals(refused)


def _replaced(answers: list[dict[str, Any]], told: pl.DataFrame) -> int:
    """How many answers say something else than the newest one on the same record."""
    newest = told.sort("signed_on", maintain_order=True).unique(["finding_id", "record_mark"], keep="last")
    stood = {tuple(of): outcome for *of, outcome in newest.select("finding_id", "record_mark", "outcome").iter_rows()}
    return sum(
        stood.get((each["finding_id"], each["record_mark"]), each["outcome"]) != each["outcome"] for each in answers
    )


def _asked(centre: Centre, runs: Iterable[str]) -> tuple[dict[tuple[str, str], dict[str, Any]], dict[str, date]]:
    """Of kept runs: (run, finding_id) → whose finding it is, its rule and record_mark; and run → its day."""
    known, days = {}, {}
    for run in sorted(runs):
        try:
            snapshot = results.find(centre.store, run)[0]
        except NotFound:
            continue
        days[run] = results.day_of(snapshot)
        columns = ["household_no", "member_no", "rule", "subject", "record_mark"]
        for finding_id, *whose in FINDING.fit(snapshot.read("finding")).select("finding_id", *columns).iter_rows():
            known[run, finding_id] = dict(zip(columns, whose, strict=True))
    return known, days


def _answer(line: Line, key: bytes, today: date) -> dict[str, Any] | str:
    """The answer of one line, or which of REASONS sends it back."""
    finding_id, _, rest = line.cells[KEY].strip().partition(":")
    run, _, claimed = rest.partition(":")
    if not claimed or claimed != row_hash((finding_id, run, *line.shown(_SHOWN)), key):
        return "changed"
    outcome = _CODES.get(line.cells[OUTCOME].strip())
    signed_on = pl.select(day.read(pl.lit(line.cells[DAY]))).item()
    try:
        note, document, signer = (clean(line.cells[heading]) or None for heading in (NOTE, DOCUMENT, SIGNER))
    except UsageError:
        return "text"
    if outcome is None:
        return "outcome"
    if signer is None:
        return "nobody"
    if signed_on is None:
        return "day"
    if signed_on > today:
        return "future"
    if note is None and outcome != "upheld":
        return "note"
    return {
        "finding_id": finding_id, "run": run, "outcome": outcome, "note": note, "document_no": document,
        "signer": signer, "signed_on": signed_on,
    }  # fmt: skip


def _is_blank(line: Line) -> bool:
    """Nobody has answered it. A note or a name without an answer is no answer either."""
    return line.cells[OUTCOME].strip() in ("", UNANSWERED)
