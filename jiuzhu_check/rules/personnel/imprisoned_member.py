"""登记为服刑的成员."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.found import all_evidence
from jiuzhu_check.rules.personnel.life_event import WHOSE, in_prison
from jiuzhu_check.rules.rule import rule


@rule(id="imprisoned_member", title="登记为服刑（在押）的成员", basis="composition", since=date(2014, 5, 1))
def imprisoned_member(civil_status: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """监狱登记为在押、号码和姓名都一致的成员，服刑期间不计入共同生活的家庭成员，请入户核实后调整。"""
    since = pl.col("record_date").cast(pl.String).fill_null("（入监日期未注明）")
    until = pl.format("，刑期止日{}", "until").fill_null("，刑期止日未注明")
    return (
        in_prison(civil_status, as_of)
        .group_by(WHOSE, maintain_order=True)
        .agg(pl.col("record_date").max(), pl.col("until").max(), evidence=all_evidence())
        .with_columns(
            subject=pl.lit("imprisoned"),
            kind=pl.lit("question"),
            status=pl.lit("to_verify"),
            declared=pl.lit(None),
            found=since,
            unit=pl.lit("入监"),
            sentence=pl.format("登记自{}起服刑（在押）", since)
            + until
            + pl.lit("；服刑期间不计入共同生活的家庭成员，请入户核实后调整成员。"),
        )
    )
