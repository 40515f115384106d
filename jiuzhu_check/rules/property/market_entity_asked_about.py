"""政策过问的市场主体."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.property.asked_about import asked_about
from jiuzhu_check.rules.property.registered_entity import registered_entities
from jiuzhu_check.rules.rule import rule


@rule(id="market_entity_asked_about", title="政策过问的市场主体", basis="standard", since=date(2014, 5, 1))
def market_entity_asked_about(
    household: pl.DataFrame, declaration: pl.DataFrame, market_entity: pl.DataFrame, limits: pl.DataFrame
) -> pl.DataFrame:
    """家庭成员在未注销的市场主体中登记有身份，当地政策过问；请核实实际经营和收入，登记本身不说明有财产。"""
    entities = registered_entities(market_entity, household, limits).filter(~pl.col("ended")).drop_nulls("policy")
    role = pl.when(pl.col("roles") == "").then(pl.lit("市场主体")).otherwise(pl.format("市场主体（{}）", "roles"))
    return asked_about(entities, declaration, role, "户")
