"""到期 due: what falls due for which household: rechecks, deadlines, ends of status and grace, adjustments after a death."""

from datetime import date, timedelta

import polars as pl

from jiuzhu_check.checks import results
from jiuzhu_check.checks.audited import audited
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.deadline import by_law, step_by_law
from jiuzhu_check.checks.recheck import recheck_months
from jiuzhu_check.rules.personnel.life_event import settled_by
from jiuzhu_check.rules.terms import terms
from jiuzhu_check.tables import roster as rosters
from jiuzhu_check.tables.finding import FINDING
from jiuzhu_check.tables.run import RUN
from jiuzhu_check.tables.schema import DATE, FLAG, TEXT, WHOLE, Table

WHAT = {
    "recheck": "定期复核",
    "status_ends": "认定有效期满",
    "grace_ends": "渐退期满",
    "death": "成员死亡后核查调整",
    "procedure": "办结",
    "procedure_special": "办结（特殊情况延长的最后期限）",
    "investigation": "家庭经济状况调查",
    "investigation_start": "家庭经济状况调查启动",
}
DUE = Table(
    "due",
    "one thing that falls due for one household",
    {
        "household_no": TEXT,
        "township": TEXT,
        "village": TEXT,
        "programme": TEXT,
        "class": TEXT,  # by which a recheck is counted; null for the rest
        "what": TEXT,  # a key of WHAT
        "since": DATE,  # from when the time runs; null: never checked, so due at once
        "due_on": DATE,
        "days_left": WHOLE,  # negative: overdue
        "known": FLAG,  # false: it counts working days of a year whose holidays are not published yet
    },
)


def due_list(centre: Centre, as_of: date, within: int) -> pl.DataFrame:
    """DUE rows that are overdue, or fall due in so many days, the longest overdue first.

    raises: UsageError where there is no roster
    """
    with audited(centre.audit, "due") as ending:
        homes = rosters.households(centre.roster()).filter(pl.col("stage").is_in(["recipient", "applicant"]))
        placed = centre.placed(homes)
        limits = centre.limits(placed, as_of)
        recipients = placed.filter(pl.col("stage") == "recipient")
        checked, deaths = _last_results(centre, placed["household_no"], as_of)
        told = [
            *_rechecks(recipients, checked, limits, as_of),
            _grace(recipients, limits),
            _settlements(centre, placed, deaths, limits),
            *_procedures(centre, homes, checked, as_of),
        ]
        rows = (
            pl.concat([DUE.empty(), *(DUE.fit(each) for each in told)])
            .drop("township", "village", "programme")
            .join(homes.select("household_no", "township", "village", "programme"), on="household_no", how="left")
            .with_columns(
                pl.col("known").fill_null(value=True),
                days_left=(pl.col("due_on") - pl.lit(as_of)).dt.total_days(),
            )
            .filter(pl.col("due_on") <= as_of + timedelta(days=within))
            .sort("due_on", "household_no", "what")
        )
        ending.counts = {"rows": rows.height, "overdue": rows.filter(pl.col("days_left") < 0).height}
        return DUE.fit(rows)


def _last_results(centre: Centre, homes: pl.Series, as_of: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Of each household's newest kept result: household_no, checked_on; and its findings of a member's death."""
    checked = [pl.DataFrame(schema={"household_no": pl.String, "checked_on": pl.Date})]
    deaths = [FINDING.empty()]
    for snapshot, fresh in results.newest(results.until(centre.store, as_of), homes):
        day = results.about(snapshot, RUN)["as_of"][0]
        checked.append(fresh.to_frame("household_no").with_columns(checked_on=pl.lit(day)))
        found = snapshot.read("finding", where=pl.col("rule") == "deceased_member")
        deaths.append(FINDING.fit(found.filter(pl.col("household_no").is_in(fresh.implode()))))
    return pl.concat(checked), pl.concat(deaths)


def _rechecks(recipients: pl.DataFrame, checked: pl.DataFrame, limits: pl.DataFrame, as_of: date) -> list[pl.DataFrame]:
    """Rechecks since the last check or the approval, whichever is later; and ends of a status that lasts a time.

    Classes are of 低保 and 特困 alone: what is given once (临时救助, 医疗救助), and a status that ends, is not rechecked.
    """
    lasting = recipients.select("household_no", "approved_on").join(
        terms(recipients, limits, months="recheck_validity"), on="household_no", how="left"
    )
    ends = lasting.drop_nulls("months").select(
        "household_no", what=pl.lit("status_ends"), since="approved_on", due_on=_after("approved_on")
    )
    classed = recipients.filter(pl.col("programme").str.contains("低保|特困"))
    months = recheck_months(classed, limits).drop_nulls("months").join(ends, on="household_no", how="anti")
    told = (
        months.join(recipients.select("household_no", "approved_on"), on="household_no", maintain_order="left")
        .join(checked, on="household_no", how="left", maintain_order="left")
        .with_columns(since=pl.max_horizontal("approved_on", "checked_on"))
    )
    due = pl.coalesce(_after("since"), pl.lit(as_of))
    return [told.select("household_no", "class", "since", what=pl.lit("recheck"), due_on=due), ends]


def _grace(recipients: pl.DataFrame, limits: pl.DataFrame) -> pl.DataFrame:
    told = recipients.drop_nulls("grace_from").join(
        terms(recipients, limits, months="grace_longest"), on="household_no", how="left"
    )
    return told.select("household_no", what=pl.lit("grace_ends"), since="grace_from", due_on=_after("grace_from"))


def _settlements(centre: Centre, homes: pl.DataFrame, deaths: pl.DataFrame, limits: pl.DataFrame) -> pl.DataFrame:
    """Of members registered as dead, who still stand on the roster."""
    here = centre.roster().select("household_no", "member_no")
    told = (
        deaths.join(here, on=["household_no", "member_no"], how="semi")
        .select("household_no", since=pl.col("found").str.to_date(strict=False))
        .join(terms(homes, limits, months="death_settlement"), on="household_no")
    )
    due_on = settled_by(pl.col("since"), pl.col("months"))
    return told.select("household_no", what=pl.lit("death"), since="since", due_on=due_on)


def _procedures(centre: Centre, homes: pl.DataFrame, checked: pl.DataFrame, as_of: date) -> list[pl.DataFrame]:
    """The whole procedure (or the investigation alone), and its steps that begin with the acceptance.

    An investigation has been started where the household was checked since; the extended time is told once the usual
    one has passed.
    """
    what = pl.when("whole").then(pl.lit("procedure")).otherwise(pl.lit("investigation"))
    usual = by_law(centre, homes, as_of)
    late = usual.filter("whole", pl.col("due_on") < as_of)
    begun = checked.join(homes.select("household_no", "accepted_on"), on="household_no").filter(
        pl.col("checked_on") >= pl.col("accepted_on")
    )
    steps = {
        "investigation_start": step_by_law(centre, homes, as_of, "deadline_investigation_start").join(
            begun, on="household_no", how="anti"
        ),
        "procedure_special": step_by_law(centre, homes, as_of, "deadline_whole_special").join(
            late, on="household_no", how="semi"
        ),
    }
    told = [usual.with_columns(what=what), *(rows.with_columns(what=pl.lit(name)) for name, rows in steps.items())]
    return [each.select("household_no", "due_on", "known", "what", since="accepted_on") for each in told]


def _after(since: str) -> pl.Expr:
    """So many months later; null where either is unknown."""
    return pl.col(since).dt.offset_by(pl.format("{}mo", "months"))
