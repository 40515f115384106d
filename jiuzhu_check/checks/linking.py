"""从记录到关联: the parts of every source that was read, worked through and decided."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

import polars as pl

from jiuzhu_check.checks.sources import SourceState
from jiuzhu_check.errors import IntegrityError
from jiuzhu_check.intake.pull import read_owners, read_records
from jiuzhu_check.matching.candidates import STANDING, stand_under
from jiuzhu_check.matching.decide import decide
from jiuzhu_check.matching.decisions import settle
from jiuzhu_check.matching.decoys import closed_tiers, counted, is_decoy
from jiuzhu_check.matching.engines.local import work_through
from jiuzhu_check.store.bucket import bucket
from jiuzhu_check.tables.decoy import DECOY
from jiuzhu_check.tables.link import LINK
from jiuzhu_check.tables.record import ORIGIN, RECORDS, SUBJECT, linked

Progress = Callable[[str, int, int], None]


@dataclass
class Linked:
    """What linking gave.

    links:   LINK rows of all sources, without run
    records: by record table, linked(...) rows of accepted links
    states:  the source states, with what proved damaged
    lost:    (source, supplier) → names of the parts that could not be read
    decoys:  DECOY rows, where there were decoys
    """

    links: pl.DataFrame = field(default_factory=LINK.empty)
    records: dict[str, pl.DataFrame] = field(default_factory=dict)
    states: list[SourceState] = field(default_factory=list)
    lost: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    decoys: pl.DataFrame = field(default_factory=DECOY.empty)


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
) -> Linked:
    """Link the records of every source that arrived to the members under check.

    index:      the members with consent (matching/candidates.py INDEX)
    households: all members of their households
    decisions:  what people said of links (tables/decision.py)
    everyone:   read every part; else only the parts that could hold a record of the index's members
    roster:     everybody on the roster (number, name_key); asked for only where somebody else may fit as well
    decoys:     persons who cannot match (matching/decoys.py), linked beside the members in the same pass
    closed:     (source, supplier) → tiers that accept nothing; where there are decoys, they say so themselves
    """
    result = Linked()
    links, records = [LINK.empty()], {name: [linked(table).empty()] for name, table in RECORDS.items()}
    nobody = index.clear() if decoys is None else decoys
    everybody, homes = pl.concat([index, nobody]), pl.concat([households, nobody.select(households.columns)])
    standing, counts = stand_under(everybody, on_roster), [DECOY.empty()]
    for state in states:
        if state.state != "arrived" or state.snapshot is None:
            result.states.append(state)
            continue
        lost: list[str] = []
        placed = _placed(state, standing, key)
        wanted = _wanted(state, placed, everyone=everyone)
        reading = partial(_read, state, lost=lost, progress=progress, of=wanted, few=not everyone)
        found, theirs = work_through(
            (part for _, part in reading([name for name in wanted if _is_loose(name)])),
            _with_members(reading([name for name in wanted if not _is_loose(name)]), placed),
            everybody,
            homes,
            on_roster,
            partial(_owners_elsewhere, state, wanted, lost),
            roster,
        )
        table = RECORDS[state.source.table]
        shut = (closed or {}).get((state.source.id, state.supplier), frozenset())
        if decoys is not None:
            false = decide(found.filter(is_decoy()), nobody)
            counts.append(counted(false, nobody.height, state.source.id, state.supplier))
            shut = closed_tiers(counts[-1]).get((state.source.id, state.supplier), frozenset())
            found = found.filter(~is_decoy())
        decided = decide(found, index, shut).with_columns(data_date=pl.lit(state.snapshot.data_date)).drop("subject")
        settled = settle(LINK.fit(_named(decided, theirs, SUBJECT[table.name])), decisions, index)
        links.append(settled)
        records[table.name].append(linked(table).fit(_accepted(settled, theirs)))
        if lost:
            result.lost[state.source.id, state.supplier] = lost
            names = "、".join(lost[:3]) + (" 等" if len(lost) > 3 else "")
            state = state.damaged(f"{state.source.title}有 {len(lost)} 个数据分片读不出来（{names}）")
        result.states.append(state)
    result.links, result.decoys = pl.concat(links), pl.concat(counts)
    result.records = {name: pl.concat(frames) for name, frames in records.items()}
    return result


def _is_loose(name: str) -> bool:
    return name.startswith("loose")


def _placed(state: SourceState, standing: pl.DataFrame, key: bytes) -> dict[str, pl.DataFrame]:
    """The members by the part that their numbers fall in."""
    assert state.snapshot is not None
    parts = int(state.snapshot.facts["parts"])
    split = standing.with_columns(_part=bucket(pl.col("owner_no"), parts, key)).partition_by(
        "_part", as_dict=True, include_key=False
    )
    return {f"n{place[0]:03}": members for place, members in split.items()}


def _wanted(state: SourceState, placed: Mapping[str, pl.DataFrame], *, everyone: bool) -> list[str]:
    """The parts without usable numbers first: they tell which names to look out for in the others."""
    assert state.snapshot is not None
    names = [f"n{number:03}" for number in range(int(state.snapshot.facts["parts"]))]
    loose = [name for name in state.snapshot.part_names() if _is_loose(name)]
    return loose + (names if everyone else [name for name in names if name in placed])


def _with_members(
    parts: Iterable[tuple[str, pl.DataFrame]], placed: Mapping[str, pl.DataFrame]
) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    nobody = next((members.clear() for members in placed.values()), pl.DataFrame(schema=STANDING))
    for name, part in parts:
        yield part, placed.get(name, nobody)


def _read(
    state: SourceState, wanted: list[str], *, lost: list[str], progress: Progress, of: list[str], few: bool
) -> Iterator[tuple[str, pl.DataFrame]]:
    """The parts with their names, one after another; a few are read side by side."""
    assert state.snapshot is not None
    snapshot = state.snapshot

    def read(name: str) -> pl.DataFrame | None:
        try:
            return read_records(snapshot, name)
        except IntegrityError:
            return None

    with ThreadPoolExecutor(2) as pool:
        parts = pool.map(read, wanted) if few else map(read, wanted)
        for name, part in zip(wanted, parts, strict=True):
            if part is None:
                lost.append(name)
            else:
                yield name, part
            progress(state.source.title, of.index(name) + 1, len(of))


def _owners_elsewhere(state: SourceState, wanted: list[str], lost: list[str]) -> Iterator[pl.DataFrame]:
    """The owners in the other parts; one that cannot be read could hold somebody who fits as well, so it counts as lost."""
    assert state.snapshot is not None
    for name in state.snapshot.part_names():
        if name.startswith("n") and name not in wanted:
            try:
                yield read_owners(state.snapshot, name)
            except IntegrityError:
                lost.append(name)


def _named(links: pl.DataFrame, records: pl.DataFrame, subject: tuple[str, ...]) -> pl.DataFrame:
    """The links with what names the thing: the VIN, the unit number, the account."""
    if records.is_empty():
        return links
    things = records.select(*ORIGIN, subject=pl.coalesce(subject))
    return links.join(things, on=list(ORIGIN), how="left", maintain_order="left")


def _accepted(links: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    if records.is_empty():
        return records
    accepted = links.filter(pl.col("status") == "accepted").select(
        *ORIGIN, "household_no", "member_no", "person_no", "tier", "reason", "data_date"
    )
    return records.join(accepted, on=list(ORIGIN), how="inner")
