"""近亲属未见备案."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.found import all_evidence, evidence, kind
from jiuzhu_check.rules.personnel.life_event import EXACT, WHOSE
from jiuzhu_check.rules.personnel.relation import relation
from jiuzhu_check.rules.rule import rule
from jiuzhu_check.rules.terms import terms

_OFFICES = {"village_committee": "村（居）民委员会成员", "case_handler": "社会救助经办人员"}
_LEFT = "离任|卸任|离职|免职|退休|调离|去世|终止"


@rule(
    id="near_relative_not_filed",
    title="经办人员、村（居）干部近亲属未见备案",
    basis="near_relative",
    since=date(2014, 5, 1),
)
def near_relative_not_filed(
    household: pl.DataFrame,
    member: pl.DataFrame,
    public_payroll: pl.DataFrame,
    supporter_public_payroll: pl.DataFrame,
    spouse_public_payroll: pl.DataFrame,
    register_public_payroll: pl.DataFrame,
    limits: pl.DataFrame,
    as_of: date,
) -> pl.DataFrame:
    """家庭成员本人、赡养抚养扶养人、婚姻登记的配偶或同一户籍的人是任职中的村（居）民委员会成员或社会救助经办人员，名册没有注明已备案。"""
    own = _in_office(public_payroll, as_of).with_columns(whose=pl.lit("成员"), related=pl.lit("本人"))
    spouses = _in_office(spouse_public_payroll, as_of).with_columns(whose=pl.lit("配偶"), related=pl.lit("配偶"))
    fellows = _in_office(register_public_payroll, as_of).with_columns(
        whose=pl.lit("同一户籍的人"), related=pl.lit(None, pl.String)
    )
    supporters = (
        _in_office(supporter_public_payroll, as_of)
        .join(member.select(*WHOSE, related=relation()), on=WHOSE, how="left", maintain_order="left")
        .with_columns(whose=pl.lit("赡养抚养扶养人"))
    )
    filed = household.select("household_no", "filed")
    named = terms(household, limits, relations="near_relative_relations")
    near = (pl.col("related") == "本人") | pl.col("related").is_null()
    held = (
        pl.concat([own, spouses, fellows, supporters.select(own.columns)])
        .join(filed, on="household_no", maintain_order="left")
        .filter(pl.col("filed").ne_missing(other=True))
        .join(named, on="household_no", how="left", maintain_order="left")
        .filter((near | pl.col("relations").list.contains(pl.col("related"))).fill_null(value=False))
    )
    said = pl.concat_str(pl.col("whose"), pl.col("role").replace(_OFFICES), separator="任")
    unsure = pl.col("related").is_null().any() | ~pl.col("tier").is_in(EXACT).all()
    return (
        held.group_by("household_no", "filed", maintain_order=True)
        .agg(said.unique().sort().str.join("、").alias("said"), unsure.alias("unsure"), evidence=all_evidence())
        .with_columns(
            kind(pl.col("unsure") | pl.col("filed").is_null()),
            member_no=pl.lit(None),
            subject=pl.lit("near_relative"),
            status=pl.lit("to_verify"),
            declared=pl.when(pl.col("filed").is_null()).then(None).otherwise(pl.lit("未备案")),
            found=pl.lit("1"),
            unit=pl.lit("户"),
            sentence=pl.format("登记显示{}；", "said") + _ending(),
        )
    )


def _in_office(public_payroll: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Offices held on the day; one whose dates are not known counts as held."""
    left = pl.col("status").str.contains(_LEFT).fill_null(value=False)
    begun = (pl.col("record_date") <= as_of).fill_null(value=True)
    over = (pl.col("until") < as_of).fill_null(value=False)
    return public_payroll.filter(pl.col("role").is_in(list(_OFFICES)), begun, ~over, ~left).select(
        *WHOSE, "role", "tier", evidence()
    )


def _ending() -> pl.Expr:
    return (
        pl.when("unsure")
        .then(pl.lit("请先核实亲属关系和任职，属近亲属的查看是否已单独登记备案。"))
        .when(pl.col("filed").is_null())
        .then(pl.lit("名册没有注明是否已单独登记备案，请查看。"))
        .otherwise(pl.lit("名册注明未备案，请核实后单独登记备案。"))
    )
