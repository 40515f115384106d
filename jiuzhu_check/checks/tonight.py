"""今晚 tonight: what has changed since the last complete run, and so whether only some households need be checked anew.

A run says what it rests on. Where all of it stands but records that increments changed, some households of the roster,
answers, decisions and consents of people, and the day, the next run begins from it (checks/relinking.py). Anything else may change anything, and all is checked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from jiuzhu_check.checks import results
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.first_night import READ, first_read, newly_connected, places_read
from jiuzhu_check.checks.kept_run import DATASET, DEEPEST, KeptRun
from jiuzhu_check.checks.rests_on import as_then, judged, read_then, said_since
from jiuzhu_check.checks.roster_difference import RosterDifference, roster_difference
from jiuzhu_check.checks.sources import SourceState
from jiuzhu_check.errors import IntegrityError
from jiuzhu_check.intake.changed import Changed, changed_since
from jiuzhu_check.tables.link import LINK
from jiuzhu_check.tables.record import CIVIL_STATUS, PUBLIC_PAYROLL
from jiuzhu_check.tables.run import RUN
from jiuzhu_check.tables.side_by_side import side_by_side

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


def tonight(centre: Centre, kind: str, as_of: date) -> Tonight | str:
    """From where a night begins; or why all is checked: first, deep, day, new, kin, delivery, roster, or as as_then says it."""
    last = results.last_complete(centre.store, kind)
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
