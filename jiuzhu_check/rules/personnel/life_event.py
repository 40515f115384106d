"""What registers of civil status say of a member, on exact number and name and up to the day of the check."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.found import evidence

EXACT = ("A1",)
WHOSE = ("household_no", "member_no")
# 《关于进一步做好最低生活保障等社会救助兜底保障工作的通知》一（三）自这一天起施行：此前的死亡没有期限。
SETTLED_SINCE = date(2022, 10, 20)
_MARRIAGES = {"married": "结婚", "divorced": "离婚", "annulled": "撤销婚姻"}


def exact(record: pl.DataFrame) -> pl.DataFrame:
    """The records that exact number and name have linked: others say nothing of death, prison or marriage."""
    return record.filter(pl.col("tier").is_in(EXACT))


def settled_by(died_on: pl.Expr, months: pl.Expr) -> pl.Expr:
    """The day by which a death is to be checked and adjusted; null for one before there was a term, or none is said."""
    return pl.when(died_on >= SETTLED_SINCE).then(died_on.dt.offset_by(pl.format("{}mo", months)))


def deaths(civil_status: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One row a record of a death: its member, died_on, cremated (only that day is told), said (in Chinese), evidence.

    died_on: the day of the death, or else of the cancellation or cremation; null where none is told. A day after as_of
             is not yet.
    """
    cremated = pl.col("event") == "cremated"
    cancelled = (pl.col("event") == "cancelled") & pl.col("cause").str.contains("死亡").fill_null(value=False)
    dead = (cremated | cancelled | (pl.col("event") == "deceased")).fill_null(value=False)
    told = pl.coalesce("died_on", "ended_on")
    day = pl.coalesce(told, pl.when(cremated).then("record_date"))
    return (
        exact(civil_status)
        .filter(dead | pl.col("died_on").is_not_null())
        .with_columns(evidence(), _on=day)
        .filter((pl.col("_on") <= as_of).fill_null(value=True))
        .select(
            *WHOSE,
            "evidence",
            died_on="_on",
            cremated=(cremated & told.is_null() & pl.col("_on").is_not_null()).fill_null(value=False),
            said=pl.when(cremated)
            .then(_cremation(told))
            .otherwise(pl.lit("死亡登记") + pl.col("_on").cast(pl.String).fill_null("（日期未注明）")),
        )
    )


def _cremation(died_on: pl.Expr) -> pl.Expr:
    """A crematorium registers the cremation; of the death it tells the day that it was told, if any."""
    days = pl.concat_str(
        pl.format("火化日期{}", "record_date"), pl.format("死亡日期{}", died_on), separator="，", ignore_nulls=True
    )
    unsaid = pl.when(died_on.is_null()).then(pl.lit("，死亡日期未注明")).otherwise(pl.lit(""))
    whole = pl.format("火化登记（{}{}）", days.replace("", None), unsaid)
    return whole.fill_null("火化登记（日期未注明）")


def marriages(civil_status: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """The last marriage, divorce or annulment of each member, as the record tells it, with the list of its evidence.

    One that names no day counts as the oldest; one after as_of is not yet. Where a day has several kinds of them nobody
    can say which was last: it is told as a marriage, if one is among them, `at_once` names them all in Chinese (otherwise
    null), and the evidence is of all of them.
    """
    wedding = pl.col("event") == "married"
    day = [*WHOSE, "record_date"]
    kinds = pl.col("event").unique().replace(_MARRIAGES)
    told = (
        exact(civil_status)
        .filter(pl.col("event").is_in(list(_MARRIAGES)), (pl.col("record_date") <= as_of).fill_null(value=True))
        .with_columns(evidence(), wedding=wedding)
    )
    days = told.group_by(day).agg(
        several=pl.col("event").n_unique() > 1, kinds=kinds.sort().reverse().str.join("、"), all=pl.col("evidence")
    )
    return (
        told.sort(
            "record_date", "wedding", "source", "supplier", "extract", "sheet", "source_row", "slot", nulls_last=False
        )
        .unique(WHOSE, keep="last", maintain_order=True)
        .join(days, on=day, nulls_equal=True, maintain_order="left")
        .with_columns(
            at_once=pl.when("several").then("kinds"),
            evidence=pl.when("several").then("all").otherwise(pl.concat_list("evidence")),
        )
        .drop("wedding", "several", "kinds", "all")
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
