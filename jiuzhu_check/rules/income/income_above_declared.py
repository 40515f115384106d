"""来源显示的收入高于申报."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.declared import TOLERANCE_YUAN, declared_income
from jiuzhu_check.rules.found import all_evidence, status
from jiuzhu_check.rules.income.line import WHOSE
from jiuzhu_check.rules.income.wages import SOURCES
from jiuzhu_check.rules.rule import rule


@rule(id="income_above_declared", title="来源显示的收入高于申报", basis="declaration", since=date(2014, 5, 1))
def income_above_declared(declaration: pl.DataFrame, account_line: pl.DataFrame) -> pl.DataFrame:
    """个人所得税、社会保险、工资发放等来源显示的十二个月收入高于该成员申报的月收入折合的数，或者申报表没有填写。"""
    # 公积金缴存显示的工资另有规则
    shown = account_line.filter(
        "counted", "shown", pl.col("class") != "deduction", pl.col("item") != SOURCES["provident_fund"]
    )
    blank, later = pl.col("declared").is_null(), (pl.col("since") > pl.col("declared_on")).fill_null(value=False)
    said = pl.when(blank).then(pl.lit("申报表未填月收入")).otherwise(pl.format("申报月收入{}元", "declared"))
    return (
        shown.group_by(WHOSE, maintain_order=True)
        .agg(
            pl.col("amount_year").sum(),
            pl.col("since").max(),
            items=pl.col("item").unique(maintain_order=True).str.join("、"),
            evidence=all_evidence(),
        )
        .join(declared_income(declaration), on=list(WHOSE), how="left")
        .filter(blank | (pl.col("amount_year") > (pl.col("declared") + TOLERANCE_YUAN) * 12), pl.col("amount_year") > 0)
        .with_columns(
            status(later),
            kind=pl.lit("question"),
            subject=pl.lit("income"),
            declared=pl.col("declared").cast(pl.String),
            found=pl.col("amount_year").cast(pl.String),
            unit=pl.lit("元"),
            sentence=said
            + pl.format("，来源显示十二个月合计{}元（{}）；与申报的期间可能不同，请核实。", "amount_year", "items"),
        )
    )
