"""推算工资: what the county's table takes people to earn who can work and of whom no source shows that they do."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.income.cents import cents, share, yuan
from jiuzhu_check.rules.income.line import LINE, WHOSE, lines, month_of
from jiuzhu_check.rules.terms import terms
from jiuzhu_check.values import identity_number

IMPUTED = {**{name: LINE.columns[name] for name in WHOSE}, "imputed": pl.Int64(), "formula": pl.String()}


def imputed_wages(
    people: pl.DataFrame,
    shown: pl.DataFrame,
    household: pl.DataFrame,
    contribution: pl.DataFrame,
    market_entity: pl.DataFrame,
    hardship: pl.DataFrame,
    limits: pl.DataFrame,
    as_of: date,
) -> pl.DataFrame:
    """One row a member with an imputed wage: household_no, member_no, imputed (cents a year), formula.

    people: the members without supporters; shown: LINE rows of what sources show of them
    Only of those who, as the roster says, can work, whose sex and age the policy's bands name, of whom no source shows
    a wage, a business, a pension or unemployment benefit, and who are none of those whom the policy exempts; a policy
    that exempts nobody by name exempts students, the pregnant, carers and the disabled. The self-employed may have a
    rate of their own.
    """
    policy = terms(
        household, limits, "imputed_wage_bands", "imputed_wage_base", "imputed_wage_exempt",
        "imputed_wage_graduate_months", "imputed_wage_disabled_rate", "imputed_wage_self_employed_rate",
        "minimum_wage_month",
    )  # fmt: skip
    asking = policy.filter(
        pl.col("imputed_wage_bands").is_not_null() | pl.col("imputed_wage_self_employed_rate").is_not_null()
    )
    if asking.is_empty():
        return pl.DataFrame(schema=IMPUTED)
    whose = list(WHOSE)
    able = (
        people.filter(pl.col("labour_capacity") == "able")
        .join(asking, on="household_no")
        .join(shown.filter("livelihood"), on=whose, how="anti")
        .join(_burdens(hardship, as_of), on=whose, how="left")
        .join(_self_employed(market_entity), on=whose, how="left")
        .join(_insured_base(contribution), on=whose, how="left")
    )
    disabled = pl.col("disabled").fill_null(value=False)
    rate = pl.when(disabled).then(pl.coalesce("imputed_wage_disabled_rate", "rate")).otherwise("rate")
    entity = pl.col("self_employed").fill_null(value=False) & pl.col("imputed_wage_self_employed_rate").is_not_null()
    by_contribution = (pl.col("imputed_wage_base") == "contribution_base").fill_null(value=False)
    base = pl.when(by_contribution & ~entity).then(pl.coalesce("insured", "minimum_wage_month"))
    return (
        able.filter(~_exempt(as_of))
        .join(_rates(able, as_of), on=whose, how="left")
        .with_columns(
            base=base.otherwise("minimum_wage_month"),
            rate=pl.when(entity).then("imputed_wage_self_employed_rate").otherwise(rate),
        )
        .filter(pl.col("base").is_not_null(), pl.col("rate").is_not_null())
        .select(
            *WHOSE,
            imputed=share(cents("base") * 12, "rate"),
            formula=pl.format("推算基数{}元/月 × 12 × {}%", "base", (pl.col("rate") * 100).cast(pl.Decimal(12, 2))),
        )
    )


def top_up(imputed: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """LINE rows: what the imputed wage adds to the income that is counted already.

    known: LINE rows of what sources show and of what was declared
    """
    if imputed.is_empty():
        return LINE.empty()
    counted = known.filter("counted").group_by(WHOSE).agg(pl.col("cents").sum())
    rest = pl.col("imputed") - pl.col("cents").fill_null(0)
    return lines(
        imputed.join(counted, on=list(WHOSE), how="left", maintain_order="left")
        .filter(rest > 0)
        .with_columns(
            formula=pl.when(pl.col("cents").fill_null(0) == 0)
            .then("formula")
            .otherwise(pl.format("{}，减已计入的{}元", "formula", yuan("cents"))),
            cents=rest,
            counted=pl.lit(True),
            estimated=pl.lit(True),
            item=pl.lit("推算工资"),
            what=pl.lit("有劳动能力而没有收入记录，按当地的表推算；仅凭推算不作为不一致，请核实实际收入。"),
            **{"class": pl.lit("wage")},
        )
    )


def age_on(as_of: date) -> pl.Expr:
    """Full years on a day, from the birth date or the number of a person; null where neither says."""
    born = pl.coalesce("birth_date", identity_number.birth_date(pl.col("number")))
    day_of_year = born.dt.month().cast(pl.Int32) * 100 + born.dt.day()
    before = day_of_year > as_of.month * 100 + as_of.day
    return as_of.year - born.dt.year() - before.cast(pl.Int32)


def _exempt(as_of: date) -> pl.Expr:
    everybody = pl.col("imputed_wage_exempt").is_null()
    of_kind = {
        "student": pl.col("student") | pl.col("studying"),
        "pregnant": pl.col("pregnant"),
        "carer": pl.col("carer"),
        "disabled": pl.col("disabled"),
    }
    since = month_of("left_school")
    graduate = (as_of.year * 12 + as_of.month - 1 - since) < pl.col("imputed_wage_graduate_months")
    listed = [
        (everybody | pl.col("imputed_wage_exempt").list.contains(kind)) & is_one.fill_null(value=False)
        for kind, is_one in of_kind.items()
    ]
    return pl.any_horizontal(*listed, graduate.fill_null(value=False))


def _burdens(hardship: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """household_no, member_no, disabled, studying on the day, left_school: the last day of the last school year."""
    until = pl.col("until").filter(pl.col("kind") == "education")
    return hardship.group_by(WHOSE, maintain_order=True).agg(
        disabled=(pl.col("kind") == "disability").any(),
        studying=(until.is_null() | (until >= as_of)).any(),
        left_school=until.max(),
    )


def _self_employed(market_entity: pl.DataFrame) -> pl.DataFrame:
    own = market_entity.filter(pl.col("role") == "proprietor", pl.col("state") == "active")
    return own.select(WHOSE).unique(maintain_order=True).with_columns(self_employed=pl.lit(True))


def _insured_base(contribution: pl.DataFrame) -> pl.DataFrame:
    """The base of the last membership of each member."""
    return (
        contribution.filter(pl.col("base") > 0)
        .sort("month_from", "base", nulls_last=False)
        .group_by(WHOSE, maintain_order=True)
        .agg(insured=pl.col("base").last())
    )


def _rates(able: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """household_no, member_no, rate of the band of their sex and age."""
    age = pl.col("age")
    return (
        able.select(*WHOSE, age_on(as_of).alias("age"), own_sex="sex", band="imputed_wage_bands")
        .explode("band", empty_as_null=True)
        .drop_nulls("band")
        .unnest("band")
        .filter(
            pl.col("sex").is_null() | (pl.col("sex") == pl.col("own_sex")),
            age >= pl.col("age_from"),
            pl.col("age_to").is_null() | (age <= pl.col("age_to")),
        )
        .select(*WHOSE, "rate")
    )
