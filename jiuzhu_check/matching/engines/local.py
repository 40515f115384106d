"""On one machine: a few parts at a time, so that memory holds those and what was found."""

from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby

import polars as pl

from jiuzhu_check.matching.candidates import OnRoster
from jiuzhu_check.matching.engines.by_part import Keyed, Whole, gone_through, joined, spelt
from jiuzhu_check.matching.engines.engine import Owners, Worked, candidates_of
from jiuzhu_check.matching.engines.gathered import FORGETFUL, Gathered, Memory
from jiuzhu_check.matching.namesakes import Holders


@dataclass(frozen=True)
class Local:
    """The parts, read here; see work_through."""

    loose: Iterable[pl.DataFrame]
    keyed: Iterable[Keyed]
    index: pl.DataFrame
    households: pl.DataFrame
    whole: Whole | None = None

    def spelt(self) -> Gathered:
        """What the records without a usable number give."""
        return spelt(self.loose, self.index, self.households)

    def numbered(self, names: Collection[str], group: Callable[[str], str]) -> Iterator[Gathered]:
        """What the other parts give, a group at a time."""
        coming: Future[Gathered] | None = None
        with ThreadPoolExecutor(1) as pool:  # a group is gone through while the parts of the next are joined
            for _, parts in groupby(self.keyed, lambda part: group(part[0])):
                before, pairs = coming, joined(parts, Holders(names))
                coming = pool.submit(gone_through, *pairs, self.households, self.whole)
                if before is not None:
                    yield before.result()
            if coming is not None:
                yield coming.result()


def work_through(
    loose: Iterable[pl.DataFrame],
    keyed: Iterable[Keyed],
    index: pl.DataFrame,
    households: pl.DataFrame,
    on_roster: OnRoster,
    owners: Owners | None = None,
    roster: Callable[[], pl.DataFrame] | None = None,
    memory: Memory = FORGETFUL,
    whole: Whole | None = None,
) -> Worked:
    """The candidates of all parts, and the records that they speak of.

    loose:     records of one snapshot without a usable number; not looked at where the memory holds what they gave
    keyed:     the others that the memory does not hold, each part by name with the members who may stand in it
               (matching/candidates.py stand_under) and all records under their numbers
    owners:    where the keyed parts hold only some of the snapshot's records: looked at only where a damaged number
               has to be weighed against everybody of that name
    roster:    number and name_key of everybody on the roster, under check or not; likewise
    whole:     see matching/engines/by_part.py numbered
    index, households, on_roster: see matching/candidates.py
    """
    return candidates_of(Local(loose, keyed, index, households, whole), on_roster, owners, roster, memory)
