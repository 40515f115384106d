"""候选 candidates: the records of one part against the member index, each pair with its evidence.

A usable number is an equality join; only what has none is looked at for damage (matching/damaged.py). Names are related
by distinct pair.
"""

from collections.abc import Callable, Collection
from typing import Any

import polars as pl

from jiuzhu_check.matching.damaged import by_damage
from jiuzhu_check.matching.evidence import name as names
from jiuzhu_check.matching.evidence.number import one_error_less
from jiuzhu_check.matching.particulars import by_particulars
from jiuzhu_check.matching.profile import Profile
from jiuzhu_check.tables.record import ORIGIN
from jiuzhu_check.values import identity_number, person_name
from jiuzhu_check.values.identity_number import are_valid

_TELLING = 7  # characters; what is shorter can be equal by chance
# The members under check.
INDEX = (
    "household_no",
    "member_no",
    "person_no",
    "number",
    "name_key",
    "former_names",
    "birth_date",
    "phone",
    "home_address",
    "workplace",
)
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
    "expected_namesakes": pl.Float64(),  # others who fit what is visible and the name; null where no digit is open
    "seen_namesakes": pl.Float64(),  # the same by the count of the extract as it is, without a floor
    "contradicts": pl.String(),  # what the record says itself against its number
    "rivals": pl.Int64(),  # others of that name in the extract whose valid number fits as well
}
# What is looked at of a member, with the number to look under and what it is to the member's own; null where it is that.
_KEPT = ("household_no", "member_no", "person_no", "number", "name_key", "former_names")
STANDING = dict.fromkeys((*_KEPT, "owner_no", "number_evidence"), pl.String())
# What stands beside a record in a pair.
PAIRED = (*INDEX, "number_evidence", "shown")
# With what they were compared by: what shows of the number, and both names folded; and how many others hold the name.
FITTED = {
    **CANDIDATE,
    "shown": pl.String(),
    "owner_key": pl.String(),
    "name_key": pl.String(),
    "others": pl.Float64(),
}
# What is looked at of a pair.
_COMPARED = (
    *ORIGIN, "owner_no", "owner_no_raw", "owner_name", "owner_name_raw", "contradicts", "household_no", "member_no",
    "person_no", "number", "name_key", "former_names", "number_evidence", "shown", "part",
)  # fmt: skip
MISTYPED = ("one_edit", "one_digit", "several_edits")  # what told_apart says, or may
# Which of these numbers are on the roster at all, under check or not.
OnRoster = Callable[[Collection[str]], set[str]]


def stand_under(index: pl.DataFrame, on_roster: OnRoster) -> pl.DataFrame:
    """STANDING rows: each member under every valid number that a record of theirs may stand under.

    That is their own (number_evidence null); what a spreadsheet or a cut makes of it, where that is a valid number by
    chance; where the roster's own is broken, each repair of it; and where the roster's own ends in 000, each number that
    a spreadsheet may have made it of. What is somebody's own on the roster is theirs alone.
    """
    own = stand_under_own(index)
    saved = pl.concat([own.with_columns(owner_no=form) for form in (_fifteen_digits(), _floating())])
    saved = pl.concat([saved, _read_as_old(own)])
    saved = saved.filter(pl.col("owner_no") != pl.col("number")).with_columns(number_evidence=pl.lit("rounded_valid"))
    saved = saved.filter(are_valid(saved["owner_no"]))
    broken = _repaired(index.filter(pl.col("number").is_null())).select(own.columns)
    others = pl.concat([saved, broken, _completed(own).select(own.columns)])
    if others.is_empty():
        return own
    taken = pl.Series(sorted(on_roster(others["owner_no"].unique().to_list())), dtype=pl.String)
    return pl.concat([own, others.filter(~pl.col("owner_no").is_in(taken.implode()))])


def stand_under_own(index: pl.DataFrame) -> pl.DataFrame:
    """Of stand_under each member under their own valid number."""
    own = index.filter(pl.col("number").is_not_null())
    told = {"owner_no": pl.col("number"), "number_evidence": pl.lit(None, pl.String)}
    return own.with_columns(**told).select(list(STANDING))


def _read_as_old(own: pl.DataFrame) -> pl.DataFrame:
    """The members born from 2000 on under what their first fifteen digits say, read as a number of fifteen digits."""
    year = pl.col("number").str.slice(6, 4)
    young = own.filter(year.is_between(pl.lit("2001"), pl.lit("2012")))  # of any other the middle is no month
    if young.is_empty():
        return young
    body = pl.col("number").str.head(6) + "19" + pl.col("number").str.slice(6, 9)
    return young.with_columns(owner_no=identity_number.with_check(body))


def _completed(own: pl.DataFrame) -> pl.DataFrame:
    """The members whose number ends in 000, as a spreadsheet leaves it, under all that the lost digits may have been."""
    lost = own.filter(pl.col("number").str.ends_with("000"))
    if lost.is_empty():
        return lost
    ends = pl.DataFrame({"_end": [f"{end:02}" for end in range(100)]}, schema={"_end": pl.String})
    body = pl.col("number").str.head(15) + pl.col("_end")
    each = lost.join(ends, how="cross").with_columns(
        owner_no=identity_number.with_check(body), number_evidence=pl.lit("roster_rounded")
    )
    return each.filter(pl.col("owner_no") != pl.col("number"))


def _fifteen_digits() -> pl.Expr:
    return pl.col("number").str.head(15) + "000"


def _floating() -> pl.Expr:
    return pl.col("number").cast(pl.Int64, strict=False).cast(pl.Float64).cast(pl.Int64).cast(pl.String)


def _repaired(broken: pl.DataFrame) -> pl.DataFrame:
    """The members of broken numbers under each valid number that one error less makes of it."""
    if broken.is_empty():
        return broken.with_columns(owner_no=pl.lit(""), number_evidence=pl.lit(""))
    written = broken.with_columns(text=identity_number.fold(pl.col("person_no")))
    near = one_error_less(written["text"]).rename({"number": "owner_no"})
    return written.join(near, on="text", how="inner").with_columns(number_evidence=pl.lit("roster_edit"))


def under_number(part: pl.DataFrame, standing: pl.DataFrame) -> pl.DataFrame:
    """The records under a valid number that is a member's, or may be; one row for each record and member.

    part:     records of one part, any record table
    standing: the members under check (with consent), of stand_under; no more are needed than the part may hold
    """
    theirs = part.filter(pl.col("owner_no").is_in(standing["owner_no"].implode()))  # few, and the columns are many
    return theirs.join(standing, on="owner_no", how="inner", maintain_order="left")


def with_evidence(pairs: pl.DataFrame) -> pl.DataFrame:
    """Such pairs with number_evidence and shown, as those of in_spelling have them."""
    evidence = pl.coalesce("number_evidence", "owner_no_kind")
    return pairs.with_columns(number_evidence=evidence, shown=pl.lit(None, pl.String))


def in_spelling(part: pl.DataFrame, index: pl.DataFrame) -> pl.DataFrame:
    """The records without a usable number beside the members whom it may mean; one row for each record and member.

    Whom a record is beside does not depend on who else is in the index.
    """
    columns = [*part.columns, *INDEX, "number_evidence", "shown"]
    alike = by_damage(part, index).select(columns)
    if index["number"].null_count():
        alike = pl.concat([alike, _written_alike(part, index).select(columns)])
    return pl.concat([alike, by_particulars(part, index, alike).select(columns)])


def told_apart(pairs: pl.DataFrame, on_roster: OnRoster) -> pl.DataFrame:
    """The pairs of in_spelling, fitted; where one error leads to several people of the roster, the evidence says so."""
    one = pl.col("number_evidence").is_in(["one_edit", "one_digit"])
    mistyped = pairs.filter(one)
    if mistyped.is_empty():
        return pairs
    near = one_error_less(mistyped["shown"])
    taken = pl.Series(sorted(on_roster(near["number"].unique().to_list())), dtype=pl.String)
    several = near.filter(pl.col("number").is_in(taken.implode())).group_by("text").len().filter(pl.col("len") > 1)
    return pairs.with_columns(
        number_evidence=pl.when(one & pl.col("shown").is_in(several["text"].implode()))
        .then(pl.lit("several_edits"))
        .otherwise("number_evidence")
    )


def fitted(pairs: pl.DataFrame, households: pl.DataFrame) -> pl.DataFrame:
    """FITTED rows of such pairs, with part: CANDIDATE with the names related; what spans the extract is left null.

    households: household_no, member_no, name_key of all members of their households: a name may be a relative's
    """
    related = _relate(pairs.select(_COMPARED), households)
    unknown = [pl.lit(None, dtype).alias(name) for name, dtype in FITTED.items() if name not in related.columns]
    told = [pl.col(name).cast(dtype) for name, dtype in FITTED.items()]
    return related.with_columns(unknown).select(*told, "part")


def marked(candidates: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """CANDIDATE rows with go_between, by the profile of the whole extract: a repair may lead to such a number too."""
    if not profile.go_betweens:
        return candidates.select(list(CANDIDATE))
    generic = pl.DataFrame(
        {"number": list(profile.go_betweens), "go_between": list(profile.go_betweens.values())},
        schema={"number": pl.String, "go_between": pl.Int64},
    )
    joined = candidates.drop("go_between").join(generic, on="number", how="left", maintain_order="left")
    return joined.select(list(CANDIDATE))


def _written_alike(part: pl.DataFrame, index: pl.DataFrame) -> pl.DataFrame:
    """The records whose number is no valid one and is written as the roster writes it: the same error, or a passport."""
    unusable = part.filter(
        pl.col("owner_no").is_null() & ~pl.col("owner_no_kind").is_in(["blank", "placeholder", "credit_code"])
    ).with_columns(shown=identity_number.fold(pl.col("owner_no_raw")))
    members = index.filter(pl.col("number").is_null()).with_columns(shown=identity_number.fold(pl.col("person_no")))
    long_enough = pl.col("shown").str.len_chars() >= _TELLING
    return (
        unusable.filter(long_enough)
        .join(members, on="shown", how="inner")
        .with_columns(number_evidence=pl.lit("same_text"))
    )


def _relate(pairs: pl.DataFrame, households: pl.DataFrame) -> pl.DataFrame:
    """The pairs with their names' relation; equal names are told at once, the others by distinct pair.

    owner_no and owner_name become what was delivered.
    """
    lost = pl.col("owner_name").str.contains(person_name.PLACEHOLDER, literal=True)
    equal = (pl.col("owner_name") == pl.col("name_key")) & ~lost
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
        .drop("owner_no")
        .rename({"owner_no_raw": "owner_no", "owner_name": "owner_key", "owner_name_raw": "owner_name"})
    )


def _former_names(cells: pl.Series) -> dict[str, list[str]]:
    """Each cell's former names, folded."""
    listed = pl.DataFrame({"cell": cells.drop_nulls().unique().sort()})
    each = listed.with_columns(name=person_name.listed(pl.col("cell"))).explode("name")
    folded = each.with_columns(name=person_name.read(each["name"])).drop_nulls("name")
    return dict(folded.group_by("cell", maintain_order=True).agg("name").iter_rows())


def _relation(
    pair: dict[str, Any], relatives: list[dict[str, str]], former: list[str], *, organisation: bool
) -> names.Relation:
    others = [other["name_key"] for other in relatives if other["member_no"] != pair["member_no"] and other["name_key"]]
    return names.relate(
        pair["owner_name"], pair["name_key"] or "", former=former, others=others, organisation=organisation
    )
