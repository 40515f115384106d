"""名册补正 returned: the roster rows that are out, and what became of each import that they are of."""

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

import polars as pl

from jiuzhu_check.checks.audited import audited
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.intake.roster_returned import read_returned
from jiuzhu_check.intake.stored import ROSTER_DATASET
from jiuzhu_check.reports.returned_sheet import Statement, returned_rows

_CHINA = timezone(timedelta(hours=8))


def returned_roster(centre: Centre) -> tuple[pl.DataFrame, Sequence[Statement]]:
    """Rows of returned_rows, and a Statement of the newest import and of each other one that some of them are of."""
    with audited(centre.audit, "roster_returned") as ending:
        newest = centre.roster_snapshot()
        rows = read_returned(newest)
        ending.counts = {"rows": rows.height}
        out = dict(rows.group_by("snapshot").len().iter_rows())
        imports = [centre.store.snapshot(ROSTER_DATASET, name) for name in sorted({*out, newest.id})]
        statements = [
            Statement(
                extract=str(each.facts["extract"]),
                day=datetime.fromisoformat(each.received).astimezone(_CHINA).date(),
                **{name: int(each.facts.get(name, 0)) for name in ("delivered", "accepted", "returned", "footers")},
                out=out.get(each.id, 0),
            )
            for each in imports
        ]
        return returned_rows(rows), statements
