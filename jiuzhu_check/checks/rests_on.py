"""依据 what a run rests on, and how much of that stands: the program, the policy, the sources, and what people have said.

Where all of it stands, the next night begins from the run (checks/tonight.py), and a question about one household is answered
from it (checks/last_night.py).
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from jiuzhu_check.checks import results
from jiuzhu_check.checks.appended import read_appended
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.consent import read_consents
from jiuzhu_check.checks.decisions import read_decisions
from jiuzhu_check.checks.kept_run import HOME, KeptRun
from jiuzhu_check.checks.part_code import program_code, program_files
from jiuzhu_check.checks.reexaminations import DISPUTES, read_reexaminations
from jiuzhu_check.checks.sources import SourceState, is_signed, source_states
from jiuzhu_check.tables.dispute import DISPUTE

# Of what a run rests on, what must be as it was: its key → what it is called where it is not.
_STANDS = {
    "policy": "policy",
    "month": "month",
    "sources": "source",
    "spelt": "connector",
}


def rests_on(centre: Centre, as_of: date, states: list[SourceState], programmes: list[str | None]) -> dict[str, Any]:
    """What a run rests on; no personal data."""
    return {"program": program_code(), "files": program_files(), **_inputs(centre, as_of, states, programmes)}


def _inputs(centre: Centre, as_of: date, states: list[SourceState], programmes: list[str | None]) -> dict[str, Any]:
    signed = [state for state in states if is_signed(state)]
    return {
        "policy": centre.policy.fingerprint(as_of),
        "month": f"{as_of:%Y-%m}",
        "roster": str(centre.roster_snapshot().facts["content"]),
        "roster_snapshot": centre.roster_snapshot().id,
        "consents": read_consents(centre.store).height,
        "programmes": sorted(programmes, key=str),
        "sources": [
            [state.source.id, state.supplier, state.state, state.reason, state.requirement, dict(state.programmes)]
            for state in states
        ],
        "spelt": [[state.source.id, state.source.fingerprint] for state in signed],
        "snapshots": [[state.source.id, state.supplier, state.snapshot.id] for state in signed if state.snapshot],
        "decisions": read_decisions(centre.store).height,
        "answers": read_reexaminations(centre.store).height,
        "disputes": read_appended(centre.store, DISPUTES, DISPUTE).height,
    }


def as_then(centre: Centre, run: KeptRun, as_of: date) -> tuple[list[SourceState], str | None]:
    """The sources as they are now, and why a run of everybody may say something else: program, of _STANDS, asked, or new.

    Null where all that it rests on stands but the records that came, what people said, and the day.
    """
    then = run.facts[results.RESTS_ON]
    states = source_states(centre.store, centre.sources, centre.register, as_of, then["programmes"])
    if not is_program_of(then):
        return states, "program"
    now = _inputs(centre, as_of, states, then["programmes"])
    for key, why in _STANDS.items():
        if now[key] != then[key]:
            return states, why
    if any(state.source.inquiry for state in states if is_signed(state)):
        return states, "asked"
    if any(state["newly_connected"] for state in run.facts["source_state"]):
        return states, "new"  # what was marked so is marked no longer
    return states, None


def read_then(run: KeptRun) -> dict[tuple[str, str], str]:
    """Source and supplier → the snapshot that a run stands upon."""
    return {(source, supplier): snapshot for source, supplier, snapshot in run.facts[results.RESTS_ON]["snapshots"]}


def is_program_of(then: Mapping[str, Any]) -> bool:
    """Whether it was this program; then: what a run rests on."""
    return bool(then.get("files") == program_files() or then["program"] == program_code())


def said_since(centre: Centre, then: Mapping[str, Any], before: date, as_of: date) -> pl.Series:
    """The households of which people have said something since a run of a day, or whose day has come.

    then: what the run rests on
    """
    decisions = read_decisions(centre.store)
    answers, disputes = read_reexaminations(centre.store), read_appended(centre.store, DISPUTES, DISPUTE)

    def came(*days: str) -> pl.Expr:
        return pl.any_horizontal((pl.col(day) > before) & (pl.col(day) <= as_of) for day in days).fill_null(value=False)

    homes = [
        decisions.slice(then["decisions"])[HOME],
        answers.slice(then["answers"])[HOME],
        disputes.slice(then["disputes"])[HOME],
        read_consents(centre.store).slice(then["consents"])[HOME],
    ]
    homes += [answers.filter(came("signed_on"))[HOME]] if answers.height else []
    homes += [disputes.filter(came("opened_on", "closed_on"))[HOME]] if disputes.height else []
    return pl.concat(homes).drop_nulls().unique().sort()


def judged(centre: Centre, then: Mapping[str, Any]) -> pl.DataFrame:
    """Source, supplier and subject of what decisions speak of, and whether any of them is new."""
    decisions = read_decisions(centre.store).with_row_index("_at")
    told = decisions.select("source", "supplier", "subject", new=pl.col("_at") >= then["decisions"])
    return told.group_by("source", "supplier", "subject").agg(pl.col("new").any())
