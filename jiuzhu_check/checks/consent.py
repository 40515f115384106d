"""授权 consent: without a valid one on the day, nothing of a member's is read (先授权后核对)."""

from datetime import date

import polars as pl


def without_consent(members: pl.DataFrame, consents: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """household_no, member_no and reason of every member whose records may not be read on that day.

    A consent counts from the day it was signed to the last day it names. One that names no last day does not count:
    the paper must say, and the reason says so.
    """
    signed = members.select("household_no", "member_no").join(
        consents, on=["household_no", "member_no"], how="left", nulls_equal=True
    )
    reason = (
        pl.when(pl.col("consent_no").is_null())
        .then(pl.lit("未授权：没有授权书"))
        .when(pl.col("signed_on").is_null())
        .then(pl.lit("未授权：授权书没有签署日期"))
        .when(pl.col("signed_on") > as_of)
        .then(pl.lit("未授权：授权书签署于核对日之后"))
        .when(pl.col("valid_until").is_null())
        .then(pl.lit("未授权：授权书没有截止日期"))
        .when(pl.col("valid_until") < as_of)
        .then(pl.lit("未授权：授权书已过期"))
    )
    judged = signed.with_columns(reason=reason)
    valid = judged.filter(pl.col("reason").is_null()).select("household_no", "member_no")
    return (
        judged.join(valid, on=["household_no", "member_no"], how="anti")
        .unique(["household_no", "member_no"], keep="first", maintain_order=True)
        .select("household_no", "member_no", "reason")
    )
