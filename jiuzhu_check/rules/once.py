"""What several rules ask of the same tables is worked out once."""

from collections.abc import Callable
from functools import wraps

import polars as pl


def once(find: Callable[..., pl.DataFrame]) -> Callable[..., pl.DataFrame]:
    """The function, which hands back its last answer when it is given the very same frames again.

    Only the last answer is kept: one check asks with its own frames, and the next with others.
    """
    last: list[tuple[tuple[pl.DataFrame, ...], pl.DataFrame]] = []

    @wraps(find)
    def again(*tables: pl.DataFrame) -> pl.DataFrame:
        for given, answer in last:
            if len(given) == len(tables) and all(one is other for one, other in zip(given, tables, strict=True)):
                return answer
        answer = find(*tables)
        last[:] = [(tables, answer)]
        return answer

    return again
