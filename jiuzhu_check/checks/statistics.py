"""统计 statistics: everything that the counts of a period are made of, from runs, rosters, answers, disputes and batches."""

import polars as pl

from jiuzhu_check.checks import kept_terms, results
from jiuzhu_check.checks.audited import audited
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.left import leavers, versions
from jiuzhu_check.checks.period import read_period
from jiuzhu_check.checks.progress import Progress
from jiuzhu_check.checks.reexaminations import counting
from jiuzhu_check.errors import NotFound
from jiuzhu_check.language import say
from jiuzhu_check.reports.results import unsigned_sources
from jiuzhu_check.reports.statistics.material import DISPUTES, FINDINGS, Material, Scope
from jiuzhu_check.store.snapshot import Store
from jiuzhu_check.tables.batch import BATCH
from jiuzhu_check.tables.coverage import SOURCE_STATE
from jiuzhu_check.tables.dispute import DISPUTE
from jiuzhu_check.tables.reexamination import REEXAMINATION
from jiuzhu_check.tables.schema import Table


def silent(title: str, done: int, of: int) -> None:
    """No progress shown."""


def collect(centre: Centre, scope: Scope, *, progress: Progress = silent) -> Material:
    """What the statistics of a period are made of. What came in after its last day counts as not yet there.

    raises: NotFound where no run of those days is kept
    """
    facts = {"report": "statistics", "from": str(scope.since), "to": str(scope.to), "region": scope.region}
    with audited(centre.audit, "report", facts=facts) as ending:
        runs = results.between(centre.store, scope.since, scope.to)
        if not runs:
            raise NotFound(
                say("这段时间没有保留的核对。"),
                hint=say("换一段时间，或先运行 jiuzhu-check check recipients 或 check entrants。"),
            )
        period = read_period(runs, scope, centre.region, progress)
        given = _kept(centre.store, "reexaminations", REEXAMINATION)
        answers = given.filter(pl.col("signed_on").fill_null(scope.since) <= scope.to)
        findings = _answered(period.findings, answers).sort("household_no", "finding_id")
        rosters = versions(centre.store, scope, centre.region)
        homes = _homes(period.homes, rosters[-1][1] if rosters else period.homes.clear())
        disputes = _disputes(centre.store, scope).join(homes, on="household_no", how="semi")
        complete = kept_terms.first_complete(centre.store, homes, scope)
        batches = _kept(centre.store, "batches", BATCH).filter(pl.col("closed_on").fill_null(scope.to) <= scope.to)
        terms = [
            kept_terms.procedures(centre, homes, complete, scope),
            kept_terms.reexaminations(centre, findings, period.homes, answers, scope),
            kept_terms.disputed(disputes, scope),
        ]
        ending.counts = {"runs": period.runs.height, "households": period.homes.height, "findings": findings.height}
        return Material(
            scope,
            centre.region,
            runs=period.runs,
            homes=period.homes,
            persons=period.persons,
            cells=period.cells,
            findings=findings,
            left=leavers(rosters, scope),
            rosters=tuple(day for day, _ in rosters),
            terms=pl.concat(terms),
            waits=kept_terms.waits(homes, complete, batches.unique("batch", keep="last"), scope),
            disputes=disputes.select(list(DISPUTES)),
            answered=not answers.is_empty(),
            unsigned=tuple(unsigned_sources(results.about(runs[0], SOURCE_STATE))),
        )


def _answered(findings: pl.DataFrame, answers: pl.DataFrame) -> pl.DataFrame:
    """The findings with the outcome of the newest answer, where nothing has changed since that makes it to be asked again.

    What was answered and is found no more stays answered.
    """
    told = findings.drop("outcome").join(counting(findings, answers), on="finding_id", how="left")
    other = ~pl.col("same") & pl.col("record_mark").is_not_null()
    asked_again = pl.col("standing") & (other | pl.col("late")).fill_null(value=False)
    return told.with_columns(outcome=pl.when(~asked_again).then("outcome")).select(list(FINDINGS))


def _homes(checked: pl.DataFrame, roster: pl.DataFrame) -> pl.DataFrame:
    """Every household of the scope, as the last roster of the period has it, otherwise as it was checked."""
    return pl.concat([roster, checked.join(roster, on="household_no", how="anti")]).sort("household_no")


def _disputes(store: Store, scope: Scope) -> pl.DataFrame:
    """DISPUTE rows as they stood at the end of the period: of each the newest."""
    rows = _kept(store, "disputes", DISPUTE)
    day = pl.max_horizontal("opened_on", "evidence_on", "closed_on")
    return rows.filter(day <= scope.to).unique("dispute_no", keep="last", maintain_order=True)


def _kept(store: Store, dataset: str, table: Table) -> pl.DataFrame:
    """All rows of a dataset that grows, oldest first; none where there is no such dataset."""
    last = store.latest(dataset)
    return table.fit(last.read(table.name)) if last else table.empty()
