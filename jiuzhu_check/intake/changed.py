"""变化 changed: which records an increment put in, took away and left, kept beside its snapshot.

A check that knows what the snapshot before gave needs to look at nothing else of the new one.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import polars as pl

from jiuzhu_check.intake.stored import as_records
from jiuzhu_check.store.snapshot import Snapshot, Store
from jiuzhu_check.tables.record import ORIGIN, RECORDS
from jiuzhu_check.tables.schema import Table

UPON = "stands_on"  # in the facts: the snapshot that the changes are to
_NUMBERED, _LOOSE, _GONE = "changed", "changed-loose", "gone"
_GONE_COLUMNS = {**ORIGIN, **{name: RECORDS["vehicle"].columns[name] for name in ("owner_no", "owner_name")}}


class Changing:
    """What is kept of an increment's parts while they pass by on their way into the store."""

    def __init__(self, snapshot: str, came: pl.Series, gone: Iterable[pl.DataFrame]) -> None:
        """came: the numbers of the increment's own records; gone: the records that they take the place of."""
        self._snapshot, self._some_came = snapshot, not came.is_empty()
        self._gone = pl.concat(
            [pl.DataFrame(schema=_GONE_COLUMNS), *(each.select(list(_GONE_COLUMNS)) for each in gone)]
        )
        self._touched = pl.concat([came, self._gone["owner_no"]]).drop_nulls().unique()

    def beside(self, parts: Iterable[tuple[str, pl.DataFrame]]) -> Iterator[tuple[str, pl.DataFrame]]:
        """The same parts, and behind them what changed: all records under every number that has another record now."""
        numbered, loose = list[pl.DataFrame](), list[pl.DataFrame]()
        for name, part in parts:
            if name.startswith("n"):
                numbered.append(part.filter(pl.col("owner_no").is_in(self._touched.implode())))
            else:
                told = "snapshot" in part.columns  # else all came with it, or none
                loose.append(part.filter(pl.col("snapshot") == self._snapshot if told else pl.lit(self._some_came)))
            yield name, part
        yield from ((_NUMBERED, pl.concat(numbered)), (_LOOSE, pl.concat(loose)), (_GONE, self._gone))


@dataclass(frozen=True)
class Changed:
    """What one or several increments changed.

    owners:   ORIGIN, owner_no and owner_name of all records that now stand under a number that has another record than before
    records:  gives those of them under some numbers whole
    loose:    the new records without a usable number
    gone:     ORIGIN, owner_no and owner_name of the records that stand there no more
    came:     the increments' snapshots
    """

    owners: pl.DataFrame
    records: Callable[[pl.Series], pl.DataFrame]
    loose: pl.DataFrame
    gone: pl.DataFrame
    came: frozenset[str]

    @cached_property
    def people(self) -> int:
        """How many more numbers there are now that have a record than there were before."""
        return self.owners["owner_no"].n_unique() - self._had["owner_no"].n_unique()

    def holders(self, names: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Who of some names stood, and stands, under one of the numbers: owner_name, owner_no, each once."""
        theirs = pl.col("owner_name").is_in(names.implode()) & pl.col("owner_no").is_not_null()
        before, after = (
            frame.filter(theirs).select("owner_name", "owner_no").unique() for frame in (self._had, self.owners)
        )
        return before, after

    @cached_property
    def _had(self) -> pl.DataFrame:
        """owner_no and owner_name of the records that stood under these numbers before."""
        stood = ~pl.col("snapshot").is_in(list(self.came))
        had = [frame.filter(stood).select("owner_no", "owner_name") for frame in (self.owners, self.gone)]
        return pl.concat(had).drop_nulls("owner_no")

    @cached_property
    def numbers(self) -> pl.Series:
        """The numbers that have another record than before, or none any more."""
        return pl.concat([self.owners["owner_no"], self.gone["owner_no"]]).drop_nulls().unique()

    @cached_property
    def places(self) -> pl.DataFrame:
        """ORIGIN of every record that was there before and has to be looked at anew, and of those that came; some twice."""
        each = (self.owners, self.loose, self.gone)
        return pl.concat([frame.select(list(ORIGIN)) for frame in each])

    def also(self, records: pl.DataFrame) -> "Changed":
        """These changes, and other records of which nothing changed, to be looked at anew: all under some other numbers."""

        def whole(numbers: pl.Series) -> pl.DataFrame:
            return pl.concat([self.records(numbers), records.filter(pl.col("owner_no").is_in(numbers.implode()))])

        owners = pl.concat([self.owners, records.select(list(_GONE_COLUMNS))])
        return Changed(owners, whole, self.loose, self.gone, self.came)

    def then(self, later: Self) -> "Changed":
        """These changes with later ones."""
        origin = list(ORIGIN)

        def records(numbers: pl.Series) -> pl.DataFrame:
            stand = numbers.filter(~numbers.is_in(later.numbers.implode()))
            return pl.concat([self.records(stand), later.records(numbers)])

        stand = self.owners.filter(~pl.col("owner_no").is_in(later.numbers.implode()))
        return Changed(
            pl.concat([stand, later.owners]),
            records,
            pl.concat([self.loose.join(later.gone, on=origin, how="anti", maintain_order="left"), later.loose]),
            pl.concat([self.gone, later.gone]),
            self.came | later.came,
        )


def nothing_changed(table: Table) -> Changed:
    """No change of a source whose records are of that table."""
    nobody = pl.DataFrame(schema=_GONE_COLUMNS)
    return Changed(nobody, lambda _numbers: table.empty(), table.empty(), nobody, frozenset())


def changed_since(store: Store, before: str, now: Snapshot) -> Changed | None:
    """What changed between two snapshots of one source and supplier; null where the later does not stand on the earlier.

    before: the earlier one's id
    raises: IntegrityError where a part cannot be read
    """
    on = now.facts.get(UPON)
    if now.id == before or on is None or _NUMBERED not in now.part_names():
        return None

    def records(numbers: pl.Series) -> pl.DataFrame:
        return as_records(now, now.read(_NUMBERED, where=pl.col("owner_no").is_in(numbers.implode())))

    last = Changed(
        _owners(now),
        records,
        as_records(now, now.read(_LOOSE)),
        now.read(_GONE).select(list(_GONE_COLUMNS)),
        frozenset([now.id]),
    )
    if on == before:
        return last
    if not store.has(now.dataset, str(on)):  # purged: what it changed is not known any more
        return None
    earlier = changed_since(store, before, store.snapshot(now.dataset, str(on)))
    return earlier.then(last) if earlier else None


def _owners(snapshot: Snapshot) -> pl.DataFrame:
    """Of the records that changed what tells them and whose they are: they are many, and few of them are a member's."""
    alike, dtypes = snapshot.facts["alike"], RECORDS[snapshot.facts["table"]].columns
    held = snapshot.read(_NUMBERED, [name for name in _GONE_COLUMNS if name not in alike])
    return held.select(
        pl.lit(alike[name], dtypes[name]).alias(name) if name in alike else pl.col(name) for name in _GONE_COLUMNS
    )
