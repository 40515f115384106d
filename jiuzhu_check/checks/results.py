"""核对结果: runs kept in the store, and found again by name, as the latest, or household by household."""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any, Self

import polars as pl

from jiuzhu_check import __version__
from jiuzhu_check.checks.first_night import READ, first_read, with_run
from jiuzhu_check.checks.kept_run import ANEW, COUNTED, DATASET, ENDS, HOME, ROWS, UPON, KeptRun, opened, piece
from jiuzhu_check.checks.portion import EVERYBODY, Portion
from jiuzhu_check.errors import NotFound
from jiuzhu_check.language import say
from jiuzhu_check.store.snapshot import Snapshot, Store
from jiuzhu_check.tables import roster as rosters
from jiuzhu_check.tables.account import ACCOUNT, ACCOUNT_LINE, Account
from jiuzhu_check.tables.coverage import COVERAGE, SOURCE_STATE
from jiuzhu_check.tables.decoy import DECOY
from jiuzhu_check.tables.finding import FINDING
from jiuzhu_check.tables.grouped import ONE_GROUP
from jiuzhu_check.tables.run import RUN
from jiuzhu_check.tables.schema import Table

SEEN_AFTER = "seen_after"  # in the facts of a case: the run whose SEEN stands
SEEN = Table("seen", "one finding ever made", {"finding_id": FINDING.columns["finding_id"], "first_seen": pl.Date()})
_MEMBER = ["household_no", "member_no", "person_no"]
RESTS_ON = "rests_on"
_KEPT = {"roster": rosters.ROSTER, "finding": FINDING, ACCOUNT.name: ACCOUNT, ACCOUNT_LINE.name: ACCOUNT_LINE}


@dataclass(frozen=True)
class Result:
    """One run's tables. A kept run's are read where somebody asks for them.

    read: gives the rows of roster (the ROSTER rows that were checked), link, finding, coverage (COVERAGE; the store holds it
          wide, one row a member), account and account_line
    """

    run: pl.DataFrame
    source_state: pl.DataFrame
    read: Callable[[str], pl.DataFrame]
    decoy: pl.DataFrame = field(default_factory=DECOY.empty)
    count: Callable[[str], int] | None = None

    @property
    def id(self) -> str:
        """The run's name."""
        return str(self.run["run"][0])

    @property
    def as_of(self) -> date:
        """The day that the run takes for today."""
        day: date = self.run["as_of"][0]
        return day

    @cached_property
    def roster(self) -> pl.DataFrame:
        """ROSTER rows that were checked, from which household, member and declaration come."""
        return self.read("roster")

    @cached_property
    def link(self) -> pl.DataFrame:
        """LINK rows."""
        return self.read("link")

    @cached_property
    def finding(self) -> pl.DataFrame:
        """FINDING rows."""
        return self.read("finding")

    @cached_property
    def coverage(self) -> pl.DataFrame:
        """COVERAGE rows."""
        return self.read("coverage")

    @cached_property
    def account(self) -> Account:
        """The income account that was worked out; empty of a run from before accounts were kept."""
        return Account(self.read(ACCOUNT_LINE.name), self.read(ACCOUNT.name))

    @cached_property
    def household(self) -> pl.DataFrame:
        """HOUSEHOLD rows that were checked."""
        return rosters.households(self.roster)

    @cached_property
    def member(self) -> pl.DataFrame:
        """MEMBER rows that were checked."""
        return rosters.members(self.roster)

    @cached_property
    def declaration(self) -> pl.DataFrame:
        """DECLARATION rows of the households."""
        return rosters.declarations(self.roster)

    def rows_of(self, name: str) -> int:
        """How many rows a table has; of a kept run without reading it."""
        return self.read(name).height if self.count is None else self.count(name)

    def but(self, **tables: pl.DataFrame) -> "Result":
        """The same with other rows in some tables."""
        run = tables.pop("run", self.run)
        return replace(self, run=run, count=None, read=lambda name: tables[name] if name in tables else self.read(name))


@dataclass(frozen=True)
class Checked:
    """A run that is not kept yet.

    groups:   the tables of one group of households after another, in the order of household numbers: those of a Result,
              and of the ground (checks/ground.py) what is of households; made as they are taken, once
    ends:     where each group but the last ends (tables/grouped.py)
    asked:    the sources that were read at another time for each member
    ground:   of the ground what is of no household
    rests_on: what all of it came from
    """

    run: pl.DataFrame
    source_state: pl.DataFrame
    decoy: pl.DataFrame
    groups: Iterable[Mapping[str, pl.DataFrame]]
    ends: pl.Series = field(default_factory=lambda: ONE_GROUP)
    asked: frozenset[str] = frozenset()
    ground: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    rests_on: Mapping[str, Any] = field(default_factory=dict)

    def at_hand(self) -> Self:
        """The same with the tables of all groups made."""
        return replace(self, groups=list(self.groups))

    @property
    def result(self) -> Result:
        """The run, of one group whose tables are at hand."""
        (tables,) = self.groups
        return Result(self.run, self.source_state, tables.__getitem__, self.decoy)


def keep(
    store: Store, checked: Checked, *, upon: KeptRun | None = None, stands: Mapping[str, int] | None = None
) -> str:
    """Put a finished run into the store, with the day on which each finding was first seen; the snapshot's id.

    Its groups are written one by one, each as it is made.

    upon:   the run that it stands upon: of the run only the households that were checked anew are kept
    stands: how many rows of that one stand, table by table, as rows_that_stand gives them
    """
    sequence = store.sequence(DATASET)
    kind, name, as_of = (checked.run[each][0] for each in ("kind", "run", "as_of"))
    read = checked.source_state.filter(pl.col("state").is_in(READ), pl.col("snapshot").is_not_null())
    places = read.select("source", "supplier").rows()
    facts: dict[str, Any] = {
        "version": __version__,
        "first_read": with_run(first_read(store, DATASET), kind, as_of, places),
        "run": _told(checked.run),
        "source_state": _told(checked.source_state),
        "decoy": _told(checked.decoy),
        **({RESTS_ON: dict(checked.rests_on)} if checked.rests_on else {}),
        **({UPON: upon.id} if upon else {}),
    }

    def parts() -> Iterator[tuple[str, pl.DataFrame]]:
        rows, found, homes, batches = Counter(stands or {}), [SEEN.empty()], [ONE_GROUP], set[str]()
        for group, tables in enumerate(checked.groups):
            found.append(tables["finding"].select(list(SEEN.columns)))
            homes.append(tables["roster"][HOME].unique(maintain_order=True))
            batches |= set(_batches(tables["roster"])["batch"]) if kind == "entrants" else set()
            wide = {COVERAGE.name: widen(tables[COVERAGE.name], checked.source_state, checked.asked)}
            for each, table in {**tables, **wide}.items():
                rows[each] += table.height
                yield (piece(each, group) if checked.ends.len() else each), table
            del tables, wide, table  # before those of the next group are made
        seen, after = _seen_with(store, pl.concat(found), kind, upon)
        rows[SEEN.name] += seen.height
        yield SEEN.name, seen
        yield from checked.ground.items()
        if upon is not None:
            facts[ROWS] = {each: rows[each] for each in COUNTED}
            yield ANEW, pl.concat(homes).to_frame(HOME)
        if checked.ends.len():
            yield ENDS, checked.ends.to_frame(HOME)
        facts.update({"batches": sorted(batches)} if kind == "entrants" else {})
        facts.update({SEEN_AFTER: after} if after else {})

    return store.publish(DATASET, f"{sequence:06}-{name}", parts(), data_date=None, facts=facts).id


def _told(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """The rows as JSON has them.

    Out of a copy: polars locks a frame while it writes; a thread that reads it then, and the writer, wait for each other.
    """
    rows: list[dict[str, Any]] = json.loads(frame.clone().write_json())
    return rows


def rows_that_stand(run: KeptRun, anew: pl.Series) -> dict[str, int]:
    """How many rows the tables of a kept run that are COUNTED have of other households than these; raises IntegrityError."""
    return {name: run.rows_of(name) - run.read(name, [HOME], homes=anew).height for name in COUNTED}


def first_seen(store: Store, ids: pl.Series | None = None) -> pl.DataFrame:
    """SEEN: every finding that any run made, with the earliest day; or those of some ids."""
    last = latest(store)
    if last is None or (ids is not None and ids.is_empty()):
        return SEEN.empty()
    after = last.facts.get(SEEN_AFTER)
    holding = [last, *([opened(store, after)] if after and store.has(DATASET, after) else [])]
    wanted = None if ids is None else pl.col("finding_id").is_in(ids.implode())
    return _earliest(each.read(SEEN.name, where=wanted) for each in holding)


def seen_earlier(store: Store, run: KeptRun) -> pl.Series:
    """The households of a kept run with a finding that a run kept since has first seen on an earlier day."""
    if store.snapshots(DATASET)[-1].id == run.id:
        return pl.Series(dtype=pl.String)
    found = run.read("finding", [HOME, "finding_id", "first_seen"])
    known = first_seen(store, found["finding_id"]).rename({"first_seen": "_known"})
    return found.join(known, on="finding_id").filter(pl.col("_known") < pl.col("first_seen"))[HOME].unique()


def _seen_with(store: Store, found: pl.DataFrame, kind: str, upon: KeptRun | None) -> tuple[pl.DataFrame, str | None]:
    """SEEN as a run is to hold it, which may stand upon another, and the run whose SEEN stands besides; found: its own."""
    if upon is not None and store.snapshots(DATASET)[-1].id == upon.id:
        known = upon.read(SEEN.name, where=pl.col("finding_id").is_in(found["finding_id"].implode()))
        return found.join(known, on="finding_id", how="anti"), None
    seen, after = _seen(store, found, kind)
    return (seen if upon is None else seen.join(upon.read(SEEN.name), on=list(SEEN.columns), how="anti")), after


def _seen(store: Store, found: pl.DataFrame, kind: str) -> tuple[pl.DataFrame, str | None]:
    """SEEN as a run is to hold it, and the run whose SEEN stands besides, if any.

    A question about one household reads and writes no list of all findings: it holds what such questions have found
    since the last check of many.
    """
    last = latest(store)
    if last is None or kind != "case":
        return _earliest([first_seen(store), found]), None
    after = last.facts.get(SEEN_AFTER)
    return _earliest([*([last.read(SEEN.name)] if after else []), found]), str(after or last.id)


def _earliest(seen: Iterable[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(seen).group_by("finding_id").agg(pl.col("first_seen").min()).sort("finding_id")


def latest(store: Store) -> KeptRun | None:
    """The run that was kept last."""
    entries = store.snapshots(DATASET)
    return opened(store, entries[-1].id) if entries else None


def find(store: Store, name: str) -> list[KeptRun]:
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
    return [opened(store, entry) for entry in wanted]


def newest(snapshots: Iterable[KeptRun], wanted: pl.Series | None = None) -> Iterator[tuple[KeptRun, pl.Series]]:
    """Of runs, newest first: each run, and the households whose newest result it holds; runs that hold none are left out.

    wanted: stop as soon as each of these households has been found; null: go through all runs
    """
    taken = pl.Series([], dtype=pl.String)
    for snapshot in snapshots:
        homes = snapshot.read("roster", ["household_no"])["household_no"].unique(maintain_order=True)
        fresh = homes.filter(~homes.is_in(taken.implode()))
        if fresh.len():
            yield snapshot, fresh
            taken = pl.concat([taken, fresh])
        if wanted is not None and wanted.is_in(taken.implode()).all():
            return


def until(store: Store, as_of: date) -> Iterator[KeptRun]:
    """The kept runs whose day is not after a day, newest first."""
    for entry in store.snapshots(DATASET)[::-1]:
        snapshot = opened(store, entry.id)
        if about(snapshot, RUN)["as_of"][0] <= as_of:
            yield snapshot


def between(store: Store, since: date, to: date, *kinds: str) -> list[KeptRun]:
    """The kept runs of those days, newest first; of some kinds, or of all. Opens no part."""
    days = range(int(f"{since:%Y%m%d}"), int(f"{to:%Y%m%d}") + 1)
    names = [(entry.id, entry.id[7:].split("-")) for entry in store.snapshots(DATASET)[::-1]]
    wanted = [name for name, (kind, day, _) in names if int(day) in days and (not kinds or kind in kinds)]
    return [opened(store, name) for name in wanted]


def load(snapshot: KeptRun) -> Result:
    """A kept run's tables."""
    run, source_state = about(snapshot, RUN), about(snapshot, SOURCE_STATE)

    def read(name: str) -> pl.DataFrame:
        if name == COVERAGE.name:
            return expand(snapshot.read(name), source_state, str(run["run"][0]))
        table = _KEPT.get(name)
        if name in (ACCOUNT.name, ACCOUNT_LINE.name) and name not in snapshot.part_names():
            return _KEPT[name].empty()  # kept by an older program
        return snapshot.read(name) if table is None else table.fit(snapshot.read(name))

    return Result(run, source_state, read, decoys(snapshot), snapshot.rows_of)


def decoys(snapshot: KeptRun) -> pl.DataFrame:
    """DECOY rows of a kept run; none where it had no decoys."""
    return about(snapshot, DECOY) if DECOY.name in snapshot.facts else DECOY.empty()


def about(snapshot: KeptRun | Snapshot, table: Table) -> pl.DataFrame:
    """RUN or SOURCE_STATE rows of a kept run; opens no part."""
    return pl.read_json(json.dumps(snapshot.facts[table.name]).encode(), schema=dict(table.columns))


def day_of(snapshot: KeptRun) -> date:
    """The day that a kept run takes for today."""
    day: date = about(snapshot, RUN)["as_of"][0]
    return day


def previous(
    store: Store,
    kind: str,
    roster: pl.DataFrame,
    run: str | None = None,
    *,
    portion: Portion = EVERYBODY,
    region: str = "000000",
) -> Result | None:
    """The last kept run of a kind, or the last one before the named run; null where there is none.

    Of a portion of the recipients it is the last run of the same portion, or what the last run of all says of it.
    region: the centre's own

    Of applicants, who are checked batch by batch, it is the last run that checked any of them, with the findings that
    each one's batch had when it was last checked.
    """
    names = [entry.id for entry in store.snapshots(DATASET)][::-1]
    if run is not None:
        names = names[next(place for place, name in enumerate(names) if name[7:] == run) + 1 :]
    earlier = (opened(store, name) for name in names if name[7:].startswith(f"{kind}-") and name[7:] != run)
    if kind != "entrants":
        wide = (None, portion.text)
        found = next((load(each) for each in earlier if about(each, RUN)["portion"][0] in wide), None)
        return of_portion(found, portion, region) if found else None
    return _batch_by_batch(earlier, _batches(roster))


def of_portion(result: Result, portion: Portion, region: str) -> Result:
    """What a run says of a portion of its households."""
    if not portion or result.run["portion"][0] == portion.text:
        return result
    return of_households(result, portion.of(result.roster, region)["household_no"].unique())


def _batch_by_batch(earlier: Iterable[KeptRun], homes: pl.DataFrame) -> Result | None:
    """Of runs, newest first: the first that holds any of these batches, with each batch's newest findings."""
    wanted = set(homes["batch"])
    last: Result | None = None
    findings = [FINDING.empty()]
    for snapshot in earlier:
        held = wanted.intersection(snapshot.facts.get("batches", wanted))  # an older program checked everybody at once
        if held:
            result = load(snapshot)
            theirs = homes.filter(pl.col("batch").is_in(list(held)))["household_no"]
            findings.append(result.finding.filter(pl.col("household_no").is_in(theirs.implode())))
            last, wanted = last or result, wanted - held
        if not wanted:
            break
    return last.but(finding=pl.concat(findings)) if last else None


def _batches(roster: pl.DataFrame) -> pl.DataFrame:
    """household_no and batch of every applicant; those in none are one of their own, without a name."""
    return rosters.batches(roster).with_columns(pl.col("batch").fill_null(""))


def of_households(result: Result, homes: pl.Series) -> Result:
    """A run, of some of its households alone."""
    theirs = pl.col("household_no").is_in(homes.implode())
    roster = result.roster.filter(theirs)
    counts = {"households": homes.n_unique(), "members": roster.height}
    return result.but(
        run=result.run.with_columns(pl.lit(count, pl.Int64).alias(name) for name, count in counts.items()),
        roster=roster,
        link=result.link.filter(theirs),
        finding=result.finding.filter(theirs),
        coverage=result.coverage.filter(theirs),
    )


def widen(coverage: pl.DataFrame, source_state: pl.DataFrame, asked: Collection[str] = ()) -> pl.DataFrame:
    """COVERAGE as one row a member, with a column of states and one of reasons for each source.

    asked: the sources that were read at another time for each member; of these, and of those read in part, so are
           snapshots and dates
    """
    wide = _wide(coverage, ["state", "reason"])
    partly = source_state.filter(pl.col("state") == "partial")["source"]
    own = coverage.filter(pl.col("source").is_in([*asked, *partly]))
    if own.is_empty():
        return wide
    return wide.join(_wide(own, ["snapshot", "data_date"]), on=_MEMBER, how="left", maintain_order="left")


def _wide(coverage: pl.DataFrame, values: list[str]) -> pl.DataFrame:
    wide = coverage.pivot("source", index=_MEMBER, values=values, maintain_order=True)
    named = {f"{value}_{source}": f"{value}:{source}" for value in values for source in coverage["source"].unique()}
    return wide.rename(named)


def expand(wide: pl.DataFrame, source_state: pl.DataFrame, run: str) -> pl.DataFrame:
    """COVERAGE rows again, each member and source once; snapshots and dates are the sources', or the member's own."""
    read = source_state.filter(pl.col("state").is_in(["arrived", "damaged"]))
    facts = read.group_by("source", maintain_order=True).agg(
        snapshot=pl.col("snapshot").str.join("+"), data_date=pl.col("data_date").min()
    )
    sources = [name.removeprefix("state:") for name in wide.columns if name.startswith("state:")]
    own = [source for source in sources if f"data_date:{source}" in wide.columns]
    rows = [
        wide.select(
            *_MEMBER,
            source=pl.lit(source),
            state=pl.col(f"state:{source}"),
            reason=pl.col(f"reason:{source}"),
            _own=pl.lit(source in own),
            _snapshot=pl.col(f"snapshot:{source}") if source in own else pl.lit(None, pl.String),
            _date=pl.col(f"data_date:{source}") if source in own else pl.lit(None, pl.Date),
        ).drop_nulls("state")  # a household whose programme has not signed the source stands in no row of it
        for source in sources
    ]
    if not rows:
        return COVERAGE.empty()
    joined = (
        pl.concat(rows)
        .join(facts, on="source", how="left")
        .with_columns(
            run=pl.lit(run),
            snapshot=pl.when("_own").then("_snapshot").otherwise("snapshot"),
            data_date=pl.when("_own").then("_date").otherwise("data_date"),
        )
    )
    return COVERAGE.fit(joined).sort("household_no", pl.col("member_no").cast(pl.Int64), "source")
