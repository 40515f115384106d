"""发现经过 finding history: since when a finding is known, which checks had it, what the township and the household said of it."""

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


def finding_history(store: Store, findings: pl.DataFrame, as_of: date, night: KeptRun | None = None) -> pl.DataFrame:
    """FINDING_EVENT rows of a run's findings until its day, each finding's in order; the run itself is not kept yet.

    findings: FINDING
    night:    a kept run that is open, and found the same of these households
    """
    if findings.is_empty():
        return FINDING_EVENT.empty()
    mine = _of(findings)
    told = [
        findings.select("finding_id", day="first_seen", event=pl.lit("first_seen")),
        *_checked(store, findings, as_of, night),
        read_reexaminations(store, as_of)
        .filter(mine)
        .select("finding_id", day="signed_on", event=pl.lit("answered"), no="reexamination_no", said=in_words()),
        *_disputed(read_appended(store, DISPUTES, DISPUTE).filter(mine), as_of),
    ]
    return pl.concat(FINDING_EVENT.fit(each) for each in told).sort("finding_id", "day", maintain_order=True)


def _checked(store: Store, findings: pl.DataFrame, as_of: date, night: KeptRun | None) -> list[pl.DataFrame]:
    """The newest checks of everybody that were kept and made one of these households' findings, oldest first."""
    names = [each.id for each in store.snapshots(DATASET) if not each.id[7:].startswith("case-")]
    runs = [opened(store, name, night) for name in names[-LOOKED_INTO:]]
    homes, mine = findings["household_no"].unique(), _of(findings)

    def of(run: KeptRun) -> pl.DataFrame:
        if night is not None and run.id == night.id:
            found = findings
        else:
            held = run.holding(homes[0]) if homes.len() == 1 else run
            found = held.read("finding", ["finding_id", "status"], where=mine, homes=homes)
        day = pl.lit(results.day_of(run))
        return found.select("finding_id", day=day, event=pl.lit("checked"), no=pl.lit(run.name), said="status")

    return list(side_by_side(of, [run for run in runs if results.day_of(run) <= as_of]))


def _of(findings: pl.DataFrame) -> pl.Expr:
    return pl.col("finding_id").is_in(findings["finding_id"].to_list())


def _disputed(steps: pl.DataFrame, as_of: date) -> list[pl.DataFrame]:
    """Each step of the disputes, with what was said at it."""
    ended = pl.col("outcome").replace(OUTCOMES)
    of_step = {
        "opened": ("opened_on", pl.col("ground")),
        "evidence": ("evidence_on", _joined(pl.col("evidence"), pl.format("{} 前办结", "due_on"))),
        "closed": ("closed_on", _joined(ended, pl.col("note"), pl.format("文号 {}", "document_no"))),
    }
    return [
        steps.filter(pl.col("event") == event, pl.col(day) <= as_of).select(
            "finding_id", "event", day=day, no="dispute_no", said=said
        )
        for event, (day, said) in of_step.items()
    ]


def _joined(*words: pl.Expr) -> pl.Expr:
    return pl.concat_str(words, separator="；", ignore_nulls=True)
