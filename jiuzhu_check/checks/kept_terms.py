"""期限和用时 kept terms: what fell due in a period and what ended it, and how long from acceptance to the report."""

from datetime import date, timedelta

import polars as pl

from jiuzhu_check.checks import results
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.deadline import answer_by, by_law
from jiuzhu_check.reports.statistics.material import TERMS, WAITS, Scope, none
from jiuzhu_check.store.snapshot import Store
from jiuzhu_check.tables.run import RUN

LONGEST = timedelta(days=366)  # no law gives an application more; older acceptances cannot fall due in the period


def procedures(centre: Centre, homes: pl.DataFrame, reported: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    """TERMS rows of the law's times. homes: HOMES; reported: household_no, complete_on (its first complete run)."""
    recent = homes.filter(pl.col("accepted_on").is_between(scope.since - LONGEST, scope.to))
    law = by_law(centre, recent.with_columns(stage=pl.lit("applicant")), scope.to)
    ended = law.join(recent.select("household_no", "approved_on"), on="household_no", how="left").join(
        reported, on="household_no", how="left"
    )
    done = pl.when("whole").then("approved_on").otherwise("complete_on")
    return _due(
        ended.select(
            "household_no",
            "due_on",
            "known",
            what=pl.when("whole").then(pl.lit("procedure")).otherwise(pl.lit("investigation")),
            done_on=pl.when(done <= scope.to).then(done),
        ),
        scope,
    )


def reexaminations(
    centre: Centre, findings: pl.DataFrame, homes: pl.DataFrame, answers: pl.DataFrame, scope: Scope
) -> pl.DataFrame:
    """TERMS rows of the findings that a township is to look into, from the day on which each was first seen.

    answers: finding_id, signed_on
    """
    raised = findings.filter((pl.col("kind") != "favourable") & (pl.col("standing") | pl.col("outcome").is_not_null()))
    first = answers.group_by("finding_id").agg(done_on=pl.col("signed_on").min())
    told = [none(TERMS)]
    for (day,), seen in raised.group_by("first_seen", maintain_order=True):
        theirs = homes.join(seen, on="household_no", how="semi")
        due = answer_by(centre, theirs, day).select("household_no", "due_on", "known")
        each = seen.join(due, on="household_no").join(first, on="finding_id", how="left")
        told.append(_due(each.with_columns(what=pl.lit("reexamination")), scope))
    return pl.concat(told)


def disputed(disputes: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    """TERMS rows of disputes whose time runs. disputes: DISPUTE, its newest rows."""
    done = pl.when(pl.col("closed_on") <= scope.to).then("closed_on")
    return _due(
        disputes.with_columns(what=pl.lit("dispute"), done_on=done, known=pl.col("known").fill_null(True)), scope
    )


def first_complete(store: Store, homes: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    """household_no, complete_on: the day of the first complete check of each household that applied, since it was accepted."""
    accepted = homes.filter(pl.col("accepted_on").is_between(scope.since - LONGEST, scope.to))
    told = [pl.DataFrame(schema={"household_no": pl.String, "complete_on": pl.Date})]
    waiting = accepted.select("household_no", "accepted_on")
    if waiting.is_empty():
        return told[0]
    since: date = waiting["accepted_on"].min()  # type: ignore[assignment]
    runs = results.between(store, since, scope.to, "entrants", "case")
    for snapshot in sorted(runs, key=lambda each: results.about(each, RUN)["as_of"][0]):
        about = results.about(snapshot, RUN).row(0, named=True)
        if about["complete"] != "yes":
            continue
        applied = snapshot.read("roster", ["household_no", "stage"]).filter(pl.col("stage") == "applicant")
        here = waiting.filter(pl.col("accepted_on") <= about["as_of"]).join(applied, on="household_no", how="semi")
        told.append(here.select("household_no", complete_on=pl.lit(about["as_of"])))
        waiting = waiting.join(here, on="household_no", how="anti")
        if waiting.is_empty():
            break
    return pl.concat(told)


def waits(homes: pl.DataFrame, complete: pl.DataFrame, batches: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    """WAITS rows: reported in the period, by the closing of the batch, otherwise by the first complete check.

    batches: BATCH, its newest rows
    """
    closed = batches.filter(pl.col("state") == "closed").select("batch", "closed_on")
    told = (
        homes.drop_nulls("accepted_on")
        .join(closed, on="batch", how="left")
        .join(complete, on="household_no", how="left")
        .with_columns(reported_on=pl.coalesce("closed_on", "complete_on"))
        .filter(pl.col("reported_on").is_between(scope.since, scope.to), pl.col("reported_on") >= pl.col("accepted_on"))
    )
    return (
        told.select("household_no", "batch", days=(pl.col("reported_on") - pl.col("accepted_on")).dt.total_days())
        .sort("household_no")
        .select(list(WAITS))
    )


def _due(terms: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    mine = terms.filter(pl.col("due_on").is_between(scope.since, scope.to))
    return mine.select(pl.col(name).cast(dtype) for name, dtype in TERMS.items())
