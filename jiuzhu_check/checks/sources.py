"""到位情况: which snapshot of each signed source and supplier a run reads, and what is missing, stale or damaged."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from jiuzhu_check.checks.register import by_programme, strongest
from jiuzhu_check.intake.refused import Refused, refused_since, suppliers_refused
from jiuzhu_check.intake.source import Source, Sources
from jiuzhu_check.store.snapshot import Snapshot, Store
from jiuzhu_check.tables.coverage import SOURCE_STATE
from jiuzhu_check.values.identity_number import NAMING


@dataclass(frozen=True)
class SourceState:
    """One signed source and supplier in one run. snapshot is null where there is nothing to read.

    requirement: the strongest of what it is for the programmes under check
    programmes:  what it is for each of them, where they differ
    refused:     deliveries that were refused since, of any supplier where there is no snapshot
    """

    source: Source
    requirement: str
    supplier: str
    state: str
    reason: str
    snapshot: Snapshot | None = None
    refused: tuple[Refused, ...] = ()
    programmes: Mapping[str, str] = field(default_factory=dict)

    def damaged(self, reason: str) -> "SourceState":
        """The same with a part that could not be read."""
        return replace(self, state="damaged", reason=reason)

    def programmes_that(self, requirement: str) -> list[str]:
        """The programmes for which it is that; none where all programmes are alike."""
        return [name for name, held in self.programmes.items() if held == requirement]


def of_source(state: SourceState) -> pl.Expr:
    """The rows of one source and supplier."""
    return (pl.col("source") == state.source.id) & (pl.col("supplier") == state.supplier)


def is_signed(state: SourceState) -> bool:
    """Whether any programme under check has signed it."""
    return state.requirement != "unsigned"


def source_states(
    store: Store,
    sources: Sources,
    register: Mapping[str, Mapping[str, object]],
    as_of: date,
    programmes: Collection[str | None] | None = None,
) -> list[SourceState]:
    """One state for each registered source and supplier, in the register's order.

    The newest snapshot whose data date is not after as_of is read; one older than the source's freshness is not.
    programmes: those of the households under check; null: any
    """
    states: list[SourceState] = []
    for name, entry in register.items():
        requirement, differ = strongest(entry, programmes), by_programme(entry, programmes or ())
        if requirement == "unsigned":
            states.append(SourceState(sources.outline(name), requirement, "", "unsigned", "未签约"))
            continue
        source = sources[name]
        fresh = int(str(entry.get("freshness_days", source.contract.freshness_days)))
        held = [_one(store, place, source, requirement, as_of, fresh) for place in store.datasets(f"records/{name}/")]
        found = [state for state in held if state]
        found = found or [_missing(store, source, requirement, as_of)]
        states += [replace(state, programmes=differ) for state in found]
    return states


def of_programmes(
    states: list[SourceState], register: Mapping[str, Mapping[str, object]], programmes: Collection[str | None]
) -> list[SourceState]:
    """The same states for households of some of the programmes for which they were found."""
    told: list[SourceState] = []
    for name, entry in register.items():
        requirement, differ = strongest(entry, programmes), by_programme(entry, programmes)
        theirs = [each for each in states if each.source.id == name]
        if requirement == "unsigned":
            told.append(SourceState(theirs[0].source, requirement, "", "unsigned", "未签约"))
        else:
            told += [replace(each, requirement=requirement, programmes=differ) for each in theirs]
    return told


def only_refused(
    store: Store, source: Source, requirement: str, as_of: date, beside: Collection[str]
) -> list[SourceState]:
    """The suppliers of a source of whom a delivery was refused and nothing ever taken in, but for those beside.

    A run does not know of them: that an office delivers is known once something of it is here.
    """
    states = []
    for supplier in suppliers_refused(store, source.id):
        refused = refused_since(store, source.id, supplier, None, as_of) if supplier not in beside else []
        if refused:
            why = f"{source.title}{_came(refused)}被退回，以前没有收下过"
            states.append(SourceState(source, requirement, supplier, "missing", why, refused=tuple(refused)))
    return states


def _missing(store: Store, source: Source, requirement: str, as_of: date) -> SourceState:
    refused = [each for state in only_refused(store, source, requirement, as_of, ()) for each in state.refused]
    why = f"{source.title}没有数据时点在 {as_of} 及以前的数据" + (f"；{_came(refused)}被退回" if refused else "")
    return SourceState(source, requirement, "", "missing", why, refused=tuple(refused))


def _one(store: Store, place: str, source: Source, requirement: str, as_of: date, fresh: int) -> SourceState | None:
    snapshot, supplier = store.newest(place, as_of), place.rsplit("/", 1)[1]
    if snapshot is None and any(each.gone and (each.data_date or date.min) <= as_of for each in store.listed(place)):
        why = f"{source.title}数据时点在 {as_of} 及以前的数据已按保存期清除"
        return SourceState(source, requirement, supplier, "missing", why)
    if snapshot is None or snapshot.data_date is None:
        return None
    age, refused = (as_of - snapshot.data_date).days, refused_since(store, source.id, supplier, snapshot, as_of)
    if age > fresh and source.inquiry is None:  # an answer is as old as its person's, see checks/inquiry.py
        why = f"{source.title}数据时点 {snapshot.data_date}，距核对日 {age} 天，超过约定的 {fresh} 天"
        why += f"；{_came(refused)}被退回" if refused else ""
        return SourceState(source, requirement, supplier, "stale", why, snapshot, tuple(refused))
    why = f"{source.title}{_came(refused)}被退回，仍用 {snapshot.data_date} 的" if refused else ""
    return SourceState(source, requirement, supplier, "arrived", why, snapshot, tuple(refused))


def _came(refused: list[Refused]) -> str:
    """本次交付（car.csv，数据时点 2018-11-30）: the newest of several."""
    many = f"等 {len(refused)} 份" if len(refused) > 1 else ""
    return f"本次交付（{refused[-1].extract}，数据时点 {refused[-1].data_date}）{many}"


def state_table(states: list[SourceState], run: str, new: Collection[tuple[str, str]] = ()) -> pl.DataFrame:
    """SOURCE_STATE rows; new: source and supplier of those that are newly connected."""
    rows = [
        {
            "run": run,
            "source": state.source.id,
            "title": state.source.title,
            "supplier": state.supplier,
            "requirement": state.requirement,
            "state": state.state,
            "snapshot": state.snapshot.id if state.snapshot else None,
            "data_date": state.snapshot.data_date if state.snapshot else None,
            "rows": _rows(state.snapshot) if state.snapshot else None,
            "rejects": state.snapshot.facts["rejected"] if state.snapshot else None,
            "unusable": _unusable(state.snapshot) if state.snapshot else None,
            "newly_connected": (state.source.id, state.supplier) in new,
            "refused": len(state.refused),
            "reason": state.reason,
            "required_for": "、".join(state.programmes_that("required")) or None,
            "unsigned_for": "、".join(state.programmes_that("unsigned")) or None,
        }
        for state in states
    ]
    return pl.DataFrame(rows, schema=dict(SOURCE_STATE.columns)) if rows else SOURCE_STATE.empty()


def _rows(snapshot: Snapshot) -> int:
    """How many rows stand in it: of an increment's, what stands on from before as well."""
    return int(snapshot.facts["records" if snapshot.facts.get("partly") else "accepted"])


def _unusable(snapshot: Snapshot) -> int:
    return sum(count for kind, count in snapshot.facts["kinds"].items() if kind not in NAMING)
