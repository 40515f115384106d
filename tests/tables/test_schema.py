"""Frames of a table put together, and held in less memory: the values stay what they were."""

from datetime import date

import polars as pl

from jiuzhu_check.tables.schema import DATE, MONEY, TEXT, WHOLE, Table

THING = Table("thing", "one thing", {"name": TEXT, "day": DATE, "value": MONEY, "at": WHOLE})


def things(*names: str) -> pl.DataFrame:
    rows = [(name, date(2018, 11, 30), None, at) for at, name in enumerate(names)]
    return pl.DataFrame(rows, schema=dict(THING.columns), orient="row")


def test_frames_stand_one_after_another_and_none_is_an_empty_table() -> None:
    both = THING.together([THING.empty(), things("甲", "乙"), THING.empty(), things("丙")])
    assert THING.check(both)["name"].to_list() == ["甲", "乙", "丙"]
    assert THING.check(THING.together([])).is_empty()
