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
    order = {name: _in_order(ends.search_sorted(table["household_no"], side="left")) for name, table in tables.items()}

    def of(group: int) -> Answer:
        return answer({name: table[_rows(*order[name], group)] for name, table in tables.items()})

    with ThreadPoolExecutor(_THREADS) as pool:
        return list(pool.map(of, range(ends.len() + 1)))


def _ends(homes: pl.Series) -> pl.Series:
    """The last household number of each group but the last one."""
    if homes.len() < _FEW or not homes.is_sorted():
        return homes.clear()
    groups = max(_THREADS, -(-homes.len() // _TOGETHER))
    return homes.gather([homes.len() * group // groups - 1 for group in range(1, groups)])


def _in_order(places: pl.Series) -> tuple[pl.Series, pl.Series]:
    """The rows in the order of their groups, those of one group as they stand, and the groups in that order."""
    ordered = pl.DataFrame({"place": places}).with_row_index("row").sort("place", maintain_order=True)
    return ordered["row"], ordered["place"]


def _rows(rows: pl.Series, places: pl.Series, group: int) -> pl.Series:
    """Where the rows of a group stand; to look through all rows for every group would cost their product."""
    first, behind = (places.search_sorted(group, side=side) for side in ("left", "right"))
    return rows.slice(int(first), int(behind) - int(first))
