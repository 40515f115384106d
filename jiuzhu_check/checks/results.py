"""核对结果: runs kept in the store, and found again by name, as the latest, or household by household."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from jiuzhu_check.errors import NotFound
from jiuzhu_check.language import say
from jiuzhu_check.store.snapshot import Snapshot, Store
from jiuzhu_check.tables.coverage import COVERAGE, SOURCE_STATE
from jiuzhu_check.tables.finding import FINDING
from jiuzhu_check.tables.link import LINK
from jiuzhu_check.tables.roster import DECLARATION, HOUSEHOLD, MEMBER
from jiuzhu_check.tables.run import RUN
from jiuzhu_check.tables.schema import Table

DATASET = "runs"
SEEN = Table("seen", "one finding ever made", {"finding_id": FINDING.columns["finding_id"], "first_seen": pl.Date()})
PARTS = {table.name: table for table in (RUN, HOUSEHOLD, MEMBER, DECLARATION, LINK, FINDING, SOURCE_STATE, SEEN)}


@dataclass(frozen=True)
class Result:
    """One run's tables. coverage is COVERAGE; the store holds it wide, one row a member."""

    run: pl.DataFrame
    household: pl.DataFrame
    member: pl.DataFrame
    declaration: pl.DataFrame
    link: pl.DataFrame
    finding: pl.DataFrame
    coverage: pl.DataFrame
    source_state: pl.DataFrame

    @property
    def id(self) -> str:
        """The run's name."""
        return str(self.run["run"][0])

    @property
    def as_of(self) -> date:
        """The day that the run takes for today."""
        day: date = self.run["as_of"][0]
        return day


def keep(store: Store, result: Result) -> None:
    """Put a finished run into the store, with the day on which each finding was first seen."""
    sequence = len(store.snapshots(DATASET)) + 1
    seen = pl.concat([first_seen(store), result.finding.select("finding_id", "first_seen")])
    parts = {
        "run": result.run,
        "household": result.household,
        "member": result.member,
        "declaration": result.declaration,
        "link": result.link,
        "finding": result.finding,
        "coverage": widen(result.coverage),
        "source_state": result.source_state,
        "seen": seen.group_by("finding_id").agg(pl.col("first_seen").min()).sort("finding_id"),
    }
    facts = {"run": result.id, "kind": str(result.run["kind"][0]), "as_of": result.as_of.isoformat()}
    store.publish(DATASET, f"{sequence:06}-{result.id}", parts, data_date=None, facts=facts)


def first_seen(store: Store) -> pl.DataFrame:
    """SEEN: every finding that any run made, with the earliest day."""
    last = store.latest(DATASET)
    return last.read("seen") if last else SEEN.empty()


def find(store: Store, name: str) -> list[Snapshot]:
    """The runs of that name: one run's ID, latest (the last batch run), or all, newest first.

    raises: NotFound
    """
    entries = [entry.id for entry in store.snapshots(DATASET)][::-1]
    if name == "latest":
        wanted = [entry for entry in entries if not entry[7:].startswith("case-")][:1]
    elif name == "all":
        wanted = entries
    else:
        wanted = [entry for entry in entries if entry[7:] == name][:1]
    if not wanted:
        what = say("还没有完成过核对。") if name in ("latest", "all") else say("没有这次核对。")
        raise NotFound(what, hint=say("先运行 jiuzhu-check check recipients 或 check entrants。"))
    return [store.snapshot(DATASET, entry) for entry in wanted]


def load(snapshot: Snapshot) -> Result:
    """A kept run's tables."""
    tables = {name: snapshot.read(name) for name in PARTS if name != "seen"}
    coverage = expand(snapshot.read("coverage"), tables["source_state"], str(tables["run"]["run"][0]))
    return Result(coverage=coverage, **tables)


def previous(store: Store, kind: str, run: str | None = None) -> Result | None:
    """The last kept run of a kind, or the last one before the named run; null where there is none."""
    names = [entry.id for entry in store.snapshots(DATASET)][::-1]
    if run is not None:
        names = names[next(place for place, name in enumerate(names) if name[7:] == run) + 1 :]
    found = next((name for name in names if name[7:].startswith(f"{kind}-") and name[7:] != run), None)
    return load(store.snapshot(DATASET, found)) if found else None


def widen(coverage: pl.DataFrame) -> pl.DataFrame:
    """COVERAGE as one row a member, with a column of states and one of reasons for each source."""
    key = ["household_no", "member_no", "person_no"]
    wide = coverage.select(key).unique(maintain_order=True)
    for source in coverage["source"].unique(maintain_order=True):
        own = coverage.filter(pl.col("source") == source)
        wide = wide.join(
            own.select(*key, pl.col("state").alias(f"state:{source}"), pl.col("reason").alias(f"reason:{source}")),
            on=key,
            how="left",
            nulls_equal=True,
        )
    return wide


def expand(wide: pl.DataFrame, source_state: pl.DataFrame, run: str) -> pl.DataFrame:
    """COVERAGE rows again, each member and source once; snapshots and dates are the sources'."""
    key = ["household_no", "member_no", "person_no"]
    read = source_state.filter(pl.col("state").is_in(["arrived", "damaged"]))
    facts = read.group_by("source", maintain_order=True).agg(
        snapshot=pl.col("snapshot").str.join("+"), data_date=pl.col("data_date").min()
    )
    sources = [name.removeprefix("state:") for name in wide.columns if name.startswith("state:")]
    rows = [
        wide.select(
            *key,
            source=pl.lit(source),
            state=pl.col(f"state:{source}"),
            reason=pl.col(f"reason:{source}"),
        )
        for source in sources
    ]
    if not rows:
        return COVERAGE.empty()
    joined = pl.concat(rows).join(facts, on="source", how="left").with_columns(run=pl.lit(run))
    return COVERAGE.fit(joined).sort("household_no", pl.col("member_no").cast(pl.Int64), "source")
