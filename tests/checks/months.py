"""Two months at an invented centre: five kept runs, what townships answered, disputes, a closed batch. Nobody is real."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from jiuzhu_check.checks import keeping
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.statistics import collect
from jiuzhu_check.reports.statistics.material import Material, Scope
from jiuzhu_check.tables.account import ACCOUNT, ACCOUNT_LINE
from jiuzhu_check.tables.batch import BATCH
from jiuzhu_check.tables.decoy import DECOY
from jiuzhu_check.tables.dispute import DISPUTE
from jiuzhu_check.tables.reexamination import REEXAMINATION
from jiuzhu_check.tables.roster import ROSTER
from jiuzhu_check.tables.schema import Table
from tests.checks.centres import new_centre
from tests.reports.frames import Frames, a_run, fit

SINCE, TO = date(2018, 11, 1), date(2018, 12, 31)
RECHECK, ENTRY, AGAIN, COMPLETE, CASE = (
    date(2018, 11, 5),
    date(2018, 11, 12),
    date(2018, 12, 3),
    date(2018, 12, 5),
    date(2018, 12, 20),
)
DATA = date(2018, 10, 31)
ACCEPTED = date(2018, 11, 9)
BATCH_NO = "2018年11月第二批"


@dataclass
class Months:
    """A centre to which runs and what came back of them are added."""

    folder: Path
    centre: Centre = field(init=False)
    kept: int = 0

    def __post_init__(self) -> None:
        self.centre = new_centre(self.folder)

    def keep(self, kind: str, day: date, frames: Frames, *, complete: bool = True) -> str:
        """One run; its name."""
        self.kept += 1
        run = f"{kind}-{day:%Y%m%d}-{self.kept:010}"
        named = pl.lit(run).alias("run")
        roster = frames.members.join(frames.households, on="household_no")
        about = frames.run.with_columns(
            named, kind=pl.lit(kind), as_of=pl.lit(day), complete=pl.lit("yes" if complete else "no")
        )
        keeping.keep(
            self.centre.store,
            keeping.Checked(
                about,
                frames.source_states.with_columns(named),
                DECOY.empty(),
                [
                    keeping.Group(
                        {
                            "roster": ROSTER.fit(roster),
                            "link": frames.links.with_columns(named),
                            "finding": frames.findings.with_columns(named),
                            "coverage": frames.coverage.with_columns(named),
                            "account": ACCOUNT.empty(),
                            "account_line": ACCOUNT_LINE.empty(),
                        }
                    )
                ],
            ),
        )
        return run

    def put(self, dataset: str, table: Table, rows: Sequence[dict[str, Any]]) -> None:
        """Add rows to a dataset that grows."""
        store = self.centre.store
        last = store.latest(dataset)
        every = pl.concat([last.read(table.name) if last else table.empty(), fit(table, list(rows))])
        store.publish(dataset, f"{len(store.snapshots(dataset)) + 1:06}", {table.name: every}, data_date=None)

    def answer(self, finding: dict[str, Any], outcome: str, signed_on: date, mark: str | None = None) -> None:
        """The township's answer on one finding."""
        same = {name: finding[name] for name in ("finding_id", "household_no", "member_no", "rule", "subject", "run")}
        self.put(
            "reexaminations",
            REEXAMINATION,
            [{**same, "record_mark": mark, "outcome": outcome, "signed_on": signed_on, "signer": "经办甲"}],
        )

    def dispute(self, finding: dict[str, Any], opened_on: date, due_on: date | None, **closed: Any) -> None:
        """A dispute, opened, and closed where it is said how."""
        store = self.centre.store
        last = store.latest("disputes")
        number = f"Y{(last.read('dispute')['dispute_no'].n_unique() if last else 0) + 1:06}"
        opened = {
            "dispute_no": number,
            "event": "opened",
            "finding_id": finding["finding_id"],
            "household_no": finding["household_no"],
            "member_no": finding["member_no"],
            "ground": "不是本人的",
            "opened_on": opened_on,
            "evidence_on": opened_on if due_on else None,
            "due_on": due_on,
            "known": True,
        }
        self.put("disputes", DISPUTE, [opened, *([{**opened, "event": "closed", **closed}] if closed else [])])

    def close_batch(self, batch: str, on: date) -> None:
        self.put("batches", BATCH, [
            {"batch": batch, "state": "open"},
            {"batch": batch, "state": "closed", "complete": "yes", "closed_by": "经办乙", "closed_on": on},
        ])  # fmt: skip

    def material(self, since: date = SINCE, to: date = TO, **place: str) -> Material:
        """What the statistics of the period are made of."""
        return collect(self.centre, Scope(since, to, **place))


def entrants(count: int = 12) -> Frames:
    """Applicants, all accepted on ACCEPTED in one batch, but one that belongs to none."""
    run = a_run(count, seed=7)
    loose = pl.col("household_no") == run.households["household_no"][-1]
    homes = run.households.with_columns(
        pl.col("household_no").str.replace("JZ", "SQ"),
        stage=pl.lit("applicant"),
        accepted_on=pl.lit(ACCEPTED),
        approved_on=pl.lit(None, pl.Date),
        batch=pl.when(~loose).then(pl.lit(BATCH_NO)),
        region=pl.lit("370602"),
    )
    renamed = pl.col("household_no").str.replace("JZ", "SQ")
    moved = {
        name: getattr(run, name).with_columns(renamed)
        for name in ("members", "findings", "coverage", "links", "declarations")
    }
    return run.but(households=homes, **moved)


def rechecked(day: date, *, without: int = 0) -> Frames:
    """The recipients, with findings first seen on a day; the first so many findings are no more."""
    run = a_run(40)
    return run.but(findings=run.findings.with_columns(first_seen=pl.lit(day), data_date=pl.lit(DATA))[without:])


def one_household(run: Frames) -> Frames:
    """Of a run only its first household."""
    home = run.households["household_no"][0]
    return run.but(**{
        name: getattr(run, name).filter(pl.col("household_no") == home)
        for name in ("households", "members", "findings", "coverage", "links", "declarations")
    })  # fmt: skip


def two_months(folder: Path, *, answered: bool = True) -> Months:
    """The whole story."""
    months = Months(folder)
    first, applied = rechecked(RECHECK), entrants()
    months.keep("recipients", RECHECK, first, complete=False)
    months.keep(
        "entrants", ENTRY, applied.but(findings=applied.findings.with_columns(first_seen=pl.lit(ENTRY))), complete=False
    )
    months.keep("recipients", AGAIN, rechecked(RECHECK, without=4))
    months.keep("entrants", COMPLETE, applied.but(findings=applied.findings.with_columns(first_seen=pl.lit(ENTRY))))
    months.keep("case", CASE, one_household(first))
    if not answered:
        return months
    raised = first.findings.filter(pl.col("kind") != "favourable")[4:].rows(named=True)
    outcomes = ("upheld", "upheld", "explained", "corrected", "cleared", "upheld", "explained", "upheld")
    for place, (finding, outcome) in enumerate(zip(raised, outcomes, strict=False)):
        months.answer(finding, outcome, date(2018, 11, 12 + place))
    months.answer(raised[0], "cleared", date(2018, 12, 10))  # a second answer on the first
    months.dispute(raised[0], date(2018, 12, 3), date(2018, 12, 12), outcome="cleared", cause="wrong_person", closed_on=date(2018, 12, 10))  # fmt: skip
    months.dispute(raised[1], date(2018, 12, 4), date(2018, 12, 13), outcome="upheld", closed_on=date(2018, 12, 20))
    months.dispute(raised[2], date(2018, 12, 5), None)
    months.close_batch(BATCH_NO, date(2018, 12, 7))
    return months
