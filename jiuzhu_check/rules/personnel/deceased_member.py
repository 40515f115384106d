"""登记为死亡的成员."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.personnel.life_event import WHOSE, deaths, exact, settled_by
from jiuzhu_check.rules.rule import rule
from jiuzhu_check.rules.terms import terms


@rule(id="deceased_member", title="登记为死亡的成员仍在名册", basis="death", since=date(2014, 5, 1))
def deceased_member(
    household: pl.DataFrame,
    civil_status: pl.DataFrame,
    public_payroll: pl.DataFrame,
    contribution: pl.DataFrame,
    income: pl.DataFrame,
    limits: pl.DataFrame,
    as_of: date,
) -> pl.DataFrame:
    """公安或殡葬登记为死亡、号码和姓名都一致的成员仍列在名册上，请入户核实；几处登记只算一条。"""
    dead = (
        deaths(civil_status, as_of)
        .group_by(WHOSE, maintain_order=True)
        .agg(
            pl.col("said").unique().sort().str.join("、"),
            pl.col("died_on").min(),
            cremated=pl.col("cremated").sort_by("died_on", nulls_last=True).first(),
            days=pl.col("died_on").drop_nulls().n_unique(),
            evidence="evidence",
        )
    )
    after = _after(dead, _signs_of_life(civil_status, public_payroll, contribution, income, as_of))
    told = dead.join(after, on=WHOSE, how="left", maintain_order="left").join(
        terms(household, limits, months="death_settlement"), on="household_no", how="left", maintain_order="left"
    )
    due = settled_by(pl.col("died_on"), pl.col("months"))
    return told.with_columns(
        subject=pl.lit("deceased"),
        kind=pl.lit("question"),
        status=pl.lit("to_verify"),
        declared=pl.lit(None),
        found=pl.col("died_on").cast(pl.String).fill_null("日期未注明"),
        unit=pl.when("cremated").then(pl.lit("火化日期")).otherwise(pl.lit("死亡")),
        sentence=_sentence(due),
    )


def _sentence(due: pl.Expr) -> pl.Expr:
    apart = pl.when(pl.col("days") > 1).then(pl.lit("（各登记的日期不同）")).otherwise(pl.lit(""))
    signs = pl.format("；另有晚于此的登记：{}，互有出入", "signs").fill_null("")
    settle = pl.format("核查和调整的期限为{}。", due).fill_null("")
    return pl.col("said") + apart + signs + pl.lit("；该成员仍在名册，请入户核实。") + settle


def _signs_of_life(
    civil_status: pl.DataFrame,
    public_payroll: pl.DataFrame,
    contribution: pl.DataFrame,
    income: pl.DataFrame,
    as_of: date,
) -> pl.DataFrame:
    """Everything that registers tell of a member on a day (`on`) on which a dead one tells nothing: sign."""
    events = {"married": "婚姻登记", "divorced": "离婚登记", "imprisoned": "入监登记", "registered": "户籍登记"}
    told = exact(civil_status).filter(pl.col("event").is_in(list(events)))
    return pl.concat(
        [
            told.select(*WHOSE, on="record_date", what=pl.col("event").replace(events)),
            exact(public_payroll).select(*WHOSE, on="month", what=pl.lit("财政供养工资")),
            exact(contribution).select(*WHOSE, on="month_to", what=pl.lit("社会保险缴费")),
            exact(income).filter(pl.col("kind") == "wage").select(*WHOSE, on="month_to", what=pl.lit("工资收入")),
        ]
    ).filter(pl.col("on") <= as_of)


def _after(dead: pl.DataFrame, signs: pl.DataFrame) -> pl.DataFrame:
    """household_no, member_no, signs: what is registered after the month of the death, in Chinese."""
    sign = pl.format("{}{}", "what", "on")
    return (
        signs.join(dead.select(*WHOSE, "died_on"), on=WHOSE)
        .filter(pl.col("on") > pl.col("died_on").dt.month_end())
        .group_by(WHOSE)
        .agg(signs=sign.unique().sort().str.join("、"))
    )
