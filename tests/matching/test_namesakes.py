"""Who else of a name fits: where they are many only those alike in some place are looked at, and it comes out the same."""

import random

import polars as pl
import pytest

from jiuzhu_check.matching import namesakes
from jiuzhu_check.matching.namesakes import (
    HOLDER,
    Holders,
    counted_on,
    other_holders,
    weighed,
    weighed_again,
    weighed_alike,
)
from jiuzhu_check.values.identity_number import check_digit

NAMES = ("甲", "乙")


def number(rng: random.Random) -> str:
    place = rng.choice(("370198", "370199", "370298"))
    body = f"{place}{rng.randint(1950, 1953)}{rng.randint(1, 12):02}{rng.randint(1, 4):02}{rng.randint(1, 40):03}"
    return body + check_digit(body)


def damaged(rng: random.Random, whole: str) -> str:
    head, tail = rng.randint(0, 8), rng.randint(0, 5)
    float_of = str(int(float(whole[:17] + "0")))
    ways = [
        whole[: rng.randint(6, 17)], whole[rng.randint(1, 14) :], whole[:15] + "000", float_of,
        whole[: rng.choice((6, 12, 15))] + "E", f"{whole[:head]}{'*' * (18 - head - tail)}{whole[18 - tail :]}",
        whole[:head] + "*" * rng.randint(3, 12) + whole[18 - tail :],
    ]  # fmt: skip
    return rng.choice([*ways, typed(rng, whole), typed(rng, whole), typed(rng, whole)])


def typed(rng: random.Random, whole: str) -> str:
    """With one or two errors of typing."""
    text = list(whole)
    for _ in range(rng.randint(1, 2)):
        at, error = rng.randrange(len(text) - 1), rng.randrange(4)
        if error == 0:
            text[at] = str(rng.randint(0, 9))
        elif error == 1:
            text[at], text[at + 1] = text[at + 1], text[at]
        elif error == 2:
            del text[at]
        else:
            text.insert(at, str(rng.randint(0, 9)))
    return "".join(text)


def extract(rng: random.Random, people: int) -> pl.DataFrame:
    """Some people, each of whom has a record."""
    held = sorted({(rng.choice(NAMES), number(rng)) for _ in range(people)})
    return pl.DataFrame(held, schema=HOLDER, orient="row")


def pairs_in(rng: random.Random, people: pl.DataFrame) -> pl.DataFrame:
    """Damaged numbers of theirs beside members, most of them the right ones."""
    cases, held = [], people.rows()
    for _ in range(1500):
        name, whole = rng.choice(held)
        theirs = whole if rng.random() < 0.7 else number(rng)
        kind = rng.choice(("two_edits", "one_edit", "masked", "cut"))
        cases.append((damaged(rng, whole), name, rng.choice((name, NAMES[0])), theirs, kind))
    columns = ["shown", "owner_key", "name_key", "number", "number_evidence"]
    return pl.DataFrame(cases, schema=columns, orient="row")


def holders_of(people: pl.DataFrame) -> Holders:
    holders = Holders(NAMES)
    holders.look(people)
    return holders


def test_of_many_namesakes_the_same_fit_as_of_all_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(5)
    people = extract(rng, 1500)
    pairs, holders = pairs_in(rng, people), holders_of(people)
    of_all = weighed(pairs, holders)
    assert (of_all["rivals"] > 0).sum() > 300
    monkeypatch.setattr(namesakes, "_AT_ONCE", 0)
    assert weighed(pairs, holders).equals(of_all)


def test_a_pair_weighs_the_same_alone_as_among_others() -> None:
    rng = random.Random(3)
    people = extract(rng, 1500)
    pairs, holders = pairs_in(rng, people).head(150), holders_of(people)
    alone = pl.concat(weighed(each, holders) for each in pairs.iter_slices(1))
    assert alone.equals(weighed(pairs, holders))


@pytest.mark.parametrize("seed", range(5))
def test_pairs_weigh_again_as_anew_when_some_numbers_change_hands(seed: int) -> None:
    """Records come, go, and stand under another name; one number may bear several names."""
    rng = random.Random(seed)
    people = extract(rng, 1200)
    pairs = pairs_in(rng, people)
    touched = pl.Series(rng.sample(sorted(people["owner_no"].unique()), 300))
    stay = people.filter(~pl.col("owner_no").is_in(touched.implode()))
    kept = people.filter(pl.col("owner_no").is_in(touched[:100].implode()))  # another record, and the same name on it
    told = [(rng.choice(NAMES), each) for each in [*touched[100:], *touched[100:]] if rng.random() < 0.6]
    after = pl.concat([pl.DataFrame(told, schema=HOLDER, orient="row"), kept, extract(rng, 200)]).unique()
    numbers = pl.concat([touched, after["owner_no"]])
    before = people.filter(pl.col("owner_no").is_in(numbers.implode()))
    now = pl.concat([stay.filter(~pl.col("owner_no").is_in(numbers.implode())), after])
    then, anew = holders_of(people), holders_of(now)
    again = weighed_again(weighed(pairs, then), then.counts(), before, after, anew.numbers)
    assert again.equals(weighed(pairs, anew))
    assert not again.equals(weighed(pairs, then))
    other = other_holders(before, after)
    assert 0 < sum(each.height for each in other) < before.height + after.height
    assert again.equals(weighed_again(weighed(pairs, then), then.counts(), *other, anew.numbers))
    assert counted_on(then.counts(), before, after).sort("owner_name").equals(anew.counts().sort("owner_name"))


def test_another_record_of_the_same_owner_weighs_as_the_first_did_and_nobody_is_looked_for() -> None:
    rng = random.Random(7)
    people = extract(rng, 1200)
    pairs, holders = pairs_in(rng, people), holders_of(people)
    known = weighed(pairs.head(900), holders)
    came = pairs.tail(1000).sample(fraction=1, shuffle=True, seed=1)
    unknown = came.with_columns(pl.lit(None, pl.Int64).alias("rivals"), pl.lit(None, pl.Float64).alias("others"))
    alike = weighed_alike(unknown, known)
    assert alike.height == came.join(known, on=came.columns, how="semi").height
    assert 400 < alike.height < 1000
    assert alike.equals(weighed(alike.select(came.columns), holders).select(alike.columns))


def test_somebody_whose_records_lie_apart_in_a_part_is_one_person() -> None:
    """How rare a name is, is counted over people: whoever has three cars is no three people."""
    one, other = "370199196301246054", "370199196409049482"
    holders = Holders(["李伟"])
    holders.look(pl.DataFrame({"owner_no": [one, other, one, other, one], "owner_name": ["李伟"] * 5}))
    assert holders.numbers == 2
