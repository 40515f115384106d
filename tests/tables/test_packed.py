"""Frames in less memory say the same."""

from datetime import date, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from jiuzhu_check.tables.packed import Packed, alike_once, compact
from jiuzhu_check.tables.schema import DATE, MONEY, TEXT, WHOLE, Table

THING = Table("thing", "one thing", {"name": TEXT, "day": DATE, "value": MONEY, "at": WHOLE})
NAMES = st.none() | st.sampled_from(["", "甲", "一个写得很长的名称，超过十二个字节"])
DAYS = st.none() | st.integers(0, 3).map(lambda days: date(2018, 11, 30) + timedelta(days))


def things(*names: str) -> pl.DataFrame:
    rows = [(name, date(2018, 11, 30), None, at) for at, name in enumerate(names)]
    return pl.DataFrame(rows, schema=dict(THING.columns), orient="row")


def test_what_is_held_once_says_the_same_in_every_row() -> None:
    many = things(*("同" for _ in range(1000)))
    for held in (alike_once(many), compact(many), Packed(many).frame()):
        assert held.estimated_size() < many.estimated_size() / 2
        assert held.schema == many.schema
        assert held.equals(many)
    for few in (things(), things("甲")):
        assert alike_once(few).equals(few)
        assert compact(few).equals(few)
        assert Packed(few).frame().equals(few)


def test_a_null_among_others_is_not_alike() -> None:
    some = things("甲", "甲").with_columns(name=pl.Series(["甲", None]))
    assert alike_once(some)["name"].to_list() == ["甲", None]
    assert compact(some)["name"].to_list() == ["甲", None]


@given(st.lists(st.tuples(NAMES, DAYS, st.none(), st.integers(0, 9)), max_size=20), st.sampled_from([1, 100, 1000]))
def test_what_waited_is_what_it_was_however_many_and_whatever_they_have_in_common(
    rows: list[tuple[str | None, date | None, None, int]], times: int
) -> None:
    some = pl.DataFrame(rows, schema=dict(THING.columns), orient="row")
    many = pl.concat([some] * times)
    waiting = Packed(many)
    assert waiting.height == many.height
    for _ in range(2):
        assert waiting.frame().schema == many.schema
        assert waiting.frame().equals(many)


def test_what_waits_takes_a_fraction_of_the_memory() -> None:
    many = things(*(f"甲{at}" for at in range(100_000)))
    waiting = Packed(many)
    assert len(waiting._held._bytes.getbuffer()) < many.estimated_size() / 2  # type: ignore[union-attr]
