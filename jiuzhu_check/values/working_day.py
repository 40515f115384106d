"""工作日 working day: China's, with its public holidays and the weekend days that are worked instead.

Which days are worked is known for the years whose arrangement has been published; chinesecalendar brings it, with a new
version every November. Beyond them a working day is Monday to Friday, and the result says that it is an estimate.
"""

from datetime import date, timedelta

import polars as pl


def is_working_day(day: date) -> tuple[bool, bool]:
    """Whether a day is worked, and whether its year's arrangement is known.

    >>> is_working_day(date(2018, 9, 29)), is_working_day(date(2018, 10, 1)), is_working_day(date(2003, 10, 1))
    ((True, True), (False, True), (True, False))
    """
    import chinese_calendar  # only commands that count days load it

    try:
        return bool(chinese_calendar.is_workday(day)), True
    except NotImplementedError:
        return day.weekday() < 5, False


def after(day: date, working_days: int) -> tuple[date, bool]:
    """The day that many working days later, the day itself not counted; and whether all years between are known.

    >>> after(date(2018, 9, 21), 6)
    (datetime.date(2018, 9, 30), True)
    """
    known = True
    while working_days > 0:
        day += timedelta(days=1)
        worked, sure = is_working_day(day)
        known &= sure
        working_days -= worked
    return day, known


def later(since: pl.Series, working_days: pl.Series) -> pl.DataFrame:
    """For each pair: due_on and known, as after says; both null where either is null."""
    pairs = list(zip(since, working_days, strict=True))
    told = {pair: after(*pair) for pair in set(pairs) if None not in pair}
    return pl.DataFrame(
        [told.get(pair, (None, None)) for pair in pairs],
        schema={"due_on": pl.Date(), "known": pl.Boolean()},
        orient="row",
    )
