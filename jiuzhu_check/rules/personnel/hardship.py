"""困难情形: what speaks for a household, as registered and as far as it holds on the day."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.found import evidence

_ENDED = "注销|作废|失效|停发|停止|终止|退出|死亡|撤销|退学|休学|毕业|转出|肄业"


def burdens(hardship: pl.DataFrame, kind: str, as_of: date) -> pl.DataFrame:
    """The records of one kind that were registered by the day and whose state names no end, with evidence.

    Dates that are null are unknown and keep a record in; `until` is left to the rule, for it means a review of one
    register and the end of another.
    """
    ended = pl.col("status").str.contains(_ENDED).fill_null(value=False)
    return hardship.filter(
        pl.col("kind") == kind, ~ended, (pl.col("record_date") <= as_of).fill_null(value=True)
    ).with_columns(evidence())
