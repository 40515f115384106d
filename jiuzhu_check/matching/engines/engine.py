"""引擎 engine: where the parts of a snapshot are worked through, and how what they gave becomes its candidates."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

import polars as pl

from jiuzhu_check.matching.candidates import FITTED, OnRoster, marked, told_apart
from jiuzhu_check.matching.engines.gathered import Gathered, Memory
from jiuzhu_check.matching.namesakes import Holders, weighed
from jiuzhu_check.matching.profile import Profile

# The owners (owner_no, owner_name) of all records under a number.
Owners = Callable[[], Iterable[pl.DataFrame]]


class Engine(Protocol):
    """The parts of one snapshot beside the members, on this machine or on many. By whichever, they give the same."""

    def spelt(self) -> Gathered:
        """What the records without a usable number give (matching/engines/by_part.py)."""

    def numbered(self, names: Collection[str], group: Callable[[str], str]) -> Iterator[Gathered]:
        """What the other parts give, group by group of neighbours; names: those to look out for."""


@dataclass(frozen=True)
class Worked:
    """What all parts gave together.

    spelt:    FITTED rows of records without a usable number, weighed
    gathered: what each group of parts gave; of the first the pairs are those of spelt
    generic:  number and names of the go-betweens among the candidates' numbers
    profile:  of the whole extract
    people:   under how many valid numbers it has records; null where no name was looked out for
    names:    NAMED rows of the names that were looked out for (matching/namesakes.py)
    """

    spelt: pl.DataFrame
    gathered: list[Gathered]
    generic: pl.DataFrame
    profile: Profile
    people: int | None
    names: pl.DataFrame

    def taken(self) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
        """CANDIDATE rows of each group of parts, and the records that they speak of, each once a part; they are then let go."""
        while self.gathered:
            gathered = self.gathered.pop(0)
            yield marked(gathered.pairs, self.profile), _together(gathered.records)

    def candidates_that(self, holds: pl.Expr) -> pl.DataFrame:
        """CANDIDATE rows of all parts for which a condition holds."""
        found = [marked(gathered.pairs.filter(holds), self.profile) for gathered in self.gathered]
        return pl.concat([each for each in found if each.height] or found[:1])

    @property
    def candidates(self) -> pl.DataFrame:
        """CANDIDATE rows of all parts."""
        return self.candidates_that(pl.lit(value=True))

    @property
    def spelt_records(self) -> pl.DataFrame:
        """The records without a usable number that candidates speak of."""
        return _together(self.gathered[0].records)

    @property
    def records(self) -> pl.DataFrame:
        """The records of all parts that candidates speak of."""
        return _together(records for gathered in self.gathered for records in gathered.records)


def _together(records: Iterable[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat([each.drop("part") for each in records if each.height] or [pl.DataFrame()])


def candidates_of(
    engine: Engine,
    on_roster: OnRoster,
    owners: Owners | None,
    roster: Callable[[], pl.DataFrame] | None,
    memory: Memory,
) -> Worked:
    """The candidates of all parts, and the records that they speak of; as local.py work_through."""
    spelt = memory.spelt()
    if spelt is None:
        spelt = engine.spelt()
        spelt = replace(spelt, pairs=told_apart(spelt.pairs, on_roster))
        memory.keep(spelt)
    names = {*spelt.pairs["owner_key"].drop_nulls(), *spelt.pairs["name_key"].drop_nulls()}
    holders, numbered = Holders(names), [memory.numbered(names)]
    for gathered in engine.numbered(names if owners is None else (), memory.group):
        numbered.append(gathered)
        memory.keep(gathered)
    for gathered in numbered:
        holders.take(gathered.holders.drop("part"), sum(gathered.people.values()))
    if holders.names.len():
        for part in owners() if owners is not None else ():
            holders.look(part)
        if roster is not None:
            holders.know(roster())
    told = weighed(spelt.pairs, holders)
    generic = pl.concat(gathered.generic for gathered in numbered)
    return Worked(
        told.select(list(FITTED)),
        [replace(spelt, pairs=told), *numbered],
        generic.select("number", "names").unique(maintain_order=True),
        Profile(dict(generic.select("number", "names").iter_rows())),
        holders.numbers if holders.names.len() else None,
        holders.counts(),
    )
