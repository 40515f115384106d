"""存下的核对 kept run: the tables of a run as the store holds them, whole, or as what differs from the run before.

A run of many households holds each table in pieces, one for each group of households, in the order of their numbers.

A run that stands upon an earlier one holds the rows of the households that it checked anew. All others' rows are the
earlier run's: both together, in the order of the household numbers, are the same as if the run were kept whole.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from jiuzhu_check.store.manifest import File
from jiuzhu_check.store.snapshot import Snapshot, Store
from jiuzhu_check.tables.side_by_side import side_by_side

DATASET = "runs"
UPON = "stands_on"  # in the facts: the run whose other households' rows stand
ANEW = "anew"  # the part that names the households that were checked anew
# Runs that stand upon one another; the next is kept whole, so that reading stays cheap, and reads all there is.
DEEPEST = 8
ENDS = "ends"  # the part that says where each group of households ends but the last; a run of one group has none
ROWS = "rows"  # in the facts of such a run: how many rows the tables have that are counted often
COUNTED = ("link", "finding")
ASKED = ("link", "finding", "account", "account_line", "coverage", "roster", "turn")  # where one household is looked up
HOME = "household_no"
TURN = "turn"  # the table that says on which day a household may be another (checks/turning.py)
ADDED = ("seen",)  # of these each run holds what is new, and the earlier one's rows stand
OWN = ("loose", "generic", "decoy_link", "people", "names")  # of these each run holds all

_PIECE = "-"  # no table is called so


def piece(name: str, group: int) -> str:
    """What the part of one table and group of households is called."""
    return f"{name}{_PIECE}{group:03}"


def table_of(part: str) -> str:
    """Which table a part holds, or a piece of it."""
    return part.partition(_PIECE)[0]


Reading = Mapping[str, Future[pl.DataFrame]]  # table → what waits for its rows


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
            return sum(map(self.snapshot.rows_of, self._pieces(name)))
        known = self.facts[ROWS].get(name)
        return int(known) if known is not None else self.read(name, None if name in ADDED else [HOME]).height

    def part_names(self) -> list[str]:
        """The tables that can be read."""
        names = dict.fromkeys(map(table_of, self.snapshot.part_names()))
        return [name for name in names if name not in (ANEW, ENDS)]

    def read(
        self,
        name: str,
        columns: Sequence[str] | None = None,
        *,
        where: pl.Expr | None = None,
        homes: pl.Series | None = None,
    ) -> pl.DataFrame:
        """The rows of one table, in the order of the household numbers; some columns, or those for which a condition holds.

        homes:  of these households alone: other groups' pieces are not opened
        raises: as Snapshot.read
        """
        if self.upon is None or name in OWN:
            return self._own(name, columns, where, homes)
        if name in ADDED:
            return pl.concat([self.upon.read(name, columns, where=where), self._own(name, columns, where, None)])
        wanted = None if columns is None else list(dict.fromkeys([*columns, HOME]))
        mine = self._own(name, wanted, where, homes)
        theirs = self.upon.read(name, wanted, where=where, homes=homes).filter(
            ~pl.col(HOME).is_in(self._anew.implode())
        )
        both = pl.concat([theirs, mine], how="diagonal").sort(HOME, maintain_order=True)
        if "run" in both.columns:
            both = both.with_columns(run=pl.lit(self.name))
        return both if columns is None else both.select(columns)

    def _own(
        self, name: str, columns: Sequence[str] | None, where: pl.Expr | None, homes: pl.Series | None
    ) -> pl.DataFrame:
        """What this run holds itself."""

        def of(asked: tuple[str, pl.Series | None]) -> pl.DataFrame:
            each, theirs = asked
            both = [condition for condition in (_of(theirs), where) if condition is not None]
            return self.snapshot.read(each, columns, where=pl.all_horizontal(both) if both else None)

        found = list(side_by_side(of, self._asked(self._pieces(name), homes)))
        return found[0] if len(found) == 1 else pl.concat(found, how="diagonal").rechunk()

    def _asked(self, pieces: list[str], homes: pl.Series | None) -> list[tuple[str, pl.Series | None]]:
        """The pieces that hold rows of these households, each with those of its group; one at least."""
        if homes is None or len(pieces) == 1:
            return [(each, homes) for each in pieces]
        places = pl.DataFrame({"group": self._ends.search_sorted(homes, side="left"), HOME: homes})
        theirs = places.sort("group", maintain_order=True).partition_by("group", maintain_order=True)
        return [(pieces[each["group"][0]], each[HOME]) for each in theirs] or [(pieces[0], homes)]

    def _pieces(self, name: str) -> list[str]:
        """The parts of one table, in order."""
        return self._by_table.get(name, [name])

    @cached_property
    def _by_table(self) -> dict[str, list[str]]:
        pieces: dict[str, list[str]] = {}
        for each in self.snapshot.part_names():
            pieces.setdefault(table_of(each), []).append(each)
        return pieces

    @cached_property
    def _ends(self) -> pl.Series:
        return self.snapshot.read(ENDS)[HOME]

    def holding(self, home: str) -> "KeptRun":
        """That of the runs which holds the rows of one household, without what it stands upon: few files are opened for it."""
        if self.upon is None:
            return self
        if (self._anew == home).any():
            return KeptRun(self.snapshot)
        return self.upon.holding(home)

    def asked_for(self, home: str, pool: Executor) -> Reading:
        """The rows of one household in all tables that are ASKED, which are read from now on."""
        held, homes = self.holding(home), pl.Series([home])
        return {name: pool.submit(held.read, name, homes=homes) for name in ASKED}

    def looked_at(self, read: Callable[[File], bool]) -> Iterator[tuple[str, bool]]:
        """As Snapshot.looked_at, of it and of what it stands upon."""
        yield from self.snapshot.looked_at(read)
        if self.upon is not None:
            yield from self.upon.looked_at(read)

    @cached_property
    def _anew(self) -> pl.Series:
        return self.snapshot.read(ANEW)[HOME]


def _of(homes: pl.Series | None) -> pl.Expr | None:
    """The rows of these households; of one alone whole groups of rows need not be read, for they stand in order."""
    if homes is None:
        return None
    return pl.col(HOME) == homes[0] if homes.len() == 1 else pl.col(HOME).is_in(homes.implode())


def opened(store: Store, run: str, beside: KeptRun | None = None) -> KeptRun:
    """The kept run of that id; raises StoreError where it is not listed, IntegrityError where it is damaged.

    beside: one that is open already: what it stands upon is not opened again
    """
    while beside is not None:
        if beside.id == run:
            return beside
        beside = beside.upon
    snapshot = store.snapshot(DATASET, run)
    upon = snapshot.facts.get(UPON)
    return KeptRun(snapshot, opened(store, str(upon)) if upon else None)
