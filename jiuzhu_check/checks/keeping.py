"""存入 keeping: a finished run, put into the store as it is made, group of households by group."""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any, Self

import polars as pl

from jiuzhu_check import __version__
from jiuzhu_check.checks.first_night import READ, first_read, with_run
from jiuzhu_check.checks.kept_run import (
    ANEW,
    ASKED,
    COUNTED,
    DATASET,
    ENDS,
    HOME,
    ROWS,
    UPON,
    KeptRun,
    piece,
    table_of,
)
from jiuzhu_check.checks.results import (
    RESTS_ON,
    SEEN,
    SEEN_AFTER,
    Result,
    batches,
    earliest,
    first_seen,
    latest,
    seen_before,
    seen_since,
)
from jiuzhu_check.store.snapshot import Store
from jiuzhu_check.tables.coverage import COVERAGE
from jiuzhu_check.tables.grouped import ONE_GROUP

_MEMBER = ["household_no", "member_no", "person_no"]


@dataclass(frozen=True)
class Group:
    """One group of households.

    tables: those of a Result
    ground: makes what of the ground (checks/ground.py) is theirs: only who keeps the run needs it
    """

    tables: Mapping[str, pl.DataFrame]
    ground: Callable[[], Mapping[str, pl.DataFrame]] = dict


@dataclass(frozen=True)
class Checked:
    """A run that is not kept yet.

    groups:   one group of households after another, in the order of household numbers; made as they are taken, once
    ends:     where each group but the last ends (tables/grouped.py)
    asked:    the sources that were read at another time for each member
    ground:   of the ground what is of no household
    rests_on: what all of it came from
    """

    run: pl.DataFrame
    source_state: pl.DataFrame
    decoy: pl.DataFrame
    groups: Iterable[Group]
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
        (group,) = self.groups
        return Result(self.run, self.source_state, group.tables.__getitem__, self.decoy)


def keep(
    store: Store,
    checked: Checked,
    *,
    upon: KeptRun | None = None,
    stands: Mapping[str, int] | None = None,
    gone: pl.Series = ONE_GROUP,
) -> str:
    """Put a finished run into the store, with the day on which each finding was first seen; the snapshot's id.

    Its groups are written one by one, each as it is made.

    upon:   the run that it stands upon: of the run only the households that were checked anew are kept
    stands: how many rows of that one stand, table by table, as rows_that_stand gives them
    gone:   households of that one that are not under check any more
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
        rows, found, homes, several = Counter(stands or {}), [SEEN.empty()], [gone], set[str]()
        places = count()  # enumerate would hold a group until the next is there
        for group in checked.groups:
            tables, place = group.tables, next(places)
            found.append(tables["finding"].select(list(SEEN.columns)))
            homes.append(tables["roster"][HOME].unique(maintain_order=True))
            several |= set(batches(tables["roster"])["batch"]) if kind == "entrants" else set()
            wide = {COVERAGE.name: widen(tables[COVERAGE.name], checked.source_state, checked.asked)}
            for each, table in {**tables, **wide, **group.ground()}.items():
                rows[each] += table.height
                yield (piece(each, place) if checked.ends.len() else each), table
            del group, tables, wide, table  # before those of the next group are made
        seen, after = _seen_with(store, pl.concat(found), kind, upon)
        yield SEEN.name, seen
        yield from checked.ground.items()
        if upon is not None:
            facts[ROWS] = {each: rows[each] for each in COUNTED}
            yield ANEW, pl.concat(homes).to_frame(HOME)
        if checked.ends.len():
            yield ENDS, checked.ends.to_frame(HOME)
        facts.update({"batches": sorted(several)} if kind == "entrants" else {})
        facts.update({SEEN_AFTER: after} if after else {})

    def narrow(part: str) -> bool:
        return kind != "case" and table_of(part) in ASKED

    return store.publish(DATASET, f"{sequence:06}-{name}", parts(), data_date=None, facts=facts, narrow=narrow).id


def rows_that_stand(run: KeptRun, anew: Mapping[str, int]) -> dict[str, int]:
    """How many rows the tables of a kept run that are COUNTED have of other households than those of whom it has these."""
    return {name: run.rows_of(name) - anew[name] for name in COUNTED}


def _told(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """The rows as JSON has them.

    Out of a copy: polars locks a frame while it writes; a thread that reads it then, and the writer, wait for each other.
    """
    rows: list[dict[str, Any]] = json.loads(frame.clone().write_json())
    return rows


def _seen_with(store: Store, found: pl.DataFrame, kind: str, upon: KeptRun | None) -> tuple[pl.DataFrame, str | None]:
    """SEEN as a run is to hold it, which may stand upon another, and the run whose SEEN stands besides; found: its own."""
    if upon is None:
        return _seen(store, found, kind)
    since = seen_since(store, upon)
    return seen_before(earliest([first_seen(store) if since is None else since, found]), upon), None


def _seen(store: Store, found: pl.DataFrame, kind: str) -> tuple[pl.DataFrame, str | None]:
    """SEEN as a run is to hold it, and the run whose SEEN stands besides, if any.

    A question about one household reads and writes no list of all findings: it holds what such questions have found
    since the last check of many.
    """
    last = latest(store)
    if last is None or kind != "case":
        return earliest([first_seen(store), found]), None
    after = last.facts.get(SEEN_AFTER)
    return earliest([*([last.read(SEEN.name)] if after else []), found]), str(after or last.id)


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
