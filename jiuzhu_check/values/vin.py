"""车辆识别代号 VIN, GB 16735: 17 characters. Frame numbers from before 1997 have any form, so nothing is refused."""

import polars as pl


def read(raw: pl.Expr) -> pl.Expr:
    """The number in one spelling: narrow, upper case, no spaces; null where blank."""
    text = raw.str.normalize("NFKC").str.to_uppercase().str.replace_all(r"[\s\-]", "")
    return pl.when(text != "").then(text)
