"""来源之变 source difference: what differs of one source tonight from what the last run found there.

Only records are looked at that increments changed, or whose numbers or names others bear now; records without a usable number,
which are few, are weighed again where anything changed, for each depends on who else in the extract bears the name. A source
that was delivered whole is read.
"""

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

import polars as pl

from jiuzhu_check.checks.centre import Centre, among
from jiuzhu_check.checks.ground import (
    APART,
    DECOY_LINK,
    EXTRA,
    GENERIC,
    INDEXED,
    LOOSE,
    NAMES,
    PEOPLE,
    columns_of,
    laid,
    laid_out,
    things,
    with_subject,
)
from jiuzhu_check.checks.kept_run import HOME
from jiuzhu_check.checks.linking import decided_links
from jiuzhu_check.checks.parts import all_parts, loose_records, records_under
from jiuzhu_check.checks.progress import Progress
from jiuzhu_check.checks.readable import Readable
from jiuzhu_check.checks.results import decoys as decoys_of
from jiuzhu_check.checks.reweighing import Namesakes, borne
from jiuzhu_check.checks.roster_difference import RosterDifference
from jiuzhu_check.checks.sources import SourceState, of_source
from jiuzhu_check.checks.tonight import Everything, Tonight
from jiuzhu_check.checks.touched import Touched
from jiuzhu_check.errors import IntegrityError
from jiuzhu_check.intake.changed import Changed, nothing_changed
from jiuzhu_check.matching.candidates import (
    CANDIDATE,
    FITTED,
    MISTYPED,
    marked,
    stand_under,
    stand_under_own,
    told_apart,
)
from jiuzhu_check.matching.decide import decide
from jiuzhu_check.matching.decoys import counted, is_decoy
from jiuzhu_check.matching.engines.by_part import numbered, spelt
from jiuzhu_check.matching.engines.local import work_through
from jiuzhu_check.matching.evidence.number import one_error_less
from jiuzhu_check.matching.namesakes import Holders
from jiuzhu_check.matching.profile import Profile
from jiuzhu_check.tables.decoy import closed_tiers
from jiuzhu_check.tables.link import LINK
from jiuzhu_check.tables.record import ORIGIN, OWNER, RECORDS

# What of the last run's ground it begins from.
STARTS = (INDEXED, APART, LOOSE, GENERIC, DECOY_LINK, EXTRA, PEOPLE, NAMES)
_OWNER = (*ORIGIN, *OWNER, "employer")  # what is compared where there is no number
_MEMBER = ["household_no", "member_no"]


@dataclass(frozen=True)
class SourceDifference:
    """One source and supplier: what differs.

    homes:   households that may differ
    links:   LINK rows that take the place of the last run's, as the matcher decides them: of records that were looked at,
             and of those without a usable number that may be judged otherwise
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


class Differing:
    """What differs of each source, and what all of them share.

    had, index: the members whose records may be read, and the decoys, as of the last run and now
    extra:      EXTRA rows, as of the last run or now
    touched:    who may stand under a number that has another record now, or other members
    names:      household_no, member_no and name_key of all members under check
    came:       waits for whose the new records without a usable number may be of those who stand as they stood
    """

    def __init__(
        self,
        centre: Centre,
        night: Tonight,
        ground: Mapping[str, pl.DataFrame],
        who: Readable,
        names: pl.DataFrame,
        namesakes: Namesakes,
        pool: Executor,
    ) -> None:
        self.centre, self.night, self.last, self.who = centre, night, night.last, who
        self.had, self.index, self.nobody = ground[INDEXED], who.index, who.index.filter(is_decoy())
        self.loose, self.generic, self.false = ground[LOOSE], ground[GENERIC], LINK.fit(ground[DECOY_LINK])
        self.extra = pl.concat([ground[EXTRA], who.extra]) if who.extra is not ground[EXTRA] else who.extra
        self.closed = closed_tiers(decoys_of(self.last))
        self.homes = pl.concat([names, self.nobody.select(names.columns)])
        self.namesakes = namesakes
        self.on_roster = among(self.namesakes.everybody["number"])
        if night.roster is not None:
            _refuse_mistyped(self.loose, night.roster)
        changed = [each.numbers for each in night.changed.values() if each is not None]
        self.touched = Touched.by(pl.concat([who.numbers, *changed]), self.had, self.index, self.extra)
        self.came = pool.submit(self._spelt).result

    def _spelt(self) -> pl.DataFrame:
        """FITTED rows of the new records without a usable number of all sources at once, not weighed."""
        loose = [each.loose for each in self.night.changed.values() if each is not None]
        each = [frame.select(name for name in frame.columns if name in _OWNER) for frame in loose]
        if not sum(frame.height for frame in each):
            return pl.DataFrame(schema=FITTED)
        known = self.index.join(self.who.came, on=_MEMBER, how="anti") if self.who.came.height else self.index
        found = spelt([pl.concat(each, how="diagonal")], known, self.homes).pairs
        return told_apart(found, self.on_roster).select(list(FITTED))

    @property
    def read(self) -> list[SourceState]:
        """The sources that may be read for any of those whose records may be; the others are not opened."""
        people = self.index.filter(~is_decoy())
        return [
            state
            for state in self.night.states
            if (state.source.id, state.supplier) in self.night.changed
            and (people.is_empty() or not self.within(state.source.id, people).is_empty())
        ]

    def of(self, progress: Progress, state: SourceState) -> SourceDifference:
        """What differs of one source and supplier. One that was delivered whole is read, every part of it."""
        here, origin = of_source(state), list(ORIGIN)
        place = state.source.id, state.supplier
        anew, changed = place in self.night.anew, self.night.changed[place]
        had, mine = (self.within(state.source.id, people) for people in (self.had, self.index))
        then, generic = self.loose.filter(here), self.generic.filter(here)
        newcomers = self.within(state.source.id, self.who.came)
        if not anew and (self.who.numbers.len() or newcomers.height):
            changed = self._also(state, changed)
        was = marked(then.select(list(CANDIDATE)), _profile(generic))
        if anew:
            found = self._read(state, mine, progress)
        elif changed is not None:
            found = self._looked(state, changed, newcomers, then, generic)
        else:
            found = self._stood(state, then, generic)
        now, looked = (
            marked(frame.select(list(CANDIDATE)), _profile(found.generic)) for frame in (found.loose, found.pairs)
        )
        slots = None
        if found.gone is not None:
            otherwise = self._otherwise(was, now)
            was, now = (
                each.join(otherwise, on=origin, how="semi", nulls_equal=True, maintain_order="left")
                for each in (was, now)
            )
            slots = pl.concat([found.gone, otherwise])
        pairs = pl.concat([now, looked])
        stood = without(self.still(state, self.false.filter(here)), slots)
        false = pl.concat([stood, LINK.fit(decide(pairs.filter(is_decoy()), self.nobody))])
        counts = counted(false, self.nobody.height, state.source.id, state.supplier)
        shut = self._still_closed(state, counts)
        subjects = [frame.select(*origin, "subject") for frame in (then, found.loose)]
        named = pl.concat([*subjects, things(found.records, RECORDS[state.source.table])]).unique(origin, keep="last")
        links = decided_links(pairs.filter(~is_decoy()), mine, shut, named)
        before = decided_links(was.filter(~is_decoy()), had, shut, named)
        people = pl.DataFrame([(*place, found.people)], schema=columns_of(PEOPLE), orient="row")
        names = found.names.with_columns(source=pl.lit(place[0]), supplier=pl.lit(place[1]))
        after = links.join(now.select(origin), on=origin, how="semi", nulls_equal=True)
        homes = links[HOME] if anew else _differing(before, after)
        if not anew:
            progress(state.source.title, 1, 1)
        return SourceDifference(
            state,
            pl.concat([found.homes, homes]).unique(),
            links,
            found.records,
            slots,
            found.gone,
            {LOOSE: found.loose, GENERIC: found.generic, DECOY_LINK: false, PEOPLE: people, NAMES: names},
            counts,
        )

    def _otherwise(self, was: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
        """ORIGIN of the CANDIDATE rows of a source's records without a usable number that may be judged otherwise, each once.

        A slot is judged by its pairs, and by who else is of their households.
        """
        columns, both = was.columns, pl.concat([was, now])
        other = [one.join(two, on=columns, how="anti", nulls_equal=True) for one, two in ((was, now), (now, was))]
        homes = pl.concat([self.who.homes, self.who.decoys]).implode()
        theirs = both.filter(pl.col(HOME).is_in(homes))
        return pl.concat([*other, theirs]).select(list(ORIGIN)).unique()

    def _stood(self, state: SourceState, then: pl.DataFrame, generic: pl.DataFrame) -> _Found:
        """Of a source that is as it was."""
        nobody = pl.Series(dtype=pl.String)
        pairs = pl.DataFrame(schema=FITTED)
        records = RECORDS[state.source.table].empty()
        loose, gone = self.still(state, then), pl.DataFrame(schema=ORIGIN)
        people, names = self.namesakes.people(state), borne(self.namesakes.names(state), loose)
        return _Found(nobody, pairs, loose, generic, people, names, records, gone)

    def _also(self, state: SourceState, changed: Changed | None) -> Changed:
        """What changed of a source, and with it the records under whose numbers others may stand than did."""
        assert state.snapshot is not None, "only a source that was read is looked at"
        known = changed or nothing_changed(RECORDS[state.source.table])
        numbers = self.who.numbers.filter(~self.who.numbers.is_in(known.numbers.implode()))
        try:
            return known.also(records_under(state.snapshot, numbers, self.centre.store.bucket_key))
        except IntegrityError:
            raise Everything("damaged") from None

    def _spelt_for(self, state: SourceState, newcomers: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Of all records of a source without a usable number, FITTED rows to newcomers, not weighed, and the records."""
        assert state.snapshot is not None, "only a source that was read is looked at"
        records = RECORDS[state.source.table].empty()
        if newcomers.is_empty():
            return pl.DataFrame(schema=FITTED), records
        try:
            records = loose_records(state.snapshot)
        except IntegrityError:
            raise Everything("damaged") from None
        found = told_apart(spelt([records], newcomers, self.homes).pairs, self.on_roster).select(list(FITTED))
        return found, records.join(found, on=list(ORIGIN), how="semi", nulls_equal=True)

    def _looked(
        self,
        state: SourceState,
        changed: Changed,
        newcomers: pl.DataFrame,
        then: pl.DataFrame,
        generic: pl.DataFrame,
    ) -> _Found:
        """Of a source of which increments came, or to which somebody came."""
        table = RECORDS[state.source.table]
        numbers = self.touched.of(changed.numbers)
        standing = self._standing(numbers, self.within(state.source.id, self.touched.index))
        found = numbered([("changed", changed.records(standing["owner_no"]), standing)], self.homes, Holders([]))
        new = self.within(state.source.id, self.came().filter(of_source(state)))
        theirs, their_records = self._spelt_for(state, newcomers)
        new_records = changed.loose.join(new, on=list(ORIGIN), how="semi", nulls_equal=True)
        each = [*found.records, new_records, their_records]
        records = pl.concat([table.empty(), *(frame.select(list(table.columns)) for frame in each)])
        records = records.unique(list(ORIGIN), maintain_order=True) if their_records.height else records
        more = with_subject(pl.concat([new, theirs]), things(records, table))
        still = self.still(state, then).join(changed.gone, on=list(ORIGIN), how="anti", maintain_order="left")
        loose, people, names = self.namesakes.weighed(state, then, still, more.select(still.columns), changed)
        generic = self._generic(state, generic, changed, found.generic)
        homes = self._homes_of(numbers, self.within(state.source.id, self.touched.had))
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

    def still(self, state: SourceState, pairs: pl.DataFrame) -> pl.DataFrame:
        """The pairs, or links, of those who stand as they stood, and for whom the source may still be read."""
        return self.within(state.source.id, pairs.join(self.who.left, on=_MEMBER, how="anti", maintain_order="left"))

    def within(self, source: str, people: pl.DataFrame) -> pl.DataFrame:
        """Those for whom a source may be read."""
        apart = self.who.apart.filter(pl.col("source") == source)
        if apart.is_empty():
            return people
        homes = apart.filter(pl.col("member_no").is_null())
        return people.join(homes, on=HOME, how="anti", maintain_order="left").join(
            apart, on=_MEMBER, how="anti", maintain_order="left"
        )

    def _standing(self, numbers: pl.Series, mine: pl.DataFrame) -> pl.DataFrame:
        """stand_under, of these numbers alone; mine: of the members who may be read those touched."""
        under = pl.col("owner_no").is_in(numbers.implode())
        others = mine.join(self.touched.extra.filter(under), on=_MEMBER, how="semi", maintain_order="left")
        more = stand_under(others, self.on_roster).filter(under & pl.col("number_evidence").is_not_null())
        return pl.concat([stand_under_own(mine).filter(under), more])

    def _homes_of(self, numbers: pl.Series, people: pl.DataFrame) -> pl.Series:
        """The households of those who stood under these numbers by the last run, or for whom one is an extra number.

        people: those touched, as of that run
        """
        own = people.filter(pl.col("number").is_in(numbers.implode()))[HOME]
        return pl.concat([own, self.touched.extra.filter(pl.col("owner_no").is_in(numbers.implode()))[HOME]])

    def _generic(self, state: SourceState, before: pl.DataFrame, changed: Changed, found: pl.DataFrame) -> pl.DataFrame:
        """The go-betweens now; raises Everything where another record than a changed one hangs on one who became one."""
        place = {"source": pl.lit(state.source.id), "supplier": pl.lit(state.supplier)}
        came = found.select("number", "names").unique(maintain_order=True).with_columns(**place).select(before.columns)
        now = pl.concat([before.filter(~pl.col("number").is_in(changed.numbers.implode())), came])
        key = ["number", "names"]
        other = pl.concat([now.join(before, on=key, how="anti"), before.join(now, on=key, how="anti")])["number"]
        theirs = self.touched.index.filter(pl.col("number").is_in(other.implode()))
        if theirs.height and theirs.join(self.extra, on=_MEMBER, how="semi").height:
            raise Everything("go_between")
        return now

    def _still_closed(self, state: SourceState, counts: pl.DataFrame) -> frozenset[str]:
        """The tiers that are closed; raises Everything where they are others than they were."""
        place = state.source.id, state.supplier
        shut = closed_tiers(counts).get(place, frozenset())
        if shut != self.closed.get(place, frozenset()):
            raise Everything("closed")
        return shut


def _refuse_mistyped(loose: pl.DataFrame, differs: RosterDifference) -> None:
    """Raises Everything where one error leads from a record to a number that came to the roster, or went from it."""
    other = pl.concat([differs.came, differs.went])
    near = one_error_less(loose.filter(pl.col("number_evidence").is_in(MISTYPED))["shown"].drop_nulls().unique())
    if near["number"].is_in(other.implode()).any():
        raise Everything("roster")


def _differing(before: pl.DataFrame, after: pl.DataFrame) -> pl.Series:
    """The households of links that are on one side only."""
    columns = list(LINK.columns)
    one = before.join(after, on=columns, how="anti", nulls_equal=True)
    other = after.join(before, on=columns, how="anti", nulls_equal=True)
    return pl.concat([one[HOME], other[HOME]])


def without(rows: pl.DataFrame, gone: pl.DataFrame | None) -> pl.DataFrame:
    """The rows but those of some records; null: of any."""
    if gone is None:
        return rows.clear()
    # few of the records: soon told apart
    near = gone.filter(pl.col("source_row").is_in(rows["source_row"].implode(), nulls_equal=True))
    return rows.join(near, on=list(ORIGIN), how="anti", nulls_equal=True)


def _profile(generic: pl.DataFrame) -> Profile:
    return Profile(dict(generic.select("number", "names").iter_rows()))
