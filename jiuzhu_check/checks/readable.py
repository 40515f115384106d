"""可查的成员 readable: of whom records may be read tonight, against the last run."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.consent import papers
from jiuzhu_check.checks.ground import APART, EXTRA, INDEXED, laid_out
from jiuzhu_check.checks.kept_run import HOME
from jiuzhu_check.checks.reach import Reach, reach_of
from jiuzhu_check.checks.roster_difference import RosterDifference
from jiuzhu_check.checks.run_decoys import run_decoys
from jiuzhu_check.checks.sources import SourceState
from jiuzhu_check.checks.tonight import Tonight
from jiuzhu_check.matching.candidates import INDEX, stand_under
from jiuzhu_check.matching.decoys import is_decoy
from jiuzhu_check.tables import roster as rosters

_MEMBER = ["household_no", "member_no"]


def reach_now(
    centre: Centre, roster: pl.DataFrame, states: list[SourceState], as_of: date
) -> tuple[pl.DataFrame, Reach]:
    """MEMBER rows of some ROSTER rows, and what may be read of them on a day."""
    members, households = rosters.members(roster), rosters.households(roster)
    return members, reach_of(members, households, papers(centre.store, roster), states, as_of)


def apart_of(reach: Reach, members: pl.DataFrame) -> pl.DataFrame:
    """APART rows: for whom of these members, all of whom may be read, a source may not be."""
    homes = members.select(HOME).unique()
    frames = [
        each.join(homes, on=HOME, how="semi").select(
            source=pl.lit(source), household_no=HOME, member_no=pl.lit(None, pl.String)
        )
        for source, each in reach.unsigned.items()
    ]
    frames += [
        each.select(source=pl.lit(source), household_no=HOME, member_no="member_no")
        for source, each in reach.beyond.items()
    ]
    return laid_out(APART, frames)


@dataclass(frozen=True)
class Readable:
    """Of whom records may be read tonight, against the last run.

    index:   the members whose records may be read, and the decoys
    apart:   of these, for whom a source may not be read (APART)
    extra:   numbers not their own under which records of them may stand (EXTRA)
    left:    whoever was in the last run's index and is not, or not so; came: whoever is in it and was not, or not so
    numbers: valid numbers under which others may stand than did, though no record changed
    homes:   the households of those to whom any of that happened; decoys: the decoys' own
    """

    index: pl.DataFrame
    apart: pl.DataFrame
    extra: pl.DataFrame
    left: pl.DataFrame
    came: pl.DataFrame
    numbers: pl.Series
    homes: pl.Series
    decoys: pl.Series


def readable(
    centre: Centre, night: Tonight, roster: pl.DataFrame, ground: Mapping[str, pl.DataFrame], as_of: date
) -> Readable:
    """Who may be read, from who might be by the last run and what has become of some households.

    roster: ROSTER rows as they are now of the recipients' households to whom anything happened
    ground: of the last run: INDEXED, APART, EXTRA
    """
    index, differs = ground[INDEXED], night.roster
    members, reach = reach_now(centre, roster, night.states, as_of)
    allowed = members.join(reach.barred, on=_MEMBER, how="anti", maintain_order="left")
    asked = pl.concat([roster[HOME], *([differs.homes] if differs else [])]).unique()
    theirs = pl.col(HOME).is_in(asked.implode())
    now, then = allowed.select(INDEX), index.filter(theirs)
    apart = pl.concat([ground[APART].filter(~theirs), apart_of(reach, allowed)]).sort(HOME, maintain_order=True)
    # what is said of one of a household may rest on any other of it: all of them come anew
    others = [_otherwise(then, now), _otherwise(ground[APART], apart)]
    others += [_called_otherwise(differs)] if differs else []
    anew = pl.col(HOME).is_in(pl.concat(others).implode())
    came, left = now.filter(anew), then.filter(anew)
    if came.is_empty() and left.is_empty() and differs is None:
        nobody = pl.Series(dtype=pl.String)
        return Readable(index, apart, ground[EXTRA], left, came, nobody, nobody, nobody)
    people, decoys_then = index.filter(~is_decoy()), index.filter(is_decoy())
    people = people.join(left, on=_MEMBER, how="anti", maintain_order="left")
    if came.height:
        people = pl.concat([people, came]).sort(HOME, pl.col("member_no").cast(pl.Int64))
    decoys = run_decoys(people, as_of, centre.on_roster).sort(HOME)
    came, left = (
        pl.concat([each, _beside(one, two)])
        for each, one, two in ((came, decoys, decoys_then), (left, decoys_then, decoys))
    )
    index = pl.concat([decoys, people])
    had, extra = ground[EXTRA], _extra(centre, night, ground[EXTRA], index, left, came)
    stood = had.join(left, on=_MEMBER, how="anti")
    more = pl.concat([_beside(stood, extra), _beside(extra, stood)])
    numbers = [came["number"], _still_others(left, had, index), more["owner_no"]]
    numbers += [differs.numbers] if differs else []
    homes = pl.concat([each.select(HOME) for each in (left, came, more)]).unique()
    return Readable(
        index,
        apart,
        extra,
        left,
        came,
        pl.concat(numbers).drop_nulls().unique(),
        homes.filter(~is_decoy())[HOME],
        homes.filter(is_decoy())[HOME],
    )


def _extra(
    centre: Centre, night: Tonight, had: pl.DataFrame, index: pl.DataFrame, left: pl.DataFrame, came: pl.DataFrame
) -> pl.DataFrame:
    """EXTRA rows as they are now: what is somebody's own on the roster is theirs alone."""
    if night.roster is not None and night.roster.went.len():  # it may have been somebody else's extra one all along
        return laid_out(EXTRA, [_others(index, centre)])
    taken = night.roster.came if night.roster is not None else pl.Series(dtype=pl.String)
    stood = had.join(left, on=_MEMBER, how="anti", maintain_order="left")
    return laid_out(EXTRA, [stood.filter(~pl.col("owner_no").is_in(taken.implode())), _others(came, centre)])


def _others(index: pl.DataFrame, centre: Centre) -> pl.DataFrame:
    return stand_under(index, centre.on_roster).filter(pl.col("number_evidence").is_not_null())


def _still_others(left: pl.DataFrame, had: pl.DataFrame, index: pl.DataFrame) -> pl.Series:
    """The numbers under which somebody else still stands, or may, of those who left."""
    shared = had.filter(pl.col("owner_no").is_duplicated()).join(left, on=_MEMBER, how="semi")["owner_no"]
    return pl.concat([left.join(index, on="number", how="semi")["number"], shared])


def _called_otherwise(differs: RosterDifference) -> pl.Series:
    """The households whose members are others, or bear other names: a record may be in a relative's."""
    then, now = (
        frame.filter(pl.col("stage") == "recipient").select(*_MEMBER, "name_key")
        for frame in (differs.then, differs.now)
    )
    return _otherwise(then, now)


def _otherwise(then: pl.DataFrame, now: pl.DataFrame) -> pl.Series:
    """The households of which some row is another than it was."""
    return pl.concat([_beside(then, now), _beside(now, then)])[HOME]


def _beside(rows: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """The rows that are not among the others."""
    return rows.join(others, on=rows.columns, how="anti", nulls_equal=True, maintain_order="left")
