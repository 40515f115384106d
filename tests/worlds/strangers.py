"""Everybody else: the records of strangers by the column, the same person always with the same number and name."""

import polars as pl

from tests.worlds import numbers
from tests.worlds.names import name_column

FIRST_DAY, DAYS = -14_600, 31_000  # from 1930, in days since 1970
COUNTIES = numbers.HOME * 4 + numbers.AWAY


def strangers(rows: pl.Series, people: int, seed: int, taken: pl.DataFrame) -> pl.DataFrame:
    """number and name of the owner of each row.

    people: among so many strangers the rows are shared out
    taken:  number, those that somebody else has; whoever would share one is given another
    """
    who = rows.hash(seed) % people
    found = pl.DataFrame({"number": _numbers(who, seed), "name": name_column(who, seed + 10)})
    turn = 1
    while (clash := found["number"].is_in(taken["number"].implode())).any():
        found = found.with_columns(number=pl.when(clash).then(_numbers(who, seed + 20 * turn)).otherwise("number"))
        turn += 1
    return found


def _numbers(who: pl.Series, seed: int) -> pl.Series:
    county = pl.Series(COUNTIES).cast(pl.Int64).gather(who.hash(seed + 1) % len(COUNTIES))
    day = ((who.hash(seed + 2) % DAYS).cast(pl.Int32) + FIRST_DAY).cast(pl.Date)
    written = day.dt.year().cast(pl.Int64) * 10_000 + day.dt.month().cast(pl.Int64) * 100 + day.dt.day().cast(pl.Int64)
    sequence = (who.hash(seed + 3) % 995).cast(pl.Int64) + 1
    return numbers.whole_column((county * 10**8 + written) * 1000 + sequence)
