"""On one machine: a few parts at a time, so that memory holds those and what was found."""

from collections.abc import Callable, Iterable, Iterator

import polars as pl

from jiuzhu_check.matching.candidates import CANDIDATE, FITTED, OnRoster, fitted, in_spelling, marked, under_number
from jiuzhu_check.matching.namesakes import Holders, weighed
from jiuzhu_check.matching.profile import Profile, profile

BATCH_ROWS = 200_000
SLOT = ("extract", "sheet", "source_row", "slot")
# The owners (owner_no, owner_name) of all records under a number.
Owners = Callable[[], Iterable[pl.DataFrame]]


def work_through(
    loose: Iterable[pl.DataFrame],
    keyed: Iterable[tuple[pl.DataFrame, pl.DataFrame]],
    index: pl.DataFrame,
    households: pl.DataFrame,
    on_roster: OnRoster,
    owners: Owners | None = None,
    roster: Callable[[], pl.DataFrame] | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The candidates of all parts, and the records that they speak of.

    loose:     records of one snapshot without a usable number
    keyed:     the others, each part with the members who may stand in it (matching/candidates.py stand_under) and
               all records under their numbers
    owners:    where the keyed parts hold only some of the snapshot's records: looked at only where a damaged number
               has to be weighed against everybody of that name
    roster:    number and name_key of everybody on the roster, under check or not; likewise
    index, households, on_roster: see matching/candidates.py
    """
    spelt = Found(households)
    for part in _batches(loose):
        spelt.take(part.columns, in_spelling(part, index, on_roster))
    holders = Holders([*spelt.pairs()["owner_key"], *spelt.pairs()["name_key"].drop_nulls()])
    numbered = Found(households)
    generic: dict[str, int] = {}
    columns: list[str] = []

    def under() -> Iterator[pl.DataFrame]:
        for part, standing in keyed:
            columns[:] = part.columns
            if owners is None:
                holders.look(part)
            yield under_number(part, standing)

    for pairs in _batches(under()):
        generic |= profile([pairs], households).go_betweens
        numbered.take(columns, pairs)
    if holders.names.len():
        for part in owners() if owners is not None else ():
            holders.look(part)
        if roster is not None:
            holders.know(roster())
    found = pl.concat(
        [weighed(spelt.pairs(), holders).select(list(CANDIDATE)), numbered.pairs().select(list(CANDIDATE))]
    )
    return marked(found, Profile(generic)), pl.concat([*spelt.records, *numbered.records] or [pl.DataFrame()])


class Found:
    """Pairs with their evidence, and the records in them, batch by batch."""

    def __init__(self, households: pl.DataFrame) -> None:
        self.records: list[pl.DataFrame] = []
        self._households = households
        self._pairs = [pl.DataFrame(schema=FITTED)]

    def take(self, columns: list[str], pairs: pl.DataFrame) -> None:
        """A batch's records beside members; columns are the record's own."""
        if pairs.height:
            self._pairs.append(fitted(pairs, self._households))
            self.records.append(pairs.select(columns).unique(SLOT, maintain_order=True))

    def pairs(self) -> pl.DataFrame:
        """FITTED rows."""
        return pl.concat(self._pairs)


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
