"""证号内的号码: a damaged number is read from another one that holds it, such as a disability certificate's."""

import polars as pl
from rapidfuzz.distance import Levenshtein

from jiuzhu_check.values import identity_number

_SILENT = ("blank", "placeholder", "passport", "military")  # no citizen number stands there, so none is contradicted
_FEW_ERRORS = 2  # of typing; as many as matching/damaged.py looks at
_SAID = 6  # digits; what has fewer says nothing of a number
_CUT = 14  # digits that a spreadsheet leaves unrounded


def take_number_within(slots: pl.DataFrame) -> pl.DataFrame:
    """The rows with _apart; where a row's own number is unusable and may be the one within, owner_no is that one.

    slots: one row an owner: owner_no_raw, owner_no, owner_no_kind, slot, owners; owner_no_within, the valid number that
           the certificate's holds, or null; it may be absent
    Where both numbers speak of two people, or the own one is another valid one, nobody can say whose the row is: it
    stands under each, the one within in a slot of its own, and _apart says so of both.
    """
    apart = pl.lit(value=False).alias("_apart")
    if "owner_no_within" not in slots.columns:
        return slots.with_columns(apart)
    within = pl.col("owner_no_within")
    held = slots.with_columns(apart, _at=pl.int_range(pl.len()))
    asked = held.filter(within.is_not_null(), pl.col("owners") == 1, pl.col("owner_no").ne_missing(within))
    folded = asked.select(identity_number.shown(identity_number.fold(pl.col("owner_no_raw")))).to_series()
    known = asked.select("owner_no", "owner_no_kind", "owner_no_within").rows()
    fits = [
        number is None and (kind in _SILENT or may_be(shown or "", one))
        for (number, kind, one), shown in zip(known, folded, strict=True)
    ]
    taken = asked.with_columns(owner_no=within, owner_no_kind=pl.lit("within"), _fits=pl.Series(fits, dtype=pl.Boolean))
    same, other = taken.filter("_fits"), taken.filter(~pl.col("_fits")).with_columns(slot=pl.col("slot") + 1)
    left = held.join(same, on="_at", how="anti").with_columns(_apart=pl.col("_at").is_in(other["_at"].implode()))
    other = other.with_columns(_apart=pl.lit(value=True))
    return pl.concat([left, *(part.select(left.columns) for part in (same, other))]).sort("_at", "slot").drop("_at")


def may_be(shown: str, number: str) -> bool:
    """Whether a damaged number, as far as it shows, may be this one.

    >>> number = "11010519491231002X"
    >>> [may_be(shown, number) for shown in ("110105********002X", "110105E", "110105194912310000", "1101051949123102X")]
    [True, True, True, True]
    >>> may_be("110105********0021", number), may_be("440524188001010014", number)
    (False, False)
    """
    if sum(letter.isdigit() for letter in shown) < _SAID:
        return True
    if "*" in shown:
        head, tail = shown[: shown.index("*")], shown[shown.rindex("*") + 1 :]
        places = len(shown) != len(number) or all(a in ("*", b) for a, b in zip(shown, number, strict=True))
        return number.startswith(head) and number.endswith(tail) and places
    if shown.endswith("E"):
        return number.startswith(shown[:-2])  # the last digit is rounded
    rounded = shown.endswith("000") and number.startswith(shown[:_CUT])
    part = shown in number or number in shown
    return rounded or part or Levenshtein.distance(shown, number, score_cutoff=_FEW_ERRORS) <= _FEW_ERRORS
