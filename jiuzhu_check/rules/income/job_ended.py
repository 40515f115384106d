"""失业或者停缴职工社会保险."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.found import all_evidence, evidence
from jiuzhu_check.rules.income.line import WHOSE, month_of, twelve_months
from jiuzhu_check.rules.rule import rule
from jiuzhu_check.tables.finding import EVIDENCE


@rule(id="job_ended", title="失业或者停缴职工社会保险", basis="income", since=date(2014, 5, 1))
def job_ended(income: pl.DataFrame, contribution: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """近十二个月领取失业保险金，或者职工社会保险停缴而没有再缴，该成员的收入可能已经减少。"""
    first, last = twelve_months(as_of)
    whose = list(WHOSE)
    benefit = income.filter(
        pl.col("kind") == "unemployment_benefit",
        (pl.col("status") == "paying").fill_null(value=False)
        | pl.coalesce(month_of("month_to"), month_of("month_from")).is_between(first, last + 1),
    ).select(*WHOSE, *EVIDENCE, said=pl.lit("领取失业保险金"))
    employed = contribution.filter(pl.col("person_type") == "employed")
    paying = employed.filter((pl.col("status") == "paying") | (month_of("month_to") > last))
    stopped = employed.filter(
        pl.col("status").is_in(["suspended", "ended"]), month_of("month_to").is_between(first, last)
    ).join(paying, on=whose, how="anti")
    ended = stopped.select(
        *WHOSE,
        *EVIDENCE,
        said=pl.format("职工社会保险缴至{}", pl.col("month_to").max().over(whose).dt.strftime("%Y年%m月")),
    )
    return (
        pl.concat([benefit, ended])
        .sort(*WHOSE, *EVIDENCE)
        .with_columns(evidence())
        .group_by(whose, maintain_order=True)
        .agg(pl.col("said").unique(maintain_order=True).sort().str.join("、"), evidence=all_evidence())
        .with_columns(
            kind=pl.lit("favourable"),
            status=pl.lit("to_verify"),
            subject=pl.lit("job"),
            declared=pl.lit(None),
            found=pl.lit("1"),
            unit=pl.lit("项"),
            sentence=pl.format("{}；收入可能已经减少，请一并考虑。", "said"),
        )
    )
