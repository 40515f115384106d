"""Which programme a department's text means: 农村居民最低生活保障 is 低保."""

import polars as pl

# The first that fits: 困难职工 and 特困职工 are no 特困, 低保边缘 is no 低保.
_SAID = (
    ("困难职工", "职工"),
    ("低保边缘", "边缘|低边|低收入"),
    ("刚性支出困难", "刚性支出|支出型"),
    ("孤儿", "孤儿|事实无人抚养"),
    ("临时救助", "临时救助|临时困难|急难"),
    ("特困", "特困|五保"),
    ("低保", "低保|最低生活保障"),
)


def programme_named(text: pl.Expr) -> pl.Expr:
    """The programme's name, 其他 where it is none of those named; null where the text is blank."""
    named = pl.coalesce(pl.when(text.str.contains(said)).then(pl.lit(name)) for name, said in _SAID)
    return pl.when(text.is_not_null()).then(named.fill_null("其他"))
