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
_FEW = 50  # names; for so few, looking at each is quicker than loading the conversion tables
# Which of these numbers are on the roster at all, under check or not.
OnRoster = Callable[[Collection[str]], set[str]]


def candidates(part: pl.DataFrame, index: pl.DataFrame, households: pl.DataFrame, on_roster: OnRoster) -> pl.DataFrame:
    """CANDIDATE rows: every pair of a record slot and a member that a number brings together; go_between left null.

    part:       records of one part, any record table
    index:      INDEX, the members under check (with consent)
    households: household_no, member_no, name_key of all members of their households: a name may be a relative's
    """
    pairs = pl.concat([_by_number(part, index), *_by_repair(part, index, on_roster)])
    if pairs.is_empty():
        return pl.DataFrame(schema=CANDIDATE)
    related = _relate(pairs, households).with_columns(go_between=pl.lit(None))
    return related.select(pl.col(name).cast(dtype) for name, dtype in CANDIDATE.items())


def marked(candidates: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """CANDIDATE rows with go_between, by the profile of the whole extract: a repair may lead to such a number too."""
    generic = pl.DataFrame(
        {"number": list(profile.go_betweens), "go_between": list(profile.go_betweens.values())},
        schema={"number": pl.String, "go_between": pl.Int64},
    )
    joined = candidates.drop("go_between").join(generic, on="number", how="left", maintain_order="left")
    return joined.select(list(CANDIDATE))


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
    known = {names.simplified(name) for name in members["name_key"].drop_nulls().unique()}
    few = known if len(known) <= _FEW else ()
    theirs = [
        name
        for name in damaged["owner_name"].unique()
        if (not few or any(names.may_be(name, one) for one in few)) and names.simplified(name) in known
    ]
    named_so = damaged.filter(pl.col("owner_name").is_in(pl.Series(theirs, dtype=pl.String).implode()))
    if named_so.is_empty():
        return []
    folded = named_so.with_columns(_folded=identity_number.fold(pl.col("owner_no_raw")))
    near = folded.join(_near(folded["_folded"].unique()), on="_folded", how="inner")
    close = near.join(members, on="number", how="inner")
    same = pl.Series(
        [_same_name(*pair) for pair in close.select("owner_name", "name_key").iter_rows()], dtype=pl.Boolean
    )
    named = close.filter(same)
    alone = [len(on_roster(possible)) == 1 for possible in named["_possible"]]
    evidence = pl.when(pl.Series(alone, dtype=pl.Boolean)).then(pl.lit("one_edit")).otherwise(pl.lit("several_edits"))
    found = named.with_columns(
        number_evidence=pl.when(pl.col("_one_digit")).then(pl.lit("one_digit")).otherwise(evidence)
    )
    return [_pairs(found).with_columns(found["number_evidence"])]


def _near(damaged: pl.Series) -> pl.DataFrame:
    """_folded, number, _one_digit and _possible: every valid number that each damaged one may stand for."""
    rows = []
    for text in damaged:
        one_digit = len(text) != 18
        possible = numbers.one_digit_away(text) if one_digit else numbers.repairs(text)
        rows += [(text, number, one_digit, possible) for number in possible]
    schema = {
        "_folded": pl.String(),
        "number": pl.String(),
        "_one_digit": pl.Boolean(),
        "_possible": pl.List(pl.String()),
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _same_name(recorded: str, member: str | None) -> bool:
    return names.simplified(recorded) == names.simplified(member or "")


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
    former = _former_names(apart["former_names"])
    told = [
        _relation(row, relatives.get(row["household_no"], []), former.get(row["former_names"], []), organisation=firm)
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


def _former_names(cells: pl.Series) -> dict[str, list[str]]:
    """Each cell's former names, folded."""
    listed = pl.DataFrame({"cell": cells.drop_nulls().unique().sort()}).with_columns(
        name=pl.col("cell").str.replace_all("[,，]", "、").str.split("、")
    )
    each = listed.explode("name")
    folded = each.with_columns(name=person_name.read(each["name"])).drop_nulls("name")
    return dict(folded.group_by("cell", maintain_order=True).agg("name").iter_rows())


def _relation(
    pair: dict[str, Any], relatives: list[dict[str, str]], former: list[str], *, organisation: bool
) -> names.Relation:
    others = [other["name_key"] for other in relatives if other["member_no"] != pair["member_no"] and other["name_key"]]
    return names.relate(
        pair["owner_name"], pair["name_key"] or "", former=former, others=others, organisation=organisation
    )
