"""Households by the group: what is said of one household, no other one changes, so that memory holds a few groups at a time."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import polars as pl

from jiuzhu_check.tables.grouped import Grouped, ends

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


def side_by_side(of: Callable[[int], Answer], groups: range) -> Iterator[Answer]:
    """What a function answers of each group, in their order; two at a time, so that few answers wait to be taken."""
    if len(groups) == 1:
        yield of(groups[0])
        return
    coming: deque[Future[Answer]] = deque()
    with ThreadPoolExecutor(_THREADS) as pool:
        for group in groups:
            if len(coming) == _THREADS:
                yield coming.popleft().result()
            coming.append(pool.submit(of, group))
        while coming:
            yield coming.popleft().result()
