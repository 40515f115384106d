"""金额不明的金融资产."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.declared import last_declared, registered_later
from jiuzhu_check.rules.found import all_evidence, only_member, status
from jiuzhu_check.rules.property.money_held import KINDS, assets_held, counted_money, in_yuan, kind_words
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
    unknown = pl.col("amount").is_null()
    held = (
        counted_money(assets_held(financial_asset), household, limits, as_of)
        .filter(unknown | (~in_yuan() & (pl.col("amount") > 0)))
        .with_columns(
            unknown=unknown,
            subject=pl.concat_str(
                "subject", _elsewhere(), pl.col("kind").replace(KINDS), "currency", separator=" ", ignore_nulls=True
            ),
        )
        .group_by("household_no", "subject", "unknown", "kind", "currency", maintain_order=True)
        .agg(
            only_member(),
            pl.col("possible").sum(),
            pl.col("record_date", "value_on").min(),
            count=pl.len().cast(pl.Int64),
            evidence=all_evidence(),
        )
    )
    return _worded(held.join(last_declared(declaration), on="household_no", how="left"))


def _elsewhere() -> pl.Expr:
    """The institution where the subject does not say it."""
    return pl.when(pl.col("where") != pl.col("subject")).then("where")


def _worded(held: pl.DataFrame) -> pl.DataFrame:
    insured = (pl.col("kind") == "insurance").fill_null(value=False)
    missing = pl.when(insured).then(pl.lit("现金价值")).otherwise(pl.lit("金额"))
    silent = pl.format("查得有{}{}项，来源没有给出{}；请核实。", kind_words(), "count", missing)
    foreign = pl.format(
        "查得有{}{} {}（{}），没有折算为人民币；请核实。", kind_words(), "possible", "currency", "value_on"
    )
    return held.with_columns(
        status(registered_later()),
        pl.when("unknown").then(pl.format("{} 金额不明", "subject")).otherwise("subject").alias("subject"),
        declared=pl.lit(None),
        kind=pl.lit("question"),
        found=pl.when("unknown").then(pl.col("count").cast(pl.String)).otherwise(pl.col("possible").cast(pl.String)),
        unit=pl.when("unknown").then(pl.lit("项")).otherwise("currency"),
        sentence=pl.when("unknown").then(silent).otherwise(foreign),
    )
