"""有医疗、教育、康复支出."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.income.deductions import SPENDING
from jiuzhu_check.rules.rule import rule


@rule(id="necessary_spending", title="有医疗、教育、康复支出", basis="deduction", since=date(2014, 5, 1))
def necessary_spending(account_line: pl.DataFrame) -> pl.DataFrame:
    """近十二个月登记有医疗自付、教育或者康复支出，收入核算时应当考虑；当地政策没有规定扣减办法的，列出供核实。"""
    counted = pl.col("counted")
    return account_line.filter(
        pl.col("class") == "deduction",
        "shown",
        pl.col("item").is_in(list(SPENDING.values())),
        pl.col("amount_year") > 0,
    ).with_columns(
        kind=pl.lit("favourable"),
        status=pl.lit("to_verify"),
        subject="item",
        declared=pl.lit(None),
        found=pl.col("amount_year").cast(pl.String),
        unit=pl.lit("元"),
        sentence=pl.format("近十二个月有{}（{}）", "item", "formula")
        + pl.when(counted)
        .then(pl.format("，核算时已扣减{}元。", "amount_year"))
        .otherwise(pl.lit("，当地政策没有规定扣减办法，核算时未扣减，请一并考虑。")),
    )
