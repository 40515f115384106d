"""受理批次 batches: where each stands, what it still lacks, and its closing by a named person."""

from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from jiuzhu_check.audit.reason import clean
from jiuzhu_check.checks.audited import audited
from jiuzhu_check.checks.batch_history import History, extend, read_history
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.deadline import by_law
from jiuzhu_check.checks.kept_run import opened
from jiuzhu_check.checks.sources import source_states
from jiuzhu_check.checks.versions import Version, find_version
from jiuzhu_check.errors import NotFound, Refused, UsageError
from jiuzhu_check.intake.roster_returned import read_returned
from jiuzhu_check.language import say
from jiuzhu_check.reports.results import household_results, unchecked_reasons
from jiuzhu_check.reports.wording import REQUIREMENTS, SOURCE_STATES
from jiuzhu_check.store.lock import workspace_lock
from jiuzhu_check.store.snapshot import Store
from jiuzhu_check.tables import roster as rosters
from jiuzhu_check.tables.batch import BATCH
from jiuzhu_check.tables.schema import DATE, FLAG, TEXT, WHOLE, Table

LISTED = Table(
    "listed_batch",
    "one batch as it stands; the applicants who are in none are the last row, without a name",
    {
        "batch": TEXT,
        "state": TEXT,  # open | closed
        "households": WHOLE,  # of a closed batch: those that its last version checked
        "members": WHOLE,
        "townships": TEXT,
        "handlers": TEXT,
        "due_on": DATE,  # by law: the earliest of its households; null where the law or the roster names no day
        "days_left": WHOLE,  # null once it is closed
        "known": FLAG,  # false: working days of a year whose holidays are not published yet are estimated
        "version": WHOLE,  # null: never checked
        "checked_on": DATE,
        "unchecked": TEXT,  # of the last version, as BATCH_VERSION says it
        "returned": WHOLE,  # households that went back at import and have not come in since
    },
)
GAP = pl.Schema({"what": pl.String(), "count": pl.Int64(), "unit": pl.String(), "detail": pl.String()})
HOUSE = Table(
    "batch_household",
    "one household of a batch",
    {
        "household_no": TEXT,
        "township": TEXT,
        "village": TEXT,
        "handler": TEXT,
        "head_name": TEXT,
        "programme": TEXT,
        "members": WHOLE,
        "accepted_on": DATE,
        "due_on": DATE,
        "days_left": WHOLE,
        "found": FLAG,  # a difference or question stands; null: not checked yet
        "complete": FLAG,
    },
)


@dataclass(frozen=True)
class BatchSheet:
    """One batch laid open.

    listed:     its LISTED row
    households: HOUSE rows
    versions:   BATCH_VERSION rows, oldest first
    events:     BATCH rows, oldest first
    gaps:       what is missing still: what, count, unit, detail
    """

    listed: dict[str, object]
    households: pl.DataFrame
    versions: pl.DataFrame
    events: pl.DataFrame
    gaps: pl.DataFrame


def to_check(store: Store, applicants: pl.DataFrame, batch: str = "") -> pl.DataFrame:
    """The ROSTER rows of one batch, or of all but the closed ones.

    raises: NotFound where there is no such batch or nobody is left, Refused where the batch is closed
    """
    homes, closed = rosters.batches(applicants), read_history(store).closed
    if batch:
        theirs = homes.filter(pl.col("batch") == batch)
        if theirs.is_empty():
            raise NotFound(say("名册里没有这个批次的申请家庭。"), hint=say("用 batch list 看有哪些批次。"))
        if batch in closed:
            raise Refused(
                say("这个批次已经关闭，不再核对。"), hint=say("确要再核对的，先用 batch reopen 重开，写明原因。")
            )
    else:
        theirs = homes.filter(~pl.col("batch").is_in(closed.implode()).fill_null(value=False))
        if theirs.is_empty():
            raise NotFound(
                say("申请家庭都在已关闭的批次里。"), hint=say("用 batch list 看；要再核对的用 batch reopen。")
            )
    return applicants.join(theirs, on="household_no", how="semi", maintain_order="left")


def closed_among(centre: Centre) -> pl.DataFrame:
    """Closed batches that have applicants on the roster: batch, households, never_checked (households of them)."""
    history = read_history(centre.store)
    homes = rosters.batches(centre.roster()).filter(pl.col("batch").is_in(history.closed.implode()))
    told = [
        (batch, theirs.height, theirs.height - _checked_as_they_are(centre, history, str(batch)).height)
        for (batch,), theirs in homes.group_by("batch", maintain_order=True)
    ]
    schema = {"batch": pl.String(), "households": pl.Int64(), "never_checked": pl.Int64()}
    return pl.DataFrame(told, schema=schema, orient="row").sort("batch")


def batch_list(centre: Centre, as_of: date) -> pl.DataFrame:
    """LISTED rows: open batches before closed ones, the earliest deadline first."""
    with audited(centre.audit, "batch_list") as ending:
        rows = _listed(centre, as_of)
        ending.counts = {"batches": rows.height}
        return rows


def batch_sheet(centre: Centre, batch: str, as_of: date) -> BatchSheet:
    """One batch laid open; raises NotFound where there is none."""
    with audited(centre.audit, "batch_show", subject=batch) as ending:
        sheet = _sheet(centre, batch, as_of)
        ending.counts = {"households": sheet.households.height}
        return sheet


def close(centre: Centre, batch: str, by: str, reason: str, now: datetime) -> pl.DataFrame:
    """Close a batch in somebody's name; what was missing.

    raises: NotFound where there is none, Refused where it is closed already or something is missing and no reason is
            given, UsageError without a name
    """
    who, why = _named(by), clean(reason)
    with (
        workspace_lock(centre.workspace.path, "batch close"),
        audited(centre.audit, "batch_close", reason=why, subject=batch) as ending,
    ):
        sheet = _sheet(centre, batch, now.date())
        if sheet.listed["state"] == "closed":
            raise Refused(say("这个批次已经关闭。"), hint=say("用 batch show 看谁在何时关闭的。"))
        ending.counts = {"gaps": sheet.gaps.height}
        if sheet.gaps.height and not why:
            missing = "；".join(gap_in_words(gap) for gap in sheet.gaps.iter_rows(named=True))
            raise Refused(
                say("这个批次还不齐：{missing}。没有关闭。", missing=missing),
                hint=say("补齐后再关；确须现在关闭的，加 --reason 写明原因。"),
            )
        last = sheet.versions.tail(1)
        _happened(centre.store, batch, "closed", who, why, now, last, complete="no" if sheet.gaps.height else "yes")
        return sheet.gaps


def reopen(centre: Centre, batch: str, by: str, reason: str, now: datetime) -> None:
    """Have a closed batch checked again.

    raises: NotFound where there is none, Refused without a reason or where it is open, UsageError without a name
    """
    who, why = _named(by), clean(reason)
    if not why:
        raise Refused(say("重开批次要写明原因。"), hint=say("加 --reason。"))
    with (
        workspace_lock(centre.workspace.path, "batch reopen"),
        audited(centre.audit, "batch_reopen", reason=why, subject=batch),
    ):
        sheet = _sheet(centre, batch, now.date())
        if sheet.listed["state"] != "closed":
            raise Refused(say("这个批次没有关闭。"))
        _happened(centre.store, batch, "open", who, why, now, sheet.versions.tail(1), complete=None)


def gap_in_words(gap: dict[str, object]) -> str:
    """机动车未核对 60 人（没有数据）."""
    count = f" {gap['count']:,} {gap['unit']}" if gap["count"] is not None else ""
    return f"{gap['what']}{count}" + (f"（{gap['detail']}）" if gap["detail"] else "")


def _named(by: str) -> str:
    who = clean(by)
    if not who:
        raise UsageError(say("缺经办人。"), hint=say("用 --by 写明是谁。"))
    return who


def _happened(
    store: Store, batch: str, state: str, who: str, why: str, now: datetime, last: pl.DataFrame, *, complete: str | None
) -> None:
    event = {
        "batch": batch,
        "state": state,
        "complete": complete,
        "closed_by": who,
        "closed_on": now.date(),
        "reason": why or None,
        "run": last["run"][0] if last.height else None,
        "taken_at": now.isoformat(timespec="seconds"),
    }
    extend(store, events=pl.DataFrame([event], schema=dict(BATCH.columns), orient="row"))


def _listed(centre: Centre, as_of: date) -> pl.DataFrame:
    history, snapshot = read_history(centre.store), centre.roster_snapshot()
    roster = centre.roster()
    applicants = _applicants(centre, roster, as_of)
    joined = pl.col("townships"), pl.col("handlers")
    counted = applicants.group_by("batch").agg(
        pl.len().cast(pl.Int64).alias("households"),
        pl.col("members").sum(),
        pl.col("township").drop_nulls().unique().sort().str.join("、").alias("townships"),
        pl.col("handler").drop_nulls().unique().sort().str.join("、").alias("handlers"),
        pl.col("due_on").min(),
        pl.col("known").all(),
    )
    theirs = ~pl.col("stage").is_in(["recipient", "ended"]).fill_null(value=False)
    out = read_returned(snapshot).filter(theirs).group_by("batch").agg(returned=_homes_out().cast(pl.Int64))
    last = history.last_versions.select(
        "batch", "version", "unchecked", checked_on="as_of", _households="households", _members="members"
    )
    every = (
        pl.concat([counted["batch"], last["batch"], history.events["batch"], out["batch"].drop_nulls()])
        .unique()
        .to_frame()
    )
    shut = pl.col("state") == "closed"
    rows = (
        every.join(counted, on="batch", how="left", nulls_equal=True)
        .join(last, on="batch", how="left")
        .join(history.newest.select("batch", "state"), on="batch", how="left")
        .join(out, on="batch", how="left", nulls_equal=True)
        .with_columns(pl.col("state").fill_null("open"), pl.col("known").fill_null(value=True))
        .with_columns(
            *(pl.when(txt != "").then(txt) for txt in joined),
            households=pl.when(shut).then("_households").otherwise(pl.col("households").fill_null(0)),
            members=pl.when(shut).then("_members").otherwise(pl.col("members").fill_null(0)),
            days_left=pl.when(~shut).then((pl.col("due_on") - pl.lit(as_of)).dt.total_days()),
            returned=pl.col("returned").fill_null(0),
        )
    )
    nameless = pl.col("batch").is_null()
    return LISTED.fit(rows.sort(nameless, pl.col("state") == "closed", "due_on", "batch", nulls_last=True))


def _applicants(centre: Centre, roster: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """HOUSEHOLD rows of all applicants, with members, due_on and known."""
    homes = rosters.households(roster.filter(pl.col("stage") == "applicant"))
    law = by_law(centre, homes, as_of).select("household_no", "due_on", "known")
    return (
        homes.join(roster.group_by("household_no").agg(members=pl.len().cast(pl.Int64)), on="household_no")
        .join(law, on="household_no", how="left", maintain_order="left")
        .with_columns(pl.col("known").fill_null(value=True))
    )


def _sheet(centre: Centre, batch: str, as_of: date) -> BatchSheet:
    listed = next(_listed(centre, as_of).filter(pl.col("batch") == batch).iter_rows(named=True), None)
    if listed is None:
        raise NotFound(say("没有这个批次。"), hint=say("用 batch list 看有哪些批次。"))
    history = read_history(centre.store)
    last = find_version(centre.store, batch) if listed["version"] else None
    homes = _applicants(centre, centre.roster(), as_of).filter(pl.col("batch") == batch)
    if last is not None:
        found = household_results(last.result.household, last.result.finding, last.result.coverage)
        checked = _checked_as_they_are(centre, history, batch)
        homes = homes.join(
            found.join(checked, on="household_no", how="semi"), on="household_no", how="left", maintain_order="left"
        )
    days = pl.when(listed["state"] != "closed").then((pl.col("due_on") - pl.lit(as_of)).dt.total_days())
    return BatchSheet(
        listed=listed,
        households=HOUSE.fit(homes.with_columns(days_left=days)).sort("due_on", "household_no", nulls_last=True),
        versions=history.versions.filter(pl.col("batch") == batch),
        events=history.events.filter(pl.col("batch") == batch),
        gaps=_gaps(centre, batch, homes, last, as_of),
    )


def _checked_as_they_are(centre: Centre, history: History, batch: str) -> pl.DataFrame:
    """household_no of a batch's applicants who stand on the roster as its last version checked them."""
    roster = centre.roster().drop("source_row")
    homes = rosters.batches(roster).filter(pl.col("batch") == batch)
    last = history.last_versions.filter(pl.col("batch") == batch)
    if last.is_empty():
        return homes.clear().select("household_no")
    kept = rosters.ROSTER.fit(opened(centre.store, last["snapshot"][0]).read("roster"))
    now = roster.join(homes, on="household_no", how="semi")
    new = now.join(kept.drop("source_row"), on=now.columns, how="anti", nulls_equal=True)
    fewer = kept.join(now, on=["household_no", "member_no"], how="anti")["household_no"].unique().implode()
    same = homes.join(kept, on="household_no", how="semi").join(new, on="household_no", how="anti")
    return same.filter(~pl.col("household_no").is_in(fewer)).select("household_no")


def _gaps(centre: Centre, batch: str, homes: pl.DataFrame, last: Version | None, as_of: date) -> pl.DataFrame:
    rows: list[tuple[str, int | None, str, str]] = []
    if last is None:
        rows.append(("从未核对", homes.height, "户", ""))
    else:
        checked = _checked_as_they_are(centre, read_history(centre.store), batch)
        waiting = homes.join(checked, on="household_no", how="anti").height
        if waiting:
            rows.append(("导入或更正后还没有核对", waiting, "户", ""))
        lacking = _lacking(last)
        rows += _unread(centre, last, lacking, as_of)
        rest = last.result.coverage.join(lacking, on="source", how="anti")
        rows += [(f"未核对：{reason}", members, "人", "") for reason, members, _ in unchecked_reasons(rest).iter_rows()]
    out = read_returned(centre.roster_snapshot()).filter(pl.col("batch") == batch)
    if out.height:
        homes_out = out.select(_homes_out()).item()
        rows.append(("退回待补正", out.height, "行", f"{homes_out} 户，见 roster returned"))
    return pl.DataFrame(rows, schema=GAP, orient="row")


def _homes_out() -> pl.Expr:
    """How many households RETURNED rows are of; each row that names none counts as one."""
    home = pl.col("household_no")
    return home.drop_nulls().n_unique() + home.null_count()


def _lacking(last: Version) -> pl.DataFrame:
    """SOURCE_STATE rows of the signed sources that a version did not read, one a source."""
    states = last.result.source_state.filter(pl.col("requirement") != "unsigned")
    return states.filter(~pl.col("state").is_in(["arrived", "partial"])).unique("source", maintain_order=True)


def _unread(
    centre: Centre, last: Version, lacking: pl.DataFrame, as_of: date
) -> list[tuple[str, int | None, str, str]]:
    """What each of these sources leaves unchecked, and whether it is here by now."""
    now = source_states(centre.store, centre.sources, centre.register, as_of)
    came = {state.source.id for state in now if state.state == "arrived"}
    unchecked = last.result.coverage.filter(pl.col("state") == "unchecked").group_by("source").len()
    members = dict(unchecked.iter_rows())
    return [
        (
            f"{REQUIREMENTS[state['requirement']]}来源{state['title']}{SOURCE_STATES[state['state']]}",
            members.get(state["source"]),
            "人",
            f"{state['reason']}{'；现已到位，请再核对' if state['source'] in came else ''}",
        )
        for state in lacking.iter_rows(named=True)
    ]
