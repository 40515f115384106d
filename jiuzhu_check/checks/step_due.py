"""环节期限 step: until when one step of the procedure is due, reckoned from a day that somebody names."""

from datetime import date, timedelta

import polars as pl

from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.parameters.programme import PROGRAMMES
from jiuzhu_check.values.working_day import after

# Steps of the procedure, and the parameter that gives each its time.
STEPS = {
    "investigation_start": "deadline.investigation_start",
    "investigation": "deadline.investigation",
    "check_start": "deadline.check_start",
    "review": "deadline.review",
    "notice": "deadline.notice",
    "contested": "deadline.contested",
    "decision": "deadline.decision",
    "second_notice": "deadline.second_notice",
    "confirmation": "deadline.confirmation",
    "notification": "deadline.notification",
    "notification_days": "deadline.notification_days",
    "care_review": "deadline.care_review",
    "reexamination": "deadline.reexamination",
}
CALENDAR = "天"  # the unit of a time that counts every day; any other counts working days


def step_due(centre: Centre, step: str, on: date) -> pl.DataFrame:
    """One row a programme for which the law, or the county, gives this step a time; none for the others.

    step:    a key of STEPS
    on:      the day from which it runs, and by whose law; not counted itself
    returns: programme, what (the parameter's title), days, unit, due_on, source, known (whether the holidays are)
    """
    parameter = centre.policy.parameters[STEPS[step]]
    rows = []
    for programme in PROGRAMMES:
        value = centre.policy.told(parameter.id, centre.region, programme, on)
        if value is None:
            continue
        days = int(value.cell)  # type: ignore[arg-type]
        due_on, known = (on + timedelta(days=days), True) if parameter.unit == CALENDAR else after(on, days)
        rows.append((programme, parameter.title, days, parameter.unit, due_on, value.source, known))
    schema = {
        "programme": pl.String(), "what": pl.String(), "days": pl.Int64(), "unit": pl.String(), "due_on": pl.Date(),
        "source": pl.String(), "known": pl.Boolean(),
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")
