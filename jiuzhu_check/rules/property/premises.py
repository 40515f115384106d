"""非住宅用房: what is registered and is no home, with what the policy says of its use."""

import polars as pl

from jiuzhu_check.rules.once import once
from jiuzhu_check.rules.property.registered_property import registered_properties
from jiuzhu_check.rules.terms import terms

POLICY = {
    "commercial": "premises_commercial",
    "office": "premises_office",
    "industrial": "premises_industrial",
    "garage": "premises_garage",
    "storage": "premises_storage",
    "other": "premises_other",
}
UNASKED = ("garage", "storage")  # where the policy is silent; about the other uses it is a question
LIVED_IN = ("commercial", "office", "industrial", "other")  # what a family without a home may live in


@once
def current_premises(real_estate: pl.DataFrame, household: pl.DataFrame, limits: pl.DataFrame) -> pl.DataFrame:
    """The current properties that are no homes, with `policy`: difference, question or not_asked; null: it is silent.

    The only one of a household without a registered home is in doubt where the policy says so: somebody may live there.
    """
    policy = terms(household, limits, *POLICY.values(), sole="premises_sole_home")
    of_use = pl.coalesce(pl.when(pl.col("use") == use).then(pl.col(column)) for use, column in POLICY.items())
    silent = pl.when(pl.col("use").is_in(UNASKED)).then(pl.lit("not_asked"))
    habitable = pl.col("use").is_in(LIVED_IN)
    homeless = ~pl.col("home").any().over("household_no") & (habitable.sum().over("household_no") == 1)
    may_be_home = pl.when(pl.col("sole") & homeless & habitable).then(pl.lit("家庭没有登记的住房，此处可能用于居住"))
    return (
        registered_properties(real_estate)
        .filter(~pl.col("ended"))
        .with_columns(home=pl.col("use").fill_null("residence") == "residence")
        .join(policy, on="household_no", how="left")
        .with_columns(pl.coalesce("doubt", may_be_home).alias("doubt"), policy=pl.coalesce(of_use, silent))
        .filter(~pl.col("home"))
    )
