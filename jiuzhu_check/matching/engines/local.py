"""On one machine: part by part, so that memory holds one part and what was found."""

from collections.abc import Iterable

import polars as pl

from jiuzhu_check.matching.candidates import CANDIDATE, OnRoster, candidates
from jiuzhu_check.matching.profile import profile


def work_through(
    parts: Iterable[pl.DataFrame], index: pl.DataFrame, households: pl.DataFrame, on_roster: OnRoster
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The candidates of all parts, and the records that they speak of.

    parts: records of one snapshot, each part holding all records of its numbers
    index, households, on_roster: see matching/candidates.py
    """
    found: list[pl.DataFrame] = [pl.DataFrame(schema=CANDIDATE)]
    records: list[pl.DataFrame] = []
    members = index.select(owner_no="number").drop_nulls()
    for part in parts:
        keyed = part.join(members, on="owner_no", how="semi")
        loose = part.filter(pl.col("owner_no").is_null())
        pairs = candidates(pl.concat([keyed, loose]), index, households, profile([keyed]), on_roster)
        if pairs.height:
            found.append(pairs)
            records.append(part.join(pairs, on=["extract", "sheet", "source_row", "slot"], how="semi"))
    return pl.concat(found), pl.concat(records) if records else pl.DataFrame()
