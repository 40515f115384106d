"""出具登记: which version of whose paper was given out under which number, what it says, and how often it was printed.

Every snapshot holds all earlier rows and the new ones; what papers say is kept once, in the snapshot of their issue.
A version is new where the paper says anything else than those before it: so an old version can be printed again for ever.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import polars as pl

from jiuzhu_check.audit.log import AuditLog
from jiuzhu_check.audit.paper_code import ACTION, Known, facts, known, paper_code, sequence
from jiuzhu_check.audit.verify import record_of
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.reports.paper import Issue, Paper
from jiuzhu_check.store.snapshot import Store
from jiuzhu_check.tables.issued_report import ISSUED_REPORT, PRINTED_REPORT, REPORT_CONTENT

DATASET = "issued_reports"
Row = dict[str, Any]
Whose = tuple[str, str, str | None]  # paper, household_no, member_no


@dataclass(frozen=True)
class Draft:
    """A paper that is about to be given out."""

    whose: Whose
    run: str
    paper: Paper


@dataclass(frozen=True)
class Issued:
    """A paper with its number and version."""

    whose: Whose
    paper: Paper
    issue: Issue
    row: Row


@dataclass
class Register:
    """The register as it stands, and what is added to it. The caller holds the workspace's lock."""

    store: Store
    region: str
    issued: pl.DataFrame
    printed: pl.DataFrame
    of: dict[Whose, list[Row]] = field(default_factory=dict)
    prints: dict[tuple[str, int], int] = field(default_factory=dict)
    last: int = 0  # the last number that was given

    @classmethod
    def open(cls, centre: Centre) -> "Register":
        """The register of a centre."""
        last = centre.store.latest(DATASET)
        issued = last.read(ISSUED_REPORT.name) if last else ISSUED_REPORT.empty()
        printed = last.read(PRINTED_REPORT.name) if last else PRINTED_REPORT.empty()
        register = cls(centre.store, centre.region, issued, printed)
        for row in issued.iter_rows(named=True):
            register.of.setdefault(_whose(row), []).append(row)
            register.last = max(register.last, int(row["number"].rpartition("-")[2]))
        register.prints = {
            (number, version): copy
            for number, version, copy in printed.group_by("number", "version").agg(pl.col("copy").max()).iter_rows()
        }
        return register

    def issue(self, drafts: Sequence[Draft], on: date, audit: AuditLog, *, count: bool) -> list[Issued]:
        """The papers under their numbers and versions; new versions are on the audit log, and not yet in the register.

        on:    the day that a new version bears
        count: let the paper say the how many-th print it is
        """
        rows = [self._known(draft) or self._new(draft, on) for draft in drafts]
        fresh = [row for row in rows if not row["code"]]
        if fresh:
            papers = [Known(row["number"], row["version"], row["content"]) for row in fresh]
            seq, record_hash = audit.note(ACTION, facts(papers))
            for row, paper in zip(fresh, papers, strict=True):
                row["code"] = paper_code(seq, record_hash, paper)
        return [self._issued(draft.paper, row, count=count) for draft, row in zip(drafts, rows, strict=True)]

    def again(self, whose: Whose, version: int, *, count: bool) -> Issued | None:
        """An earlier version as it was given out; null where there is none."""
        row = next((each for each in self.of.get(whose, []) if each["version"] == version), None)
        if row is None:
            return None
        kept = self.store.snapshot(DATASET, row["snapshot"]).read(REPORT_CONTENT.name)
        says = kept.filter(pl.col("number") == row["number"], pl.col("version") == version)["says"].item()
        return self._issued(Paper.from_json(says), row, count=count)

    def keep(self, papers: Iterable[Issued], form: str, now: datetime) -> None:
        """Put these papers' versions and prints into the register.

        form: pdf | docx
        now:  with its zone
        """
        given = list(papers)
        if not given:
            return
        place = f"{self.store.sequence(DATASET):06}"
        fresh = [each for each in given if not each.row["snapshot"]]
        for each in fresh:
            each.row["snapshot"] = place
        prints = [
            (each.issue.number, each.issue.version, self._print(each), form, now.isoformat(timespec="seconds"))
            for each in given
        ]
        says = [(each.issue.number, each.issue.version, each.paper.to_json()) for each in fresh]
        self.issued = pl.concat([self.issued, _frame(ISSUED_REPORT, [tuple(each.row.values()) for each in fresh])])
        self.printed = pl.concat([self.printed, _frame(PRINTED_REPORT, prints)])
        parts = {
            ISSUED_REPORT.name: self.issued,
            PRINTED_REPORT.name: self.printed,
            REPORT_CONTENT.name: _frame(REPORT_CONTENT, says),
        }
        self.store.publish(DATASET, place, parts, data_date=None, facts={"issued": self.issued.height})

    def _known(self, draft: Draft) -> Row | None:
        digest = draft.paper.digest()
        return next((row for row in self.of.get(draft.whose, []) if row["content"] == digest), None)

    def _new(self, draft: Draft, on: date) -> Row:
        before = self.of.setdefault(draft.whose, [])
        if not before:
            self.last += 1
        number = before[0]["number"] if before else f"{self.region}-{self.last:06}"
        paper, household_no, member_no = draft.whose
        row = dict.fromkeys(ISSUED_REPORT.columns) | {
            "number": number,
            "version": before[-1]["version"] + 1 if before else 1,
            "paper": paper,
            "household_no": household_no,
            "member_no": member_no,
            "run": draft.run,
            "issued_on": on,
            "content": draft.paper.digest(),
        }
        before.append(row)
        return row

    def _issued(self, paper: Paper, row: Row, *, count: bool) -> Issued:
        key = (row["number"], row["version"])
        copy = self.prints.get(key, 0) + 1 if count else 0
        return Issued(_whose(row), paper, Issue(*key, row["issued_on"], row["code"], copy), row)

    def _print(self, paper: Issued) -> int:
        key = (paper.issue.number, paper.issue.version)
        self.prints[key] = self.prints.get(key, 0) + 1
        return self.prints[key]


def paper_of_code(centre: Centre, code: str) -> tuple[Known, bool] | None:
    """The paper that a code belongs to, and whether the register holds it as the audit log knows it; null where none."""
    seq = sequence(code)
    record = record_of(centre.workspace.audit_dir, centre.workspace.keys.audit, seq) if seq else None
    paper = known(record, code) if record else None
    if paper is None:
        return None
    register = Register.open(centre)
    rows = register.issued.filter(
        pl.col("number") == paper.number, pl.col("version") == paper.version, pl.col("content") == paper.digest
    )
    if rows.is_empty():
        return paper, False
    again = register.again(_whose(rows.row(0, named=True)), paper.version, count=False)
    return paper, again is not None and again.paper.digest() == paper.digest


def _whose(row: Row) -> Whose:
    return row["paper"], row["household_no"], row["member_no"]


def _frame(table: Any, rows: Sequence[tuple[Any, ...]]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=dict(table.columns), orient="row")
