"""Working days are China's: holidays are not worked, some weekend days are, and an unpublished year is an estimate."""

from datetime import date, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from jiuzhu_check.values.working_day import after, is_working_day, later

DAYS = st.dates(date(2005, 1, 1), date(2025, 6, 30))


def test_a_holiday_is_no_working_day_and_the_sunday_worked_for_it_is_one() -> None:
    assert is_working_day(date(2018, 10, 1)) == (False, True)
    assert is_working_day(date(2018, 9, 30)) == (True, True)
    assert is_working_day(date(2018, 12, 1)) == (False, True)


def test_the_day_itself_does_not_count() -> None:
    assert after(date(2018, 11, 30), 1) == (date(2018, 12, 3), True)
    assert after(date(2018, 11, 30), 0) == (date(2018, 11, 30), True)


def test_spring_festival_lengthens_a_term() -> None:
    assert after(date(2018, 2, 14), 2) == (date(2018, 2, 23), True)
    assert after(date(2018, 2, 10), 3) == (date(2018, 2, 13), True)


def test_beyond_the_published_years_monday_to_friday_are_taken_and_it_is_said() -> None:
    assert is_working_day(date(2190, 1, 1)) == (True, False)
    assert is_working_day(date(2190, 1, 2)) == (False, False)
    assert after(date(2190, 1, 1), 1) == (date(2190, 1, 4), False)


@settings(deadline=None, derandomize=True)
@given(DAYS, st.integers(1, 60))
def test_so_many_days_are_worked_between_and_the_last_is_one(day: date, count: int) -> None:
    due, known = after(day, count)
    passed = [day + timedelta(days=each) for each in range(1, (due - day).days + 1)]
    assert known
    assert sum(is_working_day(each)[0] for each in passed) == count
    assert is_working_day(due)[0]


def test_of_many_pairs_each_has_its_own_day_and_the_unknown_none() -> None:
    since = pl.Series([date(2018, 9, 28), None, date(2018, 9, 28)], dtype=pl.Date)
    told = later(since, pl.Series([1, 3, None], dtype=pl.Int64))
    assert told.rows() == [(date(2018, 9, 29), True), (None, None), (None, None)]
    assert later(since.clear(), pl.Series([], dtype=pl.Int64)).is_empty()
