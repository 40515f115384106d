"""期间 period: the first and the last month of the time that a cell names: a month, a quarter, a half, a year, or from … to."""

import polars as pl

from jiuzhu_check.values import month

_QUARTERS = {"1": 1, "2": 4, "3": 7, "4": 10, "一": 1, "二": 4, "三": 7, "四": 10}
_LONGEST = 12 * 10  # months; two that lie further apart name no time of an income


def first_month(raw: pl.Expr) -> pl.Expr:
    """The first month of the time named; null where the cell is blank or names no time.

    Reads every month (values/month.py), 2018年, 2018年度, 2018, 2018年第三季度, 2018Q3, 2018年上半年, and two of these
    joined by -, ~, — or 至, the first of them the earlier. A bare 2018.1 is null, as it is as a month.
    """
    return _ends(raw)[0]


def last_month(raw: pl.Expr) -> pl.Expr:
    """The last month of the time named; null where first_month is."""
    return _ends(raw)[1]


def _ends(raw: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    text = raw.str.normalize("NFKC").str.replace_all(r"\s", "")
    halves = text.str.extract_groups(r"^(.*[0-9年月日度])(?:[~—–至到]|--|(?:^|)-)([0-9]{4}.*)$").struct
    one = [pl.coalesce(month.read(raw), each) for each in _single(text)]
    begins, ends = _single(halves[0])[0], _single(halves[1])[1]
    apart = (ends.dt.year() - begins.dt.year()) * 12 + ends.dt.month().cast(pl.Int32) - begins.dt.month()
    both = apart.is_between(0, _LONGEST).fill_null(value=False)
    # What reads as one time is one: 2018-11 is no year up to another.
    whole = one[0].is_not_null()
    return (
        pl.when(whole).then(one[0]).when(both).then(begins),
        pl.when(whole).then(one[1]).when(both).then(ends),
    )


def _single(text: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """The first and last month of a month, quarter, half or year."""
    year = text.str.extract(r"^((?:19|20)[0-9]{2})(?:年度?)?(?:全年)?$")
    quarter = text.str.extract_groups(r"^((?:19|20)[0-9]{2})(?:年度?第?([1-4一二三四])季度?|-?[Qq]([1-4]))$").struct
    half = text.str.extract_groups(r"^((?:19|20)[0-9]{2})年度?([上下])半年$").struct
    whole = pl.coalesce(year, quarter[0], half[0])
    begins = pl.coalesce(
        pl.when(year.is_not_null()).then(1),
        pl.coalesce(quarter[1], quarter[2]).replace_strict(_QUARTERS, default=None, return_dtype=pl.Int32),
        half[1].replace_strict({"上": 1, "下": 7}, default=None, return_dtype=pl.Int32),
    )
    long = pl.when(year.is_not_null()).then(11).when(half[0].is_not_null()).then(5).otherwise(2)
    first = pl.date(whole.cast(pl.Int32), begins, 1)
    single = month.read(text)
    return pl.coalesce(single, first), pl.coalesce(single, pl.date(whole.cast(pl.Int32), begins + long, 1))
