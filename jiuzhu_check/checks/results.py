"""核对结果: kept runs, found again by name, as the latest, or household by household (kept by checks/keeping.py)."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

import polars as pl

from jiuzhu_check.checks.kept_run import DATASET, HOME, KeptRun, opened
from jiuzhu_check.checks.portion import EVERYBODY, Portion
from jiuzhu_check.errors import IntegrityError, NotFound
from jiuzhu_check.language import say
from jiuzhu_check.store.snapshot import Snapshot, Store
from jiuzhu_check.tables import roster as rosters
from jiuzhu_check.tables.account import ACCOUNT, ACCOUNT_LINE, Account
from jiuzhu_check.tables.coverage import COVERAGE, SOURCE_STATE
from jiuzhu_check.tables.decoy import DECOY, closed_tiers
from jiuzhu_check.tables.finding import FINDING
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


def first_seen(store: Store, ids: pl.Series | None = None) -> pl.DataFrame:
    """SEEN: every finding that any run made, with the earliest day; or those of some ids."""
    last = latest(store)
    if last is None or (ids is not None and ids.is_empty()):
        return SEEN.empty()
    after = last.facts.get(SEEN_AFTER)
    holding = [last, *([opened(store, after)] if after and store.has(DATASET, after) else [])]
    wanted = None if ids is None else pl.col("finding_id").is_in(ids.implode())
    found = [each.read(SEEN.name, where=wanted) for each in holding]
    return found[0] if len(holding) == 1 and last.upon is None else earliest(found)  # a run of its own names each once


def seen_since(store: Store, run: KeptRun, homes: pl.Series | None = None) -> pl.DataFrame | None:
    """SEEN: what the runs that were kept since a run have found; null where one of them is kept no more.

    That is little beside all findings: questions about one household, and checks of others than the run's.

    homes: all that was found of these households; of others what is at hand besides
    """
    entries = [entry.id for entry in store.snapshots(DATASET)]
    since = entries[entries.index(run.id) + 1 :]
    if since and int(since[-1][:6]) - int(run.id[:6]) != len(since):
        return None
    found = [SEEN.empty()]
    for name, then in zip(since, [*since[1:], ""], strict=False):
        if not _is_question(name):
            found.append(opened(store, name, run).read("finding", list(SEEN.columns), homes=homes))
        elif not _is_question(then):  # of several questions one after another, the last holds what all have found
            found.append(opened(store, name, run).read(SEEN.name))
    return earliest(found)


def _is_question(entry: str) -> bool:
    """Whether a kept run of that name in the store is of one household that somebody asked about."""
    return entry[7:].startswith("case-")


def seen_earlier(store: Store, run: KeptRun) -> pl.Series:
    """The households of a kept run with a finding that a run kept since has first seen on an earlier day."""
    known = seen_since(store, run)
    if known is None:
        known = first_seen(store)
    elif known.height:
        known = seen_before(known, run)
    if known.is_empty():
        return pl.Series(dtype=pl.String)
    theirs = pl.col("finding_id").is_in(known["finding_id"].implode())
    found = run.read("finding", [HOME, "finding_id", "first_seen"], where=theirs)
    both = found.join(known.rename({"first_seen": "_known"}), on="finding_id")
    return both.filter(pl.col("_known") < pl.col("first_seen"))[HOME].unique()


def seen_before(found: pl.DataFrame, run: KeptRun) -> pl.DataFrame:
    """Of SEEN rows those that a kept run's SEEN does not hold, or holds with a later day."""
    known = earliest([run.read(SEEN.name, where=pl.col("finding_id").is_in(found["finding_id"].implode()))])
    then = pl.col("first_seen_right")
    told = found.join(known, on="finding_id", how="left", maintain_order="left")
    return told.filter(then.is_null() | (pl.col("first_seen") < then)).select(list(SEEN.columns))


def earliest(seen: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """SEEN: each finding of some SEEN rows with its earliest day."""
    return pl.concat(seen).group_by("finding_id").agg(pl.col("first_seen").min()).sort("finding_id")


def latest(store: Store) -> KeptRun | None:
    """The run that was kept last."""
    entries = store.snapshots(DATASET)
    return opened(store, entries[-1].id) if entries else None


def last_complete(store: Store, kind: str) -> KeptRun | None:
    """The last run of all of a kind, if it was made of whole parts by a program that says what it rests on."""
    for entry in store.snapshots(DATASET)[::-1]:
        if entry.id[7:].startswith(f"{kind}-"):
            run = opened(store, entry.id)
            if run.facts[RUN.name][0].get("portion") is not None:
                continue
            states = [state["state"] for state in run.facts["source_state"]]
            return run if RESTS_ON in run.facts and not {"damaged", "partial"} & set(states) else None
    return None


def last_night(store: Store) -> KeptRun | None:
    """The last complete run of all recipients; null where there is none, or it is damaged."""
    try:
        return last_complete(store, "recipients")
    except IntegrityError:
        return None


def find(store: Store, name: str, beside: KeptRun | None = None) -> list[KeptRun]:
    """The runs of that name: one run's ID, latest (the last batch run), or all, newest first.

    beside: one that is open already
    raises: NotFound
    """
    entries = [entry.id for entry in store.snapshots(DATASET)][::-1]
    if name == "latest":
        wanted = [entry for entry in entries if not _is_question(entry)][:1]
    elif name == "all":
        wanted = entries
    else:
        wanted = [entry for entry in entries if entry[7:] == name][:1]
    if not wanted:
        what = say("还没有完成过核对。") if name in ("latest", "all") else say("没有这次核对。")
        raise NotFound(what, hint=say("先运行 jiuzhu-check check recipients 或 check entrants。"))
    return [opened(store, entry, beside) for entry in wanted]


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


def closed_by_last_run(store: Store, beside: KeptRun | None = None) -> dict[tuple[str, str], frozenset[str]]:
    """(source, supplier) → the tiers that the newest batch run closed; beside: a run that is open already."""
    try:
        return closed_tiers(decoys(find(store, "latest", beside)[0]))
    except NotFound:
        return {}


def about(snapshot: KeptRun | Snapshot, table: Table) -> pl.DataFrame:
    """RUN or SOURCE_STATE rows of a kept run; opens no part."""
    return pl.read_json(json.dumps(snapshot.facts[table.name]).encode(), schema=dict(table.columns))


def day_of(snapshot: KeptRun) -> date:
    """The day that a kept run takes for today."""
    return date.fromisoformat(snapshot.facts[RUN.name][0]["as_of"])


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
    return _batch_by_batch(earlier, batches(roster))


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


def batches(roster: pl.DataFrame) -> pl.DataFrame:
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
