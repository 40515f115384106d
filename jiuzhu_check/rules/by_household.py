"""Households by the group: what is said of one household, no other one changes, so that memory holds a few groups at a time."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import polars as pl

_THREADS = 2
_TOGETHER = 15_000  # households
_FEW = 2_000

Answer = TypeVar("Answer")


def by_household(
    tables: Mapping[str, pl.DataFrame], answer: Callable[[Mapping[str, pl.DataFrame]], Answer]
) -> list[Answer]:
    """What a function answers of each group's tables, in the order of household numbers; two groups side by side.

    tables: household, and others with household_no. Few households, or such as do not stand in order, are one group
    """
    ends = _ends(tables["household"]["household_no"])
    if not ends.len():
        return [answer(tables)]
    places = {name: ends.search_sorted(table["household_no"], side="left") for name, table in tables.items()}

    def of(group: int) -> Answer:
        return answer({name: table.filter(places[name] == group) for name, table in tables.items()})

    with ThreadPoolExecutor(_THREADS) as pool:
        return list(pool.map(of, range(ends.len() + 1)))


def _ends(homes: pl.Series) -> pl.Series:
    """The last household number of each group but the last one."""
    if homes.len() < _FEW or not homes.is_sorted():
        return homes.clear()
    groups = max(_THREADS, -(-homes.len() // _TOGETHER))
    return homes.gather([homes.len() * group // groups - 1 for group in range(1, groups)])
