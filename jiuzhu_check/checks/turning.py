"""转变之日 turning: the next day on which something may be said otherwise of a household although nothing has changed.

Rules and consents look at days: when somebody comes of age, the end of a card, so many months since a transfer. Each such
day follows from a date in the household's rows: it is that day itself, or it lies some whole months later, or, of a birth
date, some whole years, as many as a parameter or a rule says. Where not every month has that day, a few days count.
What goes by calendar months turns for everybody at once, with the month (checks/tonight.py).
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

import polars as pl

from jiuzhu_check.parameters.policy import Policy
from jiuzhu_check.values import identity_number

_HOME = "household_no"
_MONTHS = 12  # that rules add by themselves
_AGES = (18, 60, 70)  # that rules ask for by themselves: of age, and unable to support others
_EVERY = 28  # a day that every month has
_SPAN, _LONG_SPAN = 2, 5  # days that count: 31 January and a month is 28 February, and 1 March too


def ages_in(policy: Policy, limits: pl.DataFrame) -> list[int]:
    """At what ages, in full years, the policy or a rule may say something else of a person."""
    told = [each.column for each in policy.parameters.values() if each.unit == "岁"]
    bands = [each.column for each in policy.parameters.values() if each.type == "bands"]
    named = [age for name in told for age in limits[name].drop_nulls()]
    for band in (row for name in bands for each in limits[name].drop_nulls() for row in each):
        named += [band["age_from"], *([] if band["age_to"] is None else [band["age_to"] + 1])]
    return sorted({*_AGES, *named})


def months_in(policy: Policy, limits: pl.DataFrame) -> list[int]:
    """How many months the policy may add to a date, and those that rules add by themselves."""
    told = [each.column for each in policy.parameters.values() if each.type == "months"]
    return sorted({_MONTHS, *(number for name in told for number in limits[name].drop_nulls())})


def turns(
    after: date,
    roster: pl.DataFrame,
    papers: pl.DataFrame,
    records: Mapping[str, pl.DataFrame],
    months: Iterable[int],
    ages: Iterable[int],
) -> pl.DataFrame:
    """household_no and on: the first day after one on which it may turn; households that never do have no row.

    roster:  ROSTER rows; papers: PAPER rows
    records: the records of the households, and of their kin in office, by table, with household_no
    months:  as months_in gives them; ages: as ages_in gives them
    """
    every = list(months)
    earliest = after - timedelta(days=31 * max(every) + _LONG_SPAN)  # a date before it is over and done with
    dated = [_dates(frame, earliest) for frame in (roster, papers, *records.values())]
    days = pl.concat(dated)
    born = [pl.col("birth_date"), identity_number.birth_date(pl.col("number"))]
    birthdays = pl.concat(roster.select(_HOME, day=each) for each in born).drop_nulls()
    added = [pl.col("day"), *(pl.col("day").dt.offset_by(f"{month}mo") for month in every)]
    of_age = [pl.col("day").dt.offset_by(f"{age}y") for age in ages]
    told = pl.concat([_turning(days, added, after), _turning(birthdays, of_age, after)])
    return told.group_by(_HOME).agg(pl.col("on").min()).sort(_HOME)


def shared(roster: pl.DataFrame, on: date) -> pl.DataFrame:
    """household_no and on, that very day: the households of which a valid number stands in another one too.

    What is said of them rests on what may be read of that one as well: every night looks at them again, and so does whoever
    asks about one of them.
    """
    several = roster.select(_HOME, "number").filter(pl.col("number").is_duplicated() & pl.col("number").is_not_null())
    several = several.unique().filter(pl.col("number").is_duplicated())  # the same home may have it twice
    return several.select(_HOME).unique().sort(_HOME).with_columns(on=pl.lit(on))


def _turning(days: pl.DataFrame, firsts: Iterable[pl.Expr], after: date) -> pl.DataFrame:
    """household_no and on: of each day the first of what it leads to; there are far fewer days than households."""
    each = days.select("day").unique()
    first = pl.concat(_from(each, leads, after) for leads in firsts).group_by("day").agg(pl.col("on").min())
    return days.join(first, on="day", how="inner").select(_HOME, "on")


def _dates(frame: pl.DataFrame, since: date) -> pl.DataFrame:
    """household_no and day, of every date since one."""
    names = [name for name, dtype in frame.schema.items() if dtype == pl.Date]
    each = [frame.filter(pl.col(name) >= since).select(_HOME, day=name) for name in names]
    return pl.concat([pl.DataFrame(schema={_HOME: pl.String, "day": pl.Date}), *each])


def _from(days: pl.DataFrame, first: pl.Expr, after: date) -> pl.DataFrame:
    """Day and on, of those of some days that begin or last after a day; none lasts beyond its month, which turns everybody."""
    span = pl.when(pl.col("day").dt.day() > _EVERY).then(_LONG_SPAN).otherwise(_SPAN)
    last = pl.min_horizontal(first + pl.duration(days=span - 1), first.dt.month_end())
    tomorrow = pl.lit(after).dt.offset_by("1d")
    return days.filter(last > after).select("day", on=pl.max_horizontal(first, tomorrow))
