"""分到多台 spread: the engine of one source's snapshot on a cluster, and what the cluster is lent for it.

Members, their households and the names to look out for lie in the store while the run lasts, encrypted like everything
there, and are dropped with it: STORE/cluster. The parts without usable numbers are compared with everybody, which is cut
into slices of whole households, so that an executor holds one slice and one part.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count, groupby

import polars as pl

from jiuzhu_check.checks.linking import Engines
from jiuzhu_check.checks.night import Night
from jiuzhu_check.checks.parts import Parts, is_loose
from jiuzhu_check.checks.spark.cluster import Cluster, Job, cluster
from jiuzhu_check.checks.spark.errand import Answer, Errand
from jiuzhu_check.errors import IntegrityError
from jiuzhu_check.matching.candidates import STANDING
from jiuzhu_check.matching.engines.gathered import SPELT, Gathered, put_together
from jiuzhu_check.store.snapshot import Snapshot, Store
from jiuzhu_check.tables.record import ORIGIN

_DATASET = "cluster"
_HOMES, _NOBODY = "homes-", "nobody"


@dataclass
class Lending:
    """What the cluster is lent of people during a run; sources that are read for the same people are lent the same."""

    store: Store
    _number: Iterator[int] = field(default_factory=lambda: count(1))
    _lent: dict[tuple[int, int], tuple[pl.DataFrame, Snapshot]] = field(default_factory=dict)

    def slices(self, everybody: pl.DataFrame, homes: pl.DataFrame, most: int) -> Snapshot:
        """The members in slices of whole households, each beside all members of its households; most: members of one."""
        return self._once(everybody, 0, lambda: _in_slices(everybody, homes, most))

    def placed(self, everybody: pl.DataFrame, homes: pl.DataFrame, parts: Parts) -> Snapshot:
        """The members by the part that they may stand in, beside all members of their households."""
        return self._once(everybody, int(parts.snapshot.facts["parts"]), lambda: _in_parts(homes, parts))

    def names(self, names: Collection[str]) -> Snapshot:
        """Names to look out for."""
        return self._publish({"names": pl.DataFrame({"name": sorted(names)}, schema={"name": pl.String})}.items())

    def _once(
        self, everybody: pl.DataFrame, parts: int, cut: Callable[[], Iterator[tuple[str, pl.DataFrame]]]
    ) -> Snapshot:
        at = id(everybody), parts
        if at not in self._lent:
            self._lent[at] = everybody, self._publish(cut())  # held, so that no other frame gets its id
        return self._lent[at][1]

    def _publish(self, frames: Collection[tuple[str, pl.DataFrame]] | Iterator[tuple[str, pl.DataFrame]]) -> Snapshot:
        return self.store.publish(_DATASET, f"{next(self._number):06}", frames, data_date=None)


@contextmanager
def lending(store: Store) -> Iterator[Lending]:
    """What the cluster is lent, until the run ends; what a run left that was killed goes first."""
    store.drop(_DATASET)
    try:
        yield Lending(store)
    finally:
        store.drop(_DATASET)


@contextmanager
def on_cluster(store: Store, master: str, night: Night) -> Iterator[Engines]:
    """The engine of every source, on the cluster that master names, as long as the block runs; the night's log tells of it.

    raises: as checks/spark/cluster.py cluster
    """
    with (
        lending(store) as lent,
        cluster(master, night.go_on, lambda warning: night.line("spark", warning=warning)) as spark,
    ):
        yield partial(Spread, spark, lent)
        cpu = sum(sum(answer.cpu) for answer in spark.spent)
        parts = dict(sorted(spark.parts.items()))
        night.line("executors", engine="spark", executors=len(parts), parts=parts, cpu=round(cpu, 1))


@dataclass(frozen=True)
class Spread:
    """The parts of one snapshot, worked through on a cluster (matching/engines/engine.py Engine)."""

    cluster: Cluster
    lending: Lending
    parts: Parts
    everybody: pl.DataFrame
    homes: pl.DataFrame

    def spelt(self) -> Gathered:
        """What the records without a usable number give."""
        loose = [name for name in self.parts.names if is_loose(name)]
        people = self.lending.slices(self.everybody, self.homes, self.cluster.slice_rows)
        slices = [name for name in people.part_names() if not name.startswith(_HOMES)]
        asked, job = self._begin([(part, each) for part in loose for each in slices], people, None)
        found = self._found(asked, job, 0, len(slices) or 1)
        whole = put_together([Gathered(people={SPELT: 0}), *found])
        self.parts.move_on(loose)
        # a record stands beside members of several slices
        return replace(whole, records=_each_once(whole.records))

    def numbered(self, names: Collection[str], group: Callable[[str], str]) -> Iterator[Gathered]:
        """What the other parts give, group by group; all groups are begun at once."""
        every = [name for name in self.parts.names if not is_loose(name)]
        self.parts.move_on(name for name in every if name in self.parts.known)
        people = self.lending.placed(self.everybody, self.homes, self.parts)
        told = self.lending.names(names) if names else None
        there, left = set(people.part_names()), [name for name in every if name not in self.parts.known]
        done = len(self.parts.names) - len(left)
        begun = [
            self._begin([(name, name if name in there else _NOBODY) for name in parts], people, told)
            for _, parts in groupby(left, group)
        ]
        for asked, job in begun:
            yield put_together([Gathered(), *self._found(asked, job, done, 1)])
            done += len(asked)
            self.parts.tell(done, len(self.parts.names))

    def _begin(
        self, asked: list[tuple[str, str]], people: Snapshot, names: Snapshot | None
    ) -> tuple[list[str], Job | None]:
        """Errands for parts and the people beside each; a part whose key cannot be unwrapped is lost."""
        errands = []
        for part, members in asked:
            try:
                self.parts.snapshot.lent([part], self.cluster.session.keys)
            except IntegrityError:
                self._lose(part)
                continue
            errands.append(Errand(part, self.parts.snapshot, people, members, _HOMES + members, names))
        return [errand.part for errand in errands], self.cluster.begin(errands) if errands else None

    def _found(self, asked: list[str], job: Job | None, done: int, of_each: int) -> Iterator[Gathered]:
        """What came of errands, in their order; what is damaged is lost."""
        every = len(self.parts.names)
        answers: list[Answer] = (
            job.wait(lambda count: self.parts.tell(done + count // of_each, every)) if job is not None else []
        )
        for part, answer in zip(asked, answers, strict=True):
            if answer.outcome == "damaged":
                self._lose(part)
            else:
                yield answer.gathered

    def _lose(self, part: str) -> None:
        if part not in self.parts.lost:
            self.parts.lost.append(part)


def _in_slices(everybody: pl.DataFrame, homes: pl.DataFrame, most: int) -> Iterator[tuple[str, pl.DataFrame]]:
    """mNNN: members; homes-mNNN: household_no, member_no, name_key of all members of their households."""
    if everybody.is_empty():
        yield from (("m000", everybody), (f"{_HOMES}m000", homes.clear()))
        return
    ordered = everybody.sort("household_no", maintain_order=True)
    starts = ordered.with_row_index("_at").group_by("household_no", maintain_order=True).agg(pl.col("_at").first())
    placed = starts.select("household_no", _slice=pl.col("_at") // most)
    members, beside = (
        frame.join(placed, on="household_no", how="inner", maintain_order="left") for frame in (ordered, homes)
    )
    for number in placed["_slice"].unique().sort():
        for lead, frame in (("", members), (_HOMES, beside)):
            yield f"{lead}m{number:03}", frame.filter(pl.col("_slice") == number).drop("_slice")


def _in_parts(homes: pl.DataFrame, parts: Parts) -> Iterator[tuple[str, pl.DataFrame]]:
    """nNNN: the members who may stand in that part; homes-nNNN; and a pair of empty ones, for parts with nobody."""
    yield _NOBODY, pl.DataFrame(schema=STANDING)
    yield _HOMES + _NOBODY, homes.clear()
    lived = [
        members.select("household_no").unique().with_columns(_part=pl.lit(name))
        for name, members in parts.placed.items()
    ]
    beside: dict[tuple[object, ...], pl.DataFrame] = {}
    if lived:
        every = homes.join(pl.concat(lived), on="household_no", how="inner", maintain_order="left")
        beside = every.partition_by("_part", as_dict=True, include_key=False)
    for name, members in parts.placed.items():
        yield name, members
        yield _HOMES + name, beside[(name,)]


def _each_once(records: tuple[pl.DataFrame, ...]) -> tuple[pl.DataFrame, ...]:
    return (pl.concat(records).unique(list(ORIGIN), maintain_order=True),) if records else ()
