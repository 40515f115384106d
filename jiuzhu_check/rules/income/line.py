"""A line of the account while it is worked out: in cents, without its legal basis."""

from datetime import date

import polars as pl

from jiuzhu_check.tables.account import ACCOUNT_LINE
from jiuzhu_check.tables.schema import WHOLE, Table

LINE = Table(
    "line",
    "one line of an account, in cents",
    {
        "cents": WHOLE,
        **{name: each for name, each in ACCOUNT_LINE.columns.items() if name not in ("amount_year", "basis")},
    },
)
WHOSE = ("household_no", "member_no")


def lines(frame: pl.DataFrame) -> pl.DataFrame:
    """LINE rows of a frame; a flag that is not said is false."""
    if frame.is_empty():
        return LINE.empty()
    flags = ("counted", "estimated", "shown", "livelihood")
    return LINE.fit(frame).with_columns(pl.col(flags).fill_null(value=False))


def together(*parts: pl.DataFrame) -> pl.DataFrame:
    """LINE rows of several kinds in one frame."""
    return pl.concat([LINE.empty(), *parts])


def twelve_months(as_of: date) -> tuple[int, int]:
    """The first and last of the twelve whole months before a day, counted from year 0.

    >>> [(at // 12, at % 12 + 1) for at in twelve_months(date(2018, 12, 1))]
    [(2017, 12), (2018, 11)]
    """
    last = as_of.year * 12 + as_of.month - 2
    return last - 11, last


def period(as_of: date) -> str:
    """The twelve months in words: 2017年12月至2018年11月."""
    first, last = twelve_months(as_of)
    return f"{first // 12}年{first % 12 + 1}月至{last // 12}年{last % 12 + 1}月"


def month_of(day: str) -> pl.Expr:
    """The month of a date, counted from year 0."""
    return pl.col(day).dt.year().cast(pl.Int64) * 12 + pl.col(day).dt.month().cast(pl.Int64) - 1
