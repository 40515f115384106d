"""登记市场主体多于申报."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.property.more_than_declared import more_than_declared
from jiuzhu_check.rules.property.registered_entity import registered_entities
from jiuzhu_check.rules.rule import rule


@rule(id="undeclared_market_entity", title="登记市场主体多于申报", basis="declaration", since=date(2014, 5, 1))
def undeclared_market_entity(
    household: pl.DataFrame, declaration: pl.DataFrame, market_entity: pl.DataFrame, limits: pl.DataFrame
) -> pl.DataFrame:
    """家庭成员登记有身份的、未注销的市场主体多于家庭申报的户数，或者申报表没有填写。"""
    entities = registered_entities(market_entity, household, limits).filter(~pl.col("ended"))
    return more_than_declared(entities, declaration, "market_entity", "市场主体", "户")
