"""重连 relinking: from the last run's links and what changed since, the households that may differ, and their links now.

It gives what linking everything anew would give of these households, and leaves all others as they are. What differs of
each source is told apart (checks/source_difference.py), and the households put together from it and from what stands.
"""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from functools import partial
from threading import Event

import polars as pl

from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.decisions import read_decisions
from jiuzhu_check.checks.ground import (
    APART,
    EXTRA,
    INDEXED,
    NAMES,
    PEOPLE,
    UNSETTLED,
    before_people,
    held,
    together,
    unsettled,
    with_homes,
)
from jiuzhu_check.checks.keeping import rows_that_stand
from jiuzhu_check.checks.kept_run import DEEPEST, HOME, OWN, TURN, KeptRun
from jiuzhu_check.checks.linking import Linked, Piece, pieces
from jiuzhu_check.checks.progress import Progress
from jiuzhu_check.checks.reach import Reach
from jiuzhu_check.checks.readable import Readable, apart_of, reach_now, readable
from jiuzhu_check.checks.results import seen_earlier
from jiuzhu_check.checks.reweighing import Namesakes, namesakes_of
from jiuzhu_check.checks.run_row import UnderCheck
from jiuzhu_check.checks.source_difference import STARTS, Differing, SourceDifference, without
from jiuzhu_check.checks.sources import SourceState, of_source
from jiuzhu_check.checks.spouse_households import with_spouses_among
from jiuzhu_check.checks.tonight import Everything, Tonight
from jiuzhu_check.matching.decisions import settle
from jiuzhu_check.matching.decoys import is_decoy
from jiuzhu_check.store.manifest import File
from jiuzhu_check.store.snapshot import Snapshot
from jiuzhu_check.tables import roster as rosters
from jiuzhu_check.tables.decoy import DECOY
from jiuzhu_check.tables.grouped import in_groups
from jiuzhu_check.tables.link import LINK
from jiuzhu_check.tables.record import CIVIL_STATUS, ORIGIN, RECORDS
from jiuzhu_check.tables.schema import Table
from jiuzhu_check.tables.side_by_side import side_by_side

_MEMBER = ["household_no", "member_no"]
_SUBJECT = ["source", "supplier", "subject"]


@dataclass(frozen=True)
class Relinked:
    """The households that may differ, and what there is of them now.

    roster: their ROSTER rows; linked: their links and records, with the ground that the next night starts from
    stand:  how many rows of the others stand, table by table
    gone:   households that are not under check any more, and decoys of which something is otherwise
    every:  who is under check in all
    """

    roster: pl.DataFrame
    linked: Linked
    reach: Reach
    stand: Mapping[str, int]
    gone: pl.Series
    every: UnderCheck


def relink(centre: Centre, night: Tonight, as_of: date, progress: Progress) -> Relinked:
    """The households that may differ on a day.

    progress: is told of the parts of sources that were delivered whole, and of each other source
    raises: Everything, where more may differ than can be told
    """
    last, over = night.last, Event()
    with ThreadPoolExecutor(2) as pool, ExitStack() as ending:
        ending.callback(over.set)
        rows, namesakes = pool.submit(_everybody_under_check, night), pool.submit(namesakes_of, centre, night)
        ground = dict(zip(STARTS, side_by_side(last.read, STARTS), strict=True))
        asked = _asked_for(centre, night, as_of)
        who = readable(centre, night, _rostered(night, asked), ground, as_of)
        known = Namesakes(*namesakes.result(), ground[PEOPLE], ground[NAMES])
        work = Differing(centre, night, ground, who, rows.result().select(*_MEMBER, "name_key"), known, pool)
        damaged = pool.submit(_damaged, centre, night, work.read, over)
        # few records of each source are looked at; of one that was delivered whole all are, so that one is enough at a time
        sources = list(side_by_side(partial(work.of, progress), work.read, threads=1 if night.anew else 3, ahead=2))
        homes = pl.concat([asked, who.homes, *(each.homes for each in sources)]).unique().sort()
        homes = homes.filter(~homes.is_in(pl.concat([work.had, work.nobody]).filter(is_decoy())[HOME].implode()))
        decisions = read_decisions(centre.store)
        homes = pl.concat([homes, _settled_otherwise(night, who, homes, sources, decisions)]).unique().sort()
        theirs, found = pool.submit(_rostered, night, homes), pool.submit(last.read, "finding", [HOME], homes=homes)
        links = LINK.fit(last.read("link", homes=homes))
        members, reach = reach_now(centre, theirs.result(), night.states, as_of)
        under = theirs.result()[HOME].unique(maintain_order=True)
        linked = _linked(night, work, sources, under, links, decisions)
        linked.ground = _ground(work, sources, under, apart_of(reach, members))
        if damaged.result():
            raise Everything("damaged")
        stand = rows_that_stand(last, {"link": links.height, "finding": found.result().height})
        gone = pl.concat([homes.filter(~homes.is_in(under.implode())), who.decoys])
        every = _under_check(centre, night, rows.result(), as_of)
        return Relinked(theirs.result(), linked, reach, stand, gone, every)


def _everybody_under_check(night: Tonight) -> pl.DataFrame:
    """household_no, member_no and name_key of all recipients; where the roster differs, their region and programme too."""
    if night.roster is None:
        return night.last.read("roster", [*_MEMBER, "name_key"])
    return night.roster.applied(night.last.read("roster", [*_MEMBER, "name_key", "region", "programme"]))


def _rostered(night: Tonight, homes: pl.Series) -> pl.DataFrame:
    """ROSTER rows of these households as they are under check now; those that differ are among them."""
    stood = night.last.read("roster", homes=homes)
    return stood if night.roster is None else rosters.ROSTER.fit(night.roster.applied(rosters.ROSTER.fit(stood)))


def _under_check(centre: Centre, night: Tonight, rows: pl.DataFrame, as_of: date) -> UnderCheck:
    """Who is under check tonight; raises Everything where a programme came or went, for then the sources are others."""
    then = UnderCheck.as_in(night.last)
    if night.roster is None:
        return then
    one = rows.group_by(HOME).agg(pl.col("region", "programme").drop_nulls().first())
    now = UnderCheck.of(centre, one, rows.height, as_of)
    if now.programmes != then.programmes:
        raise Everything("roster")
    return now


def _settled_otherwise(
    night: Tonight,
    who: Readable,
    homes: pl.Series,
    sources: Sequence[SourceDifference],
    decisions: pl.DataFrame,
) -> pl.Series:
    """The households of whose things people have decided, where somebody came or left whom that may be about."""
    others = pl.concat([who.left, who.came]).select(_MEMBER).unique()
    if others.is_empty() or night.subjects.is_empty():
        return pl.Series(dtype=pl.String)
    links = [LINK.fit(night.last.read("link", homes=homes)), *(each.links for each in sources)]
    spoken = [*links, decisions]  # a decision counts though the link is gone
    theirs = pl.concat([each.join(others, on=_MEMBER, how="semi").select(_SUBJECT) for each in spoken]).unique()
    told = night.links_of(theirs.join(night.subjects, on=_SUBJECT, how="semi", nulls_equal=True))
    return told[HOME].unique()


def _asked_for(centre: Centre, night: Tonight, as_of: date) -> pl.Series:
    """The households of which something is said or dated otherwise, whatever their records are; and those beside."""
    last = night.last
    turned = last.read(TURN, where=pl.col("on") <= as_of)[HOME]
    said = night.links_of(night.subjects.filter("new"))[HOME].unique()
    homes = [turned, night.said, said, seen_earlier(centre.store, last)]
    if night.roster is not None:
        numbers = pl.concat([night.roster.then["number"], night.roster.now["number"]]).drop_nulls().unique()
        married = last.read(held(CIVIL_STATUS), [HOME, "other_no_raw"])
        beside = centre.beside(pl.concat([night.roster.then, night.roster.now]))[HOME]
        homes += [night.roster.homes, beside, with_spouses_among(married, numbers)]
    return pl.concat(homes).unique()


def _damaged(centre: Centre, night: Tonight, states: Sequence[SourceState], over: Event) -> bool:
    """Whether of what is not read again something is missing: that none of it says anything means that it is all there.

    Every file is there in full length; of some the bytes are read, of others each night, until a night is kept whole, which
    reads all of them.

    states: the sources that may be read; over: nobody waits for the answer any more
    """
    stand = [each.snapshot for each in states if (each.source.id, each.supplier) not in night.anew and each.snapshot]
    snapshots: list[KeptRun | Snapshot] = [night.last, centre.roster_snapshot(), *stand]

    def tonight(file: File) -> bool:
        return int(file.sha256, 16) % DEEPEST == night.last.depth + 1

    every = (is_whole for each in snapshots for _, is_whole in each.looked_at(tonight))
    return any(over.is_set() or not is_whole for is_whole in every)


def _linked(
    night: Tonight,
    work: Differing,
    sources: Sequence[SourceDifference],
    homes: pl.Series,
    links: pl.DataFrame,
    decisions: pl.DataFrame,
) -> Linked:
    """The links and records of these households; links: those of the last run."""
    theirs, origin = pl.col(HOME).is_in(homes.implode()), list(ORIGIN)
    subjects = night.subjects.select(_SUBJECT)
    people = night.last.read(UNSETTLED) if decisions.height else LINK.empty()
    old = before_people(links, people.filter(theirs))
    others = night.links_of(subjects).filter(~theirs)
    theirs_then = people.join(others, on=[*origin, *_MEMBER], how="semi", nulls_equal=True)
    old = pl.concat([old, before_people(others, theirs_then)])
    ends = in_groups(homes)

    def grouped(source: SourceDifference) -> tuple[Table, list[Piece]]:
        table, here = RECORDS[source.state.source.table], of_source(source.state)
        mine = work.within(source.state.source.id, work.index)
        stand = work.still(source.state, without(old.filter(here), source.replaced))
        now = pl.concat([stand, source.links])
        beside = now.filter(~theirs).join(subjects, on=_SUBJECT, how="semi", nulls_equal=True)
        now = pl.concat([now.filter(theirs), beside]).sort(*origin, *_MEMBER)
        settled = settle(now, decisions, mine)
        stood = without(night.last.read(held(table), where=here, homes=homes), source.gone)
        known = pl.concat([stood.select(list(table.columns)), source.records]).unique(origin, maintain_order=True)
        behind, otherwise = with_homes(now.filter(theirs), known, table), unsettled(now, settled).filter(theirs)
        return table, pieces(settled.filter(theirs), otherwise, behind, ends)

    found = list(side_by_side(grouped, sources, threads=3, ahead=2))
    groups = [[(table, [by_group[group]]) for table, by_group in found] for group in range(ends.len() + 1)]
    return Linked(list(groups), ends, decoys=pl.concat([DECOY.empty(), *(source.decoys for source in sources)]))


def _ground(
    work: Differing, sources: Iterable[SourceDifference], homes: pl.Series, apart: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """The ground of these households, and that which is of no household; apart: for whom of them a source may not be read."""
    own = pl.col(HOME).is_in(pl.concat([homes, work.who.decoys]).implode())
    index, extra = work.index.filter(own), work.who.extra.filter(own)
    ground = [*(source.ground for source in sources), {INDEXED: index, EXTRA: extra, APART: apart}]
    return together(ground, [*OWN, INDEXED, EXTRA, APART])
