"""登记为优抚对象."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.found import all_evidence
from jiuzhu_check.rules.personnel.hardship import burdens
from jiuzhu_check.rules.personnel.life_event import WHOSE
from jiuzhu_check.rules.rule import rule

_TITLE, _BASIS = "登记为优抚对象", "preferential"


@rule(id="registered_veteran", title=_TITLE, basis=_BASIS, since=date(2014, 5, 1), until=date(2021, 6, 30))
def registered_veteran_by_the_countys_rule(hardship: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """退役军人事务部门登记成员享受优待抚恤：优待抚恤金是否计入收入，依当地规定。"""
    return _veterans(hardship, as_of, "；优待抚恤金是否计入收入依当地规定，请核对申报的收入。")


@rule(id="registered_veteran", title=_TITLE, basis=_BASIS, since=date(2021, 7, 1))
def registered_veteran(hardship: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """退役军人事务部门登记成员享受优待抚恤：国家规定的优待抚恤金不计入家庭收入。"""
    return _veterans(hardship, as_of, "；国家规定的优待抚恤金不计入家庭收入，请核对申报的收入。")


def _veterans(hardship: pl.DataFrame, as_of: date, counted: str) -> pl.DataFrame:
    until = pl.coalesce("until", pl.col("month").dt.month_end())
    return (
        burdens(hardship, "veteran", as_of)
        .filter((pl.col("month") <= as_of).fill_null(value=True))
        .group_by(WHOSE, maintain_order=True)
        .agg(pl.col("month", "until").max(), evidence=all_evidence())
        .with_columns(
            subject=pl.lit("veteran"),
            kind=pl.lit("favourable"),
            status=pl.lit("to_verify"),
            declared=pl.lit(None),
            found=pl.lit("1"),
            unit=pl.lit("项"),
            sentence=pl.lit("登记享受优待抚恤") + pl.format("（发至{}）", until).fill_null("") + pl.lit(counted),
        )
    )
