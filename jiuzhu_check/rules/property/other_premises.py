"""登记有其他非住宅用房."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.property.asked_about import asked_about
from jiuzhu_check.rules.property.premises import current_premises
from jiuzhu_check.rules.property.registered_property import USE_WORDS, subject_and_use
from jiuzhu_check.rules.rule import rule


@rule(id="other_premises", title="登记有其他非住宅用房", basis="standard", since=date(2014, 5, 1))
def other_premises(
    household: pl.DataFrame, declaration: pl.DataFrame, real_estate: pl.DataFrame, limits: pl.DataFrame
) -> pl.DataFrame:
    """家庭成员名下现势登记有办公用房、厂房、车库等，当地政策过问的，或者政策没有规定、只作询问的。"""
    premises = current_premises(real_estate, household, limits).filter(pl.col("use") != "commercial")
    premises = premises.with_columns(subject=subject_and_use())
    return asked_about(premises, declaration, pl.col("use").replace(USE_WORDS), "处")
