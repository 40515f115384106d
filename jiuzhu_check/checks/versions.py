"""报告版本 versions: a run over a batch whose content differs is the next version of the batch's report.

A version prints what it printed once, whatever is checked later: it holds on to the run as it was kept.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

import polars as pl

from jiuzhu_check.checks import results
from jiuzhu_check.checks.batch_history import extend, read_history
from jiuzhu_check.checks.finding_changes import finding_changes
from jiuzhu_check.checks.first_night import READ
from jiuzhu_check.checks.kept_run import opened
from jiuzhu_check.checks.results import Result
from jiuzhu_check.errors import NotFound
from jiuzhu_check.language import say
from jiuzhu_check.store.snapshot import Store
from jiuzhu_check.tables import roster as rosters
from jiuzhu_check.tables.batch import BATCH_VERSION

_CELL = ["household_no", "member_no", "source"]
_DAYS = r"\d{4}-\d{2}-\d{2}|\d+ 天"  # what a reason counts to the day of the check: it changes every night


@dataclass(frozen=True)
class Difference:
    """What one version of a batch's report has that the one before had not.

    arrived:  SOURCE_STATE rows that it is the first to read
    findings: FINDING rows of finding_changes, without those that persist
    checked:  household_no, member_no, source: unchecked before, or not there, and checked now
    lapsed:   the same of what was checked before and is unchecked now
    """

    arrived: pl.DataFrame
    findings: pl.DataFrame
    checked: pl.DataFrame
    lapsed: pl.DataFrame

    def findings_of(self, change: str) -> int:
        """How many findings changed in this way."""
        return self.findings.filter(pl.col("change") == change).height


@dataclass(frozen=True)
class Version:
    """One version of one batch's report.

    facts:  its BATCH_VERSION row
    result: the run, of this batch's households alone
    before: the version before it; null for the first
    """

    facts: dict[str, Any]
    result: Result
    before: "Version | None"

    @property
    def number(self) -> int:
        """Its number, from 1."""
        return int(self.facts["version"])

    @property
    def difference(self) -> Difference:
        """What it has that the version before had not."""
        return difference(self.before.result if self.before else None, self.result)


def note_versions(store: Store, result: Result, snapshot: str) -> None:
    """Make a run, kept under a snapshot, the next version of every batch for which it says something else.

    The caller holds the lock.
    """
    known = read_history(store).last_versions
    held: dict[str, Result] = {}
    rows = []
    for batch in rosters.batches(result.roster)["batch"].drop_nulls().unique().sort():
        last = next(known.filter(pl.col("batch") == batch).iter_rows(named=True), None)
        mine = of_batch(result, batch)
        content = _content(mine)
        if last and last["content"] == content:
            continue
        if last and last["snapshot"] not in held:
            held[last["snapshot"]] = results.load(opened(store, last["snapshot"]))
        new = difference(of_batch(held[last["snapshot"]], batch) if last else None, mine)
        rows.append(
            {
                "batch": batch,
                "version": last["version"] + 1 if last else 1,
                "run": result.id,
                "snapshot": snapshot,
                "as_of": result.as_of,
                "households": mine.household.height,
                "members": mine.member.height,
                "arrived": _arrived(new.arrived),
                **{change: new.findings_of(change) for change in ("added", "changed", "gone")},
                "checked": new.checked.height,
                "lapsed": new.lapsed.height,
                "unchecked": _unchecked(mine),
                "content": content,
            }
        )
    if rows:
        extend(store, versions=pl.DataFrame(rows, schema=dict(BATCH_VERSION.columns), orient="row"))


def find_version(store: Store, batch: str, number: int | None = None) -> Version:
    """A version of a batch's report, the newest where no number is said; raises NotFound."""
    every = read_history(store).versions.filter(pl.col("batch") == batch).sort("version")
    if every.is_empty():
        raise NotFound(
            say("没有这个批次，或这个批次还没有核对过。"),
            hint=say("用 batch list 看有哪些批次；先运行 check entrants --batch 批次。"),
        )
    last = int(every["version"].max())  # type: ignore[arg-type]
    if number is not None and not 1 <= number <= last:
        raise NotFound(say("这个批次没有第 {number} 版，最新是第 {last} 版。", number=number, last=last))
    wanted = every.filter(pl.col("version") <= (number or last)).tail(2).to_dicts()
    found: Version | None = None
    for facts in wanted:
        kept = results.load(opened(store, facts["snapshot"]))
        found = Version(facts, of_batch(kept, batch), found)
    assert found is not None, "a batch has a version, or was not found"
    return found


def of_batch(result: Result, batch: str) -> Result:
    """The run, of one batch's households alone."""
    homes = rosters.batches(result.roster).filter(pl.col("batch") == batch)["household_no"]
    return results.of_households(result, homes)


def difference(before: Result | None, after: Result) -> Difference:
    """What is new in a result; before the first everything is."""
    old = after if before is None else before
    keep = slice(0, 0) if before is None else slice(None)
    was, had, stood = old.finding[keep], old.coverage[keep], old.source_state[keep]
    place = ["source", "supplier", "snapshot"]
    read = after.source_state.filter(pl.col("state").is_in(READ), pl.col("snapshot").is_not_null())
    findings = finding_changes(was, after.finding).filter(pl.col("change") != "persisting")
    open_now = pl.col("state") == "unchecked"
    done, undone = after.coverage.filter(~open_now).select(_CELL), after.coverage.filter(open_now).select(_CELL)
    done_before = had.filter(~open_now).select(_CELL)
    return Difference(
        arrived=read.join(stood.filter(pl.col("state").is_in(READ)), on=place, how="anti"),
        findings=findings,
        checked=done.join(done_before, on=_CELL, how="anti", nulls_equal=True),
        lapsed=undone.join(done_before, on=_CELL, how="semi", nulls_equal=True),
    )


def _content(result: Result) -> str:
    """SHA-256 of what the report rests on; the day of the check is none of it, nor where on the roster a row stood."""
    frames = [
        result.roster.drop("source_row"),
        result.link.drop("run"),
        result.finding.drop("run", "first_seen", "newly_connected"),
        result.coverage.drop("run").with_columns(pl.col("reason").str.replace_all(_DAYS, "")),
        result.source_state.select("source", "supplier", "requirement", "state", "snapshot", "data_date"),
        result.run.select("missing_parameters"),
    ]
    digest = hashlib.sha256()
    for frame in frames:
        digest.update(frame.write_json().encode())
    return digest.hexdigest()


def _arrived(states: pl.DataFrame) -> str | None:
    """机动车 2018-11-30、不动产（370100）2018-11-30; null where nothing arrived."""
    told = [
        f"{title}（{supplier}）{day}" if several else f"{title} {day}"
        for title, supplier, day, several in states.select(
            "title", "supplier", "data_date", pl.col("source").is_duplicated()
        ).iter_rows()
    ]
    return "、".join(told) or None


def _unchecked(result: Result) -> str | None:
    """机动车 60 人、不动产 2 人, in the register's order; null where every member was checked everywhere."""
    lacking = result.coverage.filter(pl.col("state") == "unchecked").group_by("source").len("members")
    told = result.source_state.unique("source", maintain_order=True).join(lacking, on="source", maintain_order="left")
    return "、".join(f"{title} {members} 人" for title, members in told.select("title", "members").iter_rows()) or None
