"""同名人数 expected namesakes: how many other people would agree as well with what is visible of a number and with the name.

Counted in people, not in scores, so that it can be printed and understood. The frequency of a name comes from the extract
itself, over distinct valid numbers, for the repeated rows of one owner would make a rare name look common.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl
import tomli

from jiuzhu_check.matching.damaged import evidence
from jiuzhu_check.matching.evidence.name import simplify
from jiuzhu_check.matching.evidence.number import BIRTH, PARTIAL
from jiuzhu_check.values import person_name

_FEW = ("few_digits", "few_last")
_AT_ONCE = 50_000  # pairs of a case and a holder of its name; of more, only those that are alike are looked at
_CHECKS = 11  # values of a check digit
_ASKED = ("shown", "number_evidence", "number", "owner_key", "name_key")  # of a pair: by what it is weighed
_WEIGHTS = ("rivals", "others", "expected_namesakes", "seen_namesakes")
# Who holds a name: owner_name, owner_no of records with a valid number, each once.
HOLDER = {"owner_name": pl.String(), "owner_no": pl.String()}

# How many people hold a name: owner_name, people.
NAMED = {"owner_name": pl.String(), "people": pl.Int64()}


class Holders:
    """The holders of some names in one extract, collected part by part; a part holds all records of its numbers."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = pl.Series(sorted(set(names)), dtype=pl.String)
        self.numbers = 0  # how many people the extract has: a part has all records of its numbers
        self._found = [pl.DataFrame(schema=HOLDER)]

    def look(self, part: pl.DataFrame) -> None:
        """Take one part's owners in."""
        self.take(self.among(part), self.people(part))

    def among(self, records: pl.DataFrame, *beside: str) -> pl.DataFrame:
        """HOLDER rows of some records, with the columns beside. Without names there is nothing to look for."""
        owners = records.select(*HOLDER, *beside)
        if not self.names.len():
            return owners.clear()
        named = owners.filter(pl.col("owner_name").is_in(self.names.implode()))
        return named.drop_nulls("owner_no").unique()

    def people(self, part: pl.DataFrame) -> int:
        """How many people one part has; 0 without names to look for."""
        if not self.names.len():
            return 0
        return part["owner_no"].drop_nulls().hash().n_unique()

    def take(self, found: pl.DataFrame, people: int) -> None:
        """Take in what a part had."""
        self.numbers += people
        self._found.append(found)

    def know(self, people: pl.DataFrame) -> None:
        """Take in others who may fit as well and need not be in the extract: number and name_key of the roster."""
        if self.names.len():
            self._found.append(meant_by(self.names, people.select(owner_name="name_key", owner_no="number")))

    def frame(self) -> pl.DataFrame:
        """HOLDER rows."""
        if len(self._found) > 1:
            self._found = [pl.concat(self._found).unique()]
        return self._found[0]

    def counts(self) -> pl.DataFrame:
        """NAMED rows of the names that were looked out for."""
        known = self.names.to_frame("owner_name").join(named(self.frame()), on="owner_name", how="left")
        return known.with_columns(pl.col("people").fill_null(0))


def meant_by(names: pl.Series, people: pl.DataFrame) -> pl.DataFrame:
    """Of HOLDER rows of people on the roster those whom some names may mean, under each of these names, once.

    That is their own name, one that is written in other forms of its characters, and a cell of several names with theirs
    among them: a record under it may be accepted as theirs (matching/tiers.py).
    """
    asked = names.to_frame("owner_name").with_columns(_one=person_name.listed(pl.col("owner_name"))).explode("_one")
    asked = pl.concat([asked, names.to_frame("owner_name").with_columns(_one="owner_name")])
    asked = asked.select("owner_name", _key=simplify(pl.col("_one"))).unique()
    held = people.drop_nulls().select("owner_no", _key=simplify(pl.col("owner_name")))
    return asked.join(held, on="_key", how="inner").select(list(HOLDER)).unique()


def weighed(pairs: pl.DataFrame, holders: Holders) -> pl.DataFrame:
    """The pairs with rivals, others, expected_namesakes (pessimistic) and seen_namesakes (by the count as it is).

    pairs:  shown, number, number_evidence, owner_key, name_key, ...
    rivals: other people of that name in the extract whose valid number agrees as well; 0 where nobody does
    others: how many others hold the member's or the record's name, whichever more do
    A pair whose evidence leaves no digit open has rivals, and no expected namesakes.
    """
    if pairs.is_empty():
        return pairs
    held = holders.frame()
    others = _most(pairs, named(held)) - _own(pairs, held)
    return _expected(pairs.with_columns(_rivals(pairs, held), others.alias("others")), holders.numbers)


def weighed_alike(pairs: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """Of some pairs those with rivals and others as pairs before have them, of which the same was asked; see weighed.

    What they weigh by depends on what shows of the number, on the names and on the member, not on the record.
    """
    known = before.select(*_ASKED, "rivals", "others").unique(_ASKED)
    found = pairs.drop("rivals", "others").join(known, on=_ASKED, how="inner", nulls_equal=True, maintain_order="left")
    return found.select(pairs.columns)


def weighed_as(pairs: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame | None:
    """The pairs as pairs before weigh of which the same was asked, in the same extract and roster; null where one is not among them."""
    known = before.select(*_ASKED, *_WEIGHTS).unique(_ASKED)
    found = pairs.drop(_WEIGHTS).join(known, on=_ASKED, how="left", nulls_equal=True, maintain_order="left")
    return None if found["others"].has_nulls() else found.select(pairs.columns)


def weighed_again(
    pairs: pl.DataFrame, names: pl.DataFrame, before: pl.DataFrame, after: pl.DataFrame, people: int
) -> pl.DataFrame:
    """Pairs that were weighed once, as they weigh now that some numbers have other holders; nobody else is looked at.

    names:         NAMED rows of all names of the pairs, as it was
    before, after: HOLDER rows of the numbers that have other holders than before, all of each; roster and extract
    people:        under how many valid numbers the extract has records now
    """
    if pairs.is_empty():
        return pairs
    own = _most(pairs, names) - pairs["others"] - _own(pairs, before) + _own(pairs, after)
    others = _most(pairs, counted_on(names, before, after)) - own
    rivals = pairs["rivals"] - _rivals(pairs, before) + _rivals(pairs, after)
    return _expected(pairs.with_columns(rivals.alias("rivals"), others.alias("others")), people)


def other_holders(before: pl.DataFrame, after: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Of HOLDER rows of some numbers, as it was and as it is, those of the numbers that have other holders now."""
    both = pl.concat([before, after])
    other = pl.col("owner_no").is_in(both.filter(~both.is_duplicated())["owner_no"].implode())
    return before.filter(other), after.filter(other)


def counted_on(names: pl.DataFrame, before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """NAMED rows of the same names, now that some numbers have other holders; see weighed_again."""
    less = named(before).with_columns(people=-pl.col("people"))
    both = pl.concat([names, less, named(after)]).join(names, on="owner_name", how="semi")
    return both.group_by("owner_name").agg(pl.col("people").sum())


def named(held: pl.DataFrame) -> pl.DataFrame:
    """NAMED rows of the names in HOLDER rows, each of which stands once."""
    return held.group_by("owner_name").agg(people=pl.len().cast(pl.Int64))


def _expected(pairs: pl.DataFrame, people: int) -> pl.DataFrame:
    """The pairs with expected_namesakes and seen_namesakes, by others."""
    partial = pl.col("number_evidence").is_in([*PARTIAL, *_FEW])
    each = 1 / max(1, people)  # to divide a single row rounds otherwise than to divide several
    floor, commonest = _table()["name"]["floor"], _table()["name"]["commonest"]
    often = pl.when(partial).then(
        pl.min_horizontal(pl.max_horizontal("others", pl.lit(floor)) * each, pl.lit(commonest))
    )
    return (
        pairs.with_columns(_fitting(pairs.select(shown=pl.when(partial).then(_any_digits()), kind="number_evidence")))
        .with_columns(
            expected_namesakes=pl.col("_fitting") * often,
            seen_namesakes=pl.col("_fitting") * pl.col("others") * each,
        )
        .drop("_fitting")
    )


def _any_digits() -> pl.Expr:
    """What shows of a number, whichever its digits are."""
    return pl.col("shown").str.replace_all("[0-9]", "0")


def _fitting(asked: pl.DataFrame) -> pl.Series:
    """How many people fit each shown and kind; null where nothing is shown. There are few kinds of what can be seen."""
    each = asked.drop_nulls("shown").unique()
    fitting = [_compatible(shown, kind) for shown, kind in each.iter_rows()]
    told = each.with_columns(pl.Series("_fitting", fitting, dtype=pl.Float64))
    return asked.join(told, on=["shown", "kind"], how="left", maintain_order="left")["_fitting"]


def limits() -> tuple[float, float]:
    """Expected namesakes below which a partial number may be accepted, and above which it is a lead only."""
    return _table()["limit"]["accept"], _table()["limit"]["lead"]


def _rivals(pairs: pl.DataFrame, held: pl.DataFrame) -> pl.Series:
    cases = pairs.select(_ASKED).drop_nulls("shown").unique()
    both = pl.concat(
        [cases.with_columns(_called=pl.col("owner_key")), cases.with_columns(_called=pl.col("name_key"))]
    ).unique()
    near = _near(both, held).filter(pl.col("owner_no") != pl.col("number"))
    found = near.with_columns(_as_well=evidence(near["shown"], near["owner_no"]))
    weaker = pl.col("_as_well").is_in(_FEW) | (
        (pl.col("_as_well") == "two_edits") & (pl.col("number_evidence") != "two_edits")
    )
    agree = found.filter(pl.col("_as_well").is_not_null() & ~weaker)
    counted = agree.group_by(_ASKED).agg(_rivals=pl.col("owner_no").n_unique())
    joined = pairs.join(counted, on=_ASKED, how="left", nulls_equal=True, maintain_order="left")
    return joined["_rivals"].fill_null(0).cast(pl.Int64).alias("rivals")


def _near(cases: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """The cases beside the holders of the name whose number may agree: where they are many, only those alike in some place."""
    often = held.group_by("owner_name").len()
    beside = cases.select("_called").join(often, left_on="_called", right_on="owner_name")["len"].sum()
    if beside <= _AT_ONCE:
        return cases.join(held, left_on="_called", right_on="owner_name", how="inner")
    one = cases.with_row_index("_case").with_columns(_who=pl.col("_called").hash())
    number = pl.col("owner_no")
    holder = [pl.col("owner_name").hash().alias("_who"), number.str.head(17).cast(pl.Int64).alias("_body")]
    other = held.select(*holder, _check_digit(number).alias("_check")).with_row_index("_holder")
    found = []
    for which, said, has in _keys():
        alike = one.filter(which)
        asked = pl.concat(alike.filter(each.is_not_null()).select("_case", _named(each)) for each in said)
        few = other.select("_holder", _named(has)).filter(pl.col("_key").is_in(asked["_key"].unique().implode()))
        found.append(asked.join(few, on="_key").select("_case", "_holder"))
    pairs = pl.concat(found).unique()
    near = pl.concat([cases[pairs["_case"]], held[pairs["_holder"]]], how="horizontal")
    return near.filter(pl.col("owner_name") == pl.col("_called")).drop("owner_name")


def _named(key: pl.Expr) -> pl.Expr:
    return (pl.col("_who") ^ key.hash()).alias("_key")


def _keys() -> Iterator[tuple[pl.Expr, list[pl.Expr], pl.Expr]]:
    """Of which cases, what of the text shown, and what of a holder's number: some of these are alike wherever both agree.

    What agrees by a few digits alone is not counted, so it need not be found. Digits are told as whole numbers, a holder's
    number as its first seventeen and its check digit; null where the text has other characters there.
    """
    shown, body, check = pl.col("shown"), pl.col("_body"), pl.col("_check")
    covered = shown.str.contains("*", literal=True)
    head, tail = shown.str.head(6), shown.str.tail(4)
    first, last = (~end.str.contains("*", literal=True) for end in (head, tail))
    begins, its_beginning = _digits(head, 6), body // 10**11
    ends, its_end = _with_check(tail, 4), body % 10**3 * _CHECKS + check
    yield covered & first & last, [begins * 10**5 + ends], its_beginning * 10**5 + its_end
    yield covered & first & ~last, [begins], its_beginning
    yield covered & ~first & last, [ends], its_end
    yield covered & ~first & ~last, [pl.lit(0)], pl.lit(0)
    # What a spreadsheet or a cut leaves: rounding does not reach the year.
    yield ~covered, [_digits(shown.str.head(10), 10)], body // 10**7
    yield ~covered, [_with_check(shown.str.tail(6), 6)], body % 10**5 * _CHECKS + check
    # Two errors of typing, each in one of five pieces or where two meet, leave one of the last three whole, moved by two
    # places at most, or else all of the first seven places.
    yield ~covered, [_digits(shown.str.head(7), 7)], body // 10**10
    moved = range(-2, 3)
    yield ~covered, [_digits(shown.str.slice(8 + by, 4), 4) for by in moved], body // 10**5 % 10**4
    yield ~covered, [_digits(shown.str.slice(12 + by, 3), 3) for by in moved], body // 10**2 % 10**3
    yield ~covered, [_with_check(shown.str.slice(15 + by, 3), 3) for by in moved], body % 10**2 * _CHECKS + check


def _digits(text: pl.Expr, length: int) -> pl.Expr:
    """So many digits as a whole number."""
    return pl.when(text.str.contains(f"^[0-9]{{{length}}}$")).then(text.cast(pl.Int64, strict=False))


def _with_check(text: pl.Expr, length: int) -> pl.Expr:
    """So many digits of which the last may be the X of a check digit."""
    return _digits(text.str.head(length - 1), length - 1) * _CHECKS + _check_digit(text.str.slice(length - 1))


def _check_digit(text: pl.Expr) -> pl.Expr:
    last = text.str.tail(1)
    return pl.when(last == "X").then(pl.lit(10, pl.Int64)).otherwise(last.cast(pl.Int64, strict=False))


def _most(pairs: pl.DataFrame, names: pl.DataFrame) -> pl.Series:
    """How many people hold the member's or the record's name, whichever more do; names: NAMED rows."""
    told = pairs.select("owner_key", "name_key")
    for key, count in (("owner_key", "_n"), ("name_key", "_m")):
        counts = names.select(owner_name="owner_name", **{count: pl.col("people")})
        told = told.join(counts, left_on=key, right_on="owner_name", how="left", maintain_order="left")
    return told.select(pl.max_horizontal(pl.col("_n", "_m").fill_null(0)).cast(pl.Float64)).to_series()


def _own(pairs: pl.DataFrame, held: pl.DataFrame) -> pl.Series:
    """1 where the member is among the holders of that name, else 0."""
    own = held.join(pairs, left_on=["owner_name", "owner_no"], right_on=["name_key", "number"], how="semi")
    told = pairs.select("name_key", "number").join(
        own.with_columns(_own=pl.lit(1.0)), left_on=["name_key", "number"], right_on=["owner_name", "owner_no"],
        how="left", maintain_order="left",
    )  # fmt: skip
    return told["_own"].fill_null(0)


def _compatible(shown: str, kind: str) -> float:
    """How many people have a number that agrees with what is shown of it, which of its places and not which digits."""
    visible = _places(shown, kind)
    people, chance = _table()["people"], _table()["chance"]
    region = (
        "province"
        if kind in BIRTH
        else next(
            (
                name
                for name, digits in (("county", 6), ("prefecture", 4), ("province", 2))
                if set(range(digits)) <= visible
            ),
            "nation",
        )
    )
    fitting = float(people[region])
    for name, places in _PLACES.items():
        if places <= visible and not (name == "birth_decade" and _PLACES["birth_year"] <= visible):
            fitting *= chance[name]
    _, _, besides = kind.partition("birth_")
    return fitting * float(chance.get(besides, 1))


_PLACES = {
    "birth_year": frozenset(range(6, 10)),
    "birth_decade": frozenset(range(6, 9)),
    "birth_month": frozenset((10, 11)),
    "birth_day": frozenset((12, 13)),
    "sequence_first": frozenset((14,)),
    "sequence_second": frozenset((15,)),
    "sequence_third": frozenset((16,)),
    "check": frozenset((17,)),
}


def _places(shown: str, kind: str) -> frozenset[int]:
    """Which of the eighteen places are visible."""
    if kind in ("masked", *BIRTH):
        if len(shown) == 18:
            return frozenset(place for place, character in enumerate(shown) if character != "*")
        head, tail = len(shown) - len(shown.lstrip("0123456789")), len(shown) - len(shown.rstrip("0123456789X"))
        return frozenset(range(head)) | frozenset(range(18 - tail, 18))
    if kind in ("headless", "few_last"):
        return frozenset(range(18 - len(shown), 18))
    good = {"rounded": 15, "float": 15}.get(kind, 18)
    return frozenset(range(min(len(shown.removesuffix("E")), good)))


@cache
def _table() -> dict[str, Any]:
    return tomli.loads((files("jiuzhu_check.matching") / "population.toml").read_text(encoding="utf-8"))
