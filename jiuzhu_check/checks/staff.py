"""经办人员 staff: who works here, which findings are whose, and what becomes of them when a colleague leaves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from jiuzhu_check.audit.reason import clean
from jiuzhu_check.checks.appended import append, read_appended
from jiuzhu_check.checks.audited import audited
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.errors import NotFound, UsageError
from jiuzhu_check.language import say
from jiuzhu_check.store.lock import workspace_lock
from jiuzhu_check.store.snapshot import Store
from jiuzhu_check.tables.staff import ASSIGNMENT, STAFF

DATASET, ASSIGNMENTS = "staff", "assignments"


@dataclass(frozen=True)
class Person:
    """Somebody of the staff, as they are written down."""

    staff_no: str
    name: str
    township: str
    since: date


def read_staff(store: Store) -> pl.DataFrame:
    """The newest STAFF row of everybody who ever worked here, by number; who left is among them."""
    return read_appended(store, DATASET, STAFF).unique("staff_no", keep="last", maintain_order=True).sort("staff_no")


def assigned(store: Store) -> pl.DataFrame:
    """The newest ASSIGNMENT row of each finding that was ever given to somebody."""
    return read_appended(store, ASSIGNMENTS, ASSIGNMENT).unique("finding_id", keep="last", maintain_order=True)


def holders(store: Store) -> pl.DataFrame:
    """finding_id, staff_no: who holds each finding now; what a retired person held is their successor's, or nobody's."""
    people = {row["staff_no"]: row for row in read_staff(store).iter_rows(named=True)}

    def now_with(staff_no: str | None) -> str | None:
        seen = set()
        while staff_no is not None and people[staff_no]["retired_on"] is not None:
            if staff_no in seen:  # two who came back took over from each other
                return None
            seen.add(staff_no)
            staff_no = people[staff_no]["successor"]
        return staff_no

    held = assigned(store).select("finding_id", "staff_no")
    now = [now_with(staff_no) for staff_no in held["staff_no"]]
    return held.with_columns(staff_no=pl.Series(now, dtype=pl.String))


def staff_list(centre: Centre) -> pl.DataFrame:
    """read_staff with how many findings each holds, answered ones too (findings); audited."""
    with audited(centre.audit, "staff_list") as ending:
        held = holders(centre.store).group_by("staff_no").agg(findings=pl.len().cast(pl.Int64))
        people = read_staff(centre.store).join(held, on="staff_no", how="left", maintain_order="left")
        ending.counts = {"staff": people.height}
        return people.with_columns(pl.col("findings").fill_null(0))


def add(centre: Centre, person: Person, now: datetime) -> pl.DataFrame:
    """Write somebody down; the STAFF row. A person who left may come back under the old number.

    raises: UsageError where the number is or was another person's, or a text holds somebody's number
    """
    number, name, township = clean(person.staff_no), clean(person.name), clean(person.township)
    if not number or not name:
        raise UsageError(say("工号和姓名都要写。"), hint=say("写 staff add 工号 --name 姓名。"))
    with (
        workspace_lock(centre.workspace.path, "staff add"),
        audited(centre.audit, "staff_add", facts={"staff_no": number}),
    ):
        if number in at_work(centre.store)["staff_no"]:
            raise UsageError(say("这个工号在用。"), hint=say("用 staff list 查看；换一个工号，或先 staff retire。"))
        before = read_staff(centre.store).filter(pl.col("staff_no") == number)["name"].to_list()
        if before and before != [name]:
            raise UsageError(say("这个工号以前是另一个人的。"), hint=say("换一个工号：以前的分派和答复要看得出是谁。"))
        row = {"staff_no": number, "name": name, "township": township or None, "since": person.since}
        return append(centre.store, DATASET, STAFF, _row(row, now))


def leave(store: Store, staff_no: str, on: date, successor: str | None, waiting: pl.DataFrame, now: datetime) -> int:
    """Somebody leaves: of what waits theirs goes to the successor, or back to nobody; how many findings that were.

    waiting: finding_id of what waits for an answer. What is answered keeps its name. The caller holds the lock.
    raises:  NotFound where nobody of that number works here, UsageError where they are their own successor
    """
    leaving = one_at_work(store, staff_no)
    if successor is not None:
        one_at_work(store, successor)
        if successor == staff_no:
            raise UsageError(say("接手的人不能是本人。"), hint=say("写另一个工号，或 --unassigned。"))
    theirs = assigned(store).filter(pl.col("staff_no") == staff_no).join(waiting, on="finding_id", how="semi")
    append(store, DATASET, STAFF, _row({**leaving, "retired_on": on, "successor": successor}, now))
    give(store, theirs, successor, on, now)
    return theirs.height


def give(store: Store, findings: pl.DataFrame, staff_no: str | None, on: date, now: datetime) -> None:
    """Give findings (finding_id, household_no) to somebody, or to nobody. The caller holds the lock."""
    rows = findings.select(
        "finding_id",
        "household_no",
        staff_no=pl.lit(staff_no, pl.String),
        assigned_on=pl.lit(on),
        taken_at=pl.lit(now.isoformat(timespec="seconds")),
    )
    append(store, ASSIGNMENTS, ASSIGNMENT, rows)


def at_work(store: Store) -> pl.DataFrame:
    """The STAFF rows of those who have not left."""
    return read_staff(store).filter(pl.col("retired_on").is_null())


def one_at_work(store: Store, staff_no: str) -> dict[str, object]:
    """The STAFF row of somebody who works here; raises NotFound."""
    found = at_work(store).filter(pl.col("staff_no") == staff_no)
    if found.is_empty():
        raise NotFound(say("没有这个工号的在岗人员。"), hint=say("用 staff list 查看，或先 staff add。"))
    return found.row(0, named=True)


def _row(row: Mapping[str, object], now: datetime) -> pl.DataFrame:
    return STAFF.fit(pl.DataFrame([{**row, "taken_at": now.isoformat(timespec="seconds")}], infer_schema_length=1))
