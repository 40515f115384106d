"""可查的成员 readable: of whom records may be read tonight, against the last run."""

from datetime import date

import polars as pl

from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.consent import papers
from jiuzhu_check.checks.ground import APART, EXTRA, laid_out
from jiuzhu_check.checks.kept_run import HOME
from jiuzhu_check.checks.reach import Reach, reach_of
from jiuzhu_check.checks.run_decoys import run_decoys
from jiuzhu_check.checks.sources import SourceState
from jiuzhu_check.checks.tonight import Everything, Tonight
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


def still_readable(
    centre: Centre, night: Tonight, homes: pl.Series, index: pl.DataFrame, apart: pl.DataFrame, as_of: date
) -> pl.DataFrame:
    """The index without whom the passing of days has made unreadable; raises Everything.

    Who may be read from now on was never looked for. Who may no longer is taken out, unless others' links rest on them.
    """
    theirs = pl.col(HOME).is_in(homes.implode())
    roster = night.last.read("roster", homes=homes)
    members, reach = reach_now(centre, roster, night.states, as_of)
    readable = members.join(reach.barred, on=_MEMBER, how="anti")
    then = index.filter(theirs)
    now = apart_of(reach, readable)
    as_before = now.equals(apart.filter(theirs).sort(HOME, maintain_order=True))
    if readable.join(then, on=_MEMBER, how="anti").height or not as_before:
        raise Everything("consent")
    ended = then.join(readable, on=_MEMBER, how="anti")
    if ended.is_empty():
        return index
    namesakes = then.join(ended.select(HOME, "name_key"), on=[HOME, "name_key"], how="semi")
    extra = night.last.read(EXTRA)
    shared = extra.filter(pl.col("owner_no").is_duplicated()).join(ended, on=_MEMBER, how="semi")
    judged = night.links_of(night.subjects).join(ended, on=_MEMBER, how="semi")
    left = index.join(ended, on=_MEMBER, how="anti", maintain_order="left")
    alike = left.join(ended, on="number", how="semi")
    people, nobody = left.filter(~is_decoy()), left.filter(is_decoy())
    again = run_decoys(people, as_of, centre.on_roster)
    rested = namesakes.height > ended.height or shared.height or judged.height or alike.height
    if rested or not again.sort(HOME).equals(nobody.sort(HOME)):
        raise Everything("consent")
    return left
