"""配偶在另一户: the other households of the roster in which members' registered spouses stand."""

from datetime import date

import polars as pl

from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.rules.personnel.life_event import marriages
from jiuzhu_check.tables.roster import SPOUSE_HOUSEHOLD
from jiuzhu_check.values import identity_number, person_name


def spouse_households(centre: Centre, civil_status: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """SPOUSE_HOUSEHOLD: by exact number and name, as members and not as supporters; of the household only its number.

    civil_status: the accepted records of members
    """
    if civil_status.is_empty():
        return SPOUSE_HOUSEHOLD.empty()
    married = marriages(civil_status, as_of).filter(pl.col("event") == "married")
    spouses = married.select(
        "household_no",
        "member_no",
        identity_number.read(married["other_no_raw"])["number"].alias("number"),
        person_name.read(married["other_name_raw"]).alias("name_key"),
    ).drop_nulls()
    there = centre.standing(spouses["number"]).filter(pl.col("role").ne_missing("supporter"))
    found = spouses.join(
        there.select("number", "name_key", spouse_household_no="household_no"), on=["number", "name_key"]
    )
    elsewhere = found.filter(pl.col("spouse_household_no") != pl.col("household_no"))
    return SPOUSE_HOUSEHOLD.fit(elsewhere.unique().sort("household_no", "member_no", "spouse_household_no"))


def with_spouses_among(civil_status: pl.DataFrame, numbers: pl.Series) -> pl.Series:
    """The households of the records whose other person has one of these valid numbers."""
    named = identity_number.read(civil_status["other_no_raw"])["number"]
    return civil_status.filter(named.is_in(numbers.implode()))["household_no"].unique()
