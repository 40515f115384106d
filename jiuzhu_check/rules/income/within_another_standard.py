"""人均收入在其他救助的标准以内."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.found import FOUND
from jiuzhu_check.rules.income.cents import cents, yuan
from jiuzhu_check.rules.income.standard import standards
from jiuzhu_check.rules.rule import rule

_HAS = ("城市低保", "农村低保", "城市特困", "农村特困")  # 已是，或者已申请低保、特困的


@rule(
    id="within_another_standard",
    title="人均收入在其他救助的标准以内",
    basis="standard",
    since=date(2014, 5, 1),
    unrecorded=True,
)
def within_another_standard(household: pl.DataFrame, account: pl.DataFrame, limits: pl.DataFrame) -> pl.DataFrame:
    """人均收入核算数在家庭没有申请或享受的另一类救助的标准以内，请一并考虑，应保尽保。"""
    asked = account.filter(pl.col("certain_head_year").is_not_null(), pl.col("over") | ~pl.col("programme").is_in(_HAS))
    if asked.is_empty():
        return FOUND.empty()
    head = cents("certain_head_year")
    dibao = pl.col("programme").is_in(_HAS).not_() & (head <= pl.col("dibao_year"))
    above = pl.col("certainly_over") & pl.col("programme").is_in(["城市低保", "农村低保"])
    others = pl.col("programme").is_in(["支出型困难", "刚性支出困难", "临时救助", "医疗救助"])
    marginal = (above | others) & (head < pl.col("marginal_year"))
    return (
        asked.select(
            "household_no",
            "members",
            "certain_head_year",
            "declared_head_year",
            "certainly_over",
            "estimated_year",
            "evidence",
        )
        .join(standards(household, limits), on="household_no", maintain_order="left")
        .with_columns(
            which=pl.when(dibao).then(pl.lit("低保标准")).when(marginal).then(pl.lit("低保边缘家庭收入标准")),
            limit=pl.when(dibao).then("dibao_year").otherwise("marginal_year"),
        )
        .drop_nulls("which")
        .with_columns(
            kind=pl.lit("favourable"),
            status=pl.lit("to_verify"),
            member_no=pl.lit(None),
            subject=pl.lit("income"),
            declared=pl.col("declared_head_year").cast(pl.String),
            found=pl.col("certain_head_year").cast(pl.String),
            unit=pl.lit("元/人年"),
            sentence=pl.format(
                "家庭{}人，人均年收入核算数{}{}元，在{}每人每年{}元以内；请一并考虑，应保尽保。",
                "members",
                pl.when(pl.col("estimated_year") > 0).then(pl.lit("（不计推算或估计的部分）")).otherwise(pl.lit("")),
                "certain_head_year",
                "which",
                yuan("limit"),
            ),
        )
    )
