"""标准: what the income of each household's programme is compared with, a head and year."""

import polars as pl

from jiuzhu_check.rules.income.cents import cents, half_up, rate
from jiuzhu_check.rules.once import once
from jiuzhu_check.rules.terms import terms


@once
def standards(household: pl.DataFrame, limits: pl.DataFrame) -> pl.DataFrame:
    """One row a household.

    urban:         whether the urban standard is its own; null where neither programme nor roster says
    dibao_year:    the dibao standard of its place in cents a head and year; the urban one is said by the month
    disposable:    last year's disposable income per head of its place in cents
    standard:      title and standard_year (cents) of what its programme is compared with; null: not compared,
                   or nothing is in force
    marginal_year: what the income of a 低保边缘 household has to be below, in cents; null where the policy has no multiple
    below:         the income has to be below the standard; otherwise not above it
    """
    programme = pl.col("programme")
    urban = pl.coalesce(
        pl.when(programme.str.starts_with("城市"))
        .then(pl.lit(True))
        .when(programme.str.starts_with("农村"))
        .then(pl.lit(False)),
        pl.when(pl.col("area").is_in(["urban", "rural"])).then(pl.col("area") == "urban"),
    )
    policy = terms(
        household, limits, "income_programmes", "dibao_standard_urban", "dibao_standard_rural", "marginal_multiple",
        "marginal_below_minimum_wage", "minimum_wage_month", "disposable_income_urban", "disposable_income_rural",
    )  # fmt: skip
    placed = household.select("household_no", "programme", "area", "stage").join(
        policy, on="household_no", maintain_order="left"
    )
    by_place = placed.with_columns(urban=urban).with_columns(
        dibao_year=pl.when("urban")
        .then(cents("dibao_standard_urban") * 12)
        .when(~pl.col("urban"))
        .then(cents("dibao_standard_rural")),
        disposable=pl.when("urban")
        .then(cents("disposable_income_urban"))
        .when(~pl.col("urban"))
        .then(cents("disposable_income_rural")),
    )
    marginal, spending = programme == "低保边缘", programme.is_in(["支出型困难", "刚性支出困难"])
    multiple = half_up(pl.col("dibao_year") * rate("marginal_multiple"), 10_000)
    capped = pl.when(pl.col("marginal_below_minimum_wage")).then(cents("minimum_wage_month") * 12)
    compared = pl.col("income_programmes").list.contains(programme).fill_null(value=False)
    # 低保边缘：最低工资标准未写入政策的，不比较
    unsaid = pl.col("marginal_below_minimum_wage").fill_null(value=False) & pl.col("minimum_wage_month").is_null()
    marginal_year = pl.when(~unsaid).then(pl.when(multiple.is_not_null()).then(pl.min_horizontal(multiple, capped)))
    kind = pl.when(pl.col("urban")).then(pl.lit("城市低保标准")).otherwise(pl.lit("农村低保标准"))
    return (
        by_place.with_columns(
            marginal_year=marginal_year,
            standard_year=pl.when(compared).then(
                pl.when(marginal).then(marginal_year).when(spending).then("disposable").otherwise("dibao_year")
            ),
            title=pl.when(marginal)
            .then(pl.lit("低保边缘家庭收入标准"))
            .when(spending)
            .then(pl.lit("上年度人均可支配收入"))
            .otherwise(kind),
            below=((marginal & (marginal_year == multiple)) | spending).fill_null(value=False),
        )
        .with_columns(standard=pl.when(pl.col("standard_year").is_not_null()).then("title"))
        .select(
            "household_no",
            "programme",
            "stage",
            "urban",
            "dibao_year",
            "disposable",
            "marginal_year",
            "standard",
            "standard_year",
            "below",
        )
    )
