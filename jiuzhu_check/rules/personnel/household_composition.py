"""名册成员是否计入家庭."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.found import FOUND
from jiuzhu_check.rules.household_size import members_only
from jiuzhu_check.rules.personnel.hardship import burdens
from jiuzhu_check.rules.personnel.life_event import WHOSE, marriages
from jiuzhu_check.rules.personnel.relation import relation
from jiuzhu_check.rules.rule import rule
from jiuzhu_check.rules.terms import terms
from jiuzhu_check.values import identity_number

ADULT = 18  # 周岁


@rule(
    id="household_composition",
    title="名册成员是否计入家庭",
    basis="composition",
    since=date(2014, 5, 1),
    unrecorded=True,
)
def household_composition(
    household: pl.DataFrame,
    member: pl.DataFrame,
    civil_status: pl.DataFrame,
    hardship: pl.DataFrame,
    limits: pl.DataFrame,
    as_of: date,
) -> pl.DataFrame:
    """按当日的法规，名册上的成年子女、父母和其他亲属要具备一定情形才计入共同生活的家庭成员，登记没有显示的，请询问。"""
    asked = household.filter(~pl.col("programme").str.contains("特困").fill_null(value=False)).join(
        terms(
            household,
            limits,
            asked="composition_asked",
            listed="composition_members",
            levels="composition_study",
            unmarried="composition_unmarried_child",
        ).filter("asked"),
        on="household_no",
    )
    if asked.is_empty():
        return pl.DataFrame()
    born = pl.coalesce("birth_date", identity_number.birth_date(pl.col("number")))
    disabled = burdens(hardship, "disability", as_of)
    people = (
        members_only(member)
        .with_columns(related=relation(), born=born)
        .join(asked.select("household_no", "listed", "levels", "unmarried"), on="household_no", maintain_order="left")
        .join(_students(hardship, asked, as_of), on=WHOSE, how="left", maintain_order="left")
        .join(disabled.select(*WHOSE, disabled=True).unique(), on=WHOSE, how="left", maintain_order="left")
        .join(marriages(civil_status, as_of).select(*WHOSE, wed="event"), on=WHOSE, how="left", maintain_order="left")
    )
    told = people.with_columns(_asked(as_of)).filter(pl.col("ask").is_not_null())
    return told.with_columns(
        subject=pl.lit("composition"),
        kind=pl.lit("question"),
        status=pl.lit("to_verify"),
        declared=pl.lit(None),
        found=pl.col("related").fill_null("关系未注明"),
        unit=pl.lit("（与户主关系）"),
        sentence="ask",
        evidence=pl.lit(pl.Series([[]], dtype=FOUND.columns["evidence"])).first(),
    )


def _asked(as_of: date) -> pl.Expr:
    """What to ask about a member (ask); null where the law of the day counts them."""
    adult = pl.col("born").dt.offset_by(f"{ADULT}y") <= as_of
    apart = pl.col("lives_together").ne_missing(other=True)
    old = pl.col("born").dt.offset_by(pl.format("{}y", pl.col("unmarried").fill_null(0))) <= as_of
    young_and_single = ~old & pl.col("unmarried").is_not_null() & (pl.col("wed").fill_null("") != "married")
    helpless = (
        pl.col("studies").fill_null(value=False)
        | pl.col("disabled").fill_null(value=False)
        | young_and_single.fill_null(value=False)
    )
    child = pl.col("related") == "子女"
    return (
        pl.when(pl.col("related").is_in(["本人", "配偶"]))
        .then(None)
        .when(child & adult.is_null())
        .then(pl.lit("子女的出生日期不明，是否成年不能确定，请核实。"))
        .when(child & adult & ~helpless & pl.col("studies").is_not_null())
        .then(pl.lit("成年子女登记为在校，学段不在本科及以下，或者没有写明；请核实以确定是否计入家庭成员。"))
        .when(child & adult & ~helpless)
        .then(pl.lit("成年子女，登记没有显示在校就读或残疾；请核实是否不能独立生活，以确定是否计入家庭成员。"))
        .when(child)
        .then(None)
        .when((pl.col("related") == "父母") & pl.col("listed").list.contains(pl.lit("父母")))
        .then(None)
        .when(pl.col("related").is_null())
        .then(pl.lit("与户主关系没有写明或不能识别，请核实是否计入家庭成员。"))
        .when(apart)
        .then(
            pl.format(
                "与户主关系为{}，名册没有注明长期共同居住；请核实有无法定义务关系、是否共同居住，以确定是否计入家庭成员。",
                "related",
            )
        )
        .alias("ask")
    )


def _students(hardship: pl.DataFrame, asked: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """household_no, member_no, studies: whether at a level up to which the policy counts adult children."""
    going = (pl.col("until") >= as_of).fill_null(value=True)
    levels = asked.select("household_no", "levels").explode("levels")
    level = pl.col("category").str.contains(pl.col("levels"), literal=True).fill_null(value=False)
    return (
        burdens(hardship, "education", as_of)
        .filter(going)
        .join(levels, on="household_no")
        .group_by(WHOSE)
        .agg(studies=level.any())
    )
