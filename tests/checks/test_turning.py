"""On which day something may be said otherwise of a household although nothing has changed: no rule may know of another."""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

import polars as pl
import pytest

from jiuzhu_check.checks.turning import ages_in, months_in, turns
from jiuzhu_check.checks.worked_case import invented_county
from jiuzhu_check.rules.income.account import income_account
from jiuzhu_check.rules.run import OFFERED, run_rules
from jiuzhu_check.tables.record import RECORDS
from tests.rules.story import CASES, read_story

DAY = date(2018, 12, 11)
UNABLE = ["tekun", "dibao_60", "low_income_70", "low_income_disabled", "imprisoned", "kin_of_disabled"]
# A county that looks at everybody's age, in every way that a policy can ask for.
COUNTY = invented_county({
    "composition.asked": True,
    "composition.unmarried_child": 25,
    "imputed_wage.bands": [{"age_from": 16, "age_to": 21, "rate": 1}, {"age_from": 30, "age_to": 54, "rate": Decimal("0.8")}],
    "minimum_wage.month": 1550,
    "dibao_standard.rural": 4800,
    "disposable_income.rural": 14000,
    "support.without_ability": UNABLE,
    "support.form": "household_excess",
    "support.rate": Decimal("0.3"),
    "support.line_multiple": 1,
    "support.divisor": "supported_persons",
    "support.estimate_base": "minimum_wage",
    "support.estimate_rate": Decimal("0.1"),
})  # fmt: skip
Tables = Mapping[str, pl.DataFrame]


@cache
def world() -> Tables:
    """The households of all worked cases, in one county."""
    told = [(f"{path.parent.name}/{path.stem}", read_story(path).tables) for path in sorted(CASES.glob("*/*.toml"))]
    homes = {
        name: pl.concat([
            table.empty(),
            *(tables[name].with_columns(household_no=pl.lit(home)) for home, tables in told if name in tables),
        ])
        for name, table in OFFERED.items()
    }  # fmt: skip
    return {**homes, "household": homes["household"].with_columns(region=pl.lit("370613"))}


def limits(tables: Tables, day: date) -> pl.DataFrame:
    return COUNTY.limits(tables["household"].select("region", "programme").rows(), day)


def said(tables: Tables, day: date) -> pl.DataFrame:
    """household_no, and all that rules and account say of it on a day, as one text."""
    policy = limits(tables, day)
    account = income_account(tables, policy, day, lambda key: COUNTY.basis(key, day))
    found = run_rules(tables, policy, day, lambda key: COUNTY.basis(key, day), account)
    told = [
        each.select("household_no", said=pl.struct(pl.all()).struct.json_encode())
        for each in (found, account.lines, account.households)
    ]
    return pl.concat(told).group_by("household_no").agg(pl.col("said").sort()).sort("household_no")


def differing(one: pl.DataFrame, other: pl.DataFrame) -> set[str]:
    both = one.join(other, on="household_no", how="full", coalesce=True)
    return set(both.filter(pl.col("said").ne_missing(pl.col("said_right")))["household_no"])


def days() -> Iterator[date]:
    """Pairs of days of one month begin with these; the month itself turns everybody."""
    for year, month, first in ((2018, 11, 24), (2018, 12, 8), (2019, 2, 26), (2020, 2, 27)):
        yield from (date(year, month, day) for day in range(first, monthrange(year, month)[1]))


def scattered(tables: Tables) -> Tables:
    """The same, the dates of each household so many days later that each day of a month has some."""
    homes = tables["household"].select("household_no", _days=pl.int_range(pl.len()) * 7 % 31)
    moved = pl.col(pl.Date) + pl.duration(days="_days")
    return {
        name: table.join(homes, on="household_no", how="left", maintain_order="left").with_columns(moved).drop("_days")
        for name, table in tables.items()
    }


def test_from_one_day_of_a_month_to_the_next_only_those_differ_whose_day_it_is() -> None:
    tables, differed, before = scattered(world()), 0, (date.min, pl.DataFrame())
    records = {name: tables[name] for name in tables if name in RECORDS or name.endswith("public_payroll")}
    papers = pl.DataFrame(schema={"household_no": pl.String})
    for day in days():
        tomorrow = day + timedelta(days=1)
        then = before[1] if before[0] == day else said(tables, day)
        before = tomorrow, said(tables, tomorrow)
        policy = limits(tables, day)
        told = turns(day, tables["member"], papers, records, months_in(COUNTY, policy), ages_in(COUNTY, policy))
        others = differing(then, before[1])
        differed += len(others)
        assert others <= set(told.filter(pl.col("on") == tomorrow)["household_no"]), day
    assert differed > 20


@pytest.fixture(scope="module")
def of_age() -> Tables:
    """The members of every age that turn it on DAY, of the households of which something is said by age; ages 0 to 110."""
    everybody = world()
    some = [said(_born(everybody, pl.lit(age), 0), DAY) for age in (5, 17, 20, 28, 45, 58, 66, 90)]
    heeding = set[str]().union(*(differing(some[0], each) for each in some[1:]))
    assert len(heeding) > 20
    mine = {name: table.filter(pl.col("household_no").is_in(heeding)) for name, table in everybody.items()}
    return {
        name: pl.concat(
            table.with_columns(household_no=pl.format("{}|{}", "household_no", pl.lit(age))) for age in range(111)
        )
        for name, table in mine.items()
    }


def test_no_birthday_counts_but_those_that_policy_and_rules_name(of_age: Tables) -> None:
    """Whoever turns another age has the same said of them the day before and on the day."""
    age = pl.col("household_no").str.split("|").list.last().cast(pl.Int64)
    today, tomorrow = (said(_born(of_age, age, later), DAY) for later in (0, 1))
    counted = {int(home.rpartition("|")[2]) for home in differing(today, tomorrow)}
    assert counted == set(ages_in(COUNTY, limits(of_age, DAY)))


def _born(tables: Tables, age: pl.Expr, later: int) -> Tables:
    """Everybody born so that they are so old on DAY, or so many days later; no number says otherwise."""
    born = pl.date(DAY.year - age, DAY.month, DAY.day) + timedelta(days=later)
    return {**tables, "member": tables["member"].with_columns(birth_date=born, number=pl.lit(None, pl.String))}
