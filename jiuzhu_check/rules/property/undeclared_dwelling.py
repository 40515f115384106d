"""登记住房多于申报."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.property.ancestral_house import may_be_ancestral
from jiuzhu_check.rules.property.more_than_declared import more_than_declared
from jiuzhu_check.rules.property.registered_property import current_dwellings
from jiuzhu_check.rules.rule import rule


@rule(id="undeclared_dwelling", title="登记住房多于申报", basis="declaration", since=date(2014, 5, 1))
def undeclared_dwelling(declaration: pl.DataFrame, real_estate: pl.DataFrame) -> pl.DataFrame:
    """现势登记的住房多于家庭申报的套数，或者申报表没有填写；家庭成员共有的一套只算一次。"""
    homes = may_be_ancestral(current_dwellings(real_estate), declaration)
    return more_than_declared(homes, declaration, "dwelling", "住房", "套")
