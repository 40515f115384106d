"""可以单独申请低保的残疾人."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.found import all_evidence
from jiuzhu_check.rules.personnel.hardship import burdens
from jiuzhu_check.rules.personnel.life_event import WHOSE
from jiuzhu_check.rules.rule import rule
from jiuzhu_check.rules.terms import terms


@rule(id="single_application", title="可以单独申请低保的残疾成员", basis="single_application", since=date(2021, 7, 1))
def single_application(
    household: pl.DataFrame, hardship: pl.DataFrame, limits: pl.DataFrame, as_of: date
) -> pl.DataFrame:
    """低保边缘家庭中残疾类别和等级达到规定的成员，可以单独提出低保申请，请主动告知。"""
    graded = pl.format("{}+{}", "category", "grade")
    listed = pl.col("entitled").list.contains(pl.col("grade")) | pl.col("entitled").list.contains(graded)
    return (
        burdens(hardship, "disability", as_of)
        .join(terms(household, limits, entitled="single_application_disability"), on="household_no")
        .filter(listed.fill_null(value=False), (pl.col("until") >= as_of).fill_null(value=True))
        .group_by(WHOSE, maintain_order=True)
        .agg(pl.col("grade").min(), evidence=all_evidence())
        .with_columns(
            subject=pl.lit("disability"),
            kind=pl.lit("favourable"),
            status=pl.lit("to_verify"),
            declared=pl.lit(None),
            found=pl.col("grade"),
            unit=pl.lit("级残疾"),
            sentence=pl.lit("低保边缘家庭中的残疾成员，残疾类别和等级达到规定，可以单独申请低保；请主动告知。"),
        )
    )
