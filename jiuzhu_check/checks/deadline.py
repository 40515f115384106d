"""办理期限: until when the law of the day has an application worked through, in China's working days."""

from datetime import date, timedelta

import polars as pl

from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.results import Result
from jiuzhu_check.rules.terms import terms
from jiuzhu_check.values.working_day import later

USUAL = timedelta(days=10)  # for a township to answer, where no policy gives its working days


def by_law(centre: Centre, households: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One row an applicant whose day of acceptance is known and for whom the law names a time.

    returns: household_no, accepted_on, working_days, whole (the whole procedure, otherwise the investigation alone),
             due_on, known (whether the holidays of all those days are known, or some were estimated)
    """
    placed = _accepted(centre, households)
    times = terms(
        placed,
        centre.limits(placed, as_of),
        delegated="deadline_delegated",
        fast="deadline_whole_delegated",
        all="deadline_whole",
        investigation="deadline_investigation",
    )
    whole = pl.coalesce(pl.when("delegated").then("fast"), "all")
    told = (
        placed.select("household_no", "accepted_on")
        .join(times, on="household_no", how="left", maintain_order="left")
        .select(
            "household_no",
            "accepted_on",
            working_days=pl.coalesce(whole, "investigation"),
            whole=whole.is_not_null(),
        )
        .drop_nulls("working_days")
    )
    return told.hstack(later(told["accepted_on"], told["working_days"]))


def step_by_law(centre: Centre, households: pl.DataFrame, as_of: date, parameter: str) -> pl.DataFrame:
    """One row an applicant whose day of acceptance is known: until when a step has to be done that begins with it.

    parameter: the working days, as a column of the limits
    returns:   household_no, accepted_on, due_on, known, as by_law
    """
    placed = _accepted(centre, households)
    times = terms(placed, centre.limits(placed, as_of), days=parameter).drop_nulls("days")
    told = placed.select("household_no", "accepted_on").join(times, on="household_no", maintain_order="left")
    return told.drop("days").hstack(later(told["accepted_on"], told["days"]))


def _accepted(centre: Centre, households: pl.DataFrame) -> pl.DataFrame:
    return centre.placed(households.filter(pl.col("stage") == "applicant", pl.col("accepted_on").is_not_null()))


def reexamination_days(centre: Centre, households: pl.DataFrame, on: date) -> pl.DataFrame:
    """household_no and days of each household, in order: how many working days the policy gives to re-examine, or null."""
    placed = centre.placed(households)
    given = terms(placed, centre.limits(placed, on), days="deadline_reexamination")
    return placed.select("household_no").join(given, on="household_no", how="left", maintain_order="left")


def to_answer(centre: Centre, result: Result) -> tuple[pl.DataFrame, bool]:
    """The households of a run with due_on, until when a township is to answer; and whether all holidays are known."""
    due = answer_by(centre, result.household, result.as_of)
    return due.drop("known"), bool(due["known"].all())


def answer_by(centre: Centre, households: pl.DataFrame, told_on: date) -> pl.DataFrame:
    """The households with due_on, until when a township is to answer what it was told on a day, and known, as by_law.

    As many working days as the policy gives for a re-examination, otherwise ten days; of an applicant never later than
    the law's own time.
    """
    days = reexamination_days(centre, households, told_on)["days"]
    answer = later(pl.Series([told_on] * days.len(), dtype=pl.Date), days)
    law = by_law(centre, households, told_on)
    due = households.with_columns(
        _answer=answer["due_on"].fill_null(told_on + USUAL), _known=answer["known"].fill_null(value=True)
    ).join(
        law.select("household_no", _law="due_on", _sure="known"), on="household_no", how="left", maintain_order="left"
    )
    return due.with_columns(
        due_on=pl.min_horizontal("_answer", "_law"), known=pl.col("_known") & pl.col("_sure").fill_null(value=True)
    ).drop("^_.*$")
