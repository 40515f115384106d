"""车辆识别代号 VIN, GB 16735: 17 characters. Frame numbers from before 1997 have any form, so nothing is refused."""

import polars as pl

from jiuzhu_check.values.blank import says_nothing


def read(raw: pl.Expr) -> pl.Expr:
    """The number in one spelling: narrow, upper case, no spaces; null where blank, 无 or all zeros."""
    text = raw.str.normalize("NFKC").str.to_uppercase().str.replace_all(r"[\s'\-]", "")
    return pl.when(~says_nothing(text) & ~text.str.contains(r"^0+$")).then(text)
