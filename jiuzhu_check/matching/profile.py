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


def profile(records: Iterable[pl.DataFrame]) -> Profile:
    """The profile of the records given. All records of one number must be among them, as a keyed part holds them.

    records: owner_no, owner_name; rows without either say nothing here; name_key, where known, of whose number it is
    """
    found: dict[str, int] = {}
    for part in records:
        named = part.filter(pl.col("owner_no").is_not_null() & pl.col("owner_name").is_not_null())
        holders = pl.col("name_key") if "name_key" in part.columns else pl.lit(None, pl.String)
        many = (
            named.group_by("owner_no")
            .agg(names=pl.col("owner_name").unique().sort(), holders=holders.drop_nulls().unique().sort())
            .filter(pl.col("names").list.len() >= UNRELATED_NAMES)
        )
        for number, names, known in many.iter_rows():
            if (unrelated := _unrelated(names, known)) >= UNRELATED_NAMES:
                found[number] = unrelated
    return Profile(found)


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
