"""登记有医疗支出."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.found import all_evidence
from jiuzhu_check.rules.personnel.hardship import burdens
from jiuzhu_check.rules.personnel.life_event import WHOSE
from jiuzhu_check.rules.rule import rule

MONTHS = 12  # 支出按申请前十二个月计


@rule(id="medical_spending", title="登记有医疗支出", basis="hardship", since=date(2014, 5, 1))
def medical_spending(hardship: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """医疗保障部门登记的近十二个月结算中由个人现金支付的合计，刚性支出请一并考虑；冲正的抵减。"""
    begin = pl.lit(as_of).dt.offset_by(f"-{MONTHS}mo")
    bills = (
        burdens(hardship, "medical_expense", as_of)
        .filter(pl.col("record_date") > begin)
        .group_by(WHOSE, maintain_order=True)
        .agg(
            bills=pl.len(),
            unknown=pl.col("own_payment").is_null().sum(),
            own=pl.col("own_payment").sum(),
            total=pl.col("amount").sum(),
            evidence=all_evidence(),
        )
        .filter((pl.col("own") > 0) | (pl.col("unknown") > 0))
    )
    known = pl.col("unknown") < pl.col("bills")
    own = pl.when(known).then(pl.format("个人现金支付合计{}元", "own")).otherwise(pl.lit("个人现金支付没有登记"))
    some = pl.when((pl.col("unknown") > 0) & known).then(pl.format("（其中{}笔没有登记个人支付）", "unknown"))
    return bills.with_columns(
        subject=pl.lit("medical_expense"),
        kind=pl.lit("favourable"),
        status=pl.lit("to_verify"),
        declared=pl.lit(None),
        found=pl.when(known).then(pl.col("own").cast(pl.String)).otherwise(pl.lit("金额未注明")),
        unit=pl.lit("元"),
        sentence=pl.format("近十二个月登记有医疗费用结算{}笔，", "bills")
        + own
        + some.otherwise(pl.lit(""))
        + pl.lit("；请一并考虑医疗负担。"),
    )
