"""候选 candidates: the records of one part against the member index, each pair with its evidence.

The index is small (those under check) and the part is large, so the part is cut down by joins first and only what is
left is looked at pair by pair.
"""

from collections.abc import Callable, Collection
from typing import Any

import polars as pl

from jiuzhu_check.matching.evidence import name as names
from jiuzhu_check.matching.evidence import number as numbers
from jiuzhu_check.matching.profile import Profile
from jiuzhu_check.tables.record import ORIGIN
from jiuzhu_check.values import identity_number, person_name

# The members under check.
INDEX = ("household_no", "member_no", "person_no", "number", "name_key", "former_names")
CANDIDATE: dict[str, pl.DataType] = {
    **ORIGIN,
    "owner_no": pl.String(),
    "owner_name": pl.String(),
    "household_no": pl.String(),
    "member_no": pl.String(),
    "person_no": pl.String(),
    "number": pl.String(),
    "number_evidence": pl.String(),  # matching/evidence/number.py
    "name_relation": pl.String(),  # matching/evidence/name.py
    "name_detail": pl.String(),
    "go_between": pl.Int64(),  # unrelated names that the number stands with; null where it is no go-between's
}
# Which of these numbers are on the roster at all, under check or not.
OnRoster = Callable[[Collection[str]], set[str]]


def candidates(
    part: pl.DataFrame, index: pl.DataFrame, households: pl.DataFrame, profile: Profile, on_roster: OnRoster
) -> pl.DataFrame:
    """CANDIDATE rows: every pair of a record slot and a member that a number brings together.

    part:       records of one part, any record table
    index:      INDEX, the members under check (with consent)
    households: household_no, member_no, name_key of all members of their households: a name may be a relative's
    """
    pairs = pl.concat([_by_number(part, index), *_by_repair(part, index, on_roster)])
    if pairs.is_empty():
        return pl.DataFrame(schema=CANDIDATE)
    related = _relate(pairs, households)
    generic = pl.DataFrame(
        {"number": list(profile.go_betweens), "go_between": list(profile.go_betweens.values())},
        schema={"number": pl.String, "go_between": pl.Int64},
    )
    return related.join(generic, on="number", how="left").select(
        pl.col(name).cast(dtype) for name, dtype in CANDIDATE.items()
    )


def _by_number(part: pl.DataFrame, index: pl.DataFrame) -> pl.DataFrame:
    """The records whose valid number is a member's."""
    members = index.filter(pl.col("number").is_not_null())
    return _pairs(part.join(members, left_on="owner_no", right_on="number", how="inner", coalesce=False)).with_columns(
        number_evidence=pl.col("owner_no_kind")
    )


def _by_repair(part: pl.DataFrame, index: pl.DataFrame, on_roster: OnRoster) -> list[pl.DataFrame]:
    """The records whose number is damaged by one edit, and whose name agrees with the member whose number it would be."""
    kinds = pl.col("owner_no_kind").is_in(["broken", "rounded", "short", "long", "other"])
    damaged = part.filter(pl.col("owner_no").is_null() & kinds & pl.col("owner_name").is_not_null())
    if damaged.is_empty():
        return []
    members = index.filter(pl.col("number").is_not_null())
    keyed = members.with_columns(_key=_simplified(members["name_key"]))
    close = _pairs(damaged.with_columns(_key=_simplified(damaged["owner_name"])).join(keyed, on="_key", how="inner"))
    folded = close.select(identity_number.fold(pl.col("owner_no_raw"))).to_series()
    found = [
        _repair_evidence(damaged_no, number, on_roster)
        for damaged_no, number in zip(folded, close["number"], strict=True)
    ]
    evidence = pl.Series("number_evidence", found, dtype=pl.String)
    return [close.with_columns(evidence).filter(pl.col("number_evidence").is_not_null())]


def _repair_evidence(damaged: str, number: str, on_roster: OnRoster) -> str | None:
    if numbers.is_one_digit_away(damaged, number):
        return "one_digit"
    possible = numbers.repairs(damaged)
    if number not in possible:
        return None
    return "one_edit" if len(on_roster(possible)) == 1 else "several_edits"


def _simplified(column: pl.Series) -> pl.Series:
    distinct = column.drop_nulls().unique().to_list()
    keys = [names.simplified(value) for value in distinct]
    return column.replace_strict(distinct, keys, default=None, return_dtype=pl.String)


def _pairs(joined: pl.DataFrame) -> pl.DataFrame:
    wanted = [*ORIGIN, "owner_no_raw", "owner_name_raw", "owner_no_kind", "owner_name", *INDEX]
    return joined.select(wanted)


def _relate(pairs: pl.DataFrame, households: pl.DataFrame) -> pl.DataFrame:
    """The pairs with their names' relation; equal names are told at once, the others by distinct pair."""
    equal = pl.col("owner_name") == pl.col("name_key")
    same = pairs.filter(equal).with_columns(name_relation=pl.lit("N0"), name_detail=pl.lit(""))
    apart = pairs.filter(~equal.fill_null(value=False))
    relatives = dict(
        households.filter(pl.col("household_no").is_in(apart["household_no"].unique().implode()))
        .group_by("household_no")
        .agg(pl.struct("member_no", "name_key"))
        .iter_rows()
    )
    firms = apart.select(person_name.is_organisation(pl.col("owner_name")).fill_null(value=False)).to_series()
    told = [
        _relation(row, relatives.get(row["household_no"], []), organisation=firm)
        for row, firm in zip(apart.iter_rows(named=True), firms, strict=True)
    ]
    told_frame = apart.with_columns(
        name_relation=pl.Series([relation.code for relation in told], dtype=pl.String),
        name_detail=pl.Series([relation.detail for relation in told], dtype=pl.String),
    )
    return (
        pl.concat([same, told_frame])
        .rename({"owner_no_raw": "owner_no", "owner_name": "_key"})
        .rename({"owner_name_raw": "owner_name"})
    )


def _relation(pair: dict[str, Any], relatives: list[dict[str, str]], *, organisation: bool) -> names.Relation:
    former = person_name.read(
        pl.Series((pair["former_names"] or "").replace(",", "、").replace("，", "、").split("、"))
    )
    others = [other["name_key"] for other in relatives if other["member_no"] != pair["member_no"] and other["name_key"]]
    return names.relate(
        pair["owner_name"],
        pair["name_key"] or "",
        former=[each for each in former if each],
        others=others,
        organisation=organisation,
    )
