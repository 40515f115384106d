"""必要支出与收入之比达到支出型困难的规定."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.found import FOUND
from jiuzhu_check.rules.household_size import members_only
from jiuzhu_check.rules.income.cents import cents, rate, yuan
from jiuzhu_check.rules.income.deductions import spending
from jiuzhu_check.rules.income.line import WHOSE
from jiuzhu_check.rules.income.standard import standards
from jiuzhu_check.rules.rule import rule
from jiuzhu_check.rules.terms import terms


@rule(
    id="spending_beside_income",
    title="必要支出与收入之比达到支出型困难的规定",
    basis="expenditure",
    since=date(2014, 5, 1),
)
def spending_beside_income(
    household: pl.DataFrame,
    member: pl.DataFrame,
    account: pl.DataFrame,
    account_line: pl.DataFrame,
    hardship: pl.DataFrame,
    limits: pl.DataFrame,
    as_of: date,
) -> pl.DataFrame:
    """十二个月的医疗、教育、康复支出与家庭收入相比，达到当地支出型、刚性支出困难家庭的规定，请一并考虑；规定逐月的，请逐月核实。"""
    if hardship.is_empty():
        return FOUND.empty()
    policy = terms(
        household, limits, "expenditure_share", "expenditure_below_disposable", "expenditure_below_standard",
        monthly="expenditure_below_standard_each_month",
    )  # fmt: skip
    income = account_line.filter("counted", pl.col("class") != "deduction").with_columns(cents=cents("amount_year"))
    spent = spending(hardship.join(members_only(member), on=list(WHOSE), how="semi"), as_of).drop_nulls("cents")
    disposable, standard = (pl.col(name).fill_null(value=False) for name in policy.columns[2:4])
    heads, monthly = pl.col("members"), pl.col("monthly").fill_null(value=False)
    # 规定了的条件都要达到；没有规定比例和收入条件的，不比较
    tests = [
        (
            pl.col("expenditure_share").is_not_null(),
            pl.col("spent") * 10_000 >= pl.col("income") * rate("expenditure_share"),
        ),
        (disposable, pl.col("income") < pl.col("disposable") * heads),
        # 每个月都低于标准的，全年合计必低于；反过来不然
        (standard | monthly, pl.col("income") - pl.col("spent") < pl.col("dibao_year") * heads),
    ]
    return (
        spent.group_by("household_no", maintain_order=True)
        .agg(spent=pl.col("cents").sum(), evidence=pl.col("evidence").explode())
        .join(account.filter(pl.col("unknown") == 0).select("household_no", "members"), on="household_no")
        .join(income.group_by("household_no").agg(income=pl.col("cents").sum()), on="household_no", how="left")
        .join(policy, on="household_no")
        .join(standards(household, limits).select("household_no", "disposable", "dibao_year"), on="household_no")
        .with_columns(pl.col("income").fill_null(0))
        .filter(
            pl.any_horizontal(asked for asked, _ in tests),
            pl.all_horizontal(~asked | met.fill_null(value=False) for asked, met in tests),
            pl.col("spent") > 0,
        )
        .with_columns(
            kind=pl.when(monthly).then(pl.lit("question")).otherwise(pl.lit("favourable")),
            status=pl.lit("to_verify"),
            member_no=pl.lit(None),
            subject=pl.lit("spending"),
            declared=pl.lit(None),
            found=yuan("spent").cast(pl.String),
            unit=pl.lit("元"),
            sentence=pl.format(
                "家庭{}人，十二个月必要支出{}元、收入{}元，{}",
                "members",
                yuan("spent"),
                yuan("income"),
                pl.when(monthly)
                .then(
                    pl.lit(
                        "按全年合计在规定以内；当地规定连续十二个月，申报和来源没有写明各月，信息不全，请逐月核实，应保尽保。"
                    )
                )
                .otherwise(pl.lit("达到当地支出型困难的规定；请一并考虑，应保尽保。")),
            ),
        )
    )
