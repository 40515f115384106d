"""Who else of a name fits: where they are many only those alike in some place are looked at, and it comes out the same."""

import random

import polars as pl
import pytest

from jiuzhu_check.matching import namesakes
from jiuzhu_check.matching.namesakes import Holders, weighed
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


def test_of_many_namesakes_the_same_fit_as_of_all_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(5)
    held = sorted({(rng.choice(NAMES), number(rng)) for _ in range(1500)})
    holders = Holders(NAMES)
    people = pl.DataFrame(held, schema=["owner_name", "owner_no"], orient="row")
    holders.look(people)
    cases = []
    for _ in range(1500):
        name, whole = rng.choice(held)
        theirs = whole if rng.random() < 0.7 else number(rng)
        kind = rng.choice(("two_edits", "one_edit", "masked", "cut"))
        cases.append((damaged(rng, whole), name, rng.choice((name, NAMES[0])), theirs, kind))
    columns = ["shown", "owner_key", "name_key", "number", "number_evidence"]
    pairs = pl.DataFrame(cases, schema=columns, orient="row")
    of_all = weighed(pairs, holders)
    assert (of_all["rivals"] > 0).sum() > 300
    monkeypatch.setattr(namesakes, "_AT_ONCE", 0)
    assert weighed(pairs, holders).equals(of_all)


def test_somebody_whose_records_lie_apart_in_a_part_is_one_person() -> None:
    """How rare a name is, is counted over people: whoever has three cars is no three people."""
    one, other = "370199196301246054", "370199196409049482"
    holders = Holders(["李伟"])
    holders.look(pl.DataFrame({"owner_no": [one, other, one, other, one], "owner_name": ["李伟"] * 5}))
    assert holders.numbers == 2
