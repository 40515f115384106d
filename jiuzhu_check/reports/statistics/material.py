"""统计的材料: the runs of a period boiled down to the frames that every count is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from jiuzhu_check.language import say
from jiuzhu_check.tables.schema import MONEY

PLACE = {"programme": pl.String(), "region": pl.String(), "township": pl.String(), "village": pl.String()}
RUNS = {"run": pl.String(), "kind": pl.String(), "as_of": pl.Date(), "households": pl.Int64(), "complete": pl.String()}
HOMES = {
    "household_no": pl.String(),
    **PLACE,
    "batch": pl.String(),
    "stage": pl.String(),
    "accepted_on": pl.Date(),
    "approved_on": pl.Date(),
    "amount_month": MONEY,  # yuan of assistance a month; null: the roster names none
}
PERSONS = {"household_no": pl.String(), "member_no": pl.String(), "month": pl.String()}
CELLS = {
    **PLACE,
    "month": pl.String(),  # of the run
    "source": pl.String(),  # its title
    "state": pl.String(),
    "reason": pl.String(),  # the head of why unchecked
    "newest": pl.Boolean(),  # whether it is of the newest check of its household
    "cells": pl.Int64(),
}
FINDINGS = {
    "finding_id": pl.String(),
    "household_no": pl.String(),
    "member_no": pl.String(),
    **PLACE,
    "rule": pl.String(),
    "title": pl.String(),
    "kind": pl.String(),
    "tier": pl.String(),
    "sources": pl.String(),  # titles of all that it rests on, joined by 、
    "source": pl.String(),  # the one title, or SEVERAL, or NO_SOURCE: each finding stands in one row
    "declared": pl.String(),
    "found": pl.String(),
    "unit": pl.String(),
    "first_seen": pl.Date(),
    "month": pl.String(),  # of the first run of the period that has it
    "data_date": pl.Date(),
    "record_mark": pl.String(),  # of what was registered and declared; null: its run did not say
    "standing": pl.Boolean(),  # whether the newest check of its household still has it, or did not look
    "outcome": pl.String(),  # of its newest answer, where that still stands; null: none
}
LEFT = {"household_no": pl.String(), **PLACE, "month": pl.String(), "how": pl.String(), "amount_month": MONEY}
TERMS = {
    "what": pl.String(),
    "household_no": pl.String(),
    "due_on": pl.Date(),
    "done_on": pl.Date(),
    "known": pl.Boolean(),
}
WAITS = {"household_no": pl.String(), "batch": pl.String(), "days": pl.Int64()}
DISPUTES = {
    "dispute_no": pl.String(),
    "finding_id": pl.String(),
    "household_no": pl.String(),
    "opened_on": pl.Date(),
    "closed_on": pl.Date(),
    "outcome": pl.String(),
    "cause": pl.String(),
}
SEVERAL, NO_SOURCE = "多个来源", "不涉及单项来源"
TERM = {
    "procedure": "法定办理期限（受理至批准）",
    "investigation": "法定调查期限（受理至首次完整核对）",
    "reexamination": "发现的复查期限",
    "dispute": "异议的复查期限",
}


def term(what: str) -> str:
    """A kind of deadline in the chosen language."""
    return say(TERM[what])


HOW = {"ended": "名册注明终止", "gone": "名册不再列名", "applicant": "名册改列为申请"}


def how(what: str) -> str:
    """How a household left, in the chosen language."""
    return say(HOW[what])


def none(schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """A frame with these columns and no row."""
    return pl.DataFrame(schema=dict(schema))


@dataclass(frozen=True)
class Scope:
    """Which period, and which households: of a region and all below it, of a township, of a village; empty: all."""

    since: date
    to: date
    region: str = ""
    township: str = ""
    village: str = ""


@dataclass(frozen=True)
class Material:
    """What was counted, in frames of the schemas above.

    rosters:  the days of the roster versions that were compared for who left
    answered: whether any answer on any finding has been taken in at all
    unsigned: the sources that were not signed at the newest run, as unsigned_sources
    """

    scope: Scope
    centre: str
    runs: pl.DataFrame = field(default_factory=lambda: none(RUNS))
    homes: pl.DataFrame = field(default_factory=lambda: none(HOMES))
    persons: pl.DataFrame = field(default_factory=lambda: none(PERSONS))
    cells: pl.DataFrame = field(default_factory=lambda: none(CELLS))
    findings: pl.DataFrame = field(default_factory=lambda: none(FINDINGS))
    left: pl.DataFrame = field(default_factory=lambda: none(LEFT))
    rosters: tuple[date, ...] = ()
    terms: pl.DataFrame = field(default_factory=lambda: none(TERMS))
    waits: pl.DataFrame = field(default_factory=lambda: none(WAITS))
    disputes: pl.DataFrame = field(default_factory=lambda: none(DISPUTES))
    answered: bool = False
    unsigned: tuple[str, ...] = ()

    @property
    def compared(self) -> bool:
        """Whether the roster can say who left: it stood before the period, or came twice in it."""
        return len(self.rosters) > 1 or (bool(self.rosters) and self.rosters[0] < self.scope.since)
