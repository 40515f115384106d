"""必要支出（刚性支出）: what illness, disability, schooling and rehabilitation cost, and what of it the policy deducts."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.found import all_evidence, evidence
from jiuzhu_check.rules.income.cents import cents, share, yuan
from jiuzhu_check.rules.income.line import LINE, WHOSE, lines, month_of, together, twelve_months
from jiuzhu_check.rules.income.supporters import severely_disabled
from jiuzhu_check.rules.terms import terms
from jiuzhu_check.tables.finding import EVIDENCE

# kind of hardship → item
SPENDING = {"medical_expense": "医疗自付费用", "education": "教育费用", "rehabilitation": "康复费用"}


def spending(hardship: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One row a member and kind of SPENDING within the twelve months before as_of: cents, bills, unknown, evidence.

    What the person paid; where only the total and the fund's part are told, their difference. The day of the bill, or
    the month it is for, says when; of schooling also that the school year has begun and is not over. Schooling that
    began before and names no end has no day.
    cents: null where nothing is known; unknown: bills without day or sum, which are not in it
    """
    first, last = twelve_months(as_of)
    school = pl.col("kind") == "education"
    fund = pl.when(school).then(pl.col("fund_payment").fill_null(0)).otherwise("fund_payment")
    own = pl.coalesce("own_payment", pl.col("amount") - fund)
    at = pl.coalesce(month_of("record_date"), month_of("month"))
    before = school & (at < first)
    studying = before & (pl.col("until") >= as_of).fill_null(value=False)
    since = pl.when(studying).then(first).when(before & pl.col("until").is_null()).then(None).otherwise(at)
    unknown = pl.col("own").is_null() | pl.col("at").is_null()
    bill = [*WHOSE, "kind", "certificate_no", "place", "record_date", "month", "amount", "fund_payment", "own_payment"]
    return (
        hardship.filter(pl.col("kind").is_in(list(SPENDING)))
        .sort(*EVIDENCE)
        .unique(bill, keep="first", maintain_order=True)
        .with_columns(evidence(), own=cents(own), at=since)
        .with_columns(unknown=unknown)
        .filter(pl.col("unknown") | pl.col("at").is_between(first, last))
        .group_by(*WHOSE, "kind", maintain_order=True)
        .agg(
            cents=pl.when(~pl.col("unknown").all()).then(pl.col("own").filter(~pl.col("unknown")).sum()),
            bills=(~pl.col("unknown")).sum().cast(pl.Int64),
            unknown=pl.col("unknown").sum().cast(pl.Int64),
            evidence=all_evidence(),
        )
        .sort(*WHOSE, "kind")
    )


def deductions(
    people: pl.DataFrame, hardship: pl.DataFrame, income: pl.DataFrame, household: pl.DataFrame, limits: pl.DataFrame,
    as_of: date,
) -> pl.DataFrame:  # fmt: skip
    """LINE rows: spending that the policy deducts, and spending that it has no rule for, which is listed and not deducted.

    income: household_no, cents: the household's counted income of the year
    """
    if hardship.is_empty():
        return LINE.empty()
    theirs = hardship.join(people, on=list(WHOSE), how="semi")
    policy = terms(
        household, limits, "deduction_medical_rate", "deduction_medical_cap", "deduction_disability_month",
        "deduction_education_rate", "deduction_education_cap", "deduction_education_multiple",
        "deduction_rehabilitation_rate", "deduction_rehabilitation_cap",
    )  # fmt: skip
    return together(_spent(spending(theirs, as_of), policy, income), _disabled(theirs, policy))


def _spent(spent: pl.DataFrame, policy: pl.DataFrame, income: pl.DataFrame) -> pl.DataFrame:
    of_kind = {"medical_expense": "medical", "education": "education", "rehabilitation": "rehabilitation"}

    def said(what: str) -> pl.Expr:
        return pl.coalesce(
            pl.when(pl.col("kind") == kind).then(pl.col(f"deduction_{name}_{what}")) for kind, name in of_kind.items()
        )

    above = (pl.col("cents") - pl.col("income")).clip(0)
    by_multiple = (pl.col("kind") == "education") & pl.col("deduction_education_multiple").is_not_null()
    heavy = pl.col("cents") * 10_000 > pl.col("income") * (pl.col("deduction_education_multiple") * 10_000).cast(
        pl.Int64
    )
    part = pl.when(by_multiple).then(pl.when(heavy).then(above).otherwise(0)).otherwise(share("cents", said("rate")))
    ruled = by_multiple | said("rate").is_not_null()
    part = part.clip(0)  # a bill taken back alone is no income
    capped = pl.when(said("cap").is_not_null()).then(pl.min_horizontal(part, cents(said("cap")))).otherwise(part)
    counted = ruled & pl.col("cents").is_not_null()
    how = (
        pl.when(by_multiple)
        .then(pl.format("，超过家庭年收入{}元的部分", yuan("income")))
        .when(ruled)
        .then(pl.format(" × {}%", (said("rate") * 100).cast(pl.Decimal(12, 2))))
        .otherwise(pl.lit(""))
    )
    limit = pl.format("，不超过{}元", said("cap")).fill_null("")
    more = pl.format("另有{}笔没有写明日期或自付金额，未列入。", "unknown")
    return lines(
        spent.join(policy, on="household_no", how="left", maintain_order="left")
        .join(income.select("household_no", income="cents"), on="household_no", how="left", maintain_order="left")
        .with_columns(pl.col("income").fill_null(0))
        .with_columns(
            cents=pl.when(counted).then(capped).otherwise("cents"),
            counted=counted,
            shown=pl.lit(True),
            item=pl.col("kind").replace_strict(SPENDING, return_dtype=pl.String),
            formula=pl.when(pl.col("cents").is_null())
            .then(pl.lit("日期或自付金额未注明"))
            .otherwise(pl.format("{}笔合计{}元", "bills", yuan("cents")) + how + limit),
            what=pl.when(pl.col("cents").is_null())
            .then(pl.lit("来源没有写明日期或自付金额，未扣减，请核实。"))
            .when(ruled)
            .then(pl.lit("按当地规定扣减。"))
            .otherwise(pl.lit("当地政策没有规定扣减办法，列出供核实，未扣减。"))
            + pl.when((pl.col("unknown") > 0) & (pl.col("bills") > 0)).then(more).otherwise(pl.lit("")),
            **{"class": pl.lit("deduction")},
        )
    )


def _disabled(hardship: pl.DataFrame, policy: pl.DataFrame) -> pl.DataFrame:
    records = (
        hardship.filter(pl.col("kind") == "disability")
        .join(severely_disabled(hardship), on=list(WHOSE), how="semi")
        .sort(*WHOSE, *EVIDENCE)
        .with_columns(evidence())
        .group_by(WHOSE, maintain_order=True)
        .agg(evidence=all_evidence())
    )
    month = pl.col("deduction_disability_month")
    return lines(
        records.join(policy, on="household_no", how="left", maintain_order="left")
        .filter(month.is_not_null())
        .with_columns(
            cents=cents(month) * 12,
            counted=pl.lit(True),
            shown=pl.lit(True),
            item=pl.lit("重度残疾扣减"),
            formula=pl.format("{}元/月 × 12", month),
            what=pl.lit("按当地规定扣减。"),
            **{"class": pl.lit("deduction")},
        )
    )
