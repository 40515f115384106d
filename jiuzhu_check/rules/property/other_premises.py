"""登记有其他非住宅用房."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.property.asked_about import asked_about
from jiuzhu_check.rules.property.premises import current_premises
from jiuzhu_check.rules.rule import rule

NOUN = {
    "office": "办公用房",
    "industrial": "工业厂房",
    "garage": "车库、车位",
    "storage": "储藏室、仓储",
    "other": "其他用房",
}


@rule(id="other_premises", title="登记有其他非住宅用房", basis="standard", since=date(2014, 5, 1))
def other_premises(
    household: pl.DataFrame, declaration: pl.DataFrame, real_estate: pl.DataFrame, limits: pl.DataFrame
) -> pl.DataFrame:
    """家庭成员名下现势登记有办公用房、厂房、车库等，当地政策过问的，或者政策没有规定、只作询问的。"""
    premises = current_premises(real_estate, household, limits).filter(pl.col("use") != "commercial")
    return asked_about(premises, declaration, pl.col("use").replace(NOUN), "处")
