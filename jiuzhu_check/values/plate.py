"""号牌号码 plate number, GA 36: unique only together with its kind (号牌种类), for motorcycles use the same pattern."""

import polars as pl

from jiuzhu_check.values.blank import says_nothing


def read(raw: pl.Expr) -> pl.Expr:
    """The plate in one spelling: 鲁A·12345, 鲁A-12345 and 鲁 a12345 are 鲁A12345; null where blank or 无.

    >>> pl.Series(["鲁a·12345"]).to_frame("p").select(read(pl.col("p"))).item()
    '鲁A12345'
    """
    text = raw.str.normalize("NFKC").str.to_uppercase().str.replace_all(r"[\s·•・‧∙⋅●.'\-]", "")
    return pl.when(~says_nothing(text) & ~text.is_in(["无牌", "无号牌", "未上牌"])).then(text)
