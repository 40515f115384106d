"""登记已终止."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.found import all_evidence
from jiuzhu_check.rules.property.household_things import declared_counts, household_things
from jiuzhu_check.rules.rule import rule


@rule(id="registration_ended", title="登记已终止", basis="verification", since=date(2014, 5, 1))
def registration_ended(
    household: pl.DataFrame,
    declaration: pl.DataFrame,
    vehicle: pl.DataFrame,
    real_estate: pl.DataFrame,
    market_entity: pl.DataFrame,
    limits: pl.DataFrame,
) -> pl.DataFrame:
    """家庭申报有机动车、住房、船舶、农业机械或市场主体，而登记中的都已终止或为历史登记，没有在册的。"""
    things = household_things(household, vehicle, real_estate, market_entity, limits)
    left = things.filter(~pl.col("ended"))
    return (
        things.join(left, on=["household_no", "item"], how="anti")
        .join(declared_counts(declaration), on=["household_no", "item"])
        .group_by("household_no", "item", "noun", "unit", "declared", maintain_order=True)
        .agg(ended_count=pl.len().cast(pl.Int64), evidence=all_evidence())
        .with_columns(
            pl.col("declared").cast(pl.String),
            subject="item",
            kind=pl.lit("favourable"),
            found=pl.lit("0"),
            status=pl.lit("to_verify"),
            sentence=pl.format("申报{}{}{}，", "noun", "declared", "unit")
            + pl.format("登记的{}{}均已终止或为历史登记，没有在册的。", "ended_count", "unit"),
        )
    )
