"""期内核对 period: the kept runs of a period, read one after the other and boiled down to what statistics counts.

One run is in memory at a time. What stays of it: a row for each household, person and finding of the period, and the
counts of its coverage.
"""

from dataclasses import dataclass, field

import polars as pl

from jiuzhu_check.checks import results
from jiuzhu_check.checks.kept_run import KeptRun
from jiuzhu_check.checks.progress import Progress
from jiuzhu_check.parameters.file import region_prefix
from jiuzhu_check.reports.results import reason_head
from jiuzhu_check.reports.statistics.material import (
    CELLS,
    FINDINGS,
    HOMES,
    NO_SOURCE,
    PERSONS,
    PLACE,
    RUNS,
    SEVERAL,
    Scope,
    none,
)
from jiuzhu_check.tables import roster as rosters
from jiuzhu_check.tables.coverage import SOURCE_STATE
from jiuzhu_check.tables.run import RUN

# What a run's households are told by; runs of an older program have no amounts, and only who left is told by those.
ROSTER = ["household_no", "member_no", *(name for name in HOMES if name not in ("household_no", "amount_month"))]
_EVIDENCE = pl.List(pl.Struct({"source": pl.String}))


@dataclass
class Period:
    """The frames of reports/statistics/material.py that come from runs, as they grow; findings have no outcome yet.

    known: household_no of every household that a run read so far holds, of other places too; at: which run is its newest
    """

    scope: Scope
    region: str
    runs: pl.DataFrame = field(default_factory=lambda: none(RUNS))
    homes: pl.DataFrame = field(default_factory=lambda: none(HOMES))
    persons: pl.DataFrame = field(default_factory=lambda: none(PERSONS))
    cells: pl.DataFrame = field(default_factory=lambda: none(CELLS))
    findings: pl.DataFrame = field(default_factory=lambda: none(FINDINGS))
    known: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(schema={"household_no": pl.String, "at": pl.Int64})
    )

    def add(self, snapshot: KeptRun, at: int) -> None:
        """One more run, older than those before it. at: its place among them."""
        about = results.about(snapshot, RUN).row(0, named=True)
        month = pl.lit(f"{about['as_of']:%Y-%m}").alias("month")
        roster = snapshot.read("roster", ROSTER)
        unseen = roster.join(self.known, on="household_no", how="anti")
        newest = homes_of(unseen, self.scope, self.region)
        self.known = pl.concat([self.known, unseen.select("household_no", at=pl.lit(at, pl.Int64)).unique()])
        self.homes = pl.concat([self.homes, newest])
        here = roster.select("household_no", "member_no").join(self.homes, on="household_no", how="semi")
        if here.is_empty():
            return
        run = pl.DataFrame([{**about, "households": here["household_no"].n_unique()}], schema_overrides=RUNS)
        self.runs = pl.concat([run.select(list(RUNS)), self.runs])
        self.persons = pl.concat([self.persons, here.with_columns(month)]).unique()
        places = self.homes.select(
            "household_no", *PLACE, newest=pl.col("household_no").is_in(newest["household_no"].implode())
        )
        titles = _titles(snapshot)
        counted = _cells(snapshot.read("coverage"), places, titles).with_columns(month).select(list(CELLS))
        self.cells = pl.concat([self.cells, counted]).group_by(list(CELLS)[:-1]).agg(pl.col("cells").sum())
        self._find(_with_mark(snapshot.read("finding")).join(places, on="household_no"), titles, month)

    def _find(self, findings: pl.DataFrame, titles: dict[str, str], month: pl.Expr) -> None:
        """A finding is as its newest run has it, and of the month of its oldest."""
        first = findings.select("finding_id", month)
        older = self.findings.join(first, on="finding_id", how="left", suffix="_first", maintain_order="left")
        older = older.with_columns(month=pl.min_horizontal("month", "month_first")).drop("month_first")
        fresh = findings.join(self.findings, on="finding_id", how="anti")
        told = fresh.join(_sources(fresh, titles), on="finding_id", how="left", maintain_order="left").with_columns(
            month, pl.col("sources", "source").fill_null(NO_SOURCE), standing="newest", outcome=pl.lit(None, pl.String)
        )
        self.findings = pl.concat([older, told.select(pl.col(name).cast(dtype) for name, dtype in FINDINGS.items())])

    def not_looked_at(self, snapshots: list[KeptRun]) -> None:
        """A finding that a household's newest check does not have stands on, where a source that it rests on was not read."""
        missing = self.findings.filter(~pl.col("standing")).join(self.known, on="household_no")
        blind = [none(FINDINGS).select("finding_id")]
        for (at,), gone in missing.group_by("at", maintain_order=True):
            snapshot = snapshots[int(str(at))]
            unread = _unread(snapshot.read("coverage"), gone["household_no"], _titles(snapshot))
            rests = gone.select("finding_id", "household_no", "member_no", source=pl.col("sources").str.split("、"))
            each = rests.explode("source", empty_as_null=True)
            own = each.join(unread, on=["household_no", "member_no", "source"], how="semi")
            shared = each.filter(pl.col("member_no").is_null()).join(unread, on=["household_no", "source"], how="semi")
            blind += [own.select("finding_id"), shared.select("finding_id")]
        still = pl.col("finding_id").is_in(pl.concat(blind)["finding_id"].implode())
        self.findings = self.findings.with_columns(standing=pl.col("standing") | still)


def read_period(snapshots: list[KeptRun], scope: Scope, region: str, progress: Progress) -> Period:
    """Snapshots: the kept runs, newest first. region: of households for which the roster says none."""
    period = Period(scope, region)
    for done, snapshot in enumerate(snapshots):
        progress("", done, len(snapshots))
        period.add(snapshot, done)
    period.not_looked_at(snapshots)
    progress("", len(snapshots), len(snapshots))
    return period


def homes_of(roster: pl.DataFrame, scope: Scope, region: str) -> pl.DataFrame:
    """HOMES rows of the households of ROSTER rows that stand in the scope. region: of those for which it says none."""
    rows = rosters.ROSTER.fit(roster)
    amounts = rows.group_by("household_no").agg(pl.col("amount_month").drop_nulls().first())
    homes = (
        rosters.households(rows)
        .join(amounts, on="household_no", how="left", maintain_order="left")
        .select(list(HOMES))
        .with_columns(pl.col("region").fill_null(region))
    )
    kept = homes.filter(pl.col("region").str.starts_with(region_prefix(scope.region or "000000")))
    for name in ("township", "village"):
        if wanted := getattr(scope, name):
            kept = kept.filter(pl.col(name) == wanted)
    return kept


def _cells(wide: pl.DataFrame, places: pl.DataFrame, titles: dict[str, str]) -> pl.DataFrame:
    """Of a run's coverage as it is kept, one row a member: how many stand in which state for which reason, place by place."""
    sources = [name.removeprefix("state:") for name in wide.columns if name.startswith("state:")]
    at = places.select(*PLACE, "newest").unique().with_row_index("_at")
    located = places.join(at, on=[*PLACE, "newest"], nulls_equal=True).select("household_no", "_at")
    members = wide.select("household_no", *_of(sources)).join(located, on="household_no")
    counted = [
        members.group_by("_at", state=f"state:{source}", reason=f"reason:{source}")
        .len("cells")
        .with_columns(
            source=pl.lit(titles.get(source, source)),
            reason=pl.when(pl.col("state") == "unchecked").then(reason_head(pl.col("reason"))),
        )
        for source in sources
    ]
    if not counted:
        return none(CELLS).drop("month")
    return (
        pl.concat(counted)
        .group_by("_at", "source", "state", "reason")
        .agg(pl.col("cells").sum().cast(pl.Int64))
        .join(at, on="_at")
    )


def _unread(wide: pl.DataFrame, homes: pl.Series, titles: dict[str, str]) -> pl.DataFrame:
    """household_no, member_no, source: who of some households was not looked at in which source."""
    theirs = wide.filter(pl.col("household_no").is_in(homes.implode()))
    cells = theirs.select("household_no", "member_no", pl.col("^state:.*$").name.replace("^state:", "")).unpivot(
        index=["household_no", "member_no"], variable_name="source", value_name="state"
    )
    return cells.filter(pl.col("state") == "unchecked").with_columns(pl.col("source").replace(titles)).drop("state")


def _titles(snapshot: KeptRun) -> dict[str, str]:
    """Source → title."""
    return dict(results.about(snapshot, SOURCE_STATE).select("source", pl.coalesce("title", "source")).iter_rows())


def _of(sources: list[str]) -> list[str]:
    return [f"{what}:{source}" for source in sources for what in ("state", "reason")]


def _with_mark(findings: pl.DataFrame) -> pl.DataFrame:
    """What an older program did not say of a finding is null."""
    return findings if "record_mark" in findings.columns else findings.with_columns(record_mark=pl.lit(None, pl.String))


def _sources(findings: pl.DataFrame, titles: dict[str, str]) -> pl.DataFrame:
    """finding_id, sources and source: on the records of which source each rests."""
    return (
        findings.select("finding_id", pl.col("evidence").str.json_decode(_EVIDENCE))
        .explode("evidence", empty_as_null=True)
        .unnest("evidence")
        .drop_nulls("source")
        .with_columns(pl.col("source").replace(titles))
        .group_by("finding_id")
        .agg(of=pl.col("source").unique().sort())
        .select(
            "finding_id",
            sources=pl.col("of").list.join("、"),
            source=pl.when(pl.col("of").list.len() > 1).then(pl.lit(SEVERAL)).otherwise(pl.col("of").list.first()),
        )
    )
