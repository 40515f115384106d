"""已读分片 remembered: what the parts of a source gave, kept in the store while a run is at work, and forgotten once it is kept.

A run that was stopped goes on behind what was kept: a part stands whose file is the same, with the same members who may stand
in it and their households, by the same code. Tiers, decisions, policy and rules come after the parts: every run works them out
anew. Keeping costs time, so it is done as often as it takes no more than a twentieth of it, and once more at a clean stop.

STORE/progress/KIND/SOURCE/SUPPLIER has a snapshot for each time that something was kept.
"""

import hmac
import json
from collections.abc import Callable, Collection, Mapping
from functools import cached_property, reduce
from operator import xor

import polars as pl

from jiuzhu_check.checks.part_code import part_code
from jiuzhu_check.checks.parts import Parts, is_loose, part_name
from jiuzhu_check.checks.reading import Reading
from jiuzhu_check.checks.sources import SourceState
from jiuzhu_check.errors import IntegrityError
from jiuzhu_check.matching.engines.gathered import SPELT, Gathered, put_together
from jiuzhu_check.store.snapshot import Snapshot, Store

_PLACE = "progress"
_GROUPS = 8  # of one snapshot's keyed parts: what is kept together
_SHARE = 20  # times as long as keeping took there is work before the next keeping
_AT_LEAST = 1.0  # seconds of work before the first
# Why a part is read though something was kept of it, by what of its mark differs.
_WHY = {"code": "code", "file": "part", "people": "roster"}
# What a part rests on: MACs, for a hash of few people could be guessed.
Mark = dict[str, str]


def forget(store: Store, kind: str) -> None:
    """The run is kept: what the parts gave, to it or to one before it, is no longer needed."""
    store.drop(f"{_PLACE}/{kind}")


class Remembering:
    """What runs of one kind remember of all their sources.

    roster: fingerprint of the whole roster
    full:   look at nothing that was kept
    clock:  seconds that pass
    """

    def __init__(self, store: Store, kind: str, roster: str, clock: Callable[[], float], *, full: bool) -> None:
        self.reading = Reading()
        self.clock, self.full, self.store = clock, full, store
        self._kind, self._roster = f"{_PLACE}/{kind}", roster
        self._sources: list[Remembered] = []
        self._began, self._took = clock(), 0.0
        self._seed = int.from_bytes(hmac.digest(store.bucket_key, b"remembered", "sha256")[:8], "big")
        self._people: dict[int, tuple[str, pl.Series]] = {}  # by the id of who may stand where: sources share them
        self._marked: dict[tuple[int, int], dict[str, str]] = {}

    def of(
        self, state: SourceState, parts: Parts, everybody: pl.DataFrame, standing: pl.DataFrame, homes: pl.DataFrame
    ) -> "Remembered":
        """What is remembered of one source and supplier.

        everybody: the members for whom it is read, and the decoys; standing: under which numbers they may stand
        homes:     household_no, member_no, name_key of all members of their households
        """
        people, count = id(standing), int(parts.snapshot.facts["parts"])
        if people not in self._people:
            lived = self._lived(homes)
            self._people[people] = self._mark_of_all(self._rows(everybody, lived)), self._rows(standing, lived)
        if (people, count) not in self._marked:
            spelt, rows = self._people[people]
            self._marked[people, count] = {SPELT: spelt, **self._marks_by_part(rows, parts.places)}
        dataset = f"{self._kind}/{state.source.id}/{state.supplier}"
        self._sources.append(Remembered(self, dataset, parts, self._marked[people, count]))
        return self._sources[-1]

    def keep_if_due(self) -> None:
        """Keep what was read, where that is worth its time by now."""
        if self.clock() - self._began >= max(_AT_LEAST, _SHARE * self._took):
            self.keep()

    def keep(self) -> None:
        """Keep what was read and not kept yet."""
        began = self.clock()
        for source in self._sources:
            source.put_down()
        self._began = self.clock()
        self._took = self._began - began

    def held(self, dataset: str) -> list[Snapshot]:
        """What was kept of one source and supplier, the newest first; what is damaged is worth nothing."""
        try:
            entries = [] if self.full else self.store.snapshots(dataset)
            return [self.store.snapshot(dataset, entry.id) for entry in entries[::-1]]
        except IntegrityError:
            self.store.drop(dataset)
            return []

    def mac(self, told: bytes) -> str:
        """What stands for something in a mark."""
        return hmac.digest(self.store.bucket_key, told, "sha256").hex()

    def _mark_of_all(self, rows: pl.Series) -> str:
        """Mark of everybody for whom a source is read, and of the whole roster; rows: of everybody."""
        return self.mac(f"{self._roster} {rows.sum()} {rows.len()}".encode())

    def _marks_by_part(self, rows: pl.Series, places: pl.Series) -> dict[str, str]:
        """Part → mark of the members who may stand there; rows: of who may stand where, places: in which part."""
        told = pl.DataFrame({"part": places, "rows": rows}).group_by("part").agg(pl.col("rows").sum(), pl.len())
        return {part_name(part): self.mac(f"{rows} {people}".encode()) for part, rows, people in told.iter_rows()}

    def _lived(self, homes: pl.DataFrame) -> pl.DataFrame:
        """household_no, and _home: a whole number for all who live there."""
        text = pl.struct("member_no", "name_key").hash(self._seed)
        return homes.select("household_no", _lives=text).group_by("household_no").agg(_home=pl.col("_lives").sum())

    def _rows(self, members: pl.DataFrame, lived: pl.DataFrame) -> pl.Series:
        """A whole number for each member, with whom they live: a name may be a relative's."""
        told = members.join(lived, on="household_no", how="left", maintain_order="left")
        each = (pl.col(name).hash((self._seed + at) % 2**64) for at, name in enumerate(told.columns))
        return told.select(reduce(xor, each)).to_series()


class Remembered:
    """What is remembered of one source and supplier (matching/engines/gathered.py Memory)."""

    def __init__(self, run: Remembering, dataset: str, parts: Parts, people: Mapping[str, str]) -> None:
        self._run, self._dataset, self._parts, self._people = run, dataset, parts, people
        self._names = pl.Series("name", [], dtype=pl.String)
        self._waiting: list[Gathered] = []
        self._held = run.held(dataset)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was kept of any part."""
        return not self._held

    def group(self, part: str) -> str:
        """Parts that are kept together."""
        return str(int(part[1:]) * _GROUPS // int(self._parts.snapshot.facts["parts"]))

    def spelt(self) -> Gathered | None:
        """What the parts without usable numbers gave; null where they have to be read."""
        loose = [name for name in self._parts.names if is_loose(name)]
        found = self._standing([SPELT], None, len(loose))
        if found is not None:
            self._parts.move_on(loose)
        return found

    def numbered(self, names: Collection[str]) -> Gathered:
        """What the other parts gave, as far as it stands."""
        self._names = pl.Series("name", sorted(names), dtype=pl.String)
        found = self._standing([name for name in self._parts.names if not is_loose(name)], self._names, 1)
        self._parts.known = set(found.people) if found else ()
        return found or Gathered()

    def keep(self, gathered: Gathered) -> None:
        """Take in what a group gave; it is kept now where that is worth its time."""
        if self._parts.lost:  # what a damaged part would have given is missing
            return
        self._waiting.append(gathered)
        self._run.keep_if_due()

    def put_down(self) -> None:
        """Keep what has not been kept yet."""
        if not self._waiting:
            return
        whole = put_together(self._waiting)
        frames = {"pairs": whole.pairs, "holders": whole.holders, "generic": whole.generic}
        frames["names"] = self._names.to_frame()
        if whole.records:
            frames["records"] = pl.concat(whole.records)
        marks = {name: self._marks[name] for name in whole.people}
        name = f"{len(self._run.store.snapshots(self._dataset)) + 1:06}"
        facts = {"marks": marks, "people": whole.people}
        self._run.store.publish(self._dataset, name, frames, data_date=None, facts=facts)
        self._waiting = []

    @cached_property
    def _marks(self) -> dict[str, Mark]:
        """Each part's mark; the parts without usable numbers have one together."""
        snapshot, code = self._parts.snapshot, part_code()
        form = [snapshot.facts["table"], snapshot.facts["alike"]]
        loose = [name for name in self._parts.names if is_loose(name)]
        marks: dict[str, Mark] = {}
        there = set(snapshot.part_names())
        for name, each in {SPELT: loose, **{name: [name] for name in self._parts.names if name not in loose}}.items():
            told = json.dumps([form, [snapshot.sha256_of(one) for one in each if one in there]])
            file = self._run.mac(told.encode())
            marks[name] = {"code": code, "file": file, "people": self._people.get(name, "")}
        return marks

    def _standing(self, parts: list[str], names: pl.Series | None, weight: int) -> Gathered | None:
        """What stands of these parts, null where nothing does; all of them are counted.

        names: those whose holders must have been looked out for
        """
        found, why = [], dict.fromkeys(parts, "full" if self._run.full else "first")
        for held in self._held:
            marks: Mapping[str, Mark] = held.facts["marks"]
            here = [name for name in parts if why[name] and name in marks]
            for name in here:
                why[name] = _why(marks[name], self._marks[name])
            stand = [name for name in here if not why[name]]
            opened = _opened(held, stand, names) if stand else None
            if opened is None:
                why |= dict.fromkeys(stand, "roster")
            else:
                found.append(opened)
        for reason in why.values():
            self._run.reading.count(weight, reason)
        return put_together(found) if found else None


def _why(before: Mark, now: Mark) -> str:
    """What differs; empty where nothing does."""
    return next((why for what, why in _WHY.items() if before[what] != now[what]), "")


def _opened(held: Snapshot, parts: list[str], names: pl.Series | None) -> Gathered | None:
    """What was kept of these parts; null where it is damaged, or not all of these names were looked out for."""
    try:
        if names is not None and not names.is_in(held.read("names")["name"].implode()).all():
            return None
        theirs = pl.col("part").is_in(parts)
        frames = {name: held.read(name).filter(theirs) for name in held.part_names() if name != "names"}
    except IntegrityError:
        return None
    known = pl.lit(value=True) if names is None else pl.col("owner_name").is_in(names.implode())
    return Gathered(
        frames["pairs"],
        (frames["records"],) if "records" in frames else (),
        frames["holders"].filter(known),
        {name: count for name, count in held.facts["people"].items() if name in parts},
        frames["generic"],
    )
