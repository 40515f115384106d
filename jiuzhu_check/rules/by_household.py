"""Households by the group: what is said of one household, no other one changes, so that memory holds a few groups at a time."""

from collections.abc import Callable, Mapping
from typing import TypeVar

import polars as pl

from jiuzhu_check.tables.grouped import Grouped, ends
from jiuzhu_check.tables.side_by_side import side_by_side

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
    homes = tables["household"]["household_no"]
    if homes.len() < _FEW or not homes.is_sorted():
        return [answer(tables)]
    behind = ends(homes, _TOGETHER, _THREADS)
    grouped = {name: Grouped(table, behind) for name, table in tables.items()}

    def of(group: int) -> Answer:
        return answer({name: table.of(group) for name, table in grouped.items()})

    return list(side_by_side(of, range(behind.len() + 1)))
