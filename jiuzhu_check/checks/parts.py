"""分片 parts: which parts of a source's snapshot a check reads, and their records beside the members who may stand there."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field

import polars as pl

from jiuzhu_check.checks.sources import SourceState
from jiuzhu_check.errors import IntegrityError
from jiuzhu_check.intake.stored import as_records, filled, read_owners, read_records
from jiuzhu_check.matching.candidates import STANDING
from jiuzhu_check.store.bucket import bucket
from jiuzhu_check.store.snapshot import Snapshot
from jiuzhu_check.tables.record import RECORDS
from jiuzhu_check.tables.side_by_side import side_by_side

Placed = tuple[dict[str, pl.DataFrame], pl.Series]  # members by part, and in which each falls
_AHEAD = 1  # parts that are read while one is worked on


@dataclass
class Parts:
    """The parts that are read of one source's snapshot.

    placed: the members by the part that their numbers fall in
    places: in which part each of them falls, in their order
    names:  the parts to read, those without usable numbers first: they tell which names to look out for in the others
    begun:  part → its reading, where a few parts are read ahead, side by side
    lost:   parts that could not be read
    tell:   is told of how many parts so many have been read
    known:  parts of which it is remembered what they gave: they are not read
    """

    snapshot: Snapshot
    placed: Mapping[str, pl.DataFrame]
    places: pl.Series
    names: list[str]
    begun: dict[str, Future[pl.DataFrame]]
    tell: Callable[[int, int], None]
    lost: list[str] = field(default_factory=list)
    known: Collection[str] = ()

    def move_on(self, names: Iterable[str]) -> None:
        """Tell that these parts are done."""
        for name in names:
            self.tell(self.names.index(name) + 1, len(self.names))

    def loose(self) -> Iterator[pl.DataFrame]:
        """The records without a usable number."""
        return (part for _, part in self._read([name for name in self.names if is_loose(name)]))

    def keyed(self) -> Iterator[tuple[str, pl.DataFrame, pl.DataFrame]]:
        """The other parts by name, with the members who may stand there; of a few members, what stands under theirs.

        The records are as they are stored: whole gives them all columns of their table.
        """
        names = [name for name in self.names if not is_loose(name)]
        if not self.begun:
            nobody = next((members.clear() for members in self.placed.values()), pl.DataFrame(schema=STANDING))
            yield from ((name, part, self.placed.get(name, nobody)) for name, part in self._read(names))
            return
        together = [part for _, part in self._read(names)]
        if together:
            yield "", pl.concat(together), pl.concat(self.placed.values())

    def whole(self, stored: pl.DataFrame) -> pl.DataFrame:
        """Records of keyed parts with all columns of their table, and what stands beside them."""
        return filled(self.snapshot, stored)

    def owners(self) -> Iterator[pl.DataFrame]:
        """All owners by number; a part that cannot be read could hold somebody who fits as well, so it counts as lost."""
        for name in self.snapshot.part_names():
            if name.startswith("n"):
                try:
                    yield read_owners(self.snapshot, name)
                except IntegrityError:
                    self.lost += [name] if name not in self.lost else []

    def _read(self, names: Iterable[str]) -> Iterator[tuple[str, pl.DataFrame]]:
        wanted = list(names)
        parts = map(self._part, wanted) if self.begun else side_by_side(self._part, wanted, ahead=_AHEAD)
        for name, part in zip(wanted, parts, strict=True):
            if part is not None:
                yield name, part
            elif name not in self.known:
                self.lost.append(name)
            self.move_on([name])

    def _part(self, name: str) -> pl.DataFrame | None:
        """A part as it is stored, one without usable numbers whole; null where it is known, or cannot be read."""
        if name in self.known:
            return None
        try:
            if self.begun:
                return self.begun[name].result()
            return read_records(self.snapshot, name) if is_loose(name) else self.snapshot.read(name)
        except IntegrityError:
            return None


def all_parts(
    state: SourceState,
    standing: pl.DataFrame,
    key: bytes,
    tell: Callable[[int, int], None],
    known: dict[tuple[int, int], Placed],
) -> Parts:
    """Every part, one after another, so that memory holds a few.

    known: of members (by id) and a number of parts, which member falls in which: sources share it
    """
    assert state.snapshot is not None, "only a source that arrived has parts"
    snapshot, at = state.snapshot, (id(standing), int(state.snapshot.facts["parts"]))
    if at not in known:
        known[at] = _placed(snapshot, standing, key)
    numbered = [part_name(number) for number in range(int(snapshot.facts["parts"]))]
    return Parts(snapshot, *known[at], _loose(snapshot) + numbered, {}, tell)


def few_parts(
    state: SourceState, standing: pl.DataFrame, key: bytes, tell: Callable[[int, int], None], pool: Executor
) -> Parts:
    """Only the parts that could hold a record of these members, read from now on."""
    assert state.snapshot is not None, "only a source that arrived has parts"
    snapshot = state.snapshot
    placed, places = _placed(snapshot, standing, key)
    names = _loose(snapshot) + list(placed)
    begun = {name: pool.submit(_one, snapshot, name, placed) for name in names}
    return Parts(snapshot, placed, places, names, begun, tell)


def loose_records(snapshot: Snapshot) -> pl.DataFrame:
    """All records without a usable number; raises IntegrityError."""
    table = RECORDS[snapshot.facts["table"]]
    return pl.concat([table.empty(), *side_by_side(lambda name: read_records(snapshot, name), _loose(snapshot))])


def records_under(snapshot: Snapshot, numbers: pl.Series, key: bytes) -> pl.DataFrame:
    """All records under these valid numbers; raises IntegrityError. Opens the parts alone in which they fall."""
    table, parts = RECORDS[snapshot.facts["table"]], int(snapshot.facts["parts"])
    asked = numbers.to_frame("owner_no").with_columns(_part=bucket(pl.col("owner_no"), parts, key))
    each = asked.partition_by("_part", as_dict=True, include_key=False)

    def of(place: tuple[object, ...]) -> pl.DataFrame:
        theirs = pl.col("owner_no").is_in(each[place]["owner_no"].implode())
        return as_records(snapshot, snapshot.read(part_name(int(str(place[0]))), where=theirs))

    return pl.concat([table.empty(), *side_by_side(of, sorted(each))])


def part_name(number: int) -> str:
    """What the part of that number is called."""
    return f"n{number:03}"


def is_loose(name: str) -> bool:
    """Whether a part holds records without a usable number."""
    return name.startswith("loose")


def _one(snapshot: Snapshot, name: str, placed: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """A part without usable numbers whole; of another one, what is stored under the members' numbers."""
    if is_loose(name):
        return read_records(snapshot, name)
    return snapshot.read(name).filter(pl.col("owner_no").is_in(placed[name]["owner_no"].to_list()))


def _loose(snapshot: Snapshot) -> list[str]:
    return [name for name in snapshot.part_names() if is_loose(name)]


def _placed(snapshot: Snapshot, standing: pl.DataFrame, key: bytes) -> Placed:
    parts = int(snapshot.facts["parts"])
    places = standing.select(_part=bucket(pl.col("owner_no"), parts, key)).to_series()
    split = standing.with_columns(places).partition_by("_part", as_dict=True, include_key=False)
    return {part_name(place[0]): members for place, members in sorted(split.items())}, places
