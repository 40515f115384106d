"""金融资产多于申报."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.declared import TOLERANCE_YUAN, declared_sum
from jiuzhu_check.rules.found import all_evidence, kind, status
from jiuzhu_check.rules.property.money_held import assets_held, counted_money, in_yuan
from jiuzhu_check.rules.rule import rule


@rule(id="undeclared_financial_asset", title="金融资产多于申报", basis="declaration", since=date(2014, 5, 1))
def undeclared_financial_asset(
    household: pl.DataFrame,
    declaration: pl.DataFrame,
    financial_asset: pl.DataFrame,
    limits: pl.DataFrame,
    as_of: date,
) -> pl.DataFrame:
    """家庭成员的金融资产以人民币计的合计多于家庭申报的金额，或者申报表没有填写；申报之后的金额作为询问。"""
    certain, earlier = pl.col("doubt").is_null(), pl.col("value_on") <= pl.col("declared_on")
    totals = (
        counted_money(assets_held(financial_asset), household, limits, as_of)
        .filter(in_yuan(), pl.col("amount") > 0)
        .join(declared_sum(declaration, "financial_asset"), on="household_no", how="left")
        .group_by("household_no", "declared", "declared_on", maintain_order=True)
        .agg(
            total=pl.col("possible").sum(),
            certain=pl.col("amount").filter(certain).sum(),
            before=pl.col("amount").filter(certain & earlier.fill_null(value=False)).sum(),
            newest=pl.col("value_on").max(),
            reasons=pl.col("doubt").drop_nulls().unique(maintain_order=True).str.join("、"),
            evidence=all_evidence(),
        )
    )
    blank, most = pl.col("declared").is_null(), pl.col("declared") + TOLERANCE_YUAN
    differs = (pl.col("before") > most).fill_null(value=False)
    changed = ((pl.col("certain") > most) & ~differs).fill_null(value=False)
    declared = pl.when(blank).then(pl.lit("申报表未填金融资产")).otherwise(pl.format("申报金融资产{}元", "declared"))
    ending = (
        pl.when(differs)
        .then(pl.lit("登记与申报不一致，待核实。"))
        .when(changed)
        .then(pl.format("金额是{}的，晚于申报日期{}，属申报后变化，请核实。", "newest", "declared_on"))
        .when(pl.col("reasons") != "")
        .then(pl.format("{}，请核实。", "reasons"))
        .otherwise(pl.lit("请核实。"))
    )
    return totals.filter(blank | (pl.col("total") > most)).with_columns(
        kind(~differs),
        status(changed),
        pl.col("declared").cast(pl.String),
        member_no=pl.lit(None),
        subject=pl.lit("financial_asset"),
        found=pl.col("total").cast(pl.String),
        unit=pl.lit("元"),
        sentence=declared + pl.format("，查得合计{}元；", "total") + ending,
    )
