"""今晚 tonight: what has changed since the last complete run, and so whether only some households need be checked anew.

A run says what it rests on. Where all of it stands but records that increments changed, answers, decisions and consents
of people, and the day, the next run begins from it (checks/relinking.py). Anything else may change anything, and all is checked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from jiuzhu_check.checks import results
from jiuzhu_check.checks.appended import read_appended
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.consent import read_consents
from jiuzhu_check.checks.decisions import read_decisions
from jiuzhu_check.checks.first_night import READ, first_read, newly_connected, places_read
from jiuzhu_check.checks.kept_run import DATASET, DEEPEST, HOME, KeptRun, opened
from jiuzhu_check.checks.part_code import program_code, program_files
from jiuzhu_check.checks.reexaminations import DISPUTES, read_reexaminations
from jiuzhu_check.checks.roster_difference import RosterDifference, roster_difference
from jiuzhu_check.checks.sources import SourceState, is_signed, source_states
from jiuzhu_check.errors import IntegrityError
from jiuzhu_check.intake.changed import Changed, changed_since
from jiuzhu_check.tables.dispute import DISPUTE
from jiuzhu_check.tables.link import LINK
from jiuzhu_check.tables.record import CIVIL_STATUS, PUBLIC_PAYROLL
from jiuzhu_check.tables.run import RUN
from jiuzhu_check.tables.side_by_side import side_by_side

# Of what a run rests on, what must be as it was: its key → what it is called where it is not.
_STANDS = {
    "policy": "policy",
    "month": "month",
    "sources": "source",
    "spelt": "connector",
}
# Of more households that stand otherwise on the roster, all are checked: a share of those under check, or so many.
_SHARE, _FEW = 0.1, 20
_KIN = (CIVIL_STATUS.name, PUBLIC_PAYROLL.name)  # rules look into these beside the members' own records


class Everything(Exception):
    """Why all households have to be checked anew after all."""


@dataclass(frozen=True)
class Tonight:
    """A night that begins from the last complete run.

    last:     that run
    states:   the sources as they are now
    changed:  source and supplier → what increments changed; null where they are as they were, or whole
    anew:     those that were delivered whole
    roster:   the households that stand otherwise on the roster; null where it is as it was
    said:     households of whose findings, links and consents people have said something since
    subjects: source, supplier and subject of the records of which people have said whose they are, ever
    before:   the day of the last run
    """

    last: KeptRun
    states: list[SourceState]
    changed: Mapping[tuple[str, str], Changed | None]
    anew: frozenset[tuple[str, str]]
    roster: RosterDifference | None
    said: pl.Series
    subjects: pl.DataFrame
    before: date

    def links_of(self, subjects: pl.DataFrame) -> pl.DataFrame:
        """The last run's LINK rows of some things; subjects: source, supplier and subject."""
        if subjects.is_empty():
            return LINK.empty()
        named = pl.col("subject").is_in(subjects["subject"].implode(), nulls_equal=True)
        whose = ["source", "supplier", "subject"]
        return LINK.fit(self.last.read("link", where=named)).join(subjects, on=whose, how="semi", nulls_equal=True)


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


def tonight(centre: Centre, kind: str, as_of: date) -> Tonight | str:
    """From where a night begins; or why everything is checked: first, deep, day, new, asked, kin, delivery, or of _STANDS."""
    last = last_complete(centre, kind)
    if last is None:
        return "first"
    before, then = results.day_of(last), last.facts[results.RESTS_ON]
    if last.depth + 1 >= DEEPEST:
        return "deep"
    if as_of < before:
        return "day"
    states, why = as_then(centre, last, as_of)
    if why is not None:
        return why
    roster = None
    if str(centre.roster_snapshot().facts["content"]) != then["roster"]:
        roster = _on_roster(centre, last)
        if roster is None:
            return "roster"
    if newly_connected(first_read(centre.store, DATASET), kind, as_of, places_read(states)):
        return "new"
    read = {(each.source.id, each.supplier): each for each in states if each.snapshot and each.state in READ}
    had = read_then(last)
    others = [place for place, state in read.items() if state.snapshot and state.snapshot.id != had[place]]
    if any(read[place].source.table in _KIN for place in others):
        return "kin"
    found = side_by_side(lambda place: _changed(centre, had[place], read[place]), others)
    changed = dict.fromkeys(read) | dict(zip(others, found, strict=True))
    anew = {place for place in others if changed[place] is None}
    if anew and len(anew) == len(changed):
        return "delivery"
    said = said_since(centre, then, before, as_of)
    return Tonight(last, states, changed, frozenset(anew), roster, said, judged(centre, then), before)


def _on_roster(centre: Centre, last: KeptRun) -> RosterDifference | None:
    """What differs of the roster; null where that cannot be told, or where it is so much that all is checked as fast."""
    try:
        differs = roster_difference(centre, str(last.facts[results.RESTS_ON]["roster_snapshot"]))
    except IntegrityError:
        return None
    most = max(_FEW, _SHARE * int(results.about(last, RUN)["households"][0]))
    return differs if differs is not None and differs.homes.len() <= most else None


def _changed(centre: Centre, before: str, state: SourceState) -> Changed | None:
    """What increments changed of a source since a snapshot; null where the whole of it has to be read."""
    assert state.snapshot is not None, "only a source that was read has changes"
    try:
        return changed_since(centre.store, before, state.snapshot)
    except IntegrityError:
        return None


def last_complete(centre: Centre, kind: str) -> KeptRun | None:
    """The last run of a kind, if it was made of whole parts by a program that says what it rests on."""
    for entry in centre.store.snapshots(DATASET)[::-1]:
        if entry.id[7:].startswith(f"{kind}-"):
            run = opened(centre.store, entry.id)
            if results.about(run, RUN)["portion"][0] is not None:
                continue
            states = [state["state"] for state in run.facts["source_state"]]
            return run if results.RESTS_ON in run.facts and not {"damaged", "partial"} & set(states) else None
    return None


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
        answers.filter(came("signed_on"))[HOME],
        disputes.slice(then["disputes"])[HOME],
        disputes.filter(came("opened_on", "closed_on"))[HOME],
        read_consents(centre.store).slice(then["consents"])[HOME],
    ]
    return pl.concat(homes).drop_nulls().unique().sort()


def judged(centre: Centre, then: Mapping[str, Any]) -> pl.DataFrame:
    """Source, supplier and subject of what decisions speak of, and whether any of them is new."""
    decisions = read_decisions(centre.store).with_row_index("_at")
    told = decisions.select("source", "supplier", "subject", new=pl.col("_at") >= then["decisions"])
    return told.group_by("source", "supplier", "subject").agg(pl.col("new").any())
