"""What registers of civil status say of a member, on exact number and name and up to the day of the check."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.found import evidence

EXACT = ("A1",)
WHOSE = ("household_no", "member_no")
# 《关于进一步做好最低生活保障等社会救助兜底保障工作的通知》一（三）自这一天起施行：此前的死亡没有期限。
SETTLED_SINCE = date(2022, 10, 20)
_MARRIAGES = ("married", "divorced", "annulled")


def exact(record: pl.DataFrame) -> pl.DataFrame:
    """The records that exact number and name have linked: others say nothing of death, prison or marriage."""
    return record.filter(pl.col("tier").is_in(EXACT))


def settled_by(died_on: pl.Expr, months: pl.Expr) -> pl.Expr:
    """The day by which a death is to be checked and adjusted; null for one before there was a term, or none is said."""
    return pl.when(died_on >= SETTLED_SINCE).then(died_on.dt.offset_by(pl.format("{}mo", months)))


def deaths(civil_status: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One row a record of a death: its member, died_on, said (what is registered, in Chinese), evidence.

    died_on: the day of the death, or else of the cancellation or cremation; null where none is told. A day after as_of
             is not yet.
    """
    cremated = pl.col("event") == "cremated"
    cancelled = (pl.col("event") == "cancelled") & pl.col("cause").str.contains("死亡").fill_null(value=False)
    dead = (cremated | cancelled | (pl.col("event") == "deceased")).fill_null(value=False)
    day = pl.coalesce("died_on", "ended_on", pl.when(cremated).then("record_date"))
    register = pl.when(cremated).then(pl.lit("火化登记")).otherwise(pl.lit("死亡登记"))
    return (
        exact(civil_status)
        .filter(dead | pl.col("died_on").is_not_null())
        .with_columns(evidence(), _on=day)
        .filter((pl.col("_on") <= as_of).fill_null(value=True))
        .select(
            *WHOSE,
            "evidence",
            died_on="_on",
            said=register.fill_null("死亡登记") + pl.col("_on").cast(pl.String).fill_null("（日期未注明）"),
        )
    )


def marriages(civil_status: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """The last marriage, divorce or annulment of each member, as the record tells it, with evidence.

    One that names no day counts as the oldest; one after as_of is not yet.
    """
    return (
        exact(civil_status)
        .filter(pl.col("event").is_in(_MARRIAGES), (pl.col("record_date") <= as_of).fill_null(value=True))
        .with_columns(evidence())
        .sort("record_date", "source", "supplier", "extract", "sheet", "source_row", "slot", nulls_last=False)
        .unique(WHOSE, keep="last", maintain_order=True)
    )


def in_prison(civil_status: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """The records of prison terms that have begun and not ended by the day and that no release follows, with evidence."""
    told = exact(civil_status)
    day = pl.coalesce("ended_on", "record_date")
    freed = (
        told.filter(pl.col("event") == "released", (day <= as_of).fill_null(value=True))
        .group_by(WHOSE)
        .agg(freed_on=day.max())
        .with_columns(freed=True)
    )
    begun = (pl.col("record_date") <= as_of).fill_null(value=True)
    over = (pl.min_horizontal("ended_on", "until") < as_of).fill_null(value=False)
    since_then = pl.col("freed") & (pl.col("freed_on") >= pl.col("record_date")).fill_null(value=True)
    return (
        told.filter(pl.col("event") == "imprisoned", begun, ~over)
        .join(freed, on=WHOSE, how="left", maintain_order="left")
        .filter(~since_then.fill_null(value=False))
        .with_columns(evidence())
    )
