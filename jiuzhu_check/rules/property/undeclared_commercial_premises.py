"""登记商业用房多于申报."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.declared import declared_count
from jiuzhu_check.rules.property.more_than_declared import more_than_declared
from jiuzhu_check.rules.property.premises import current_premises
from jiuzhu_check.rules.rule import rule


@rule(id="undeclared_commercial_premises", title="登记商业用房多于申报", basis="declaration", since=date(2014, 5, 1))
def undeclared_commercial_premises(
    household: pl.DataFrame, declaration: pl.DataFrame, real_estate: pl.DataFrame, limits: pl.DataFrame
) -> pl.DataFrame:
    """现势登记的商业用房多于家庭申报的处数；申报表没有填写的，由“登记有商业用房”一项询问。"""
    said = declared_count(declaration, "commercial_premises").drop_nulls("declared")
    shops = current_premises(real_estate, household, limits).filter(pl.col("use") == "commercial")
    return more_than_declared(
        shops.join(said, on="household_no", how="semi"), declaration, "commercial_premises", "商业用房", "处"
    )
