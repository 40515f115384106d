"""分区 parting: records, which come piece by piece, → the parts of a snapshot.

Memory holds so many of them; more wait on the disk, encrypted, until their part is made (store/aside.py). However the
records are cut into pieces, the parts are the same: in each they stand in the order in which they came.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import polars as pl

from jiuzhu_check.intake.stored import slim
from jiuzhu_check.store.aside import Aside, Ticket
from jiuzhu_check.store.bucket import bucket
from jiuzhu_check.tables.record import RECORDS

PARTS = 64
LOOSE_ROWS = 100_000  # rows of one part without a usable number
HELD_ROWS = 1_500_000  # in memory at most; more are set aside
_PARTS_BY_ROWS = ((20_000_000, 256), (8_000_000, 128))
_LOOSE = PARTS  # the place of those without a usable number
_THREADS = 2


@dataclass(frozen=True)
class _Lot:
    """Some records by their places, slim: in memory one frame, cut at the starts, or set aside place by place.

    missing: the columns that what is set aside lacks beside the frame
    """

    alike: Mapping[str, object]
    stored: pl.DataFrame
    starts: Sequence[int] = ()
    tickets: Mapping[int, Ticket] | None = None
    missing: Sequence[pl.Expr] = ()

    def at(self, place: int, aside: Aside) -> pl.DataFrame:
        """The records of one place."""
        if self.tickets is None:
            return self.stored.slice(self.starts[place], self.starts[place + 1] - self.starts[place])
        if place not in self.tickets:
            return self.stored
        return aside.take(self.tickets[place]).with_columns(self.missing).select(self.stored.columns)


class Parting:
    """The records of a delivery on their way into parts.

    rows:  how many there are
    kinds: how many by what their number is
    """

    def __init__(self, table: str, key: bytes, aside: Aside) -> None:
        self._table, self._key, self._aside = RECORDS[table], key, aside
        self._set_aside: list[_Lot] = []
        self._held: list[_Lot] = []
        self.rows = 0
        self.kinds: Counter[str] = Counter()

    def take(self, records: pl.DataFrame) -> None:
        """Records of the table; raises TryLater where they have to wait on the disk and it is full."""
        if records.is_empty():
            return
        self.rows += records.height
        self.kinds.update(_kinds(records["owner_no_kind"]))
        if self._held and sum(lot.stored.height for lot in self._held) + records.height > HELD_ROWS:
            self._set_aside.append(self._wait(self._held))
            self._held = []
        self._held.append(self._lot(records))

    @property
    def parts(self) -> int:
        """How many parts there will be of records with a usable number."""
        return next((parts for rows, parts in _PARTS_BY_ROWS if self.rows > rows), PARTS)

    @property
    def alike(self) -> dict[str, object]:
        """The columns in which all records are alike, which are left out of the parts."""
        return _alike(self._lots)

    def cut(self) -> Iterator[tuple[str, pl.DataFrame]]:
        """n000 ... by a keyed hash of the owner's number, and loose000 ... without one.

        Every part is there, be it empty: a part that is missing is a part that was lost.
        """
        alike, finer = self.alike, self.parts // PARTS
        lots = self._even(self._lots, alike)
        for place in range(PARTS):
            records = self._together(lots, place)
            if finer == 1:
                yield f"n{place:03}", records
                continue
            part = records.select(bucket(pl.col("owner_no"), self.parts, self._key)).to_series()
            for number in range(place * finer, (place + 1) * finer):
                yield f"n{number:03}", records.filter(part == number)
        yield from self._loose(lots)

    @property
    def _lots(self) -> list[_Lot]:
        return [*self._set_aside, *self._held] or [self._lot(self._table.empty())]

    def _lot(self, records: pl.DataFrame) -> _Lot:
        stored, alike = slim(records)
        place = bucket(pl.col("owner_no"), PARTS, self._key).fill_null(_LOOSE)
        placed = stored.with_columns(_place=place).sort("_place", maintain_order=True)
        starts = placed["_place"].search_sorted(pl.int_range(_LOOSE + 2, dtype=pl.UInt16, eager=True), side="left")
        return _Lot(alike, placed.drop("_place"), starts.to_list())

    def _wait(self, lots: Sequence[_Lot]) -> _Lot:
        alike = _alike(lots)
        even = self._even(lots, alike)

        def put(place: int) -> tuple[int, Ticket]:
            return place, self._aside.put(self._together(even, place))

        some = [place for place in range(_LOOSE + 1) if any(lot.starts[place] < lot.starts[place + 1] for lot in lots)]
        with ThreadPoolExecutor(_THREADS) as pool:
            tickets = dict(pool.map(put, some))
        return _Lot(alike, self._together(even, _LOOSE).clear(), tickets=tickets)

    def _even(self, lots: Sequence[_Lot], alike: Mapping[str, object]) -> list[_Lot]:
        """The lots, each with all columns but those that are alike in all; what is set aside is made so when it is had."""
        order = [name for name in self._table.columns if name not in alike]

        def made(lot: _Lot) -> _Lot:
            missing = [
                pl.lit(value, self._table.columns[name]).alias(name)
                for name, value in lot.alike.items()
                if name not in alike
            ]
            return replace(lot, stored=lot.stored.with_columns(missing).select(order), missing=missing)

        return [made(lot) for lot in lots]

    def _together(self, lots: Sequence[_Lot], place: int) -> pl.DataFrame:
        """The records of a place from all lots, which have the same columns."""
        return pl.concat(lot.at(place, self._aside) for lot in lots)

    def _loose(self, lots: Sequence[_Lot]) -> Iterator[tuple[str, pl.DataFrame]]:
        waiting, number = self._together(lots[:1], _LOOSE), 0
        for lot in lots[1:]:
            waiting = pl.concat([waiting, self._together([lot], _LOOSE)])
            while waiting.height > LOOSE_ROWS:
                yield f"loose{number:03}", waiting.head(LOOSE_ROWS)
                waiting, number = waiting.slice(LOOSE_ROWS), number + 1
        for start in range(0, max(1, waiting.height), LOOSE_ROWS):
            yield f"loose{number:03}", waiting.slice(start, LOOSE_ROWS)
            number += 1


def _kinds(kinds: pl.Series) -> dict[str, int]:
    """How many there are of each; nearly all are valid."""
    others = kinds.filter(kinds != "valid")
    told = dict(others.value_counts().iter_rows())
    return {**told, **({"valid": kinds.len() - others.len()} if others.len() < kinds.len() else {})}


def _alike(lots: Sequence[_Lot]) -> dict[str, object]:
    return {
        name: value
        for name, value in lots[0].alike.items()
        if all(name in lot.alike and lot.alike[name] == value for lot in lots)
    }
