"""日期 day: a calendar date as departments write it. 长期 and 9999-12-31 are the last day there is."""

from datetime import date

import polars as pl

FOREVER = date(9999, 12, 31)


def read(raw: pl.Expr) -> pl.Expr:
    """The date; null where the cell is blank, a placeholder (0000-00-00, 0001-01-01, 1900-01-01) or no date.

    Reads 20180701, 2018-7-1, 2018/07/01, 2018.07.01, 2018年7月1日, any of them with a time behind; milliseconds since
    1970 in the time of Shanghai (13 digits; before September 2001 fewer, before 1970 negative, then whole seconds);
    spreadsheet day numbers of 5 digits.
    """
    text = raw.str.normalize("NFKC").str.strip_chars()
    parts = text.str.extract_groups(r"^([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?(?:[T ].*)?$")
    written = parts.struct[0] + parts.struct[1].str.zfill(2) + parts.struct[2].str.zfill(2)
    compact = text.str.extract(r"^([0-9]{8})(?:(?:[T ]?[0-9]{2}:?|[T ][0-9]:)[0-9]{2}(?::?[0-9]{2}(?:\.[0-9]+)?)?)?$")
    day = pl.coalesce(written, compact).str.to_date("%Y%m%d", strict=False)
    day = pl.when(~text.str.contains("^[0-9]{12}$") | (day.dt.year() < 2200)).then(day)  # milliseconds spell 5461-05-12
    milliseconds = text.str.extract(r"^([0-9]{13}|[0-9]{9}000|[0-9]{6}00000|-[0-9]{6,10}000)$").cast(pl.Int64)
    moment = pl.from_epoch(milliseconds, time_unit="ms").dt.replace_time_zone("UTC")
    since_epoch = moment.dt.convert_time_zone("Asia/Shanghai").dt.date()  # it had a summer time from 1986 to 1991
    serial = text.str.extract(r"^([1-9][0-9]{4})(?:\.[0-9]+)?$").cast(pl.Int32)
    from_serial = pl.lit(date(1899, 12, 30)) + pl.duration(days=serial)
    forever = pl.when(text.is_in(["长期", "永久", "99991231", "9999-12-31", "长期有效"])).then(pl.lit(FOREVER))
    found = pl.coalesce(
        forever, pl.when(text.str.len_chars() < 13).then(day), since_epoch, day, from_serial.cast(pl.Date)
    )
    placeholder = found.is_in([date(1900, 1, 1), date(1899, 12, 30)]) | (found.dt.year() < 1800)
    return pl.when(~placeholder).then(found)
