"""从记录到关联: the parts of every source that was read, worked through and decided."""

from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

import polars as pl

from jiuzhu_check.checks.ground import EXTRA, INDEXED, UNSETTLED, held, laid, together, unsettled, with_homes
from jiuzhu_check.checks.parts import Parts, all_parts, few_parts
from jiuzhu_check.checks.remembered import Remembering
from jiuzhu_check.checks.sources import SourceState
from jiuzhu_check.intake.stored import data_day
from jiuzhu_check.matching.candidates import stand_under
from jiuzhu_check.matching.decide import decide
from jiuzhu_check.matching.decisions import settle
from jiuzhu_check.matching.decoys import closed_tiers, counted, is_decoy
from jiuzhu_check.matching.engines.engine import Engine, Worked, candidates_of
from jiuzhu_check.matching.engines.gathered import FORGETFUL
from jiuzhu_check.matching.engines.local import Local
from jiuzhu_check.tables.decoy import DECOY
from jiuzhu_check.tables.link import LINK
from jiuzhu_check.tables.record import ORIGIN, RECORDS, SUBJECT, linked, telling
from jiuzhu_check.tables.schema import Table, alike_once

Progress = Callable[[str, int, int], None]
# Where the parts of a source are worked through: of the parts, the members for whom it is read, and their households.
Engines = Callable[[Parts, pl.DataFrame, pl.DataFrame], Engine]


def here(parts: Parts, everybody: pl.DataFrame, homes: pl.DataFrame) -> Engine:
    """On this machine."""
    return Local(parts.loose(), parts.keyed(), everybody, homes, parts.whole)


@dataclass
class Linked:
    """What linking gave.

    links:   LINK rows of all sources, without run
    records: by record table, linked(...) rows of accepted links
    states:  the source states, with what proved damaged
    lost:    (source, supplier) → names of the parts that could not be read
    decoys:  DECOY rows, where there were decoys
    ground:  what else linking found on its way (checks/ground.py), where every part was read
    """

    links: pl.DataFrame = field(default_factory=LINK.empty)
    records: dict[str, pl.DataFrame] = field(default_factory=dict)
    states: list[SourceState] = field(default_factory=list)
    lost: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    decoys: pl.DataFrame = field(default_factory=DECOY.empty)
    ground: dict[str, pl.DataFrame] = field(default_factory=dict)


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
    remembering: Remembering | None = None,
    engine: Engines = here,
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
    """
    result = Linked()
    nobody = index.clear() if decoys is None else decoys
    homes = pl.concat([households, nobody.select(households.columns)])
    standing = stand_under(pl.concat([index, nobody]), on_roster)
    read_for = _read_for(states, index, nobody, standing, on_roster, within)
    decided: list[Future[_Decided]] = []
    placed: dict[tuple[int, int], dict[str, pl.DataFrame]] = {}
    with ThreadPoolExecutor(2) as pool:
        begun = {
            place: few_parts(state, read_for[state.source.id][2], key, partial(progress, state.source.title), pool)
            for place, state in enumerate([] if everyone else states)
            if state.source.id in read_for and state.state == "arrived"
        }
        for place, state in enumerate(states):
            if state.state != "arrived" or state.source.id not in read_for:
                result.states.append(state)
                continue
            mine, everybody, under = read_for[state.source.id]
            parts = begun.get(place) or all_parts(state, under, key, partial(progress, state.source.title), placed)
            worked = candidates_of(
                (engine if everyone else here)(parts, everybody, homes),
                on_roster,
                None if everyone else parts.owners,
                roster,
                remembering.of(state, parts, everybody, under, homes) if remembering else FORGETFUL,
            )
            shut = (closed or {}).get((state.source.id, state.supplier), frozenset())
            # while the parts of the next source are read
            decided.append(pool.submit(_decide, state, worked, mine, decoys, shut, decisions))
            if parts.lost:
                result.lost[state.source.id, state.supplier] = parts.lost
                names = "、".join(parts.lost[:3]) + (" 等" if len(parts.lost) > 3 else "")
                state = state.damaged(f"{state.source.title}有 {len(parts.lost)} 个数据分片读不出来（{names}）")
            result.states.append(state)
        every = [each.result() for each in decided]
    result.links = LINK.together(each.links for each in every)
    result.decoys = DECOY.together(each.decoys for each in every)
    result.records = {
        name: linked(table).together(each.records for each in every if each.table == name)
        for name, table in RECORDS.items()
    }
    if decoys is not None:
        extra = standing.filter(pl.col("number_evidence").is_not_null())
        result.ground = together(
            [*(each.ground for each in every), {INDEXED: pl.concat([index, nobody]), EXTRA: extra}]
        )
    return result


@dataclass(frozen=True)
class _Decided:
    """Of one source and supplier: LINK rows, linked(...) rows of accepted links, DECOY rows, and the ground where there are decoys."""

    table: str
    links: pl.DataFrame
    records: pl.DataFrame
    decoys: pl.DataFrame
    ground: dict[str, pl.DataFrame]


def _decide(
    state: SourceState,
    worked: Worked,
    mine: pl.DataFrame,
    decoys: pl.DataFrame | None,
    closed: frozenset[str],
    decisions: pl.DataFrame,
) -> _Decided:
    """The candidates of one source and supplier, decided.

    closed: tiers that accept nothing; where there are decoys, they say so themselves
    """
    table, counts, found = RECORDS[state.source.table], DECOY.empty(), worked.candidates
    named, ground = things(worked.records, table), dict[str, pl.DataFrame]()
    if decoys is not None:
        false = decide(found.filter(is_decoy()), decoys)
        counts = counted(false, decoys.height, state.source.id, state.supplier)
        closed = closed_tiers(counts).get((state.source.id, state.supplier), frozenset())
        found = found.filter(~is_decoy())
        ground = laid(state, worked, false, named)
    decided = decided_links(found, mine, closed, named)
    links = settle(decided, decisions, mine)
    if decoys is not None:
        ground |= {UNSETTLED: unsettled(decided, links), held(table): with_homes(decided, worked.records, table)}
    linked_records = accepted(links, worked.records, table)
    return _Decided(table.name, alike_once(links), alike_once(linked_records), counts, ground)


def decided_links(
    candidates: pl.DataFrame, members: pl.DataFrame, closed: frozenset[str], named: pl.DataFrame
) -> pl.DataFrame:
    """LINK rows of one source and supplier as the matcher decides them, run left null; named: as things."""
    decided = decide(candidates, members, closed).with_columns(data_date=data_day(pl.col("snapshot"))).drop("subject")
    slot = telling(named)
    things = named.select(*slot, "subject")
    return LINK.fit(decided.join(things, on=slot, how="left", maintain_order="left"))


def things(records: pl.DataFrame, table: Table) -> pl.DataFrame:
    """ORIGIN and subject of the records: what names the thing, the VIN, the unit number, the account."""
    if records.is_empty():
        return pl.DataFrame(schema={**ORIGIN, "subject": pl.String()})
    return records.select(*ORIGIN, subject=pl.coalesce(SUBJECT[table.name])).unique(
        telling(records), maintain_order=True
    )


def accepted(links: pl.DataFrame, records: pl.DataFrame, table: Table) -> pl.DataFrame:
    """linked(table) rows of the accepted links."""
    return linked(table).fit(_accepted(links, records))


def _read_for(
    states: list[SourceState],
    index: pl.DataFrame,
    nobody: pl.DataFrame,
    standing: pl.DataFrame,
    on_roster: Callable[[Collection[str]], set[str]],
    within: Callable[[str, pl.DataFrame], pl.DataFrame],
) -> dict[str, tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]]:
    """Source → the members for whom it is read, the same with the decoys, and under which numbers they may stand."""
    whole = index, pl.concat([index, nobody]), standing
    read_for = {}
    for source in dict.fromkeys(state.source.id for state in states if state.state == "arrived"):
        mine = within(source, index)
        if mine.height == index.height:
            read_for[source] = whole
        elif not mine.is_empty():
            others = pl.concat([mine, nobody])
            read_for[source] = mine, others, stand_under(others, on_roster)
    return read_for


def _accepted(links: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    if records.is_empty():
        return records
    slot = telling(records)
    accepted = links.filter(pl.col("status") == "accepted").select(
        *slot, "household_no", "member_no", "person_no", "tier", "reason", "data_date"
    )
    return records.join(accepted, on=slot, how="inner")
