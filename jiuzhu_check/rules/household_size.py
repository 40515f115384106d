"""How many members a household has, by whom income and area are shared."""

import polars as pl

from jiuzhu_check.rules.once import once


def members_only(member: pl.DataFrame) -> pl.DataFrame:
    """The members without the supporters (赡养人、抚养人、扶养人), who are no part of the household."""
    return member.filter(pl.col("role").ne_missing("supporter"))


@once
def household_size(member: pl.DataFrame) -> pl.DataFrame:
    """One row a household: household_no, members."""
    return members_only(member).group_by("household_no", maintain_order=True).agg(members=pl.len().cast(pl.Int64))
