"""Frames of a table put together, and held in less memory: the values stay what they were."""

from datetime import date

import polars as pl

from jiuzhu_check.tables.schema import DATE, MONEY, TEXT, WHOLE, Table, alike_once, compact

THING = Table("thing", "one thing", {"name": TEXT, "day": DATE, "value": MONEY, "at": WHOLE})


def things(*names: str) -> pl.DataFrame:
    rows = [(name, date(2018, 11, 30), None, at) for at, name in enumerate(names)]
    return pl.DataFrame(rows, schema=dict(THING.columns), orient="row")


def test_frames_stand_one_after_another_and_none_is_an_empty_table() -> None:
    both = THING.together([THING.empty(), things("甲", "乙"), THING.empty(), things("丙")])
    assert THING.check(both)["name"].to_list() == ["甲", "乙", "丙"]
    assert THING.check(THING.together([])).is_empty()


def test_what_is_held_once_says_the_same_in_every_row() -> None:
    many = things(*("同" for _ in range(1000)))
    for held in (alike_once(many), compact(many)):
        assert held.estimated_size() < many.estimated_size() / 2
        assert held.schema == many.schema
        assert held.equals(many)
    for few in (things(), things("甲")):
        assert alike_once(few).equals(few)
        assert compact(few).equals(few)


def test_a_null_among_others_is_not_alike() -> None:
    some = things("甲", "甲").with_columns(name=pl.Series(["甲", None]))
    assert alike_once(some)["name"].to_list() == ["甲", None]
    assert compact(some)["name"].to_list() == ["甲", None]
