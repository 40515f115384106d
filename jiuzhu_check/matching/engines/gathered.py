"""What parts gave, part by part, so that it can be remembered: a part that has not changed need not be read again."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Protocol

import polars as pl

from jiuzhu_check.matching.candidates import FITTED
from jiuzhu_check.matching.namesakes import HOLDER

SPELT = "loose"  # all records without a usable number count as one part
_PART = {"part": pl.String()}
_PAIRS = pl.DataFrame(schema={**FITTED, **_PART})
_HOLDERS = pl.DataFrame(schema={**HOLDER, **_PART})
_GENERIC = pl.DataFrame(schema={"number": pl.String(), "names": pl.Int64(), **_PART})


@dataclass(frozen=True)
class Gathered:
    """What some parts gave. Every frame has part, the part's name.

    pairs:   FITTED rows
    records: of the record table, those that stand in a pair, each once
    holders: HOLDER rows of the names that the records without a usable number bear
    people:  part → under how many valid numbers its records stand; 0 where no name was looked out for; every part is named
    generic: number and names of go-betweens (matching/profile.py)
    """

    pairs: pl.DataFrame = field(default_factory=lambda: _PAIRS)
    records: tuple[pl.DataFrame, ...] = ()
    holders: pl.DataFrame = field(default_factory=lambda: _HOLDERS)
    people: dict[str, int] = field(default_factory=dict)
    generic: pl.DataFrame = field(default_factory=lambda: _GENERIC)


class Memory(Protocol):
    """What is remembered of the parts of one snapshot."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is: all parts have to be read."""

    def spelt(self) -> Gathered | None:
        """What the records without a usable number gave; null where they have to be looked at."""

    def numbered(self, names: Collection[str]) -> Gathered:
        """What keyed parts gave, with the holders of these names; what it does not hold has to be read."""

    def group(self, part: str) -> str:
        """With which other parts a keyed part is remembered; they come one after another."""

    def keep(self, gathered: Gathered) -> None:
        """Remember what the parts of a group gave that were read now."""


class _Forgetful:
    is_empty = True

    def spelt(self) -> Gathered | None:
        return None

    def numbered(self, _names: Collection[str]) -> Gathered:
        return Gathered()

    def group(self, _part: str) -> str:
        return ""

    def keep(self, _gathered: Gathered) -> None:
        return None


FORGETFUL: Memory = _Forgetful()


def put_together(found: Iterable[Gathered]) -> Gathered:
    """What they gave together, in the order of the parts' names."""
    each = list(found)
    pairs = _concat([one.pairs for one in each], _PAIRS)
    return Gathered(
        pairs if pairs["part"].is_sorted() else pairs.sort("part", maintain_order=True),
        tuple(records for one in each for records in one.records),
        _concat([one.holders for one in each], _HOLDERS),
        {part: count for one in each for part, count in one.people.items()},
        _concat([one.generic for one in each], _GENERIC),
    )


def _concat(frames: list[pl.DataFrame], empty: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([frame for frame in frames if frame.height] or [empty])
