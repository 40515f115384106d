"""坏号候选: records whose number names nobody as it stands, beside the members whom it may mean.

The damaged records are few and the members many, so they are brought together by keys that survive two errors: the same
name with a few characters of the number, or the same first character of the name with most of them. What is left is
judged pair by pair.
"""

from functools import reduce
from operator import xor

import polars as pl

from jiuzhu_check.matching.evidence.name import simplify
from jiuzhu_check.matching.evidence.number import LETTERS
from jiuzhu_check.matching.pairs import no_pairs
from jiuzhu_check.tables.side_by_side import side_by_side
from jiuzhu_check.values import identity_number, person_name

DAMAGED = ("broken", "letters", "short", "long", "cut", "rounded", "scientific", "masked", "other")
# Which characters of the number must agree: two errors leave one of the first three, one error one of the others.
_SAME_NAME = (((0, 4),), ((-3, 3),), ((6, 6),))
_LIKE_NAME = (((7, 11),), ((0, 5), (13, 5)), ((0, 11), (15, 3)), ((0, 14),))
_ANY_END = ((0, 11),)  # of a number whose last digits are covered, or may have been carried over in rounding
_NEAR = 2  # errors in a number that still point at a member of the same name, for a person to look at
_GOOD_ENOUGH = 6  # digits among letters: the check digit proves the rest
_TELLING = ("one_edit", "cut", "rounded", "float", "masked")  # so much that the name may be written otherwise
_AT_ONCE = 100_000  # pairs that are looked at by one core
_GOOD_DIGITS = 14  # of a number in powers of ten: so many name the birth date too


def by_damage(records: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Each damaged record beside every member whom its number may mean, with shown and number_evidence.

    records: any record table; only rows without a usable number and with a name can be damaged
    members: INDEX (matching/candidates.py); one whose own number on the roster is damaged is compared as written
    """
    # Whoever is meant has a name that begins alike, which leaves little to look at where few are under check.
    first = _every_name(members)["_name"].str.head(1).drop_nulls().unique()
    begins = first.to_frame().select(simplify(pl.col("_name"))).to_series()
    unusable = pl.col("owner_no").is_null() & pl.col("owner_no_kind").is_in(DAMAGED)
    alike = simplify(pl.col("owner_name").str.head(1)).is_in(begins.implode())
    damaged = records.filter(unusable).filter(alike)
    if damaged.is_empty():
        return no_pairs(records, members)
    damaged = _with_shown(damaged)
    damaged = damaged.filter(pl.col("shown").str.len_chars() >= 4)
    known = _written(members.filter(pl.col("name_key").is_not_null()))
    if damaged.is_empty() or known.is_empty():
        return no_pairs(records, members)
    texts = damaged.select("shown", "owner_name").unique().with_columns(_name=simplify(pl.col("owner_name")))
    named = _every_name(known.select("_written", "number", "name_key", "former_names"))
    people = named.with_columns(simplify(pl.col("_name")))
    pairs = _brought_together(texts, people)
    if pairs.is_empty():
        return no_pairs(records, members)
    both = pl.col("number").is_null()
    judged = pairs.with_columns(number_evidence=evidence(pairs["shown"], pairs["_written"])).filter(
        pl.col("number_evidence").is_not_null()
        & (pl.col("_same") | (pl.col("number_evidence").is_in(_TELLING) & ~both))
    )
    weak = (pl.col("shown") == pl.col("_written")) | pl.col("number_evidence").is_in(["few_digits", "few_last"])
    fitting = judged.filter(~(both & weak)).with_columns(
        number_evidence=pl.when(both).then(pl.lit("both_damaged")).otherwise("number_evidence")
    )
    return _beside(damaged, known, fitting.select(list(_JUDGED)))


def evidence(shown: pl.Series, number: pl.Series) -> pl.Series:
    """What could have made each number look as it is shown (evidence/number.py SENTENCES); null where nothing could."""
    pairs = pl.DataFrame({"shown": shown, "number": number})
    if pairs.height <= _AT_ONCE:
        return _made_by(pairs)
    return pl.concat(side_by_side(_made_by, pairs.iter_slices(_AT_ONCE)))


def _made_by(pairs: pl.DataFrame) -> pl.Series:
    placed = pairs.with_row_index("_at")
    covered = pl.col("shown").str.contains("*", literal=True)
    masked = placed.filter(covered).with_columns(_evidence=_covered())
    plain = placed.filter(~covered).with_columns(_evidence=_stored())
    typed = plain.filter(pl.col("_evidence").is_null()).with_columns(_typed())
    told = pl.concat([masked, plain.filter(pl.col("_evidence").is_not_null()), typed])
    return told.sort("_at")["_evidence"].alias("number_evidence")


def _covered() -> pl.Expr:
    """masked, where every digit that is visible agrees: place by place, or from both ends where the length is not kept."""
    text, whole = pl.col("shown"), pl.col("number")
    head, tail = text.str.extract(r"^([0-9]*)\*", 1), text.str.extract(r"\*([0-9]*X?)$", 1)
    ends = whole.str.starts_with(head) & whole.str.ends_with(tail)
    places = pl.all_horizontal(
        text.str.slice(place, 1).is_in(["*", ""]) | (text.str.slice(place, 1) == whole.str.slice(place, 1))
        for place in range(18)
    )
    return pl.when(ends & ((text.str.len_chars() != 18) | places)).then(pl.lit("masked"))


def _stored() -> pl.Expr:
    """rounded, float, cut, headless or few_digits: what a spreadsheet or a narrow column leaves; one_edit where letters did it."""
    text, whole = pl.col("shown"), pl.col("number")
    powers, first = text.str.ends_with("E"), text.str.strip_suffix("E")
    length, digits = first.str.len_chars(), first.str.contains("^[0-9]+$")
    read, value = first.cast(pl.Int64, strict=False), whole.cast(pl.Int64, strict=False)
    ahead, stored = whole.str.starts_with(first), value.cast(pl.Float64)
    fifteen = (text.str.head(15) == whole.str.head(15)) | ((value + 500) // 1000 * 1000 == read)
    nearest = pl.any_horizontal(
        (length == good) & ((value + 5 * 10 ** (17 - good)) // 10 ** (18 - good) == read) for good in (15, 16, 17)
    )
    as_float = pl.any_horizontal(
        (length == good) & ((read * 10 ** (18 - good)).cast(pl.Float64) == stored) for good in (15, 16, 17, 18)
    )
    return (
        pl.when(text == whole)
        .then(pl.lit("one_edit"))
        .when(digits & ~powers & (length == 18) & text.str.ends_with("000") & fifteen)
        .then(pl.lit("rounded"))
        .when(digits & ~powers & (length == 18) & (read == stored.cast(pl.Int64)))
        .then(pl.lit("float"))
        .when(digits & ~powers & ahead & length.is_between(_GOOD_DIGITS, 17))
        .then(pl.lit("cut"))
        .when(digits & ~powers & ahead & length.is_between(6, 13))
        .then(pl.lit("few_digits"))
        .when(text.str.contains("^[0-9]{11,15}[0-9X]$") & whole.str.ends_with(text))
        .then(pl.lit("headless"))
        .when(text.str.contains("^[0-9]{3,10}[0-9X]$") & whole.str.ends_with(text))
        .then(pl.lit("few_last"))
        .when(digits & powers & (nearest | (ahead & (length >= _GOOD_DIGITS))))
        .then(pl.lit("rounded"))
        .when(digits & powers & as_float)
        .then(pl.lit("float"))
        .when(digits & powers & ahead & (length < _GOOD_DIGITS))
        .then(pl.lit("few_digits"))
    )


def _typed() -> pl.Expr:
    """one_edit, edit_rounded, one_digit or two_edits: how many errors of typing lie between; null where more do."""
    plain = pl.col("shown").str.contains("^[0-9]{15,20}X?$")
    return (
        pl.struct("shown", "number", plain.alias("_plain"))
        .map_batches(_errors, return_dtype=pl.String)
        .alias("_evidence")
    )


_JUDGED = {
    "shown": pl.String(),
    "owner_name": pl.String(),
    "_written": pl.String(),
    "name_key": pl.String(),
    "former_names": pl.String(),
    "number_evidence": pl.String(),
}


def _with_shown(records: pl.DataFrame) -> pl.DataFrame:
    """The records with shown: their number as far as it shows, letters read as the digits they stand for."""
    folded = records.with_columns(_folded=identity_number.fold(pl.col("owner_no_raw")))
    text = folded.with_columns(_text=identity_number.shown(pl.col("_folded"))).drop("_folded")
    letters = {chr(letter): digit for letter, digit in LETTERS.items()}
    lettered = (
        (pl.col("owner_no_kind") != "masked")
        & pl.col("_text").str.contains(r"^[0-9A-Z|]{18}$")
        & (pl.col("_text").str.count_matches("[0-9]") >= _GOOD_ENOUGH)
    )
    read = text.with_columns(shown=pl.col("_text").str.replace_many(list(letters), list(letters.values())))
    is_number = pl.col("shown").str.contains("^[0-9]{17}[0-9X]$")
    return read.with_columns(shown=pl.when(lettered & is_number).then("shown").otherwise("_text")).drop("_text")


def _written(members: pl.DataFrame) -> pl.DataFrame:
    """The members with their number as it can be compared: the valid one, or what the roster has instead."""
    valid = pl.col("number").is_not_null()
    broken = members.filter(~valid).with_columns(_written=identity_number.fold(pl.col("person_no")))
    sound = members.filter(valid).with_columns(_written=pl.col("number"))
    return pl.concat([sound, broken.filter(pl.col("_written").str.len_chars() >= _GOOD_DIGITS)])


def _every_name(members: pl.DataFrame) -> pl.DataFrame:
    """The members by each name that they have or had, as _name."""
    now = members.with_columns(_name=pl.col("name_key"))
    had = members.filter(pl.col("former_names").is_not_null())
    if had.is_empty():
        return now
    once = had.with_columns(_name=person_name.listed(pl.col("former_names"))).explode("_name")
    return pl.concat([now, once.with_columns(person_name.read(once["_name"]).alias("_name"))])


def _brought_together(texts: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    name = pl.col("_name")
    who = {"_named": name.hash(), "_begins": name.str.head(1).hash()}
    shown, known = (frame.with_columns(**who).with_row_index("_at").lazy() for frame in (texts, people))
    whole = shown.filter(pl.col("shown").str.len_chars() == 18)
    namesakes = known.join(shown.select("_named").unique(), on="_named", how="semi")
    found = [_alike(shown, namesakes, "_named", key) for key in _SAME_NAME]
    shown_so = pl.col("shown")
    carried = pl.any_horizontal(shown_so.str.slice(place, 2).is_in(["00", "99"]) for place in (14, 15))
    rounded = shown_so.str.contains("*", literal=True) | carried
    found += [_alike(whole, known, "_begins", key) for key in _LIKE_NAME]
    found.append(_alike(whole.filter(rounded), known, "_begins", _ANY_END))
    at = pl.concat(found).unique().collect()
    named = people.rename({"_name": "_member"})
    pairs = pl.concat([texts[at["_at"]], named[at["_whom"]]], how="horizontal").with_columns(
        _same=pl.col("_name") == pl.col("_member")
    )
    whose = ("_written", "name_key", "former_names", "number")
    return pairs.group_by("shown", "owner_name", *whose).agg(pl.col("_same").any())


def _alike(texts: pl.LazyFrame, people: pl.LazyFrame, who: str, key: tuple[tuple[int, int], ...]) -> pl.LazyFrame:
    """Where the texts stand, and the people of whom this much of the name and these characters of the number agree.

    Both are compared as whole numbers; what that brings together besides is judged like all others.
    """

    def keyed(text: str) -> pl.Expr:
        pieces = (pl.col(text).str.slice(*piece).hash(at) for at, piece in enumerate(key))
        return reduce(xor, pieces, pl.col(who)).alias("_key")

    one, other = texts.select("_at", keyed("shown")), people.select(keyed("_written"), _whom="_at")
    return one.join(other, on="_key", how="inner").select("_at", "_whom")


def _errors(pairs: pl.Series) -> pl.Series:
    from rapidfuzz.distance import OSA

    told = [
        _error(shown, OSA.distance(shown, number, score_cutoff=_NEAR)) if plain else None
        for shown, number, plain in pairs.struct.unnest().iter_rows()
    ]
    return pl.Series(told, dtype=pl.String)


def _error(shown: str, errors: int) -> str | None:
    if errors == 1 and len(shown) == 18:
        return "edit_rounded" if shown.endswith("000") else "one_edit"
    if errors == 1:
        return "one_digit"
    return "two_edits" if errors == _NEAR else None


def _beside(damaged: pl.DataFrame, known: pl.DataFrame, judged: pl.DataFrame) -> pl.DataFrame:
    # one person may stand in two households, and one of the rows alone say how they were called before
    return damaged.join(judged, on=["shown", "owner_name"], how="inner").join(
        known, on=["_written", "name_key", "former_names"], how="inner", nulls_equal=True
    )
