"""户籍登记为已婚而名册没有配偶."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.found import all_evidence, evidence
from jiuzhu_check.rules.household_size import members_only
from jiuzhu_check.rules.personnel.life_event import WHOSE, deaths, exact, marriages
from jiuzhu_check.rules.personnel.relation import relation
from jiuzhu_check.rules.rule import rule


@rule(id="spouse_not_on_roster", title="户籍登记为已婚而名册没有配偶", basis="composition", since=date(2014, 5, 1))
def spouse_not_on_roster(member: pl.DataFrame, civil_status: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """户主的户籍登记婚姻状况为已婚，婚姻登记没有他的记录，名册上又没有配偶；户籍的婚姻状况常不更新，请询问。"""
    people = members_only(member).with_columns(_relation=relation())
    alone = people.filter(pl.col("_relation") == "本人").join(
        people.filter(pl.col("_relation") == "配偶"), on="household_no", how="anti"
    )
    return (
        exact(civil_status)
        .filter(pl.col("marital") == "married", pl.col("event").is_null() | (pl.col("event") == "registered"))
        .join(alone, on=WHOSE, how="semi")
        .join(marriages(civil_status, as_of), on=WHOSE, how="anti")
        .join(deaths(civil_status, as_of), on=WHOSE, how="anti")
        .with_columns(evidence())
        .group_by(WHOSE, maintain_order=True)
        .agg(evidence=all_evidence())
        .with_columns(
            subject=pl.lit("marital"),
            kind=pl.lit("question"),
            status=pl.lit("to_verify"),
            declared=pl.lit(None),
            found=pl.lit("已婚"),
            unit=pl.lit("户籍婚姻状况"),
            sentence=pl.lit("户籍登记的婚姻状况为已婚，名册上没有配偶；户籍的婚姻状况可能没有更新，请询问。"),
        )
    )
