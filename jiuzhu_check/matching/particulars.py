"""无号候选 particulars: records without a usable number beside the members of that name, by what else they say.

A birth date, a phone, an address or an employer. A name by itself is no evidence: common names collide by the hundred.
"""

import polars as pl

from jiuzhu_check.matching.evidence.name import simplify
from jiuzhu_check.matching.pairs import no_pairs
from jiuzhu_check.values import identity_number

_PAIR = ("extract", "sheet", "source_row", "slot", "household_no", "member_no")
_SILENT = ("blank", "placeholder")  # a number of any other kind would have agreed, were it theirs
_TELLING = 7  # digits of a phone number; what is shorter can be equal by chance
_ENDING = 2  # characters of an employer's name, so that not all namesakes have to be compared


def by_particulars(records: pl.DataFrame, members: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """Each record without a usable number beside the members whom it may mean, with shown and number_evidence.

    records: any record table
    members: INDEX (matching/candidates.py)
    before:  the pairs that the number has brought together already; they are left out
    """
    said = [name for name in ("owner_birth", "owner_phone", "owner_address", "employer") if name in records.columns]
    speaking = records.filter(pl.col("owner_no").is_null() & pl.any_horizontal(pl.col(said).is_not_null()))
    if speaking.is_empty():
        return no_pairs(records, members)
    speaking = speaking.with_columns(_name=simplify(pl.col("owner_name")))
    known = members.with_columns(_name=simplify(pl.col("name_key")))
    known = _of_these(known, speaking)  # the members are many, and few of them bear such a name
    speaking = _of_these(speaking, known)
    if speaking.is_empty():
        return no_pairs(records, members)
    employer = pl.col("employer") if "employer" in records.columns else pl.lit(None, pl.String)
    speaking = _folded(speaking, pl.col("owner_birth"), "owner_phone", "owner_address", employer)
    born = pl.coalesce(identity_number.birth_date(pl.col("number")), "birth_date")
    known = _folded(known, born, "phone", "home_address", pl.col("workplace"))
    silent = speaking.filter(pl.col("owner_no_kind").is_in(_SILENT))
    met = [
        (silent if key != "_birth" else speaking).join(known, on=["_name", key], suffix="_listed", coalesce=False)
        for key in ("_birth", "_phone", "_place", "_ending")
    ]
    return _judged(pl.concat(met).unique(_PAIR, maintain_order=True).join(before, on=_PAIR, how="anti"))


def _of_these(people: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """Those who bear the name of one of some others."""
    return people.filter(pl.col("_name").is_in(others["_name"].drop_nulls().unique().implode()))


def _folded(people: pl.DataFrame, birth: pl.Expr, phone: str, address: str, employer: pl.Expr) -> pl.DataFrame:
    """The people with what is compared, and what brings addresses and employers together: numerals and the last words."""
    digits, place = pl.col(phone).str.replace_all("[^0-9]", ""), pl.col(address).str.normalize("NFKC")
    firm = employer.str.normalize("NFKC").str.replace_all(r"[\s()]", "")
    return people.with_columns(
        birth.alias("_birth"),
        pl.when(digits.str.len_chars() >= _TELLING).then(digits).alias("_phone"),
        place.alias("_address"),
        place.str.replace_all("[^0-9]+", "-").str.strip_chars("-").alias("_place"),
        firm.alias("_employer"),
        firm.str.tail(_ENDING).alias("_ending"),
    )


def _judged(pairs: pl.DataFrame) -> pl.DataFrame:
    """The pairs that something speaks for and no birth date against."""
    from jiuzhu_check.matching.evidence.particular import same_address, same_employer  # here: seldom needed

    agree: dict[str, pl.Expr | pl.Series] = {
        "phone": pl.col("_phone") == pl.col("_phone_listed"),
        "address": same_address(pairs["_address"], pairs["_address_listed"]),
        "employer": same_employer(pairs["_employer"], pairs["_employer_listed"]),
    }
    silent, born = pl.col("owner_no_kind").is_in(_SILENT), pl.col("_birth") == pl.col("_birth_listed")
    told = pl.coalesce(pl.when(alike).then(pl.lit(name)) for name, alike in agree.items())
    told = pl.when(silent).then(told)
    with_birth = pl.coalesce(pl.lit("birth_") + told, pl.lit("birth"))
    return pairs.with_columns(
        number_evidence=pl.when(born).then(with_birth).when(born.is_null()).then(told),
        shown=pl.when(born).then(pl.format("******{}****", pl.col("_birth").dt.strftime("%Y%m%d"))),
    ).filter(pl.col("number_evidence").is_not_null())
