"""名册之变 roster difference: the households that stand otherwise on the roster than they did when the last run read it."""

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.kept_run import HOME
from jiuzhu_check.intake.roster_brought import brought_since
from jiuzhu_check.intake.stored import ROSTER_DATASET, read_roster
from jiuzhu_check.store.bucket import bucket_text
from jiuzhu_check.store.snapshot import Snapshot
from jiuzhu_check.tables.roster import ROSTER

_ROW = list(ROSTER.columns)
_PERSON = ["number", "name_key"]


@dataclass(frozen=True)
class RosterDifference:
    """The households of any stage whose rows differ.

    before:    the roster of the last run
    then, now: their ROSTER rows: as that had them, and as they are
    """

    before: Snapshot
    then: pl.DataFrame
    now: pl.DataFrame

    @cached_property
    def homes(self) -> pl.Series:
        """Their numbers."""
        return pl.concat([self.then[HOME], self.now[HOME]]).unique().sort()

    @cached_property
    def numbers(self) -> pl.Series:
        """The valid numbers of those who came, went, or bear another name."""
        both = pl.concat([frame.select(_PERSON).unique() for frame in (self.then, self.now)])
        return both.filter(~both.is_duplicated())["number"].drop_nulls().unique()

    @cached_property
    def came(self) -> pl.Series:
        """The valid numbers that nobody of these had."""
        return _only(self.now["number"], self.then["number"])

    @cached_property
    def went(self) -> pl.Series:
        """The valid numbers that nobody of these has any more."""
        return _only(self.then["number"], self.now["number"])

    def applied(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Rows of the recipients as the last run had them → the same columns of the recipients as they are, in order."""
        now = self.now.filter(pl.col("stage") == "recipient").select(rows.columns)
        others = rows.filter(~pl.col(HOME).is_in(self.homes.implode()))
        return pl.concat([others, now]).sort(HOME, pl.col("member_no").cast(pl.Int64))


def roster_difference(centre: Centre, before: str) -> RosterDifference | None:
    """What differs of the roster as it stands from an earlier one; null where that cannot be told.

    before: the earlier one's id
    raises: IntegrityError where what is left of it is damaged
    """
    now = centre.roster_snapshot()
    homes = brought_since(centre.store, before, now)
    if homes is None:
        return None
    earlier = centre.store.snapshot(ROSTER_DATASET, before)
    had, have = (_rows(each, homes, centre.store.bucket_key) for each in (earlier, now))
    other = [one.join(two, on=_ROW, how="anti", nulls_equal=True)[HOME] for one, two in ((had, have), (have, had))]
    differ = pl.col(HOME).is_in(pl.concat(other).implode())
    return RosterDifference(earlier, had.filter(differ), have.filter(differ))


def _rows(roster: Snapshot, homes: pl.Series, key: bytes) -> pl.DataFrame:
    """The ROSTER rows of some households. Opens their parts alone."""
    place = bucket_text(pl.col(HOME), int(roster.facts["parts"]), key)
    places = homes.to_frame(HOME).select(place).to_series().unique().sort()
    return read_roster(roster, [f"h{each:03}" for each in places], where=pl.col(HOME).is_in(homes.implode()))


def _only(numbers: pl.Series, beside: pl.Series) -> pl.Series:
    return numbers.filter(~numbers.is_in(beside.implode())).drop_nulls().unique()
