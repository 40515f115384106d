"""登记少于申报."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.found import all_evidence
from jiuzhu_check.rules.property.household_things import declared_counts, household_things
from jiuzhu_check.rules.rule import rule


@rule(id="fewer_than_declared", title="登记少于申报", basis="verification", since=date(2014, 5, 1))
def fewer_than_declared(
    household: pl.DataFrame,
    declaration: pl.DataFrame,
    vehicle: pl.DataFrame,
    real_estate: pl.DataFrame,
    market_entity: pl.DataFrame,
    limits: pl.DataFrame,
) -> pl.DataFrame:
    """登记在册的机动车、住房、船舶、农业机械或市场主体少于家庭申报的数量；没有查到任何登记的，不算少于。"""
    ended = pl.when(pl.col("ended_count") > 0).then(
        pl.format("，另有{}{}的登记已终止或为历史登记", "ended_count", "unit")
    )
    thing = ["household_no", "item"]
    things = household_things(household, vehicle, real_estate, market_entity, limits)
    fewer = (
        things.join(declared_counts(declaration), on=thing)
        .group_by(*thing, "noun", "unit", "declared", maintain_order=True)
        .agg(
            registered=(~pl.col("ended")).sum().cast(pl.Int64),
            ended_count=pl.col("ended").sum().cast(pl.Int64),
        )
        .filter(pl.col("registered").is_between(1, pl.col("declared") - 1))
    )
    theirs = things.join(fewer, on=thing, how="semi").group_by(thing).agg(evidence=all_evidence())
    return fewer.join(theirs, on=thing).with_columns(
        pl.col("declared").cast(pl.String),
        subject="item",
        kind=pl.lit("favourable"),
        found=pl.col("registered").cast(pl.String),
        status=pl.lit("to_verify"),
        sentence=pl.format("申报{}{}{}，", "noun", "declared", "unit")
        + pl.format("登记在册的有{}{}，少于申报", "registered", "unit")
        + ended.fill_null("")
        + pl.lit("。"),
    )
