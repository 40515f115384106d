"""存下的核对 kept run: the tables of a run as the store holds them, whole, or as what differs from the run before.

A run that stands upon an earlier one holds the rows of the households that it checked anew. All others' rows are the
earlier run's: both together, in the order of the household numbers, are the same as if the run were kept whole.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from jiuzhu_check.store.snapshot import Snapshot, Store

DATASET = "runs"
UPON = "stands_on"  # in the facts: the run whose other households' rows stand
ANEW = "anew"  # the part that names the households that were checked anew
DEEPEST = 8  # runs that stand upon one another; the next is kept whole, so that reading stays cheap
ROWS = "rows"  # in the facts of such a run: how many rows each table has
HOME = "household_no"
ADDED = ("seen",)  # of these each run holds what is new, and the earlier one's rows stand
OWN = ("loose", "generic", "decoy_link")  # of these each run holds all


@dataclass(frozen=True)
class KeptRun:
    """One kept run. What can be read of it is what can be read of a snapshot; how it is kept does not show.

    upon: the run that it stands upon
    """

    snapshot: Snapshot
    upon: "KeptRun | None" = None

    @property
    def id(self) -> str:
        """Its place and its name: 000012-recipients-20181201-2bdfeaab06."""
        return self.snapshot.id

    @property
    def name(self) -> str:
        """The run's name."""
        return self.id[7:]

    @property
    def facts(self) -> Mapping[str, Any]:
        """What was said of the run as it was kept."""
        return self.snapshot.facts

    @property
    def depth(self) -> int:
        """How many runs it stands upon."""
        return self.upon.depth + 1 if self.upon else 0

    @property
    def received(self) -> str:
        """When it was kept, UTC, as text."""
        return self.snapshot.received

    def rows_of(self, name: str) -> int:
        """Rows of one table."""
        if self.upon is None or name in OWN:
            return self.snapshot.rows_of(name)
        return int(self.facts[ROWS][name])

    def part_names(self) -> list[str]:
        """The tables that can be read."""
        return [name for name in self.snapshot.part_names() if name != ANEW]

    def read(self, name: str, columns: Sequence[str] | None = None, *, where: pl.Expr | None = None) -> pl.DataFrame:
        """The rows of one table, in the order of the household numbers; some columns, or those for which a condition holds.

        raises: as Snapshot.read
        """
        if self.upon is None or name in OWN:
            return self.snapshot.read(name, columns, where=where)
        if name in ADDED:
            return pl.concat([each.read(name, columns, where=where) for each in (self.upon, self.snapshot)])
        wanted = None if columns is None else list(dict.fromkeys([*columns, HOME]))
        mine = self.snapshot.read(name, wanted, where=where)
        theirs = self.upon.read(name, wanted, where=where).filter(~pl.col(HOME).is_in(self._anew.implode()))
        both = pl.concat([theirs, mine], how="diagonal").sort(HOME, maintain_order=True)
        if "run" in both.columns:
            both = both.with_columns(run=pl.lit(self.name))
        return both if columns is None else both.select(columns)

    @cached_property
    def _anew(self) -> pl.Series:
        return self.snapshot.read(ANEW)[HOME]


def opened(store: Store, run: str) -> KeptRun:
    """The kept run of that id; raises StoreError where it is not listed, IntegrityError where it is damaged."""
    snapshot = store.snapshot(DATASET, run)
    upon = snapshot.facts.get(UPON)
    return KeptRun(snapshot, opened(store, str(upon)) if upon else None)
