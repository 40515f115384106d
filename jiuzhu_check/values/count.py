"""数量 count: how many of a thing a household declared, or how many months were paid."""

import polars as pl

COUNT = pl.Decimal(18, 2)


def read(raw: pl.Expr) -> pl.Expr:
    """The whole number, with or without its measure word; null where blank or anything else. Never zero by default.

    >>> pl.Series(["2辆", "36个月", "０", "1.0", "", "无", "-1"]).to_frame("c").select(read(pl.col("c")).cast(pl.Int64))["c"].to_list()
    [2, 36, 0, 1, None, None, None]
    """
    text = raw.str.normalize("NFKC").str.replace_all(r"\s", "")
    return text.str.extract(r"^([0-9]{1,4})(?:\.0+)?(?:[辆台部套处间个艘户家]|个?月)?$").cast(COUNT, strict=False)
