"""发现经过 finding history: since when a finding is known, which checks had it, what the township and the household said of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from jiuzhu_check.checks import results
from jiuzhu_check.checks.appended import read_appended
from jiuzhu_check.checks.kept_run import DATASET, KeptRun, opened
from jiuzhu_check.checks.reexaminations import DISPUTES, in_words, read_reexaminations
from jiuzhu_check.store.snapshot import Store
from jiuzhu_check.tables.dispute import DISPUTE
from jiuzhu_check.tables.finding_event import FINDING_EVENT
from jiuzhu_check.tables.reexamination import OUTCOMES
from jiuzhu_check.tables.side_by_side import side_by_side

LOOKED_INTO = 3  # checks of everybody, the newest: each is opened for it; finding show looks into every one


@dataclass(frozen=True)
class Earlier:
    """One earlier check of everybody.

    found: finding_id and status of some households' findings in it; null where they are those of the run that was given
    """

    run: KeptRun
    found: pl.DataFrame | None


def earlier_checks(store: Store, homes: pl.Series, as_of: date, night: KeptRun | None = None) -> list[Earlier]:
    """The newest checks of everybody that were kept, until a day, and what they found of these households; oldest first.

    night: a kept run that is open
    """
    names = [each.id for each in store.snapshots(DATASET) if not each.id[7:].startswith("case-")]
    runs = [opened(store, name, night) for name in names[-LOOKED_INTO:]]

    def held(run: KeptRun) -> KeptRun:
        return run.holding(homes[0]) if homes.len() == 1 else run

    mine = None if night is None else held(night).id

    def of(run: KeptRun) -> Earlier:
        theirs = held(run)
        if theirs.id == mine:
            return Earlier(run, None)
        return Earlier(run, theirs.read("finding", ["finding_id", "status"], homes=homes))

    return list(side_by_side(of, [run for run in runs if results.day_of(run) <= as_of]))


def finding_history(
    store: Store, findings: pl.DataFrame, as_of: date, earlier: Sequence[Earlier] | None = None
) -> pl.DataFrame:
    """FINDING_EVENT rows of a run's findings until its day, each finding's in order; the run itself is not kept yet.

    findings: FINDING
    earlier:  as earlier_checks gave it of their households, of a kept run that found just these findings
    """
    if findings.is_empty():
        return FINDING_EVENT.empty()
    known = earlier_checks(store, findings["household_no"].unique(), as_of) if earlier is None else earlier
    mine = _of(findings)
    told = [
        findings.select("finding_id", day="first_seen", event=pl.lit("first_seen")),
        *(_checked(each, findings) for each in known),
        *_answered(read_reexaminations(store, as_of), mine),
        *_disputed(read_appended(store, DISPUTES, DISPUTE), mine, as_of),
    ]
    return pl.concat(FINDING_EVENT.fit(each) for each in told).sort("finding_id", "day", maintain_order=True)


def _checked(earlier: Earlier, findings: pl.DataFrame) -> pl.DataFrame:
    """One row for each of these findings that an earlier check made."""
    found = findings if earlier.found is None else earlier.found.filter(_of(findings))
    day = pl.lit(results.day_of(earlier.run))
    return found.select("finding_id", day=day, event=pl.lit("checked"), no=pl.lit(earlier.run.name), said="status")


def _of(findings: pl.DataFrame) -> pl.Expr:
    return pl.col("finding_id").is_in(findings["finding_id"].to_list())


def _answered(answers: pl.DataFrame, mine: pl.Expr) -> list[pl.DataFrame]:
    """What the township said. Most centres have few answers, and many have none: then nothing is made of them."""
    if answers.is_empty():
        return []
    said = {"day": "signed_on", "event": pl.lit("answered"), "no": "reexamination_no", "said": in_words()}
    return [answers.filter(mine).select("finding_id", **said)]


def _disputed(steps: pl.DataFrame, mine: pl.Expr, as_of: date) -> list[pl.DataFrame]:
    """Each step of the disputes, with what was said at it."""
    if steps.is_empty():
        return []
    ended = pl.col("outcome").replace(OUTCOMES)
    of_step = {
        "opened": ("opened_on", pl.col("ground")),
        "evidence": ("evidence_on", _joined(pl.col("evidence"), pl.format("{} 前办结", "due_on"))),
        "closed": ("closed_on", _joined(ended, pl.col("note"), pl.format("文号 {}", "document_no"))),
    }
    return [
        steps.filter(mine, pl.col("event") == event, pl.col(day) <= as_of).select(
            "finding_id", "event", day=day, no="dispute_no", said=said
        )
        for event, (day, said) in of_step.items()
    ]


def _joined(*words: pl.Expr) -> pl.Expr:
    return pl.concat_str(words, separator="；", ignore_nulls=True)
