"""来源只答复金融资产超限."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.found import all_evidence, evidence, kind, status
from jiuzhu_check.rules.property.money_held import PARTS, kind_words
from jiuzhu_check.rules.rule import rule
from jiuzhu_check.rules.terms import terms
from jiuzhu_check.tables.finding import EVIDENCE


@rule(id="financial_asset_over_limit", title="来源只答复金融资产超限", basis="standard", since=date(2014, 5, 1))
def financial_asset_over_limit(
    household: pl.DataFrame, financial_asset: pl.DataFrame, limits: pl.DataFrame
) -> pl.DataFrame:
    """金融机构只答复是否超过查询限额、没有给出金额，答复为超限；没有金额的，不计入合计。"""
    policy = terms(household, limits, policy="financial_asset_over_limit")
    answers = (
        pl.concat([_passed(financial_asset, "over_limit"), _passed(financial_asset, "household_over_limit")])
        .join(policy, on="household_no", how="left")
        .filter(pl.col("policy").ne_missing("not_asked"))
        .sort("household_no", "member_no", *EVIDENCE)
        .with_columns(
            evidence(), subject=pl.concat_str("institution", "who", kind_words(), separator=" ", ignore_nulls=True)
        )
        .group_by("household_no", "subject", "policy", "who", maintain_order=True)
        .agg(
            pl.col("kind").first(),
            member_no=pl.when((pl.col("member_no").n_unique() == 1) & pl.col("who").first().is_null()).then(
                pl.col("member_no").first()
            ),
            shared=pl.col("owners").max() > pl.col("member_no").n_unique(),
            evidence=all_evidence(),
        )
    )
    differs = (pl.col("policy") == "difference").fill_null(value=False) & ~pl.col("shared")
    ending = (
        pl.when(differs)
        .then(pl.lit("与当地政策规定不一致，待核实。"))
        .when("shared")
        .then(pl.lit("与家庭以外的人共有，请核实。"))
        .otherwise(pl.lit("请核实金额。"))
    )
    whose = pl.col("who").fill_null("")
    return answers.with_columns(
        kind(~differs),
        status(pl.lit(value=False)),
        declared=pl.lit(None),
        found=pl.lit("1"),
        unit=pl.lit("项"),
        sentence=pl.format("来源答复{}{}超过查询限额，没有给出金额；", whose, kind_words()) + ending,
    )


def _passed(financial_asset: pl.DataFrame, answer: str) -> pl.DataFrame:
    """The rows that only say that the limit is passed: by the person, or (who: 全户) by the household together."""
    amounts = pl.all_horizontal(pl.col("amount", *PARTS, "total").is_null())
    who = pl.lit("全户") if answer == "household_over_limit" else pl.lit(None, pl.String)
    return financial_asset.filter(pl.col(answer), amounts).with_columns(who=who)
