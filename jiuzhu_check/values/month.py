"""月份 month: the first day of a month."""

import polars as pl

from jiuzhu_check.values import day


def read(raw: pl.Expr) -> pl.Expr:
    """The month's first day; null where the cell is blank or no month.

    Reads 201811, 2018-11, 2018/1, 2018年11月 and whole dates. 2018.1 is null: a spreadsheet writes 2018.10 so.
    """
    text = raw.str.normalize("NFKC").str.strip_chars()
    compact = text.str.extract(r"^((?:19|20)[0-9]{2}(?:0[1-9]|1[0-2]))(?:\.0+)?$")
    parts = text.str.extract_groups(r"^([0-9]{4})(?:[-/年]([0-9]{1,2})月?|\.([0-9]{2}))$")
    written = parts.struct[0] + pl.coalesce(parts.struct[1], parts.struct[2]).str.zfill(2)
    month = (pl.coalesce(compact, written) + "01").str.to_date("%Y%m%d", strict=False)
    return pl.coalesce(month, day.read(raw).dt.month_start())
