"""金额 money: yuan with two decimals. The unit is said once, by the cell, the heading or the source, in that order."""

import polars as pl

from jiuzhu_check.values.number_text import plain_number

UNITS = {"元": "1", "万元": "10000", "千元": "1000", "百元": "100", "分": "0.01", "角": "0.1", "亿元": "100000000"}
YUAN = pl.Decimal(18, 2)


def read(raw: pl.Expr, unit: str = "元") -> pl.Expr:
    """The amount in yuan; null where the cell is blank or does not read as one number. Never zero by default.

    unit: what a bare number means: 元, 万元, 千元, 分
    source: units seen in extracts (capital and contract price in 万元, payment interfaces in 分)
    """
    text = raw.str.normalize("NFKC").str.replace_all(r"[\s,¥￥]|人民币|RMB|CNY|[/每]月$|\((?:认缴|实缴)?\)$", "")
    own = text.str.extract(r"(亿元|万元|千元|百元|元|分|角|万)$").replace("万", "万元")
    number = plain_number(text.str.replace(r"(亿元|万元|千元|百元|元|分|角|万)$", "")).cast(
        pl.Decimal(30, 6), strict=False
    )
    factor = own.fill_null(unit).replace_strict(UNITS, return_dtype=pl.String).cast(pl.Decimal(30, 6))
    return (number * factor).cast(pl.Decimal(38, 6)).round(2, mode="half_away_from_zero").cast(YUAN, strict=False)
