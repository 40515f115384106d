from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiuzhu_check.values import month, period
from tests.values.reading import read_one

always = settings(deadline=None, derandomize=True, max_examples=25)
months = st.dates(date(1990, 1, 1), date(2089, 12, 31)).map(lambda one: one.replace(day=1))


def ends(raw: str | None) -> tuple[object, object]:
    return read_one(period.first_month, raw), read_one(period.last_month, raw)


@pytest.mark.parametrize(
    ("raw", "first", "last"),
    [
        ("2018年", (2018, 1), (2018, 12)), ("2018年度", (2018, 1), (2018, 12)), ("2018", (2018, 1), (2018, 12)),
        ("2018年第三季度", (2018, 7), (2018, 9)), ("2018年3季度", (2018, 7), (2018, 9)), ("２０１８Ｑ４", (2018, 10), (2018, 12)),
        ("2018年上半年", (2018, 1), (2018, 6)), ("2018年下半年", (2018, 7), (2018, 12)),
        ("2018.01-2018.12", (2018, 1), (2018, 12)), ("2018.01–2018.10", (2018, 1), (2018, 10)),
        ("201801-201810", (2018, 1), (2018, 10)), ("2018-01-01至2018-03-31", (2018, 1), (2018, 3)),
        ("2018年1月 — 2018年10月", (2018, 1), (2018, 10)), ("2018-01~2018-10", (2018, 1), (2018, 10)),
        ("2018年1月1日到2018年6月30日", (2018, 1), (2018, 6)), ("2017-2018", (2017, 1), (2018, 12)),
        ("2018/11", (2018, 11), (2018, 11)), ("2018-11-01 00:00:00.0", (2018, 11), (2018, 11)),
    ],
)  # fmt: skip
def test_the_time_that_a_cell_names(raw: str, first: tuple[int, int], last: tuple[int, int]) -> None:
    assert ends(raw) == (date(*first, 1), date(*last, 1))


@given(months)
@always
def test_a_month_is_its_own_first_and_last_month(one: date) -> None:
    for form in (f"{one:%Y%m}", f"{one:%Y-%m}", f"{one.year}年{one.month}月", f"{one:%Y-%m-%d}"):
        assert ends(form) == (one, one) == (read_one(month.read, form),) * 2


@given(months, months)
@always
def test_a_time_that_ends_before_it_begins_is_unknown(one: date, other: date) -> None:
    first, last = min(one, other), max(one, other)
    near = (last.year - first.year) * 12 + last.month - first.month <= 120
    assert ends(f"{first:%Y-%m}至{last:%Y-%m}") == ((first, last) if near else (None, None))
    if first != last:
        assert ends(f"{last:%Y%m}-{first:%Y%m}") == (None, None)


@pytest.mark.parametrize(
    "raw",
    [None, "", "无", "-", "2018.1", "2018.1-2018.10", "第三季度", "2018年第五季度", "2018-13", "18年", "上年", "0"],
)
def test_what_names_no_time_is_unknown(raw: str | None) -> None:
    assert ends(raw) == (None, None)
