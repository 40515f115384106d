"""金额不明的金融资产."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.declared import last_declared, registered_later
from jiuzhu_check.rules.found import status
from jiuzhu_check.rules.property.money_held import assets_held, counted_money, in_yuan, kind_words
from jiuzhu_check.rules.rule import rule


@rule(id="financial_asset_unvalued", title="金额不明的金融资产", basis="verification", since=date(2014, 5, 1))
def financial_asset_unvalued(
    household: pl.DataFrame,
    declaration: pl.DataFrame,
    financial_asset: pl.DataFrame,
    limits: pl.DataFrame,
    as_of: date,
) -> pl.DataFrame:
    """查得有外币的金融资产，或者有存款、证券、保险等而来源没有给出金额、现金价值，不能合计，请核实。"""
    unknown, foreign = pl.col("amount").is_null(), ~in_yuan()
    insured = (pl.col("kind") == "insurance").fill_null(value=False)
    missing = pl.when(insured).then(pl.lit("现金价值")).otherwise(pl.lit("金额"))
    return (
        counted_money(assets_held(financial_asset), household, limits, as_of)
        .filter(unknown | (foreign & (pl.col("amount") > 0)))
        .join(last_declared(declaration), on="household_no", how="left")
        .with_columns(
            status(registered_later()),
            declared=pl.lit(None),
            kind=pl.lit("question"),
            found=pl.when(unknown).then(pl.lit("1")).otherwise(pl.col("amount").cast(pl.String)),
            unit=pl.when(unknown).then(pl.lit("项")).otherwise("currency"),
            sentence=pl.when(unknown)
            .then(pl.format("查得有{}1项，来源没有给出{}；请核实。", kind_words(), missing))
            .otherwise(
                pl.format(
                    "查得有{}{} {}（{}），没有折算为人民币；请核实。", kind_words(), "amount", "currency", "value_on"
                )
            ),
        )
    )
