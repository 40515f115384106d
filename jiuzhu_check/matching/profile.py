"""全表特征 profile: what spans an extract and no single record shows."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import polars as pl

from jiuzhu_check.matching.evidence.name import relate

UNRELATED_NAMES = 3  # a number with so many unrelated names is a go-between's (代办人)
_MANY = 60  # names that no one person goes by, however they are misspelt


@dataclass(frozen=True)
class Profile:
    """go_betweens: numbers that stand with three or more unrelated names in this extract, and how many."""

    go_betweens: dict[str, int] = field(default_factory=dict)


def profile(records: Iterable[pl.DataFrame], households: pl.DataFrame | None = None) -> Profile:
    """The profile of the records given. All records of one number must be among them, as a keyed part holds them.

    records:    owner_no, owner_name; rows without either say nothing here. Beside members also household_no, member_no
                and name_key of whose number it is
    households: household_no, member_no, name_key of all members of their households: a relative's name is no
                stranger's, and neither is one like the holder's
    """
    found: dict[str, int] = {}
    for part in records:
        told = _perhaps(part.drop_nulls(["owner_no", "owner_name"]))
        names = told.group_by("owner_no").agg(names=pl.col("owner_name").n_unique())
        several = names.filter(pl.col("names") >= UNRELATED_NAMES)
        if several.is_empty():
            continue
        suspect = told.join(several, on="owner_no", how="semi")
        holders = pl.lit(None, pl.String)
        if households is not None:
            suspect, holders = _without_relatives(suspect, households), pl.col("name_key")
        each = suspect.group_by("owner_no").agg(
            names=pl.col("owner_name").unique().sort(), holders=holders.drop_nulls().unique().sort()
        )
        for number, called, known in each.iter_rows():
            if (unrelated := _unrelated(called, known)) >= UNRELATED_NAMES:
                found[number] = unrelated
    return Profile(found)


def _perhaps(told: pl.DataFrame) -> pl.DataFrame:
    """The rows of numbers that may stand with so many names; beside members, nearly all rows bear the member's own."""
    if "name_key" not in told.columns:
        return told
    others = told.filter(pl.col("owner_name").ne_missing(pl.col("name_key"))).select("owner_no")
    often = others.group_by("owner_no").len().filter(pl.col("len") >= UNRELATED_NAMES - 1)
    return told.join(often, on="owner_no", how="semi")


def _without_relatives(pairs: pl.DataFrame, households: pl.DataFrame) -> pl.DataFrame:
    """The pairs but for those that bear the name of somebody else of the member's household."""
    relatives = households.select("household_no", pl.col("member_no").alias("_other"), owner_name="name_key")
    beside = pairs.with_row_index("_at").join(relatives, on=["household_no", "owner_name"], how="inner")
    theirs = beside.filter(pl.col("_other") != pl.col("member_no"))["_at"].unique()
    return pairs.with_row_index("_at").filter(~pl.col("_at").is_in(theirs.implode())).drop("_at")


def _unrelated(names: list[str], holders: list[str]) -> int:
    """How many groups the names fall into, each name related to some other of its group, or both to a holder's name."""
    if len(names) > _MANY:
        return len(names)
    groups: list[list[str]] = []
    for name in dict.fromkeys([*names, *holders]):
        near = [group for group in groups if any(relate(name, other).code != "N8" for other in group)]
        apart = [group for group in groups if group not in near]
        groups = [*apart, [name, *(other for group in near for other in group)]]
    return sum(any(name in names for name in group) for group in groups)
