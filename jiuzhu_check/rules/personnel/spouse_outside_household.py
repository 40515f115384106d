"""登记的配偶不在名册."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.declared import last_declared, registered_later
from jiuzhu_check.rules.found import status
from jiuzhu_check.rules.personnel.life_event import WHOSE, deaths, marriages
from jiuzhu_check.rules.rule import rule
from jiuzhu_check.values import identity_number, person_name


@rule(id="spouse_outside_household", title="登记的配偶不在名册", basis="composition", since=date(2014, 5, 1))
def spouse_outside_household(
    member: pl.DataFrame,
    declaration: pl.DataFrame,
    civil_status: pl.DataFrame,
    spouse_household: pl.DataFrame,
    as_of: date,
) -> pl.DataFrame:
    """成员最近一次婚姻登记为结婚，而配偶不在本户名册的成员和赡养抚养扶养人之中，请入户核实；法院判决离婚、配偶去世不经婚姻登记。"""
    married = (
        marriages(civil_status, as_of)
        .filter(pl.col("event") == "married")
        .join(deaths(civil_status, as_of), on=WHOSE, how="anti")
    )
    told = married.with_columns(
        other_no=identity_number.read(married["other_no_raw"])["number"],
        other_name=person_name.read(married["other_name_raw"]),
    )
    day = pl.col("record_date").cast(pl.String).fill_null("（日期未注明）")
    homes = spouse_household.group_by(WHOSE).agg(elsewhere=pl.col("spouse_household_no").unique().sort().str.join("、"))
    which = (
        pl.when(pl.col("at_once").is_null())
        .then(pl.lit("为结婚，未见以后的离婚登记；"))
        .when(pl.col("record_date").is_null())
        .then(pl.format("有{}，先后不能确定；", "at_once"))
        .otherwise(pl.format("同一天有{}，先后不能确定；", "at_once"))
    )
    return (
        told.join(_known(told, member), on=WHOSE, how="left", maintain_order="left")
        .join(homes, on=WHOSE, how="left", maintain_order="left")
        .filter(pl.col("known").ne_missing("yes"))
        .join(last_declared(declaration), on="household_no", how="left", maintain_order="left")
        .with_columns(
            status(registered_later()),
            subject=pl.lit("married"),
            kind=pl.lit("question"),
            declared=pl.lit(None),
            found=day,
            unit=pl.lit("结婚登记"),
            sentence=pl.format("婚姻登记{}", day) + which + _who(),
        )
    )


def _known(told: pl.DataFrame, member: pl.DataFrame) -> pl.DataFrame:
    """household_no, member_no, known: yes, the other party stands on the household's roster; name, somebody so called does."""
    people = member.select("household_no", "number", "name_key", other="member_no")
    beside = told.select(*WHOSE, "other_no", "other_name").join(people, on="household_no")
    same_no = (pl.col("number") == pl.col("other_no")).fill_null(value=False)
    same_name = (pl.col("name_key") == pl.col("other_name")).fill_null(value=False)
    unusable = pl.col("number").is_null() | pl.col("other_no").is_null()
    return (
        beside.filter(pl.col("other") != pl.col("member_no"), same_no | same_name)
        .with_columns(known=pl.when(same_no | unusable).then(pl.lit("yes")).otherwise(pl.lit("name")))
        .group_by(WHOSE)
        .agg(pl.col("known").max())
    )


def _who() -> pl.Expr:
    return (
        pl.when(pl.col("elsewhere").is_not_null())
        .then(
            pl.format("登记的配偶不在本户，在名册的另一户（家庭编号{}），请入户核实婚姻和共同生活情况。", "elsewhere")
        )
        .when(pl.col("known") == "name")
        .then(pl.lit("本户名册上有姓名相同而号码不同的人，请先核对号码，再入户核实。"))
        .when(pl.col("other_no").is_null() & pl.col("other_name").is_null())
        .then(pl.lit("登记没有写明配偶，本户名册上是否有此人不能确定，请入户核实。"))
        .when(pl.col("other_no").is_null())
        .then(pl.lit("登记的配偶号码不可用，本户名册上没有姓名相同的人，请入户核实。"))
        .otherwise(pl.lit("登记的配偶不在本户名册上，请入户核实婚姻和共同生活情况。"))
    )
