"""面积 area: built area in square metres."""

import polars as pl

from jiuzhu_check.values.number_text import plain_number

SQUARE_METRES = pl.Decimal(12, 2)


def read(raw: pl.Expr) -> pl.Expr:
    """The built area; null where the cell is blank, is land in 亩, or does not read as one number.

    A composite cell such as 土地：宗地面积123.30㎡ / 房屋：建筑面积104.61㎡ gives the building's.
    """
    text = raw.str.normalize("NFKC").str.replace_all(r"[\s,]", "")
    text = pl.coalesce(text.str.extract(r"建筑面积:?([0-9.]+)"), text)
    text = text.str.replace(r"(平方米|平米|㎡|m2|M2|m²|平)$", "")
    return plain_number(text).cast(pl.Decimal(20, 6), strict=False).round(2).cast(SQUARE_METRES, strict=False)
