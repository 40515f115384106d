"""重量同名 reweighing: how many others fit a record without a usable number tonight, from what the last run counted.

Of the extract only those are read who bear a name that nobody had looked for, and the numbers that have another record.
"""

from functools import partial

import polars as pl

from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.sources import SourceState, of_source
from jiuzhu_check.checks.tonight import Everything, Tonight
from jiuzhu_check.intake.changed import Changed
from jiuzhu_check.intake.stored import read_owners
from jiuzhu_check.matching.namesakes import (
    NAMED,
    Holders,
    counted_on,
    meant_by,
    other_holders,
    weighed,
    weighed_again,
    weighed_alike,
)
from jiuzhu_check.store.snapshot import Snapshot
from jiuzhu_check.tables.record import ORIGIN
from jiuzhu_check.tables.side_by_side import side_by_side

_PAIR = [*ORIGIN, "household_no", "member_no", "shown", "number_evidence"]  # one record may mean a member in two ways


class Namesakes:
    """Who bears which name, source by source: as the last run had it, and tonight.

    everybody:     number and name_key of everybody on the roster, before: as it was; the same where nothing differs
    moved:         the numbers whose holders on the roster are others
    people, names: PEOPLE and NAMES of the last run's ground
    """

    def __init__(
        self,
        everybody: pl.DataFrame,
        before: pl.DataFrame,
        moved: pl.Series,
        people: pl.DataFrame,
        names: pl.DataFrame,
    ) -> None:
        self.everybody, self._before, self._moved, self._names = everybody, before, moved, names
        self._people: dict[tuple[str, str], int | None] = {
            (source, supplier): count
            for source, supplier, count in people.select("source", "supplier", "people").iter_rows()
        }

    def people(self, state: SourceState) -> int | None:
        """The people of the last run; raises Everything where it did not open the source."""
        place = state.source.id, state.supplier
        if place not in self._people:
            raise Everything("consent")
        return self._people[place]

    def names(self, state: SourceState) -> pl.DataFrame:
        """NAMED rows of the last run."""
        return self._names.filter(of_source(state)).select(list(NAMED))

    def weighed(
        self, state: SourceState, then: pl.DataFrame, still: pl.DataFrame, came: pl.DataFrame, changed: Changed
    ) -> tuple[pl.DataFrame, int | None, pl.DataFrame]:
        """The pairs weighed against everybody of their names in the extract as it is, and on the roster; its people and names.

        then:  pairs that were weighed by the last run
        still: those of them that stand, for which only the numbers count that have other holders now
        came:  pairs of new records; where the last run weighed the same, though of another record, it is as if they stood
        """
        before = self.people(state)
        if before is None:  # nobody had to know: all is looked up
            still, came = still.clear(), pl.concat([still, came])
        else:
            alike = weighed_alike(came, then)
            still, came = pl.concat([still, alike]), came.join(alike, on=_PAIR, how="anti", nulls_equal=True)
        known, people = self.names(state), None if before is None else before + changed.people
        was, now = self._holding(changed, known["owner_name"])
        stood = still if people is None else weighed_again(still, known, was, now, people)
        holders = self._holders(state, came, people)
        loose = pl.concat([stood, weighed(came, holders).select(stood.columns)])
        counts = [counted_on(known, was, now), holders.counts().join(known, on="owner_name", how="anti")]
        names = pl.concat(each.select(list(NAMED)) for each in counts)
        looked = people is not None or bool(holders.names.len())
        return loose, holders.numbers if looked else None, borne(names, loose)

    def _holders(self, state: SourceState, pairs: pl.DataFrame, people: int | None) -> Holders:
        """Who holds the pairs' names, in the extract and on the roster; its people are counted where they are not known."""
        holders = Holders({*pairs["owner_key"].drop_nulls(), *pairs["name_key"].drop_nulls()})
        if holders.names.len() and state.snapshot is not None:
            parts = [name for name in state.snapshot.part_names() if name.startswith("n")]
            for found in side_by_side(partial(_holders_in, state.snapshot, holders, count=people is None), parts):
                holders.take(*found)
            holders.know(self.everybody)
        holders.numbers = holders.numbers if people is None else people
        return holders

    def _holding(self, changed: Changed, names: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
        """HOLDER rows of extract and roster under the numbers that stand under other names: as it was, and as it is.

        names: those of the last run's pairs; nobody of another name counts
        """
        holders = changed.holders(names)
        before, after = other_holders(*holders)
        if self._moved.is_empty():
            numbers = pl.concat([before["owner_no"], after["owner_no"]])
            rostered = _rostered(self.everybody, numbers, names)
            return pl.concat([rostered, before]).unique(), pl.concat([rostered, after]).unique()
        numbers = pl.concat([before["owner_no"], after["owner_no"], self._moved]).unique()
        here = pl.col("owner_no").is_in(numbers.implode())
        both = zip((self._before, self.everybody), holders, strict=True)
        was, now = (pl.concat([_rostered(people, numbers, names), held.filter(here)]).unique() for people, held in both)
        return was, now


def borne(names: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Of NAMED rows those of the names that some pairs bear."""
    either = pl.concat([pairs["owner_key"], pairs["name_key"]]).unique()
    return names.filter(pl.col("owner_name").is_in(either.implode()))


def _rostered(people: pl.DataFrame, numbers: pl.Series, names: pl.Series) -> pl.DataFrame:
    """HOLDER rows of these numbers on a roster, of those whom some names may mean."""
    here = people.filter(pl.col("number").is_in(numbers.implode()))
    return meant_by(names, here.select(owner_name="name_key", owner_no="number"))


def namesakes_of(centre: Centre, night: Tonight) -> tuple[pl.DataFrame, pl.DataFrame, pl.Series]:
    """Number and name_key of everybody on the roster, the same of the last run's, and the numbers whose holders are others."""
    now = _everybody_of(centre.roster_snapshot())
    if night.roster is None:
        return now, now, pl.Series(dtype=pl.String)
    return now, _everybody_of(night.roster.before), night.roster.numbers


def _everybody_of(roster: Snapshot) -> pl.DataFrame:
    names = [name for name in roster.part_names() if name.startswith("h")]
    return pl.concat(side_by_side(partial(roster.read, columns=["number", "name_key"]), names))


def _holders_in(snapshot: Snapshot, holders: Holders, name: str, *, count: bool) -> tuple[pl.DataFrame, int]:
    """HOLDER rows of one part, and its people where they are to be counted."""
    if count:
        part = read_owners(snapshot, name)
        return holders.among(part), holders.people(part)
    return holders.among(read_owners(snapshot, name, where=pl.col("owner_name").is_in(holders.names.implode()))), 0
