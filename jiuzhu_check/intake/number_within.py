"""证号内的号码: a damaged number is read from another one that holds it, such as a disability certificate's."""

import polars as pl
from rapidfuzz.distance import Levenshtein

from jiuzhu_check.values import identity_number

_SILENT = ("blank", "placeholder", "passport", "military")  # no citizen number stands there, so none is contradicted
_FEW_ERRORS = 2  # of typing; as many as matching/damaged.py looks at
_SAID = 6  # digits; what has fewer says nothing of a number
_CUT = 14  # digits that a spreadsheet leaves unrounded


def take_number_within(slots: pl.DataFrame) -> pl.DataFrame:
    """The same rows; where the owner's own number is unusable and may be the one within, owner_no is that one.

    slots: one row an owner: owner_no_raw, owner_no, owner_no_kind, owners and owner_no_within, which may be absent
    Where what is left of the own number speaks of somebody else, nothing is taken.
    """
    if "owner_no_within" not in slots.columns:
        return slots
    folded = slots.select(identity_number.shown(identity_number.fold(pl.col("owner_no_raw")))).to_series()
    asked = slots.select("owner_no", "owner_no_kind", "owner_no_within", "owners").rows()
    taken = [
        within is not None and number is None and owners == 1 and (kind in _SILENT or may_be(shown or "", within))
        for (number, kind, within, owners), shown in zip(asked, folded, strict=True)
    ]
    takes = pl.Series(taken, dtype=pl.Boolean)
    return slots.with_columns(
        owner_no=pl.when(takes).then("owner_no_within").otherwise("owner_no"),
        owner_no_kind=pl.when(takes).then(pl.lit("within")).otherwise("owner_no_kind"),
    )


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
