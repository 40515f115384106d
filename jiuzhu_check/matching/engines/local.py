"""On one machine: a few parts at a time, so that memory holds those and what was found."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby

import polars as pl

from jiuzhu_check.matching.candidates import CANDIDATE, OnRoster, fitted, in_spelling, marked, under_number
from jiuzhu_check.matching.engines.gathered import FORGETFUL, SPELT, Gathered, Memory, put_together
from jiuzhu_check.matching.namesakes import Holders, weighed
from jiuzhu_check.matching.profile import Profile, profile

BATCH_ROWS = 200_000
SLOT = ("extract", "sheet", "source_row", "slot")
# The owners (owner_no, owner_name) of all records under a number.
Owners = Callable[[], Iterable[pl.DataFrame]]
Keyed = tuple[str, pl.DataFrame, pl.DataFrame]


def work_through(
    loose: Iterable[pl.DataFrame],
    keyed: Iterable[Keyed],
    index: pl.DataFrame,
    households: pl.DataFrame,
    on_roster: OnRoster,
    owners: Owners | None = None,
    roster: Callable[[], pl.DataFrame] | None = None,
    memory: Memory = FORGETFUL,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The candidates of all parts, and the records that they speak of.

    loose:     records of one snapshot without a usable number; not looked at where the memory holds what they gave
    keyed:     the others that the memory does not hold, each part by name with the members who may stand in it
               (matching/candidates.py stand_under) and all records under their numbers
    owners:    where the keyed parts hold only some of the snapshot's records: looked at only where a damaged number
               has to be weighed against everybody of that name
    roster:    number and name_key of everybody on the roster, under check or not; likewise
    index, households, on_roster: see matching/candidates.py
    """
    spelt = memory.spelt()
    if spelt is None:
        spelt = _spelt(loose, index, households, on_roster)
        memory.keep(spelt)
    names = {*spelt.pairs["owner_key"].drop_nulls(), *spelt.pairs["name_key"].drop_nulls()}
    holders, found = Holders(names), [memory.numbered(names)]
    for _, parts in groupby(keyed, lambda part: memory.group(part[0])):
        found.append(_numbered(parts, households, Holders(names) if owners is None else Holders([])))
        memory.keep(found[-1])
    numbered = put_together(found)
    holders.take(numbered.holders.drop("part"), sum(numbered.people.values()))
    if holders.names.len():
        for part in owners() if owners is not None else ():
            holders.look(part)
        if roster is not None:
            holders.know(roster())
    pairs = pl.concat([weighed(spelt.pairs, holders).select(list(CANDIDATE)), numbered.pairs.select(list(CANDIDATE))])
    records = [each.drop("part") for each in (*spelt.records, *numbered.records)]
    return marked(pairs, Profile(numbered.go_betweens)), pl.concat(records or [pl.DataFrame()])


def _spelt(
    loose: Iterable[pl.DataFrame], index: pl.DataFrame, households: pl.DataFrame, on_roster: OnRoster
) -> Gathered:
    """What the records without a usable number gave; all of it is one part's."""
    found = [Gathered(people={SPELT: 0})]
    for records in _batches(loose):
        pairs = in_spelling(records, index, on_roster).with_columns(part=pl.lit(SPELT))
        found.append(_gathered(pairs, records.columns, households))
    return put_together(found)


def _numbered(parts: Iterable[Keyed], households: pl.DataFrame, holders: Holders) -> Gathered:
    """What some keyed parts gave."""
    columns: list[str] = []
    found = [Gathered()]

    def under() -> Iterator[pl.DataFrame]:
        for name, records, standing in parts:
            columns[:] = records.columns
            known, people = holders.in_part(records)
            found.append(Gathered(holders=known.with_columns(part=pl.lit(name)), people={name: people}))
            yield under_number(records, standing).with_columns(part=pl.lit(name))

    for pairs in _batches(under()):
        found.append(_gathered(pairs, columns, households, profile([pairs], households).go_betweens))
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
        records=(pairs.select(*columns, "part").unique(SLOT, maintain_order=True),),
        generic=told.join(places, on="number", how="inner"),
    )


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
