"""功率 power: of engines, in kilowatts. The unit is said by the cell, the heading or the source, in that order."""

import polars as pl

from jiuzhu_check.values.number_text import plain_number

UNITS = {"千瓦": "1", "KW": "1", "马力": "0.735499"}  # the metric horsepower
KILOWATTS = pl.Decimal(10, 2)
_UNIT = rf"({'|'.join(UNITS)})$"


def read(raw: pl.Expr, unit: str) -> pl.Expr:
    """The power in kilowatts; null where the cell is blank or does not read as one number.

    unit: what a bare number means; one that is no unit of power says nothing, and a bare number is null

    >>> cells = pl.Series(["36.8", "50马力", " 88.2 kW", "50型"]).to_frame("p")
    >>> [str(each) for each in cells.select(read(pl.col("p"), "千瓦"))["p"].to_list()]
    ['36.80', '36.77', '88.20', 'None']
    """
    text = raw.str.normalize("NFKC").str.to_uppercase().str.replace_all(r"[\s,]", "")
    number = plain_number(text.str.replace(_UNIT, "")).cast(pl.Decimal(20, 6), strict=False)
    said = text.str.extract(_UNIT).fill_null(unit.upper())
    factor = said.replace_strict(UNITS, default=None, return_dtype=pl.String).cast(pl.Decimal(20, 6))
    return (number * factor).cast(pl.Decimal(38, 6)).round(2, mode="half_away_from_zero").cast(KILOWATTS, strict=False)
