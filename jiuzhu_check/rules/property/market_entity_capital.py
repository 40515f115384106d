"""认缴出资与政策上限."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.declared import last_declared, registered_later
from jiuzhu_check.rules.found import all_evidence, kind, status
from jiuzhu_check.rules.property.annual_standard import over
from jiuzhu_check.rules.property.money_held import in_yuan
from jiuzhu_check.rules.property.registered_entity import ENDED, entity_rows
from jiuzhu_check.rules.rule import rule
from jiuzhu_check.rules.terms import terms


@rule(id="market_entity_capital", title="认缴出资与政策上限", basis="standard", since=date(2014, 5, 1))
def market_entity_capital(
    household: pl.DataFrame, declaration: pl.DataFrame, market_entity: pl.DataFrame, limits: pl.DataFrame
) -> pl.DataFrame:
    """家庭成员在未注销的市场主体中认缴的出资合计高于当地政策的上限，或者出资额不明；认缴是承诺，不是实有财产，请核实实缴和经营情况。"""
    policy = terms(
        household,
        limits,
        limit="market_entity_capital_limit",
        reached="market_entity_capital_reached",
        said="market_entity_capital",
    ).drop_nulls("limit")
    pledged = (
        _pledges(market_entity)
        .join(policy, on="household_no")
        .join(last_declared(declaration), on="household_no", how="left")
        .group_by("household_no", "limit", "reached", "said", maintain_order=True)
        .agg(
            total=pl.col("pledge").sum(),
            certain=pl.col("pledge").filter(pl.col("certain")).sum(),
            before=pl.col("pledge").filter(~registered_later()).sum(),
            unknown=pl.col("pledge").is_null().sum().cast(pl.Int64),
            evidence=all_evidence(),
        )
    )
    return _worded(pledged)


def _pledges(market_entity: pl.DataFrame) -> pl.DataFrame:
    """One row a member and entity that has not ended, in which the member has money: as investor or proprietor.

    pledge: yuan; null where the source does not say, or says it in another currency. Of a proprietor it is the shop's capital, for it is all theirs.
    The capital of a company is not that of its legal representative, its managers or one of its investors.
    """
    own = pl.when(pl.col("role") == "proprietor").then(pl.coalesce("pledged", "capital")).otherwise("pledged")
    return (
        entity_rows(market_entity)
        .filter(pl.col("role").is_in(["investor", "proprietor"]), ~pl.col("state").is_in(ENDED).fill_null(value=False))
        .with_columns(pledge=pl.when(in_yuan()).then(own), active=(pl.col("state") == "active").fill_null(value=False))
        .group_by("household_no", "member_no", "subject", maintain_order=True)
        .agg(
            pl.col("pledge").max(),
            pl.col("record_date").min(),
            certain=pl.col("active").all(),
            evidence=all_evidence(),
        )
    )


def _worded(pledged: pl.DataFrame) -> pl.DataFrame:
    limit = pl.col("limit")
    passed, surely = over(pl.col("total"), limit, "reached"), over(pl.col("certain"), limit, "reached")
    changed = passed & ~over(pl.col("before"), limit, "reached")
    differs = (pl.col("said") == "difference").fill_null(value=False) & surely & ~changed
    some = pl.col("total") > 0
    sums = (
        pl.when(some).then(pl.format("家庭成员认缴出资合计{}元，", "total")).otherwise(pl.lit("家庭成员认缴出资的"))
        + pl.when(some).then(pl.lit("政策的上限为")).otherwise(pl.lit("政策上限为"))
        + pl.format("{}元", limit)
    )
    gap = (
        pl.when(pl.col("unknown") > 0)
        .then(
            pl.when(some).then(pl.lit("，另有")).otherwise(pl.lit("，查得"))
            + pl.format("{}笔出资额未注明或为外币", "unknown")
        )
        .otherwise(pl.lit(""))
    )
    ending = (
        pl.when(differs)
        .then(pl.lit("；与当地政策规定不一致，待核实。"))
        .when(changed)
        .then(pl.lit("；超出部分登记于申报之后，属申报后变化，请核实。"))
        .otherwise(pl.lit("；认缴是承诺，不是实有财产，请核实实缴和经营情况。"))
    )
    return pledged.filter(passed | (pl.col("unknown") > 0)).with_columns(
        kind(~differs),
        status(changed),
        subject=pl.lit("market_entity"),
        declared=pl.lit(None),
        found=pl.when(pl.col("total") > 0).then(pl.col("total").cast(pl.String)).otherwise(pl.lit("金额未注明")),
        unit=pl.lit("元"),
        sentence=sums + gap + ending,
    )
