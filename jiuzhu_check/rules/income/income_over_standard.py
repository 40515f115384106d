"""人均收入核算数高于标准."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.found import kind, status
from jiuzhu_check.rules.household_size import members_only
from jiuzhu_check.rules.personnel.life_event import WHOSE, deaths, in_prison
from jiuzhu_check.rules.rule import rule


@rule(
    id="income_over_standard", title="人均收入核算数高于标准", basis="standard", since=date(2014, 5, 1), unrecorded=True
)
def income_over_standard(
    account: pl.DataFrame, member: pl.DataFrame, civil_status: pl.DataFrame, as_of: date
) -> pl.DataFrame:
    """来源显示的收入和没有来源显示的申报收入相加、减去必要支出，按家庭成员人均计算的年收入核算数高于当地标准。"""
    # 登记为死亡、服刑的成员可能不计入，人数和收入先要核实
    doubtful = (
        pl.concat([deaths(civil_status, as_of).select(WHOSE), in_prison(civil_status, as_of).select(WHOSE)])
        .join(members_only(member), on=list(WHOSE), how="semi")
        .select("household_no")
        .unique()
    )
    changed, certain, whole = pl.col("changed"), pl.col("certainly_over"), pl.col("doubtful").is_null()
    ending = (
        pl.when(~certain)
        .then(pl.format("其中{}元为推算或估计，不计这一部分则不高于标准，请核实。", "estimated_year"))
        .when(~whole)
        .then(pl.lit("有成员登记为死亡或者服刑，是否计入请先核实。"))
        .otherwise(pl.lit("核算数高于标准，请乡镇复核。"))
    )
    over = account.filter("over").join(
        doubtful.with_columns(doubtful=pl.lit(value=True)), on="household_no", how="left", maintain_order="left"
    )
    return over.with_columns(
        kind(changed | ~certain | ~whole),
        status(changed),
        member_no=pl.lit(None),
        subject=pl.lit("income"),
        declared=pl.col("declared_head_year").cast(pl.String),
        found=pl.col("head_year").cast(pl.String),
        unit=pl.lit("元/人年"),
        sentence=pl.format(
            "家庭{}人，人均年收入核算数{}元，{}折合每人每年{}元；",
            "members",
            "head_year",
            "standard",
            "standard_year",
        )
        + ending,
    )
