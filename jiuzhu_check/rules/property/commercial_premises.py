"""登记有商业用房."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.property.asked_about import asked_about
from jiuzhu_check.rules.property.premises import current_premises
from jiuzhu_check.rules.rule import rule


@rule(id="commercial_premises", title="登记有商业用房", basis="standard", since=date(2014, 5, 1))
def commercial_premises(
    household: pl.DataFrame, declaration: pl.DataFrame, real_estate: pl.DataFrame, limits: pl.DataFrame
) -> pl.DataFrame:
    """家庭成员名下现势登记有商业用房；当地政策没有规定的，作为询问。"""
    shops = current_premises(real_estate, household, limits).filter(pl.col("use") == "commercial")
    return asked_about(shops, declaration, pl.lit("商业用房"), "处")
