"""引擎 engine: where the parts of a snapshot are worked through, and how what they gave becomes its candidates."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

import polars as pl

from jiuzhu_check.matching.candidates import CANDIDATE, FITTED, OnRoster, marked, told_apart
from jiuzhu_check.matching.engines.gathered import Gathered, Memory, put_together
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

    candidates: CANDIDATE rows; records: those that they speak of, each once a part
    spelt:      of the candidates, those of records without a usable number, as FITTED
    generic:    number and names of the go-betweens among the candidates' numbers
    """

    candidates: pl.DataFrame
    records: pl.DataFrame
    spelt: pl.DataFrame
    generic: pl.DataFrame


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
    holders, found = Holders(names), [memory.numbered(names)]
    for gathered in engine.numbered(names if owners is None else (), memory.group):
        found.append(gathered)
        memory.keep(gathered)
    numbered = put_together(found)
    holders.take(numbered.holders.drop("part"), sum(numbered.people.values()))
    if holders.names.len():
        for part in owners() if owners is not None else ():
            holders.look(part)
        if roster is not None:
            holders.know(roster())
    told = weighed(spelt.pairs, holders)
    both = [told.select(list(CANDIDATE)), numbered.pairs.select(list(CANDIDATE))]
    pairs = pl.concat([each for each in both if each.height] or both)
    records = [each.drop("part") for each in (*spelt.records, *numbered.records) if each.height]
    return Worked(
        marked(pairs, Profile(numbered.go_betweens)),
        pl.concat(records or [pl.DataFrame()]),
        told.select(list(FITTED)),
        numbered.generic.select("number", "names").unique(maintain_order=True),
    )
