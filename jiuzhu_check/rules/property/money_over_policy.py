"""人均金融资产高于政策上限."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.declared import declared_sum, registered_later
from jiuzhu_check.rules.found import FOUND, all_evidence, kind, status
from jiuzhu_check.rules.household_size import household_size
from jiuzhu_check.rules.property.annual_standard import annual_standard, over, times_standard
from jiuzhu_check.rules.property.money_held import assets_held, counted_money, fund_balances, in_yuan
from jiuzhu_check.rules.rule import rule
from jiuzhu_check.rules.terms import terms


@rule(id="money_over_policy", title="人均金融资产高于政策上限", basis="standard", since=date(2014, 5, 1))
def money_over_policy(
    household: pl.DataFrame,
    member: pl.DataFrame,
    declaration: pl.DataFrame,
    financial_asset: pl.DataFrame,
    provident_fund: pl.DataFrame,
    limits: pl.DataFrame,
    as_of: date,
) -> pl.DataFrame:
    """家庭成员的金融资产以人民币计的合计，按人均高于当地政策的上限；外币和没有金额的不计入，另行询问。"""
    limit = _limit(household, member, limits)
    asked = household.join(limit, on="household_no", how="semi")
    if asked.is_empty():
        return FOUND.empty()
    held = pl.concat([assets_held(financial_asset), fund_balances(provident_fund)])
    money = (
        counted_money(held, asked, limits, as_of)
        .join(limit, on="household_no")
        .filter(in_yuan(), pl.col("amount") > 0)
        .join(declared_sum(declaration, "financial_asset"), on="household_no", how="left")
    )
    certain = pl.col("doubt").is_null()
    totals = money.group_by("household_no", *limit.columns[1:], "declared", maintain_order=True).agg(
        total=pl.col("possible").sum(),
        certain=pl.col("amount").filter(certain).sum(),
        before=pl.col("amount").filter(certain & ~registered_later()).sum(),
        count=pl.len().cast(pl.Int64),
        oldest=pl.col("value_on").min(),
        newest=pl.col("value_on").max(),
        reasons=pl.col("doubt").drop_nulls().unique(maintain_order=True).str.join("、"),
        evidence=all_evidence(),
    )
    return _worded(totals)


def _limit(household: pl.DataFrame, member: pl.DataFrame, limits: pl.DataFrame) -> pl.DataFrame:
    """Of the households whose policy has one: members, limit (yuan a head), limit_sum, standard_unsure, reached.

    A fixed sum holds before a multiple of the standard, and the one for small households before that for all.
    """
    policy = terms(
        household,
        limits,
        fixed="financial_asset_limit",
        fixed_small="financial_asset_limit_small",
        small="financial_asset_small_household",
        multiple="financial_asset_multiple",
        reached="financial_asset_reached",
    )
    of_size = pl.when(pl.col("members") <= pl.col("small")).then("fixed_small")
    fixed = pl.coalesce(of_size, "fixed")
    return (
        policy.join(household_size(member), on="household_no", maintain_order="left")
        .join(annual_standard(household, limits), on="household_no", maintain_order="left")
        .select(
            "household_no",
            "members",
            "reached",
            unsure=fixed.is_null() & pl.col("standard_unsure"),
            limit=pl.coalesce(fixed, times_standard("multiple")),
        )
        .drop_nulls("limit")
        .with_columns(limit_sum=(pl.col("limit") * pl.col("members")).cast(pl.Decimal(18, 2)))
    )


def _worded(totals: pl.DataFrame) -> pl.DataFrame:
    limit = pl.col("limit_sum")
    passed = over(pl.col("total"), limit, "reached")
    surely = over(pl.col("certain"), limit, "reached")
    changed = surely & ~over(pl.col("before"), limit, "reached")
    differs = surely & ~changed & ~pl.col("unsure")
    days = (
        pl.when(pl.col("oldest") == pl.col("newest"))
        .then(pl.format("{}的金额", "oldest"))
        .otherwise(pl.format("{}至{}的金额", "oldest", "newest"))
    )
    sums = pl.concat_str(
        pl.format("金融资产{}项，合计{}元（", "count", "total"),
        days,
        pl.format("），家庭{}人，人均{}元，政策的人均上限为{}元；", "members", _per_head(), "limit"),
    )
    ending = (
        pl.when(differs)
        .then(pl.lit("与当地政策规定不一致，待核实。"))
        .when(changed)
        .then(pl.lit("超出部分的账户在申报之后开立，属申报后变化，请核实。"))
        .when(surely)
        .then(pl.lit("救助类别没有说明城乡，适用的标准请先核实。"))
        .when(pl.col("reasons") != "")
        .then(pl.format("{}，请核实。", "reasons"))
        .otherwise(pl.lit("同一账号有几行相同的金额，请核实是否重复。"))
    )
    return totals.filter(passed).with_columns(
        kind(~differs),
        status(changed),
        pl.col("declared").cast(pl.String),
        member_no=pl.lit(None),
        subject=pl.lit("financial_asset"),
        found=pl.col("total").cast(pl.String),
        unit=pl.lit("元"),
        sentence=sums + ending,
    )


def _per_head() -> pl.Expr:
    """The sum over the members, rounded once, half up, for the reader alone: the sums are compared whole."""
    cents = (pl.col("total") * 100).cast(pl.Int64)
    return ((2 * cents + pl.col("members")) // (2 * pl.col("members"))).cast(pl.Decimal(18, 2)) / 100
