"""On one machine: a few parts at a time, so that memory holds those and what was found."""

from collections.abc import Callable, Iterable, Iterator

import polars as pl

from jiuzhu_check.matching.candidates import CANDIDATE, FITTED, OnRoster, by_number, by_spelling, marked, stand_under
from jiuzhu_check.matching.namesakes import Holders, weighed
from jiuzhu_check.matching.profile import Profile, profile

BATCH_ROWS = 200_000
SLOT = ("extract", "sheet", "source_row", "slot")
# The owners (owner_no, owner_name) of the parts that were not asked for.
Elsewhere = Callable[[], Iterable[pl.DataFrame]]


def work_through(
    loose: Iterable[pl.DataFrame],
    keyed: Iterable[pl.DataFrame],
    index: pl.DataFrame,
    households: pl.DataFrame,
    on_roster: OnRoster,
    elsewhere: Elsewhere = list,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The candidates of all parts, and the records that they speak of.

    loose:     records of one snapshot without a usable number
    keyed:     the others, each part holding all records of its numbers
    elsewhere: the owners in the keyed parts that are not among these; looked at only where a damaged number has to
               be weighed against everybody of that name
    index, households, on_roster: see matching/candidates.py
    """
    spelt, records = _worked(_batches(loose), lambda batch: by_spelling(batch, index, households, on_roster))
    holders = Holders([*spelt["owner_key"], *spelt["name_key"].drop_nulls()])
    standing = stand_under(index, on_roster)
    under = standing.select("owner_no").unique()
    generic: dict[str, int] = {}

    def number_batch(batch: pl.DataFrame) -> pl.DataFrame:
        generic.update(profile([batch]).go_betweens)
        return by_number(batch, standing, households)

    def possible() -> Iterator[pl.DataFrame]:
        for part in keyed:
            holders.look(part)
            yield part.join(under, on="owner_no", how="semi")

    numbered, theirs = _worked(_batches(possible()), number_batch)
    if holders.names.len():
        for owners in elsewhere():
            holders.look(owners)
    found = pl.concat([weighed(spelt, holders).select(list(CANDIDATE)), numbered.select(list(CANDIDATE))])
    return marked(found, Profile(generic)), pl.concat([*records, *theirs]) if records or theirs else pl.DataFrame()


def _worked(
    batches: Iterable[pl.DataFrame], look: Callable[[pl.DataFrame], pl.DataFrame]
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    found, records = [pl.DataFrame(schema=FITTED)], []
    for batch in batches:
        pairs = look(batch)
        if pairs.height:
            found.append(pairs)
            records.append(batch.join(pairs, on=list(SLOT), how="semi"))
    return pl.concat(found), records


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
