"""从记录到关联: the parts of every source that was read, worked through and decided."""

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import polars as pl

from jiuzhu_check.checks.ground import EXTRA, INDEXED, held, laid, laid_out, things, together, unsettled, with_homes
from jiuzhu_check.checks.kept_run import HOME, OWN
from jiuzhu_check.checks.parts import Parts, Placed, all_parts, few_parts
from jiuzhu_check.checks.progress import Progress
from jiuzhu_check.checks.sources import SourceState
from jiuzhu_check.intake.stored import data_day
from jiuzhu_check.matching.candidates import stand_under
from jiuzhu_check.matching.decide import decide
from jiuzhu_check.matching.decisions import settle
from jiuzhu_check.matching.decoys import counted, is_decoy
from jiuzhu_check.matching.engines.engine import Engine, Worked, candidates_of
from jiuzhu_check.matching.engines.gathered import FORGETFUL, Gathered, Memory
from jiuzhu_check.matching.engines.local import Local
from jiuzhu_check.tables.decoy import DECOY, closed_tiers
from jiuzhu_check.tables.grouped import ONE_GROUP, Grouped
from jiuzhu_check.tables.link import LINK
from jiuzhu_check.tables.packed import Packed, alike_once, packed_by_group
from jiuzhu_check.tables.record import RECORDS, linked, telling
from jiuzhu_check.tables.schema import Table
from jiuzhu_check.tables.side_by_side import side_by_side

if TYPE_CHECKING:
    from jiuzhu_check.checks.elsewhere import Elsewhere
    from jiuzhu_check.checks.remembered import Remembering

# Where the parts of a source are worked through: of the parts, the members for whom it is read, and their households.
Engines = Callable[[Parts, pl.DataFrame, pl.DataFrame], Engine]


def here(parts: Parts, everybody: pl.DataFrame, homes: pl.DataFrame) -> Engine:
    """On this machine."""
    return Local(parts.loose(), parts.keyed(), everybody, homes, parts.whole)


@dataclass(frozen=True)
class Theirs:
    """The links of one group of households, and the records behind them.

    links:     LINK rows, without run
    unsettled: of these, as the matcher decided them, those where people said otherwise
    records:   by record table, the records behind the links, beside the household (checks/ground.py)
    """

    links: pl.DataFrame = field(default_factory=LINK.empty)
    unsettled: pl.DataFrame = field(default_factory=LINK.empty)
    records: Mapping[str, pl.DataFrame] = field(default_factory=dict)

    def accepted(self, table: Table) -> pl.DataFrame:
        """linked(table) rows of accepted links."""
        behind = self.records.get(table.name)
        return linked(table).empty() if behind is None else accepted(self.links, behind, table)


@dataclass(frozen=True)
class Piece:
    """As Theirs, of one record table: what waits until its group of households is put together."""

    links: Packed
    unsettled: pl.DataFrame
    records: Packed


# What each source and supplier gave of one group of households.
Found = Sequence[tuple[Table, Sequence[Piece]]]


@dataclass
class Linked:
    """What linking gave.

    groups: the links and records by groups of households, in the order of household numbers
    ends:   where each group but the last ends (tables/grouped.py)
    states: the source states, with what proved damaged
    lost:   (source, supplier) → names of the parts that could not be read
    decoys: DECOY rows, where there were decoys
    ground: what else linking found on its way (checks/ground.py), where every part was read
    """

    groups: list[Found]
    ends: pl.Series
    states: list[SourceState] = field(default_factory=list)
    lost: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    decoys: pl.DataFrame = field(default_factory=DECOY.empty)
    ground: dict[str, pl.DataFrame] = field(default_factory=dict)

    def of(self, group: int) -> Theirs:
        """What all sources gave of one group, in the order of household numbers; of a household, source after source."""
        return _put_together(self.groups[group])

    def let_go(self, group: int) -> None:
        """Hold nothing of this group any more."""
        self.groups[group] = ()

    def count(self) -> int:
        """How many links all groups have."""
        return sum(piece.links.height for group in self.groups for _, pieces in group for piece in pieces)

    def accepted(self, table: Table) -> pl.DataFrame:
        """linked(table) rows of accepted links of all households."""
        mine = ([found for found in group if found[0].name == table.name] for group in self.groups)
        return linked(table).together(_put_together(found).accepted(table) for found in mine if found)


def link(
    states: list[SourceState],
    index: pl.DataFrame,
    households: pl.DataFrame,
    on_roster: Callable[[Collection[str]], set[str]],
    key: bytes,
    progress: Progress,
    *,
    decisions: pl.DataFrame,
    everyone: bool,
    roster: Callable[[], pl.DataFrame] | None = None,
    decoys: pl.DataFrame | None = None,
    closed: Mapping[tuple[str, str], frozenset[str]] | None = None,
    within: Callable[[str, pl.DataFrame], pl.DataFrame] = lambda _source, members: members,
    remembering: "Remembering | None" = None,
    engine: Engines = here,
    ends: pl.Series = ONE_GROUP,
    weighed: Callable[[SourceState, pl.DataFrame], pl.DataFrame | None] | None = None,
    elsewhere: "Elsewhere | None" = None,
) -> Linked:
    """Link the records of every source that arrived to the members under check.

    index:      the members with consent (matching/candidates.py INDEX)
    households: all members of their households
    decisions:  what people said of links (tables/decision.py)
    everyone:   read every part; else only the parts that could hold a record of the index's members
    roster:     everybody on the roster (number, name_key); asked for only where somebody else may fit as well
    decoys:     persons who cannot match (matching/decoys.py), linked beside the members in the same pass
    closed:     (source, supplier) → tiers that accept nothing; where there are decoys, they say so themselves
    within:     of a source and members: those for whom it may be read; where there are none it is not opened
    remembering: what earlier runs found in parts, where every part is read
    engine:     where they are worked through, likewise
    ends:       how the households are grouped in the result
    weighed:    gives pairs of a source's records without a usable number weighed, where they are known to weigh so
    elsewhere:  where not everybody is under check: on who else would be, what is said of these rests as well
    """
    nobody = index.clear() if decoys is None else decoys
    whole = pl.concat([index, nobody])
    beside = [] if elsewhere is None else [elsewhere.households]
    deciding = _Deciding(decisions, decoys, closed or {}, elsewhere, ends)

    def worked(source: _Opened) -> Worked:
        owners = None if everyone else source.parts.owners
        begun, source.begun = source.begun, None  # what it gives is not held until all sources are done
        known = partial(weighed, source.state) if weighed else None
        return candidates_of(source.engine, on_roster, owners, roster, source.memory, begun, known)

    def taken() -> tuple[_InTurn, pl.DataFrame]:  # what only reading needs is let go with it
        standing = stand_under(whole, on_roster)
        homes = pl.concat([households, nobody.select(households.columns), *beside])
        read_for = _read_for(states, index, nobody, standing, on_roster, within, elsewhere)
        with ThreadPoolExecutor(2) as pool:
            opening = _Opening(read_for, homes, key, progress, pool, everyone, remembering, engine)
            return _in_turn(states, opening, worked, deciding), standing.filter(pl.col("number_evidence").is_not_null())

    in_turn, extra = taken()
    every = in_turn.decided
    groups: list[Found] = [[(each.table, each.groups[group]) for each in every] for group in range(ends.len() + 1)]
    result = Linked(groups, ends, in_turn.states, in_turn.lost, DECOY.together(each.decoys for each in every))
    if decoys is not None:
        others = {INDEXED: whole, EXTRA: extra}
        result.ground = together([*(each.ground for each in every), others], [*OWN, INDEXED, EXTRA])
    return result


@dataclass
class _Opened:
    """A source that is to be read. mine: the members for whom; begun: waits for what engine.spelt gives, where it was begun."""

    state: SourceState
    mine: pl.DataFrame
    parts: Parts
    engine: Engine
    memory: Memory
    begun: Callable[[], Gathered] | None = None

    def begin(self, pool: Executor) -> None:
        """Find what the records without a usable number give beside other work, unless it is remembered or begun."""
        if self.memory.is_empty and self.begun is None:
            self.begun = pool.submit(self.engine.spelt).result


@dataclass(frozen=True)
class _Opening:
    """What it takes to open a source; see link.

    read_for: source → as _read_for; homes: all members of their households, decoys, and those of the households beside
    """

    read_for: Mapping[str, tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]]
    homes: pl.DataFrame
    key: bytes
    progress: Progress
    pool: Executor
    everyone: bool
    remembering: "Remembering | None"
    engine: Engines
    placed: dict[tuple[int, int], Placed] = field(default_factory=dict)

    @property
    def ahead(self) -> int:
        """How many sources are begun before it is their turn; a cluster has work enough."""
        return 2 if self.everyone and self.engine is here else 0

    def of(self, state: SourceState) -> _Opened:
        """One source; of a few parts all are read from now on."""
        mine, everybody, under = self.read_for[state.source.id]
        tell, homes = partial(self.progress, state.source.title), self.homes
        if self.everyone:
            parts, engine = all_parts(state, under, self.key, tell, self.placed), self.engine
        else:
            parts, engine = few_parts(state, under, self.key, tell, self.pool), here
        memory = self.remembering.of(state, parts, everybody, under, homes) if self.remembering else FORGETFUL
        return _Opened(state, mine, parts, engine(parts, everybody, homes), memory)


@dataclass(frozen=True)
class _InTurn:
    """decided: of the sources that were read, in their order; states, lost: as in Linked."""

    decided: list["_Decided"]
    states: list[SourceState]
    lost: dict[tuple[str, str], list[str]]


def _in_turn(
    states: Sequence[SourceState], opening: _Opening, worked: Callable[[_Opened], Worked], deciding: "_Deciding"
) -> _InTurn:
    """The sources read one after another, the largest first; each is decided while the parts of the next are read."""
    read = [
        place for place, each in enumerate(states) if each.state == "arrived" and each.source.id in opening.read_for
    ]
    order = sorted(read, key=lambda place: _size(states[place]), reverse=True)  # little is left at the end
    sources, coming = dict[int, _Opened](), dict[int, Future[_Decided]]()
    for at, place in enumerate(order):
        sources[place] = opening.of(states[place])
        if at < opening.ahead:
            sources[place].begin(opening.pool)
    for at, place in enumerate(order):
        for after in order[at + 1 : at + 2] if opening.ahead else []:
            sources[after].begin(opening.pool)
        source = sources[place]
        coming[place] = opening.pool.submit(deciding.of, source.state, source.mine, worked(source))
    lost = {
        (states[place].source.id, states[place].supplier): source.parts.lost
        for place, source in sorted(sources.items())
        if source.parts.lost
    }
    now = [_as_read(each, lost.get((each.source.id, each.supplier), ())) for each in states]
    return _InTurn([coming[place].result() for place in read], now, lost)


def _size(state: SourceState) -> int:
    return sum(file.size for file in state.snapshot.files) if state.snapshot else 0


def _as_read(state: SourceState, lost: Sequence[str]) -> SourceState:
    """The source, damaged where parts of it could not be read."""
    if not lost:
        return state
    names = "、".join(lost[:3]) + (" 等" if len(lost) > 3 else "")
    return state.damaged(f"{state.source.title}有 {len(lost)} 个数据分片读不出来（{names}）")


@dataclass(frozen=True)
class _Decided:
    """Of one source and supplier: what each group of parts gave of each group of households; DECOY rows, and the ground of no household."""

    table: Table
    groups: list[list[Piece]]
    decoys: pl.DataFrame
    ground: dict[str, pl.DataFrame]


@dataclass(frozen=True)
class _Deciding:
    """How what the parts of a source gave becomes links; see link."""

    decisions: pl.DataFrame
    decoys: pl.DataFrame | None
    closed: Mapping[tuple[str, str], frozenset[str]]
    elsewhere: "Elsewhere | None"
    ends: pl.Series

    def of(self, state: SourceState, mine: pl.DataFrame, worked: Worked) -> _Decided:
        """The candidates of one source and supplier, decided by groups of parts, two side by side: each has all records of its numbers."""
        place, table = (state.source.id, state.supplier), RECORDS[state.source.table]
        closed, counts, ground = self.closed.get(place, frozenset()), DECOY.empty(), dict[str, pl.DataFrame]()
        if self.decoys is not None:
            false = decide(worked.candidates_that(is_decoy()), self.decoys)
            counts = counted(false, self.decoys.height, *place)
            closed = closed_tiers(counts).get(place, frozenset())
            ground = laid(state, worked, false)
        others = None if self.elsewhere is None else partial(self.elsewhere.among, state.source.id)
        under_check = ~is_decoy() if self.elsewhere is None else ~is_decoy() & ~self.elsewhere.is_beside()

        def grouped(taken: tuple[pl.DataFrame, pl.DataFrame]) -> list[Piece]:
            candidates, records = taken
            found, named = candidates.filter(under_check), things(records, table)
            decided = decided_links(found, mine, closed, named)
            links = settle(decided, self.decisions, mine, others)
            return pieces(links, unsettled(decided, links), with_homes(decided, records, table), self.ends)

        groups = zip(*side_by_side(grouped, worked.taken()), strict=True)
        return _Decided(table, [[piece for piece in each if piece.links.height] for each in groups], counts, ground)


def pieces(links: pl.DataFrame, otherwise: pl.DataFrame, behind: pl.DataFrame, ends: pl.Series) -> list[Piece]:
    """One for each group of households; as Theirs, of one record table: links, unsettled, records."""
    each = packed_by_group(links, ends), Grouped(otherwise, ends).each(), packed_by_group(behind, ends)
    return [Piece(*packed) for packed in zip(*each, strict=True)]


def _put_together(found: Found) -> Theirs:
    links = [LINK.together(piece.links.frame() for piece in pieces) for _, pieces in found]
    in_order = [each.sort(HOME, *telling(each), "member_no") for each in links if each.height]
    unsettled = LINK.together(piece.unsettled for _, pieces in found for piece in pieces)
    records: dict[str, list[pl.DataFrame]] = {}
    for table, pieces in found:
        records.setdefault(table.name, []).extend(piece.records.frame() for piece in pieces)
    return Theirs(
        alike_once(LINK.together(in_order).sort(HOME, maintain_order=True)),
        unsettled.sort(HOME, maintain_order=True),
        {name: alike_once(laid_out(held(RECORDS[name]), frames)) for name, frames in records.items()},
    )


def decided_links(
    candidates: pl.DataFrame, members: pl.DataFrame, closed: frozenset[str], named: pl.DataFrame
) -> pl.DataFrame:
    """LINK rows of one source and supplier as the matcher decides them, run left null; named: as things."""
    decided = decide(candidates, members, closed).with_columns(data_date=data_day(pl.col("snapshot"))).drop("subject")
    slot = telling(named)
    things = named.select(*slot, "subject")
    return LINK.fit(decided.join(things, on=slot, how="left", maintain_order="left"))


def accepted(links: pl.DataFrame, held: pl.DataFrame, table: Table) -> pl.DataFrame:
    """linked(table) rows of the accepted links. held: the records behind them, beside the household."""
    if held.is_empty():
        return linked(table).empty()
    place = [*telling(held), HOME]
    sources = held.select("source", "supplier").unique()
    theirs = links.filter(pl.col("status") == "accepted").join(sources, on=["source", "supplier"], how="semi")
    told = theirs.select(*place, "member_no", "person_no", "tier", "reason", "data_date")
    return linked(table).fit(held.join(told, on=place, how="inner", nulls_equal=True, maintain_order="left"))


def _read_for(
    states: list[SourceState],
    index: pl.DataFrame,
    nobody: pl.DataFrame,
    standing: pl.DataFrame,
    on_roster: Callable[[Collection[str]], set[str]],
    within: Callable[[str, pl.DataFrame], pl.DataFrame],
    elsewhere: "Elsewhere | None",
) -> dict[str, tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]]:
    """Source → the members for whom it is read, the same with decoys and those beside, and under which numbers they may stand."""
    read_for = {}
    # by who stands beside: sources that may be read for everybody share one
    whole = {tuple[Any, ...](): (index, pl.concat([index, nobody]), standing)}
    for source in dict.fromkeys(state.source.id for state in states if state.state == "arrived"):
        mine = within(source, index)
        beside = nobody.clear() if elsewhere is None else elsewhere.beside(source)
        others, here = pl.concat([mine, nobody, beside]), tuple(beside.select(HOME, "member_no").rows())
        if mine.height < index.height:
            if not mine.is_empty():
                read_for[source] = mine, others, stand_under(others, on_roster)
            continue
        if here not in whole:
            whole[here] = index, others, stand_under(others, on_roster)
        read_for[source] = whole[here]
    return read_for
