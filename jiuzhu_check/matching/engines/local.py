"""On one machine: a few parts at a time, so that memory holds those and what was found."""

from collections.abc import Iterable, Iterator

import polars as pl

from jiuzhu_check.matching.candidates import CANDIDATE, OnRoster, candidates, marked
from jiuzhu_check.matching.profile import Profile, profile

BATCH_ROWS = 200_000


def work_through(
    parts: Iterable[pl.DataFrame], index: pl.DataFrame, households: pl.DataFrame, on_roster: OnRoster
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The candidates of all parts, and the records that they speak of.

    parts: records of one snapshot, each part holding all records of its numbers
    index, households, on_roster: see matching/candidates.py
    """
    found: list[pl.DataFrame] = [pl.DataFrame(schema=CANDIDATE)]
    records: list[pl.DataFrame] = []
    generic: dict[str, int] = {}
    members = index.select(owner_no="number").drop_nulls()
    for batch in _batches(_possible(part, members) for part in parts):
        generic |= profile([batch]).go_betweens
        pairs = candidates(batch, index, households, on_roster)
        if pairs.height:
            found.append(pairs)
            records.append(batch.join(pairs, on=["extract", "sheet", "source_row", "slot"], how="semi"))
    return marked(pl.concat(found), Profile(generic)), pl.concat(records) if records else pl.DataFrame()


def _possible(part: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """The records that could be a member's: those under a member's number, and those without a usable number."""
    under = part.join(members, on="owner_no", how="semi")
    return pl.concat([under, part.filter(pl.col("owner_no").is_null())])


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
