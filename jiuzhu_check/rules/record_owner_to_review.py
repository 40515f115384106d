"""记录归属待复核."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.found import all_evidence, evidence
from jiuzhu_check.rules.rule import rule

RECORD = ("source", "supplier", "snapshot", "extract", "sheet", "source_row")


@rule(id="record_owner_to_review", title="记录归属待复核", basis="verification", since=date(2014, 5, 1))
def record_owner_to_review(review_link: pl.DataFrame) -> pl.DataFrame:
    """登记记录可能属于该成员，但号码或姓名不足以确定，须由人核对后才能使用。"""
    whose = ("household_no", "member_no")
    return (
        review_link.sort(*whose, "source", "supplier", "owner_no", "owner_name", *RECORD, "slot")
        .with_columns(evidence())
        .group_by(*whose, *RECORD, maintain_order=True)
        .agg(pl.col("tier").max(), pl.col("reason").unique(maintain_order=True).str.join("；"), evidence=all_evidence())
        .with_columns(_subject(*whose))
        .with_columns(
            kind=pl.lit("question"),
            status=pl.lit("to_verify"),
            declared=pl.lit(None),
            found=pl.lit("1"),
            unit=pl.lit("条"),
            sentence=pl.format("有1条登记记录是否属于该成员尚不能确定：{}；请核对归属。", "reason"),
        )
    )


def _subject(*whose: str) -> pl.Expr:
    """Source, tier and a running number by owner: it names nobody and does not hang on the row of the delivery."""
    nth = pl.int_range(1, pl.len() + 1).over(*whose, "source", "tier")
    return pl.format("{}:{}:{}", "source", "tier", nth).alias("subject")
