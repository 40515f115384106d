"""发现 findings: those of every household's newest check, with where they stand, until when, and whose they are."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from jiuzhu_check.checks import results
from jiuzhu_check.checks.answer_sheet import row_key
from jiuzhu_check.checks.appended import read_appended
from jiuzhu_check.checks.audited import audited
from jiuzhu_check.checks.audited import reveal as show_whole
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.deadline import USUAL, by_law, reexamination_days, to_answer
from jiuzhu_check.checks.kept_run import KeptRun
from jiuzhu_check.checks.reexaminations import DATASET, DISPUTES, standing
from jiuzhu_check.checks.results import Result
from jiuzhu_check.checks.staff import ASSIGNMENTS, assigned, give, holders, leave, one_at_work, read_staff
from jiuzhu_check.errors import NotFound, UsageError
from jiuzhu_check.language import say
from jiuzhu_check.reports.evidence import evidence_rows
from jiuzhu_check.reports.worklist import write_worklist
from jiuzhu_check.store.lock import workspace_lock
from jiuzhu_check.tables import roster as rosters
from jiuzhu_check.tables.coverage import SOURCE_STATE
from jiuzhu_check.tables.dispute import DISPUTE
from jiuzhu_check.tables.finding import FINDING, SETTLED
from jiuzhu_check.tables.reexamination import REEXAMINATION
from jiuzhu_check.tables.staff import ASSIGNMENT
from jiuzhu_check.values.working_day import later

STATES = {"open": "待核实", "answered": "已核实", "again": "再次核实", "disputed": "异议办理中"}


@dataclass(frozen=True)
class Wanted:
    """Which findings; blank or null: whichever.

    state: one of STATES; ids: finding_id, none of them: all
    """

    township: str = ""
    household: str = ""
    rule: str = ""
    state: str = ""
    staff: str = ""
    overdue: bool = False
    ids: tuple[str, ...] = ()

    @property
    def is_everything(self) -> bool:
        """Whether it leaves nothing out."""
        return self == Wanted()


@dataclass(frozen=True)
class Shown:
    """One finding with everything that is known of it.

    finding:  as listed, one row
    evidence: as reports/evidence.py evidence_rows
    runs:     run, as_of, status of every kept check that found it, oldest first
    answers, disputes, assignments: their rows, oldest first; an assignment with the name of whose it was
    """

    finding: pl.DataFrame
    evidence: pl.DataFrame
    runs: pl.DataFrame
    answers: pl.DataFrame
    disputes: pl.DataFrame
    assignments: pl.DataFrame


def listed(centre: Centre, wanted: Wanted, today: date, run: str = "all") -> pl.DataFrame:
    """The findings wanted, by due_on, township and household; audited. See of_runs."""
    with audited(centre.audit, "finding_list", subject=wanted.household, facts={"run": run}) as ending:
        found = of_runs(centre, wanted, today, run)
        ending.counts = {"findings": found.height}
        return found


def of_runs(centre: Centre, wanted: Wanted, today: date, run: str = "all") -> pl.DataFrame:
    """The findings wanted, as listed gives them. The caller has audited it.

    run:     all, the newest check of every household; latest; or a run's name
    returns: FINDING with the status of now; township, village, programme, name and relation of the member, due_on (from the
             day of first_seen; of what is asked again from the check's own; by law for an applicant), state (STATES),
             staff_no; overdue: it waits, and due_on is before today
    """
    told = [_told(centre, snapshot, homes) for snapshot, homes in _runs(centre, wanted, run)]
    empty = FINDING.empty().with_columns(
        *(pl.lit(None, pl.String).alias(name) for name in ("township", "village", "programme", "name", "relation")),
        due_on=pl.lit(None, pl.Date),
    )
    every = pl.concat([empty, *told])
    status = pl.col("status")
    state = (
        pl.when(status.is_in(SETTLED))
        .then(pl.lit("answered"))
        .otherwise(status.replace_strict({"asked_again": "again", "disputed": "disputed"}, default="open"))
    )
    now = (
        standing(centre.store, every)[0]
        .join(holders(centre.store), on="finding_id", how="left")
        .with_columns(state=state)
        .with_columns(overdue=(pl.col("due_on") < today).fill_null(value=False) & (pl.col("state") != "answered"))
    )
    return now.filter(_is(wanted)).sort("due_on", "township", "household_no", "rule", "finding_id", nulls_last=True)


def shown(centre: Centre, finding_id: str, today: date) -> Shown:
    """One finding; audited. Of one that the newest check no longer finds, what the last one said.

    raises: NotFound where no kept check found it
    """
    with audited(centre.audit, "finding_show", facts={"finding": finding_id}):
        runs, newest = _history(centre, finding_id)
        same = pl.col("finding_id") == finding_id
        finding = of_runs(centre, Wanted(ids=(finding_id,)), today, newest.id[7:])
        store = centre.store
        return Shown(
            finding,
            evidence_rows(finding, results.about(newest, SOURCE_STATE)),
            runs,
            read_appended(store, DATASET, REEXAMINATION).filter(same),
            read_appended(store, DISPUTES, DISPUTE).filter(same),
            read_appended(store, ASSIGNMENTS, ASSIGNMENT)
            .filter(same)
            .join(read_staff(store).select("staff_no", "name"), on="staff_no", how="left", maintain_order="left"),
        )


def last_found(centre: Centre, finding_id: str) -> tuple[KeptRun, pl.DataFrame]:
    """The newest kept run that made a finding, and its FINDING row; raises NotFound. The caller has audited it."""
    for snapshot in results.find(centre.store, "all"):
        found = FINDING.fit(snapshot.read("finding", where=pl.col("finding_id") == finding_id))
        if found.height:
            return snapshot, found
    raise NotFound(say("没有这条发现。"), hint=say("用 finding list 查看编号。"))


def assign(centre: Centre, wanted: Wanted, staff_no: str, on: date, now: datetime) -> int:
    """Give what waits of the findings wanted to somebody of the staff; how many findings that were.

    raises: NotFound where nobody of that number works here, or a finding is not there; UsageError where nothing is chosen
    """
    if wanted.is_everything:
        raise UsageError(
            say("没有写明分派哪些发现。"), hint=say("写发现编号，或 --township、--household、--rule、--from。")
        )
    with (
        workspace_lock(centre.workspace.path, "finding assign"),
        audited(centre.audit, "finding_assign", subject=wanted.household, facts={"staff_no": staff_no}) as ending,
    ):
        one_at_work(centre.store, staff_no)
        found = of_runs(centre, wanted, on)
        if lacking := set(wanted.ids) - set(found["finding_id"]):
            raise NotFound(
                say("没有这条发现：{ids}。", ids="、".join(sorted(lacking))), hint=say("用 finding list 查看编号。")
            )
        given = found.filter(pl.col("state") != "answered", pl.col("staff_no").ne_missing(pl.lit(staff_no)))
        give(centre.store, given, staff_no, on, now)
        ending.counts = {"findings": given.height}
        return given.height


def retire(centre: Centre, staff_no: str, on: date, successor: str | None, now: datetime) -> int:
    """Somebody of the staff leaves; how many findings went to the successor, or back to nobody. See checks/staff.py leave."""
    with (
        workspace_lock(centre.workspace.path, "staff retire"),
        audited(centre.audit, "staff_retire", facts={"staff_no": staff_no, "successor": successor or ""}) as ending,
    ):
        held = assigned(centre.store)["staff_no"].eq(staff_no).any()
        waiting = of_runs(centre, Wanted(staff=staff_no), on).filter(pl.col("state") != "answered") if held else None
        moved = leave(centre.store, staff_no, on, successor, FINDING.empty() if waiting is None else waiting, now)
        ending.counts = {"findings": moved}
        return moved


def worklist_of(
    centre: Centre, wanted: Wanted, today: date, run: str, *, due_on: date | None = None, reason: str | None = None
) -> tuple[bytes, str, int, bool]:
    """The worklist of what waits of the findings wanted: the XLSX, the run, how many findings, whether holidays are known.

    reason: why numbers are shown whole; null: they are masked
    """
    if reason is not None:
        show_whole(centre.audit, reason, run)
    with audited(centre.audit, "finding_export", subject=wanted.household, facts={"run": run}) as ending:
        result = results.load(results.find(centre.store, run)[0])
        found = of_runs(centre, wanted, today, result.id).filter(pl.col("state") != "answered")
        mine = _of_homes(result, found)
        _, known = (None, True) if due_on else to_answer(centre, mine)
        soonest = found.group_by("household_no").agg(pl.col("due_on").min())
        homes = mine.household if due_on else mine.household.join(soonest, on="household_no", maintain_order="left")
        data = write_worklist(
            mine.run, homes, mine.member, FINDING.fit(found), mine.coverage, mine.source_state,
            declarations=mine.declaration, due_on=due_on, reveal=reason is not None, key=row_key(centre),
        )  # fmt: skip
        ending.counts = {"findings": found.height}
        return data, result.id, found.height, known


def _of_homes(result: Result, found: pl.DataFrame) -> Result:
    """The run as if only the households of these findings had been checked."""
    roster, coverage = (frame.join(found, on="household_no", how="semi") for frame in (result.roster, result.coverage))
    run = result.run.with_columns(
        households=pl.lit(roster["household_no"].n_unique(), pl.Int64), members=pl.lit(roster.height, pl.Int64)
    )
    return result.but(run=run, roster=roster, coverage=coverage)


def _runs(centre: Centre, wanted: Wanted, run: str) -> Iterator[tuple[KeptRun, pl.Series | None]]:
    """The runs to look into, each with the households that it speaks for; null: all that it has."""
    snapshots = results.find(centre.store, run)
    if run != "all":
        yield snapshots[0], None
        return
    homes = pl.Series([wanted.household]) if wanted.household else centre.roster()["household_no"].unique()
    yield from results.newest(snapshots, homes)


def _told(centre: Centre, snapshot: KeptRun, homes: pl.Series | None) -> pl.DataFrame:
    """A run's findings with what the roster then said of household and member, and due_on."""
    findings = FINDING.fit(snapshot.read("finding", homes=homes))
    roster = rosters.ROSTER.fit(snapshot.read("roster", homes=homes)).join(findings, on="household_no", how="semi")
    households, day = rosters.households(roster), results.day_of(snapshot)
    days = reexamination_days(centre, households, day)
    law = by_law(centre, households, day).select("household_no", _law="due_on")
    named = (
        findings.join(
            households.select("household_no", "township", "village", "programme"), on="household_no", how="left"
        )
        .join(
            rosters.members(roster).select("household_no", "member_no", "name", "relation"),
            on=["household_no", "member_no"],
            how="left",
        )
        .join(days, on="household_no", how="left")
        .join(law, on="household_no", how="left")
    )
    since = named.select(
        pl.when(pl.col("status") == "asked_again").then(pl.lit(day)).otherwise("first_seen").alias("_")
    )
    answer = later(since["_"], named["days"])["due_on"].fill_null(since["_"] + USUAL)
    return named.with_columns(due_on=pl.min_horizontal(answer, "_law")).drop("days", "_law")


def _is(wanted: Wanted) -> pl.Expr:
    asked = [
        pl.col(column) == value
        for column, value in (
            ("township", wanted.township), ("household_no", wanted.household), ("rule", wanted.rule),
            ("state", wanted.state), ("staff_no", wanted.staff),
        )
        if value
    ]  # fmt: skip
    if wanted.overdue:
        asked.append(pl.col("overdue"))
    if wanted.ids:
        asked.append(pl.col("finding_id").is_in(wanted.ids))
    return pl.all_horizontal(pl.lit(value=True), *asked)


def _history(centre: Centre, finding_id: str) -> tuple[pl.DataFrame, KeptRun]:
    """Every kept run that made a finding, oldest first, and the newest of them; raises NotFound."""
    newest, _ = last_found(centre, finding_id)
    rows = []
    for snapshot in results.until(centre.store, date.max):
        found = FINDING.fit(snapshot.read("finding", where=pl.col("finding_id") == finding_id))
        rows += [(snapshot.id[7:], results.day_of(snapshot), status) for status in found["status"]]
    schema = {"run": pl.String(), "as_of": pl.Date(), "status": pl.String()}
    return pl.DataFrame(rows[::-1], schema=schema, orient="row"), newest
