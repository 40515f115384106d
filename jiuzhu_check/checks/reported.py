"""报告的对象 reported: the run, or the version of a batch's report, that a report is made of; audited before it is read."""

import re
from dataclasses import dataclass

import polars as pl

from jiuzhu_check.checks import results
from jiuzhu_check.checks.audited import audited, reveal
from jiuzhu_check.checks.batch_history import read_history
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.results import Result
from jiuzhu_check.checks.run import before
from jiuzhu_check.checks.versions import Version, find_version
from jiuzhu_check.errors import UsageError
from jiuzhu_check.language import say
from jiuzhu_check.reports.version_sheet import Since, change_rows, same_line, version_line
from jiuzhu_check.tables import roster as rosters


@dataclass(frozen=True)
class Reported:
    """What a report is made of.

    result:  the run; of a batch, its households alone
    version: the version of the batch's report; null where a run was asked for
    name:    for a file: the run's, or the batch's with its version
    """

    centre: Centre
    result: Result
    version: Version | None
    name: str

    def before(self) -> Result | None:
        """What the result is compared with: the version before, or the run of its kind before; null for the first."""
        if self.version is not None:
            return self.version.before.result if self.version.before else None
        return before(self.centre, self.result)

    def line(self) -> str:
        """Which version it is and what is new in it, in a sentence; empty for a run."""
        if self.version is None:
            return ""
        return version_line(self.version.facts, self.version.before.facts if self.version.before else None)

    def since(self) -> Since | None:
        """The same with each finding that changed, for a worklist; null for a run."""
        if self.version is None:
            return None
        if self.version.before is None:
            return Since(self.line(), None)
        new, old = self.version.difference, self.version.before.result
        rows = change_rows(
            self.version.facts["arrived"],
            new.findings,
            {"新核对": new.checked, "转为未核对": new.lapsed},
            dict(self.result.source_state.select("source", "title").iter_rows()),
            _both(self.result.household, old.household, "household_no"),
            _both(self.result.member, old.member, "household_no", "member_no"),
        )
        return Since(self.line(), rows)


def reported(
    centre: Centre, report: str, run: str, batch: str, version: int | None, *, reason: str | None = None
) -> Reported:
    """What a report is made of, by --run, or by --batch and --version.

    reason: why numbers are shown whole, which is recorded too; null where they are masked
    raises: NotFound, UsageError where what was asked for contradicts itself
    """
    if run == "all":
        raise UsageError(say("报告针对一次核对，不能用 all。"), hint=say("写 latest 或核对编号。"))
    if batch and run != "latest":
        raise UsageError(say("--run 和 --batch 取一。"))
    if version is not None and not batch:
        raise UsageError(say("--version 要与 --batch 同用。"))
    if reason is not None:
        reveal(centre.audit, reason, batch or run)
    facts = {"report": report, **({"version": version or "latest"} if batch else {"run": run})}
    with audited(centre.audit, "report", facts=facts, subject=batch) as ending:
        found = find_version(centre.store, batch, version) if batch else None
        result = found.result if found else results.load(results.find(centre.store, run)[0])
        ending.facts = {"run": result.id}
        ending.counts = {"members": result.member.height, "findings": result.finding.height}
    stem = re.sub(r"[^\w.-]+", "_", batch)
    return Reported(centre, result, found, f"{stem}-v{found.number}" if found else result.id)


def lines_of_batches(centre: Centre, result: Result) -> list[str]:
    """What a run that was just kept made new in the report of each of its batches."""
    versions = read_history(centre.store).versions
    lines = []
    for batch in rosters.batches(result.roster)["batch"].drop_nulls().unique().sort():
        *_, earlier, last = [None, None, *versions.filter(pl.col("batch") == batch).iter_rows(named=True)]
        assert last is not None, "a batch that was checked has a version"
        same = last["run"] != result.id
        lines.append(same_line(last) if same else version_line(last, earlier))
    return lines


def _both(newer: pl.DataFrame, older: pl.DataFrame, *key: str) -> pl.DataFrame:
    """The rows of two versions, the newer one's where both have it: what is gone had a household too."""
    return pl.concat([newer, older]).unique(key, keep="first", maintain_order=True)
