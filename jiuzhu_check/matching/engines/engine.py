"""引擎 engine: where the parts of a snapshot are worked through, and how what they gave becomes its candidates."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
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
    """What all parts gave together. What spans the extract is worked out when it is first asked for.

    apart:    what the records without a usable number gave, not weighed
    gathered: what each group of the other parts gave
    generic:  number and names of the go-betweens among the candidates' numbers
    profile:  of the whole extract
    holders:  who bears the names of those records (matching/namesakes.py)
    _weighed: spelt, once it is known; before Python 3.12 a cached_property would have the sources wait for each other
    """

    apart: Gathered
    gathered: list[Gathered]
    generic: pl.DataFrame
    profile: Profile
    holders: Holders
    _weighed: list[pl.DataFrame] = field(default_factory=list)

    @property
    def spelt(self) -> pl.DataFrame:
        """FITTED rows of the records without a usable number, weighed."""
        if not self._weighed:
            self._weighed.append(weighed(self.apart.pairs, self.holders).select(list(FITTED)))
        return self._weighed[0]

    @property
    def people(self) -> int | None:
        """Under how many valid numbers the extract has records; null where no name was looked out for."""
        return self.holders.numbers if self.holders.names.len() else None

    @property
    def names(self) -> pl.DataFrame:
        """NAMED rows of the names that were looked out for."""
        return self.holders.counts()

    def taken(self) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
        """CANDIDATE rows of each group of parts, and the records that they speak of, each once a part; the groups are then let go."""
        yield marked(self.spelt, self.profile), self.spelt_records
        while self.gathered:
            gathered = self.gathered.pop(0)
            yield marked(gathered.pairs, self.profile), _together(gathered.records)

    def candidates_that(self, holds: pl.Expr) -> pl.DataFrame:
        """CANDIDATE rows of all parts for which a condition holds."""
        pairs = (self.spelt, *(gathered.pairs for gathered in self.gathered))
        found = [marked(each.filter(holds), self.profile) for each in pairs]
        return pl.concat([each for each in found if each.height] or found[:1])

    @property
    def candidates(self) -> pl.DataFrame:
        """CANDIDATE rows of all parts."""
        return self.candidates_that(pl.lit(value=True))

    @property
    def spelt_records(self) -> pl.DataFrame:
        """The records without a usable number that candidates speak of."""
        return _together(self.apart.records)

    @property
    def records(self) -> pl.DataFrame:
        """The records of all parts that candidates speak of."""
        return _together(records for gathered in (self.apart, *self.gathered) for records in gathered.records)


def _together(records: Iterable[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat([each.drop("part") for each in records if each.height] or [pl.DataFrame()])


def candidates_of(
    engine: Engine,
    on_roster: OnRoster,
    owners: Owners | None,
    roster: Callable[[], pl.DataFrame] | None,
    memory: Memory,
    begun: Callable[[], Gathered] | None = None,
    known: Callable[[pl.DataFrame], pl.DataFrame | None] | None = None,
) -> Worked:
    """The candidates of all parts, and the records that they speak of; as local.py work_through.

    begun: waits for what engine.spelt gives, where that was begun already
    known: gives its pairs weighed, where somebody has weighed all of them in this extract; nobody is looked for then
    """
    spelt = memory.spelt()
    if spelt is None:
        spelt = engine.spelt() if begun is None else begun()
        spelt = replace(spelt, pairs=told_apart(spelt.pairs, on_roster))
        memory.keep(spelt)
    before = known(spelt.pairs) if known and spelt.pairs.height else None
    asked = spelt.pairs if before is None else spelt.pairs.clear()
    names = {*asked["owner_key"].drop_nulls(), *asked["name_key"].drop_nulls()}
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
    generic = pl.concat(gathered.generic for gathered in numbered)
    return Worked(
        spelt,
        numbered,
        generic.select("number", "names").unique().sort("number"),
        Profile(dict(generic.select("number", "names").iter_rows())),
        holders,
        [] if before is None else [before.select(list(FITTED))],
    )
