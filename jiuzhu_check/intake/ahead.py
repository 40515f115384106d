"""先行 ahead: the next piece is made while the one before is worked on."""

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

Piece = TypeVar("Piece")


def ahead(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """The same pieces in the same order, each made in a thread of its own, the first at once.

    One more than is asked for is alive.
    """
    making, pool = iter(pieces), ThreadPoolExecutor(1)
    return _following(pool, making, pool.submit(_next, making))


def _following(pool: ThreadPoolExecutor, making: Iterator[Piece], coming: "Future[list[Piece]]") -> Iterator[Piece]:
    try:
        while made := coming.result():
            coming = pool.submit(_next, making)
            yield made[0]
    finally:
        # Where a delivery was refused, nobody takes the rest, and this runs whenever memory is collected, be it in a
        # thread that is just beginning: whoever waited there for another thread would wait for ever.
        pool.shutdown(wait=False)


def _next(making: Iterator[Piece]) -> list[Piece]:
    return list(islice(making, 1))
