"""识别号 identifier: what names a vehicle, a ship, a firm or a property unit, in one spelling.

A frame number (车辆识别代号, GB 16735) has 17 characters, one from before 1997 any form; a firm has a credit code of 18
(GB 32100), a registration number of 13 or 15 digits, or a text (企合粤深总字第012345号). So nothing is refused.
"""

import polars as pl

from jiuzhu_check.values.blank import says_nothing


def read(raw: pl.Expr) -> pl.Expr:
    """The number in one spelling: narrow, upper case, no spaces or hyphens; null where blank, 无 or all zeros.

    >>> pl.Series(["74162732-9", " lsv ａ１", "000000"]).to_frame("n").select(read(pl.col("n")))["n"].to_list()
    ['741627329', 'LSVA1', None]
    """
    text = raw.str.normalize("NFKC").str.to_uppercase().str.replace_all(r"[\s'\-]", "")
    return pl.when(~says_nothing(text) & ~text.str.contains(r"^0+$")).then(text)
