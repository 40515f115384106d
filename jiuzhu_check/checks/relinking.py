"""重连 relinking: from the last run's links and what changed since, the households that may differ, and their links now.

It gives what linking everything anew would give of these households, and leaves all others as they are. Only records
that increments changed are looked at; of records without a usable number, which are few, every judgement is made again,
for each depends on who else in the extract bears the name.
"""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from functools import partial
from threading import Event

import polars as pl

from jiuzhu_check.checks.centre import Centre, among
from jiuzhu_check.checks.decisions import read_decisions
from jiuzhu_check.checks.ground import (
    APART,
    DECOY_LINK,
    EXTRA,
    GENERIC,
    INDEXED,
    LOOSE,
    NAMES,
    PEOPLE,
    TURN,
    UNSETTLED,
    before_people,
    columns_of,
    held,
    laid,
    laid_out,
    things,
    together,
    unsettled,
    with_homes,
    with_subject,
)
from jiuzhu_check.checks.keeping import rows_that_stand
from jiuzhu_check.checks.kept_run import HOME, OWN, KeptRun
from jiuzhu_check.checks.linking import Linked, Piece, Progress, decided_links, pieces
from jiuzhu_check.checks.parts import all_parts
from jiuzhu_check.checks.reach import Reach
from jiuzhu_check.checks.readable import apart_of, reach_now, still_readable
from jiuzhu_check.checks.results import decoys as decoys_of
from jiuzhu_check.checks.results import seen_earlier
from jiuzhu_check.checks.reweighing import Namesakes, of_source
from jiuzhu_check.checks.sources import SourceState
from jiuzhu_check.checks.tonight import Everything, Tonight
from jiuzhu_check.intake.changed import Changed
from jiuzhu_check.matching.candidates import CANDIDATE, FITTED, marked, stand_under, told_apart
from jiuzhu_check.matching.decide import decide
from jiuzhu_check.matching.decisions import settle
from jiuzhu_check.matching.decoys import closed_tiers, counted, is_decoy
from jiuzhu_check.matching.engines.by_part import numbered, spelt
from jiuzhu_check.matching.engines.local import work_through
from jiuzhu_check.matching.namesakes import Holders
from jiuzhu_check.matching.profile import Profile
from jiuzhu_check.store.snapshot import Snapshot
from jiuzhu_check.tables.decoy import DECOY
from jiuzhu_check.tables.grouped import in_groups
from jiuzhu_check.tables.link import LINK
from jiuzhu_check.tables.record import ORIGIN, OWNER, RECORDS
from jiuzhu_check.tables.schema import Table
from jiuzhu_check.tables.side_by_side import side_by_side

_OWNER = (*ORIGIN, *OWNER, "employer")  # what is compared where there is no number
_MEMBER = ["household_no", "member_no"]
_SUBJECT = ["source", "supplier", "subject"]
_GROUND = (INDEXED, APART, LOOSE, GENERIC, DECOY_LINK, EXTRA, PEOPLE, NAMES)  # of it what is read whole


@dataclass(frozen=True)
class Relinked:
    """The households that may differ, and what there is of them now.

    roster: their ROSTER rows; linked: their links and records, with the ground that the next night starts from
    stand:  how many rows of the others stand, table by table
    """

    roster: pl.DataFrame
    linked: Linked
    reach: Reach
    stand: Mapping[str, int]


@dataclass(frozen=True)
class _Found:
    """What is known of one source and supplier tonight.

    homes:   households that may differ
    pairs:   FITTED rows of records with a usable number that had to be looked at
    loose, generic, people, names: as in the ground, of now
    records: the records that were looked at
    gone:    ORIGIN of the records that are not as they were; null: all of them
    """

    homes: pl.Series
    pairs: pl.DataFrame
    loose: pl.DataFrame
    generic: pl.DataFrame
    people: int | None
    names: pl.DataFrame
    records: pl.DataFrame
    gone: pl.DataFrame | None


@dataclass(frozen=True)
class _Source:
    """One source and supplier: what differs.

    homes:   households that may differ
    links:   LINK rows that take the place of the last run's, as the matcher decides them: of records that were looked at,
             and of all records without a usable number
    records: the records that were looked at
    replaced: ORIGIN of the records whose links those are; null: all
    gone:    ORIGIN of the records that are not as they were; null: all
    """

    state: SourceState
    homes: pl.Series
    links: pl.DataFrame
    records: pl.DataFrame
    replaced: pl.DataFrame | None
    gone: pl.DataFrame | None
    ground: Mapping[str, pl.DataFrame]
    decoys: pl.DataFrame


def relink(centre: Centre, night: Tonight, as_of: date, progress: Progress) -> Relinked:
    """The households that may differ on a day.

    progress: is told of the parts of sources that were delivered whole, and of each other source
    raises: Everything, where more may differ than can be told
    """
    last = night.last
    ground = dict(zip(_GROUND, side_by_side(last.read, _GROUND), strict=True))
    had, apart = ground[INDEXED], ground[APART]
    turned = last.read(TURN, where=pl.col("on") <= as_of)[HOME] if as_of > night.before else pl.Series(dtype=pl.String)
    said = night.links_of(night.subjects.filter("new"))[HOME].unique()
    homes = pl.concat([turned, night.said, said, seen_earlier(centre.store, last)]).unique()
    index = still_readable(centre, night, homes, had, apart, as_of)
    over = Event()
    with ThreadPoolExecutor(2) as pool, ExitStack() as ending:
        ending.callback(over.set)
        work = _Work(centre, night, ground, index, pool)
        damaged = pool.submit(work.damaged, over)
        # few records of each source are looked at; of one that was delivered whole all are, so that one is enough at a time
        sources = list(side_by_side(partial(work.of, progress), work.read, threads=1 if night.anew else 3, ahead=2))
        homes = pl.concat([homes, *(each.homes for each in sources)]).unique().sort()
        homes = homes.filter(~homes.is_in(work.nobody[HOME].implode()))
        theirs, stand = pool.submit(last.read, "roster", homes=homes), pool.submit(rows_that_stand, last, homes)
        linked = work.linked(sources, homes)
        members, reach = reach_now(centre, theirs.result(), night.states, as_of)
        linked.ground = work.ground(sources, homes, apart_of(reach, members))
        if damaged.result():
            raise Everything("damaged")
        return Relinked(theirs.result(), linked, reach, stand.result())


def _differing(before: pl.DataFrame, after: pl.DataFrame) -> pl.Series:
    """The households of links that are on one side only."""
    columns = list(LINK.columns)
    one = before.join(after, on=columns, how="anti", nulls_equal=True)
    other = after.join(before, on=columns, how="anti", nulls_equal=True)
    return pl.concat([one[HOME], other[HOME]])


class _Work:
    """All sources, with what they share.

    had, index: the members whose records may be read, as of the last run and now, and the decoys; left: who may not be any more
    came:       waits for whose the new records without a usable number may be
    """

    def __init__(
        self, centre: Centre, night: Tonight, ground: Mapping[str, pl.DataFrame], index: pl.DataFrame, pool: Executor
    ) -> None:
        self.centre, self.night, self.last = centre, night, night.last
        self.decisions = read_decisions(centre.store)
        self.subjects = night.subjects.select(_SUBJECT)
        self.had, self.index, self.apart, self.nobody = ground[INDEXED], index, ground[APART], index.filter(is_decoy())
        self.left = self.had.join(index, on=_MEMBER, how="anti") if index is not self.had else index.clear()
        self.loose, self.generic = ground[LOOSE], ground[GENERIC]
        self.false, self.extra = LINK.fit(ground[DECOY_LINK]), ground[EXTRA]
        self.closed = closed_tiers(decoys_of(self.last))
        names = self.last.read("roster", [*_MEMBER, "name_key"])
        self.homes = pl.concat([names, self.nobody.select(names.columns)])
        self.namesakes = Namesakes(centre, ground[PEOPLE], ground[NAMES])
        self.on_roster = among(self.namesakes.everybody["number"])
        self.came = pool.submit(self._spelt).result

    def _spelt(self) -> pl.DataFrame:
        """FITTED rows of the new records without a usable number of all sources at once, not weighed."""
        loose = [each.loose for each in self.night.changed.values() if each is not None]
        each = [frame.select(name for name in frame.columns if name in _OWNER) for frame in loose]
        if not sum(frame.height for frame in each):
            return pl.DataFrame(schema=FITTED)
        found = spelt([pl.concat(each, how="diagonal")], self.index, self.homes).pairs
        return told_apart(found, self.on_roster).select(list(FITTED))

    @property
    def read(self) -> list[SourceState]:
        """The sources that may be read for any of those whose records may be; the others are not opened."""
        people = self.index.filter(~is_decoy())
        return [
            state
            for state in self.night.states
            if (state.source.id, state.supplier) in self.night.changed
            and (people.is_empty() or not self._within(state.source.id, people).is_empty())
        ]

    def damaged(self, over: Event) -> bool:
        """Whether of what is not read again something is missing: that none of it says anything means that it is all there.

        over: nobody waits for the answer any more
        """
        anew, states = self.night.anew, self.read
        stand = [each.snapshot for each in states if (each.source.id, each.supplier) not in anew and each.snapshot]
        snapshots: list[KeptRun | Snapshot] = [self.last, self.centre.roster_snapshot(), *stand]
        every = (is_whole for each in snapshots for _, is_whole in each.looked_at())
        return any(over.is_set() or not is_whole for is_whole in every)

    def of(self, progress: Progress, state: SourceState) -> _Source:
        """What differs of one source and supplier. One that was delivered whole is read, every part of it."""
        here, origin = of_source(state), list(ORIGIN)
        place = state.source.id, state.supplier
        anew, changed = place in self.night.anew, self.night.changed[place]
        had, mine = (self._within(state.source.id, people) for people in (self.had, self.index))
        then, generic = self.loose.filter(here), self.generic.filter(here)
        was = marked(then.select(list(CANDIDATE)), _profile(generic))
        if anew:
            found = self._read(state, mine, progress)
        elif changed is not None:
            found = self._looked(state, changed, had, mine, then, generic)
        else:
            found = self._stood(state, then, generic)
        pairs = pl.concat(frame.select(list(CANDIDATE)) for frame in (found.loose, found.pairs))
        now = marked(pairs, _profile(found.generic))
        slots = None if found.gone is None else pl.concat([found.gone, then.select(origin)])
        stood = _without(self.false.filter(here), slots)
        false = pl.concat([stood, LINK.fit(decide(now.filter(is_decoy()), self.nobody))])
        counts = counted(false, self.nobody.height, state.source.id, state.supplier)
        shut = self._still_closed(state, counts)
        subjects = [frame.select(*origin, "subject") for frame in (then, found.loose)]
        came = things(found.records, RECORDS[state.source.table])
        named = pl.concat([*subjects, came]).unique(origin, keep="last")
        links = decided_links(now.filter(~is_decoy()), mine, shut, named)
        before = decided_links(was.filter(~is_decoy()), had, shut, named)
        people = pl.DataFrame([(*place, found.people)], schema=columns_of(PEOPLE), orient="row")
        names = found.names.with_columns(source=pl.lit(place[0]), supplier=pl.lit(place[1]))
        after = links.join(found.loose.select(origin).unique(), on=origin, how="semi", nulls_equal=True)
        homes = links[HOME] if anew else _differing(before, after)
        if not anew:
            progress(state.source.title, 1, 1)
        return _Source(
            state,
            pl.concat([found.homes, homes]).unique(),
            links,
            found.records,
            slots,
            found.gone,
            {LOOSE: found.loose, GENERIC: found.generic, DECOY_LINK: false, PEOPLE: people, NAMES: names},
            counts,
        )

    def _stood(self, state: SourceState, then: pl.DataFrame, generic: pl.DataFrame) -> _Found:
        """Of a source that is as it was."""
        nobody = pl.Series(dtype=pl.String)
        pairs = pl.DataFrame(schema=FITTED)
        records = RECORDS[state.source.table].empty()
        people, names = self.namesakes.people(state), self.namesakes.names(state)
        gone = pl.DataFrame(schema=ORIGIN)
        return _Found(nobody, pairs, self._still(state, then), generic, people, names, records, gone)

    def _looked(
        self,
        state: SourceState,
        changed: Changed,
        had: pl.DataFrame,
        mine: pl.DataFrame,
        then: pl.DataFrame,
        generic: pl.DataFrame,
    ) -> _Found:
        """Of a source of which increments came."""
        table = RECORDS[state.source.table]
        standing = self._standing(changed.numbers, mine)
        found = numbered([("changed", changed.numbered, standing)], self.homes, Holders([]))
        came = self._still(state, self.came().filter(of_source(state)))
        each = [*found.records, changed.loose.join(came, on=list(ORIGIN), how="semi", nulls_equal=True)]
        records = pl.concat([table.empty(), *(frame.select(list(table.columns)) for frame in each)])
        more = with_subject(came, things(records, table))
        still = self._still(state, then).join(changed.gone, on=list(ORIGIN), how="anti", maintain_order="left")
        loose, people, names = self.namesakes.weighed(state, then, still, more.select(still.columns), changed)
        generic = self._generic(state, generic, changed, found.generic)
        homes = self._homes_of(changed.numbers, had)
        return _Found(homes, found.pairs, loose, generic, people, names, records, changed.places)

    def _read(self, state: SourceState, mine: pl.DataFrame, progress: Progress) -> _Found:
        """Of a source that was delivered whole."""
        standing = stand_under(mine, self.on_roster)
        parts = all_parts(state, standing, self.centre.store.bucket_key, partial(progress, state.source.title), {})
        worked = work_through(
            parts.loose(), parts.keyed(), mine, self.homes, self.on_roster, None, lambda: self.namesakes.everybody,
            whole=parts.whole,
        )  # fmt: skip
        if parts.lost:
            raise Everything("damaged")
        ground = {name: laid_out(name, [each]) for name, each in laid(state, worked, LINK.empty()).items()}
        slots = ground[LOOSE].select(list(ORIGIN)).unique()
        pairs = worked.candidates.join(slots, on=list(ORIGIN), how="anti")
        homes = self.last.read("link", [HOME], where=of_source(state))[HOME]
        records = RECORDS[state.source.table].fit(worked.records)
        return _Found(homes, pairs, ground[LOOSE], ground[GENERIC], worked.people, worked.names, records, None)

    def _still(self, state: SourceState, pairs: pl.DataFrame) -> pl.DataFrame:
        """The pairs, or links, of those for whom the source may still be read."""
        return self._within(state.source.id, pairs.join(self.left, on=_MEMBER, how="anti", maintain_order="left"))

    def linked(self, sources: Sequence[_Source], homes: pl.Series) -> Linked:
        """The links and records of these households."""
        theirs, origin = pl.col(HOME).is_in(homes.implode()), list(ORIGIN)
        people = self.last.read(UNSETTLED) if self.decisions.height else LINK.empty()
        old = before_people(LINK.fit(self.last.read("link", homes=homes)), people.filter(theirs))
        others = self.night.links_of(self.subjects).filter(~theirs)
        old = pl.concat([old, before_people(others, people.join(others, on=[*origin, *_MEMBER], how="semi"))])
        ends = in_groups(homes)

        def grouped(source: _Source) -> tuple[Table, list[Piece]]:
            table, here = RECORDS[source.state.source.table], of_source(source.state)
            mine = self._within(source.state.source.id, self.index)
            stand = self._still(source.state, _without(old.filter(here), source.replaced))
            now = pl.concat([stand, source.links])
            beside = now.filter(~theirs).join(self.subjects, on=_SUBJECT, how="semi", nulls_equal=True)
            now = pl.concat([now.filter(theirs), beside]).sort(*origin, *_MEMBER)
            settled = settle(now, self.decisions, mine)
            stood = _without(self.last.read(held(table), where=here, homes=homes), source.gone)
            known = pl.concat([stood.select(list(table.columns)), source.records]).unique(origin, maintain_order=True)
            behind, otherwise = with_homes(now.filter(theirs), known, table), unsettled(now, settled).filter(theirs)
            return table, pieces(settled.filter(theirs), otherwise, behind, ends)

        found = list(side_by_side(grouped, sources))
        groups = [[(table, [by_group[group]]) for table, by_group in found] for group in range(ends.len() + 1)]
        return Linked(list(groups), ends, decoys=pl.concat([DECOY.empty(), *(source.decoys for source in sources)]))

    def ground(self, sources: Iterable[_Source], homes: pl.Series, apart: pl.DataFrame) -> dict[str, pl.DataFrame]:
        """The ground of these households, and that which is of no household; apart: for whom of them a source may not be read."""
        index = self.index.filter(pl.col(HOME).is_in(homes.implode()))
        extra = stand_under(index, self.on_roster).filter(pl.col("number_evidence").is_not_null())
        ground = [*(source.ground for source in sources), {INDEXED: index, EXTRA: extra, APART: apart}]
        return together(ground, [*OWN, INDEXED, EXTRA, APART])

    def _within(self, source: str, people: pl.DataFrame) -> pl.DataFrame:
        """Those for whom a source may be read."""
        apart = self.apart.filter(pl.col("source") == source)
        if apart.is_empty():
            return people
        homes = apart.filter(pl.col("member_no").is_null())
        return people.join(homes, on=HOME, how="anti", maintain_order="left").join(
            apart, on=_MEMBER, how="anti", maintain_order="left"
        )

    def _standing(self, numbers: pl.Series, mine: pl.DataFrame) -> pl.DataFrame:
        """stand_under, of these numbers alone."""
        touched = pl.col("owner_no").is_in(numbers.implode())
        others = self.extra.filter(touched).select(_MEMBER)
        own = mine.filter(pl.col("number").is_in(numbers.implode()))
        people = pl.concat([own, mine.join(others, on=_MEMBER, how="semi")]).unique(_MEMBER, maintain_order=True)
        return stand_under(people, self.on_roster).filter(touched)

    def _homes_of(self, numbers: pl.Series, people: pl.DataFrame) -> pl.Series:
        """The households of those who may stand under these numbers."""
        own = people.filter(pl.col("number").is_in(numbers.implode()))[HOME]
        return pl.concat([own, self.extra.filter(pl.col("owner_no").is_in(numbers.implode()))[HOME]])

    def _generic(self, state: SourceState, before: pl.DataFrame, changed: Changed, found: pl.DataFrame) -> pl.DataFrame:
        """The go-betweens now; raises Everything where another record than a changed one hangs on one who became one."""
        place = {"source": pl.lit(state.source.id), "supplier": pl.lit(state.supplier)}
        came = found.select("number", "names").unique(maintain_order=True).with_columns(**place).select(before.columns)
        now = pl.concat([before.filter(~pl.col("number").is_in(changed.numbers.implode())), came])
        key = ["number", "names"]
        other = pl.concat([now.join(before, on=key, how="anti"), before.join(now, on=key, how="anti")])["number"]
        theirs = self.index.filter(pl.col("number").is_in(other.implode())).join(self.extra, on=_MEMBER, how="semi")
        if theirs.height:
            raise Everything("go_between")
        return now

    def _still_closed(self, state: SourceState, counts: pl.DataFrame) -> frozenset[str]:
        """The tiers that are closed; raises Everything where they are others than they were."""
        place = state.source.id, state.supplier
        shut = closed_tiers(counts).get(place, frozenset())
        if shut != self.closed.get(place, frozenset()):
            raise Everything("closed")
        return shut


def _without(rows: pl.DataFrame, gone: pl.DataFrame | None) -> pl.DataFrame:
    """The rows but those of some records; null: of any."""
    if gone is None:
        return rows.clear()
    near = gone.filter(
        pl.col("source_row").is_in(rows["source_row"].implode(), nulls_equal=True)
    )  # few: soon told apart
    return rows.join(near, on=list(ORIGIN), how="anti", nulls_equal=True)


def _profile(generic: pl.DataFrame) -> Profile:
    return Profile(dict(generic.select("number", "names").iter_rows()))
