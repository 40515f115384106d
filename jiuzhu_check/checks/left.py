"""不再在保 left: the households that a version of the roster has as recipient and a later one has not, from the roster alone.

Each import keeps the whole roster. The versions that stood when the period began, and at the end of each of its months,
are compared: one import more in a month costs nothing, and what came and went between two of them is not seen.
"""

from bisect import bisect_right
from datetime import date, datetime, timedelta
from itertools import pairwise

import polars as pl

from jiuzhu_check.checks.period import homes_of
from jiuzhu_check.intake.stored import ROSTER_DATASET, read_roster
from jiuzhu_check.reports.statistics.material import LEFT, Scope, none
from jiuzhu_check.store.snapshot import Store

Version = tuple[date, pl.DataFrame]  # the day it was taken in, and its HOMES rows


def versions(store: Store, scope: Scope, region: str) -> list[Version]:
    """The versions to compare, oldest first, each of the households of the scope; none where no roster was there yet.

    region: of households for which the roster says none
    """
    names = [entry.id for entry in store.snapshots(ROSTER_DATASET)]
    days: dict[str, date] = {}

    def taken_in(name: str) -> date:
        if name not in days:
            received = datetime.fromisoformat(store.snapshot(ROSTER_DATASET, name).received)
            days[name] = received.astimezone().date()  # by the centre's own calendar
        return days[name]

    before = bisect_right(names, scope.since - timedelta(days=1), key=taken_in)
    ends = []
    for end in month_ends(scope):
        ends.append(bisect_right(names, end, key=taken_in))
        if ends[-1] == len(names):
            break
    places = sorted({place - 1 for place in [before or 1, *ends] if 0 < place <= ends[-1]})
    told = []
    for place in places:
        snapshot = store.snapshot(ROSTER_DATASET, names[place])
        told.append((taken_in(names[place]), homes_of(read_roster(snapshot), scope, region)))
    return told


def leavers(told: list[Version], scope: Scope) -> pl.DataFrame:
    """LEFT rows: each household once, in the month of the version in which it was gone, if the last has it gone still."""
    left = none(LEFT)
    for (_, earlier), (day, later) in pairwise(told):
        now = later.select("household_no", now="stage")
        recipients = earlier.filter(pl.col("stage") == "recipient")
        changed = recipients.join(now, on="household_no", how="left", maintain_order="left").with_columns(
            month=pl.lit(f"{max(day, scope.since):%Y-%m}"), how=pl.col("now").fill_null("gone")
        )
        back = now.filter(pl.col("now") == "recipient")
        gone = changed.filter(pl.col("how") != "recipient").select(list(LEFT))
        left = pl.concat([left.join(back, on="household_no", how="anti"), gone])
    return left.sort("household_no")


def month_ends(scope: Scope) -> list[date]:
    """The last day of each month of the period; of the last month the period's own last day.

    >>> month_ends(Scope(date(2018, 11, 20), date(2018, 12, 5)))
    [datetime.date(2018, 11, 30), datetime.date(2018, 12, 5)]
    """
    ends = pl.date_range(scope.since.replace(day=1), scope.to, "1mo", eager=True).dt.month_end().to_list()
    return [min(end, scope.to) for end in ends]
