"""收入核算: a household's income per head and year, as far as it is known, beside the standard of its programme."""

from datetime import date

import polars as pl

from jiuzhu_check.rules.declared import declared_income, registered_later
from jiuzhu_check.rules.found import all_evidence
from jiuzhu_check.rules.household_size import members_only
from jiuzhu_check.rules.provident_fund_account import accounts, wages_shown
from jiuzhu_check.rules.terms import terms


def income_per_head(
    household: pl.DataFrame,
    member: pl.DataFrame,
    declaration: pl.DataFrame,
    provident_fund: pl.DataFrame,
    limits: pl.DataFrame,
    as_of: date,
) -> pl.DataFrame:
    """One row a household whose programme the policy compares and has a standard for.

    A member's income is the wage that an account shows, otherwise what was declared; supporters are not counted.
    The year's sum of the household is divided by its members and rounded once, half up.
    unknown:         members without either: a blank is not zero
    income_year:     yuan a head and year; null while any member is unknown
    declared_year:   the same of what was declared alone; null where any member left it blank
    standard_year:   yuan a head and year; the urban one is said by the month
    changed:         a wage is of an account opened after the declaration
    """
    whose = ["household_no", "member_no"]
    wages = wages_shown(accounts(provident_fund, household, limits, as_of))
    people = (
        members_only(member)
        .select(whose)
        .join(declared_income(declaration), on=whose, how="left")
        .join(wages.select(*whose, "base", "record_date", "evidence"), on=whose, how="left", maintain_order="left")
        .with_columns(income=pl.coalesce("base", "declared"), changed=registered_later())
    )
    counted = people.group_by("household_no", maintain_order=True).agg(
        pl.col("changed").any(),
        members=pl.len().cast(pl.Int64),
        unknown=pl.col("income").is_null().sum().cast(pl.Int64),
        income_year=_per_head("income"),
        declared_year=_per_head("declared"),
        evidence=all_evidence().drop_nulls(),
    )
    return _compared(household, limits).join(counted, on="household_no", maintain_order="left")


def income_unknown(
    household: pl.DataFrame,
    member: pl.DataFrame,
    declaration: pl.DataFrame,
    provident_fund: pl.DataFrame,
    limits: pl.DataFrame,
    as_of: date,
) -> int:
    """How many households that would be compared have no figure, because a member's income is not known."""
    account = income_per_head(household, member, declaration, provident_fund, limits, as_of)
    return account.filter(pl.col("unknown") > 0).height


def _compared(household: pl.DataFrame, limits: pl.DataFrame) -> pl.DataFrame:
    """Household, standard's title and yuan a head and year, of the programmes that are compared."""
    urban = pl.col("programme").str.starts_with("城市")
    year = pl.when(urban).then(pl.col("dibao_standard_urban") * 12).otherwise("dibao_standard_rural")
    return (
        household.select("household_no", "programme")
        .join(
            terms(household, limits, "income_programmes", "dibao_standard_urban", "dibao_standard_rural"),
            on="household_no",
            maintain_order="left",
        )
        .filter(pl.col("income_programmes").list.contains(pl.col("programme")))
        .select(
            "household_no",
            standard_year=year,
            standard=pl.when(urban).then(pl.lit("城市低保标准")).otherwise(pl.lit("农村低保标准")),
        )
        .drop_nulls("standard_year")
    )


def _per_head(monthly: str) -> pl.Expr:
    """Yuan a head and year of a group; null where one of it is null. Counted in cents, so nothing is lost before."""
    cents, members = (pl.col(monthly) * 100).cast(pl.Int64).sum() * 12, pl.len().cast(pl.Int64)
    rounded = (2 * cents + members) // (2 * members)
    return pl.when(pl.col(monthly).is_not_null().all()).then(rounded.cast(pl.Decimal(18, 2)) / 100)
