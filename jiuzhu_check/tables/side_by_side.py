"""并行 side by side: a function of each piece, in threads, so that few answers wait to be taken."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from typing import TypeVar

Piece = TypeVar("Piece")
Answer = TypeVar("Answer")


def side_by_side(
    of: Callable[[Piece], Answer], pieces: Iterable[Piece], threads: int = 2, ahead: int = 1
) -> Iterator[Answer]:
    """What a function answers of each piece, in their order; of one piece alone, here. Pieces are let go as they are begun.

    ahead:  how many more are begun while an answer is worked on
    raises: what the function raises; of the pieces behind, none is begun then
    """
    coming = iter(pieces)
    first = list(islice(coming, 2))
    if len(first) == 1:
        yield of(first[0])
        return
    coming = chain(first, coming)
    del first
    begun: deque[Future[Answer]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        try:
            for piece in coming:
                begun.append(pool.submit(of, piece))
                del piece
                if len(begun) > ahead:
                    yield begun.popleft().result()
            while begun:
                yield begun.popleft().result()
        finally:
            for each in begun:
                each.cancel()
