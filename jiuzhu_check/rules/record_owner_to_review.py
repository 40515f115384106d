"""记录归属待复核."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.found import all_evidence, evidence, only_member
from jiuzhu_check.rules.rule import rule

RECORD = ("source", "supplier", "snapshot", "extract", "sheet", "source_row")


@rule(id="record_owner_to_review", title="记录归属待复核", basis="verification", since=date(2014, 5, 1))
def record_owner_to_review(review_link: pl.DataFrame) -> pl.DataFrame:
    """登记记录可能属于该成员，但号码或姓名不足以确定，须由人核对后才能使用；同户两人都可能的，只算一条。"""
    rows = (
        review_link.sort("household_no", *RECORD, "slot", "member_no")
        .with_columns(evidence(), subject=pl.format("{}:{}", "source", _thing()))
        .group_by("household_no", "subject", maintain_order=True)
        .agg(only_member(), pl.col("reason").unique(maintain_order=True).str.join("；"), evidence=all_evidence())
    )
    whose = pl.when(pl.col("member_no").is_null()).then(pl.lit("哪一位成员")).otherwise(pl.lit("该成员"))
    return rows.with_columns(
        kind=pl.lit("question"),
        status=pl.lit("to_verify"),
        declared=pl.lit(None),
        found=pl.lit("1"),
        unit=pl.lit("条"),
        sentence=pl.format("有1条登记记录是否属于{}尚不能确定：{}；请核对归属。", whose, "reason"),
    )


def _thing() -> pl.Expr:
    """What names the thing; a record that names none is told by its place in the delivery."""
    place = pl.format("{}!{}:{}", "extract", "sheet", "source_row")
    return pl.coalesce("subject", place)
