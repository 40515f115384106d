"""来源显示的收入低于申报."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.declared import TOLERANCE_YUAN, declared_income
from jiuzhu_check.rules.found import all_evidence
from jiuzhu_check.rules.income.line import WHOSE
from jiuzhu_check.rules.income.wages import SOURCES
from jiuzhu_check.rules.rule import rule

# What is really paid. A base is capped and may lie below the wage: it says nothing of what is less.
_PAID = (SOURCES["tax"], SOURCES["public_payroll"])


@rule(id="income_below_declared", title="来源显示的收入低于申报", basis="income", since=date(2014, 5, 1))
def income_below_declared(declaration: pl.DataFrame, account_line: pl.DataFrame) -> pl.DataFrame:
    """个人所得税或工资发放记录显示的全年收入低于该成员申报的月收入折合的数，核算已按较低的计。"""
    counted = account_line.filter("counted", "shown", pl.col("class") != "deduction")
    paid = counted.filter(pl.col("item").is_in(_PAID)).select(WHOSE).unique()
    year = pl.col("declared") * 12
    return (
        counted.join(paid, on=list(WHOSE), how="semi")
        .group_by(WHOSE, maintain_order=True)
        .agg(pl.col("amount_year").sum(), evidence=all_evidence())
        .join(declared_income(declaration).drop_nulls("declared"), on=list(WHOSE))
        .filter(pl.col("amount_year") < year - TOLERANCE_YUAN * 12)
        .with_columns(
            kind=pl.lit("favourable"),
            status=pl.lit("to_verify"),
            subject=pl.lit("income"),
            declared=pl.col("declared").cast(pl.String),
            found=pl.col("amount_year").cast(pl.String),
            unit=pl.lit("元"),
            sentence=pl.format(
                "申报月收入{}元，来源显示十二个月合计{}元，低于申报折合的数；请一并考虑。", "declared", "amount_year"
            ),
        )
    )
