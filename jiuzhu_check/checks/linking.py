"""从记录到关联: the parts of every source that was read, worked through and decided."""

from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import polars as pl

from jiuzhu_check.checks.sources import SourceState
from jiuzhu_check.errors import IntegrityError
from jiuzhu_check.intake.pull import read_records
from jiuzhu_check.matching.decide import decide
from jiuzhu_check.matching.engines.local import work_through
from jiuzhu_check.store.bucket import bucket
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
    """

    links: pl.DataFrame = field(default_factory=LINK.empty)
    records: dict[str, pl.DataFrame] = field(default_factory=dict)
    states: list[SourceState] = field(default_factory=list)
    lost: dict[tuple[str, str], list[str]] = field(default_factory=dict)


def link(
    states: list[SourceState],
    index: pl.DataFrame,
    households: pl.DataFrame,
    on_roster: Callable[[Collection[str]], set[str]],
    key: bytes,
    progress: Progress,
    *,
    everyone: bool,
) -> Linked:
    """Link the records of every source that arrived to the members under check.

    index:      the members with consent (matching/candidates.py INDEX)
    households: all members of their households
    everyone:   read every part; else only the parts that could hold a record of the index's members
    """
    result = Linked()
    links, records = [LINK.empty()], {name: [linked(table).empty()] for name, table in RECORDS.items()}
    for state in states:
        if state.state != "arrived" or state.snapshot is None:
            result.states.append(state)
            continue
        lost: list[str] = []
        wanted = _wanted(state, index, key, everyone=everyone)
        found, theirs = work_through(
            _read(state, wanted, lost, progress, few=not everyone), index, households, on_roster
        )
        table = RECORDS[state.source.table]
        decided = decide(found, index).with_columns(data_date=pl.lit(state.snapshot.data_date)).drop("subject")
        links.append(LINK.fit(_named(decided, theirs, SUBJECT[table.name])))
        records[table.name].append(linked(table).fit(_accepted(decided, theirs)))
        if lost:
            result.lost[state.source.id, state.supplier] = lost
            names = "、".join(lost[:3]) + (" 等" if len(lost) > 3 else "")
            state = state.damaged(f"{state.source.title}有 {len(lost)} 个数据分片读不出来（{names}）")
        result.states.append(state)
    result.links = pl.concat(links)
    result.records = {name: pl.concat(frames) for name, frames in records.items()}
    return result


def _wanted(state: SourceState, index: pl.DataFrame, key: bytes, *, everyone: bool) -> list[str]:
    assert state.snapshot is not None
    parts = int(state.snapshot.facts["parts"])
    names = [f"n{number:03}" for number in range(parts)]
    if not everyone:
        buckets = index.select(bucket(pl.col("number"), parts, key)).to_series().drop_nulls().unique()
        names = [names[number] for number in sorted(buckets)]
    return names + [name for name in state.snapshot.part_names() if name.startswith("loose")]


def _read(
    state: SourceState, wanted: list[str], lost: list[str], progress: Progress, *, few: bool
) -> Iterator[pl.DataFrame]:
    """The parts, one after another; a few are read side by side."""
    assert state.snapshot is not None
    snapshot = state.snapshot

    def read(name: str) -> pl.DataFrame | None:
        try:
            return read_records(snapshot, name)
        except IntegrityError:
            return None

    with ThreadPoolExecutor(2) as pool:
        parts = pool.map(read, wanted) if few else map(read, wanted)
        for done, (name, part) in enumerate(zip(wanted, parts, strict=True), start=1):
            if part is None:
                lost.append(name)
            else:
                yield part
            progress(state.source.title, done, len(wanted))


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
