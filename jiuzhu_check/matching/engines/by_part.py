"""逐片 by part: what parts give, wherever they lie; every engine calls these functions."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

import polars as pl

from jiuzhu_check.matching.candidates import PAIRED, fitted, in_spelling, under_number, with_evidence
from jiuzhu_check.matching.engines.gathered import SPELT, Gathered, put_together
from jiuzhu_check.matching.namesakes import Holders
from jiuzhu_check.matching.profile import profile
from jiuzhu_check.tables.packed import compact
from jiuzhu_check.tables.record import telling
from jiuzhu_check.tables.side_by_side import side_by_side

BATCH_ROWS = 200_000
# Gives records, and what stands beside them, all columns of their table.
Whole = Callable[[pl.DataFrame], pl.DataFrame]
# A part by name, all its records, and the members who may stand there (matching/candidates.py stand_under).
Keyed = tuple[str, pl.DataFrame, pl.DataFrame]


def spelt(loose: Iterable[pl.DataFrame], index: pl.DataFrame, households: pl.DataFrame) -> Gathered:
    """What records without a usable number give; all of it is one part's.

    index:      members, with all members of their households in households. Each household gives what it gives alone
    """
    found = [Gathered(people={SPELT: 0})]
    for records in _batches(loose):
        pairs = in_spelling(records, index).with_columns(part=pl.lit(SPELT))
        found.append(_gathered(pairs, records.columns, households))
    return put_together(found)


def numbered(
    parts: Iterable[Keyed], households: pl.DataFrame, holders: Holders, whole: Whole | None = None
) -> Gathered:
    """What some keyed parts give.

    holders: the names to look out for
    whole:   gives records all columns of their table, where the parts lack some: only those under a member's number
             need them
    """
    return gone_through(*joined(parts, holders), households, whole)


def joined(parts: Iterable[Keyed], holders: Holders) -> tuple[list[pl.DataFrame], Gathered]:
    """The first half of it: the parts' records beside members, and who else holds the names."""
    known, people = list[pl.DataFrame](), dict[str, int]()

    def under() -> Iterator[pl.DataFrame]:
        for counted, named, pairs in side_by_side(partial(_joined, holders), _several(parts)):
            people.update(counted)
            known.append(named)
            yield pairs

    batches = list(_batches(under()))
    return batches, Gathered(holders=pl.concat(known), people=people) if known else Gathered()


def _joined(holders: Holders, several: list[Keyed]) -> tuple[dict[str, int], pl.DataFrame, pl.DataFrame]:
    """Each part's people, who holds the names, and the records beside members."""
    people = {name: holders.people(records) for name, records, _ in several}
    together = pl.concat(records.with_columns(part=pl.lit(name)) for name, records, _ in several)
    pairs = under_number(together, pl.concat(standing for _, _, standing in several))
    return people, holders.among(together, "part"), pairs


def _several(parts: Iterable[Keyed]) -> Iterator[list[Keyed]]:
    """Parts until they are worth the overhead of one step."""
    held: list[Keyed] = []
    for part in parts:
        held.append(part)
        if sum(records.height for _, records, _ in held) >= BATCH_ROWS:
            yield held
            held = []
    if held:
        yield held


def gone_through(
    batches: Iterable[pl.DataFrame], known: Gathered, households: pl.DataFrame, whole: Whole | None = None
) -> Gathered:
    """The second half, of what the first gave."""
    found = [known]
    for pairs in batches:
        alone = compact(pairs)
        told = with_evidence(alone if whole is None else whole(alone))
        columns = [name for name in told.columns if name not in (*PAIRED, "part")]
        found.append(_gathered(told, columns, households, profile([told], households).go_betweens))
    return put_together(found)


def _gathered(
    pairs: pl.DataFrame, columns: list[str], households: pl.DataFrame, generic: Mapping[str, int] | None = None
) -> Gathered:
    """A batch's records beside members; columns are the record's own, generic the go-betweens' numbers among them."""
    if pairs.is_empty():
        return Gathered()
    told = pl.DataFrame(
        {"number": list(generic or {}), "names": list((generic or {}).values())},
        schema={"number": pl.String, "names": pl.Int64},
    )
    places = pairs.select("part", number="owner_no").unique()
    return Gathered(
        pairs=fitted(pairs, households),
        records=(_once_each(pairs.select(*columns, "part")),),
        generic=told.join(places, on="number", how="inner"),
    )


def _once_each(records: pl.DataFrame) -> pl.DataFrame:
    """The records, each once, though it stands beside several members."""
    slot = telling(records)
    return records.unique(slot, maintain_order=True) if records.select(slot).is_duplicated().any() else records


def _batches(frames: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """The frames put together until a batch is worth its overhead."""
    held: list[pl.DataFrame] = []
    for frame in frames:
        held.append(frame)
        if sum(each.height for each in held) >= BATCH_ROWS:
            yield pl.concat(held)
            held = []
    if held:
        yield pl.concat(held)
