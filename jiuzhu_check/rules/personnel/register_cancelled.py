"""户籍登记已注销."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.found import all_evidence, evidence
from jiuzhu_check.rules.personnel.life_event import WHOSE, deaths, exact
from jiuzhu_check.rules.rule import rule


@rule(id="register_cancelled", title="户籍登记已注销", basis="member_change", since=date(2014, 5, 1))
def register_cancelled(civil_status: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """成员的户籍登记已注销，没有死亡登记，也没有另一处在册的户籍，请核实户籍情况。"""
    told = exact(civil_status)
    elsewhere = told.filter(pl.col("event") == "registered")
    return (
        told.filter(pl.col("event") == "cancelled", (pl.col("ended_on") <= as_of).fill_null(value=True))
        .join(deaths(civil_status, as_of), on=WHOSE, how="anti")
        .join(elsewhere, on=WHOSE, how="anti")
        .with_columns(evidence())
        .group_by(WHOSE, maintain_order=True)
        .agg(pl.col("ended_on").max(), evidence=all_evidence())
        .with_columns(
            subject=pl.lit("cancelled"),
            kind=pl.lit("question"),
            status=pl.lit("to_verify"),
            declared=pl.lit(None),
            found=pl.col("ended_on").cast(pl.String).fill_null("日期未注明"),
            unit=pl.lit("注销"),
            sentence=pl.format(
                "户籍登记已于{}注销，没有死亡登记；该成员仍在名册，请核实户籍情况。",
                pl.col("ended_on").cast(pl.String).fill_null("（日期未注明）"),
            ),
        )
    )
