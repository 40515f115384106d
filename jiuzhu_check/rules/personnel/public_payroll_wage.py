"""登记有财政供养工资."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.declared import declared_income
from jiuzhu_check.rules.found import all_evidence, evidence
from jiuzhu_check.rules.personnel.life_event import WHOSE
from jiuzhu_check.rules.rule import rule

_LEFT = "离职|辞职|退休|离休|调出|停发|终止|死亡|解聘"


@rule(id="public_payroll_wage", title="登记有财政供养工资", basis="verification", since=date(2014, 5, 1))
def public_payroll_wage(declaration: pl.DataFrame, public_payroll: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """财政部门登记发给成员工资；身份和编制不决定能否救助，请核实工资是否已计入申报的收入。"""
    left = pl.col("status").str.contains(_LEFT).fill_null(value=False)
    begun = (pl.col("month") <= as_of).fill_null(value=True)
    over = (pl.col("until") < as_of).fill_null(value=False)
    paid = (
        public_payroll.sort("source", "supplier", "extract", "sheet", "source_row")
        .filter(pl.col("role") == "payroll", begun, ~over, ~left)
        .with_columns(evidence(), amount=pl.coalesce("gross", "net"))
    )
    newest = pl.col("month").max().over(WHOSE)
    last = (
        paid.filter(pl.col("month").eq_missing(newest))
        .unique([*WHOSE, "employer", "amount"], keep="first", maintain_order=True)
        .group_by(WHOSE, maintain_order=True)
        .agg(
            pl.col("month").first(),
            amount=pl.when(pl.col("amount").is_not_null().all()).then(pl.col("amount").sum()),
            evidence=all_evidence(),
        )
        .join(declared_income(declaration), on=WHOSE, how="left", maintain_order="left")
    )
    month = pl.col("month").dt.strftime("%Y年%-m月").fill_null("（月份未注明）")
    amount = pl.format("{}元", "amount").fill_null("金额未注明")
    return last.with_columns(
        pl.col("declared").cast(pl.String),
        subject=pl.lit("payroll"),
        kind=pl.lit("question"),
        status=pl.lit("to_verify"),
        found=pl.col("amount").cast(pl.String).fill_null("金额未注明"),
        unit=pl.lit("元/月"),
        sentence=pl.format(
            "财政供养工资{}登记发放，{}；身份和编制不决定能否救助，请核实现在是否发放、是否已计入申报的收入。",
            month,
            amount,
        ),
    )
