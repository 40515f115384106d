"""保存期 retention: what is past its period, kind by kind, and what is held back although it is, and why. Changes nothing."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass
from datetime import date, datetime

import polars as pl

from jiuzhu_check.audit.files import month_files
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.evidence_bundle import named_by
from jiuzhu_check.checks.kept_run import DATASET, opened
from jiuzhu_check.checks.retention_hold import holds
from jiuzhu_check.errors import IntegrityError
from jiuzhu_check.language import say
from jiuzhu_check.parameters.file import Value
from jiuzhu_check.parameters.policy import KEPT
from jiuzhu_check.store.manifest import SnapshotEntry
from jiuzhu_check.store.purge import unlisted

AUDIT = "audit"
# kind → the datasets that are of it, by name or by how it begins; its period is the parameter retention.KIND
KINDS: Mapping[str, tuple[str, ...]] = {
    "landed": ("landed/", "refused/"),
    "records": ("records/",),
    "runs": ("runs",),
    "evidence": ("evidence/",),
    "roster": ("roster",),
    "issued_reports": ("issued_reports",),
    "superseded": (
        "decisions", "reexaminations", "disputes", "staff", "assignments", "batches", "consents", "inquiry/",
    ),
    "unfinished": ("progress/", "told/"),
    AUDIT: (),
}  # fmt: skip


@dataclass(frozen=True)
class Item:
    """One snapshot, or one month of the audit log, whose period has passed.

    received: the day it came into the workspace; due: the first day on which it may go
    held:     why it stays all the same; empty: it may go
    """

    kind: str
    dataset: str
    id: str
    data_date: date | None
    received: date
    due: date
    rows: int
    size: int
    held: str = ""


@dataclass(frozen=True)
class Plan:
    """What is past its period.

    periods: kind → how many months by which basis; null: none is in force, and nothing of it goes
    kept:    kind → how many there are within their period
    unknown: datasets of no kind, which are never purged
    left:    datasets in which a killed run left what nothing names
    """

    on: date
    periods: Mapping[str, Value | None]
    items: tuple[Item, ...]
    kept: Mapping[str, int]
    unknown: tuple[str, ...]
    left: tuple[str, ...]

    def due(self, kind: str = "") -> list[Item]:
        """What may go, of a kind or of all."""
        return [each for each in self.items if not each.held and kind in ("", each.kind)]

    def held(self, kind: str = "") -> list[Item]:
        """What is past its period and stays."""
        return [each for each in self.items if each.held and kind in ("", each.kind)]

    @property
    def digest(self) -> str:
        """SHA-256 of all that may go, and by which rule."""
        told = [[*map(str, astuple(each))] for each in self.due()]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def plan(centre: Centre, on: date) -> Plan:
    """What the periods of that day let go. The caller has audited it."""
    periods = {kind: centre.policy.told(f"{KEPT}{kind}", centre.region, None, on) for kind in KINDS}
    found = [each for kind, period in periods.items() if period for each in _past(centre, kind, period, on)]
    items = [each for each in found if isinstance(each, Item)]
    kept = {kind: sum(each == kind for each in found if isinstance(each, str)) for kind in KINDS}
    held = holds(centre, on) if items else {}
    told = [_with(each, held.get((each.dataset, each.id), "")) for each in items]
    datasets = centre.store.datasets()
    return Plan(
        on,
        periods,
        tuple(_needed(centre, told)),
        kept,
        tuple(name for name in datasets if kind_of(name) is None),
        tuple(name for name in datasets if unlisted(centre.store, name)),
    )


def kind_of(dataset: str) -> str | None:
    """The kind that a dataset is of; null: of none."""
    for kind, names in KINDS.items():
        if any(dataset == name or (name.endswith("/") and dataset.startswith(name)) for name in names):
            return kind
    return None


def _past(centre: Centre, kind: str, period: Value, on: date) -> Iterator[Item | str]:
    """What is past its period, and the kind again for each one that is not."""
    assert isinstance(period.cell, int)
    for item in _months(centre) if kind == AUDIT else _snapshots(centre, kind):
        due = _later(item.received, period.cell)
        yield _due(item, due) if due <= on else kind


def _snapshots(centre: Centre, kind: str) -> Iterator[Item]:
    store = centre.store
    for dataset in store.datasets():
        if kind_of(dataset) == kind:
            for entry in store.snapshots(dataset):
                yield _item(centre, kind, dataset, entry)


def _item(centre: Centre, kind: str, dataset: str, entry: SnapshotEntry) -> Item:
    try:
        held = centre.store.opened(dataset, entry)
    except IntegrityError:  # how old it is, it cannot say: it stays
        damaged = say("损坏：先从备份恢复")
        return Item(kind, dataset, entry.id, entry.data_date, date.min, date.min, 0, 0, damaged)
    size = sum(file.size for file in held.files)
    received = datetime.fromisoformat(held.received).astimezone().date()  # by the centre's own calendar
    return Item(kind, dataset, entry.id, entry.data_date, received, received, held.rows, size)


def _months(centre: Centre) -> Iterator[Item]:
    """The months of the log; the newest is where it goes on."""
    files = month_files(centre.workspace.audit_dir)
    for file in files:
        first = date.fromisoformat(f"{file.stem}-01")
        last = pl.select(pl.lit(first).dt.month_end()).item()
        held = say("日志的末尾") if file is files[-1] else ""
        with file.open("rb") as lines:
            rows = sum(1 for _ in lines)
        yield Item(AUDIT, AUDIT, file.stem, last, last, last, rows, file.stat().st_size, held)


def _needed(centre: Centre, items: list[Item]) -> Iterator[Item]:
    """The same; a run that one stands upon which stays, and evidence that one rests on which stays, are held."""
    going = {each.id for each in items if each.kind == "runs" and not each.held}
    stay = [each.id for each in centre.store.snapshots(DATASET) if each.id not in going]
    below = _below(centre, stay) if going else set()
    wanted = [each for each in items if each.kind == "evidence" and not each.held]
    named = named_by(centre.store, {*stay, *below}) if wanted else {}
    for each in items:
        source, _, supplier = each.dataset.removeprefix("evidence/").partition("/")
        is_needed = each in wanted and (source, supplier, each.id) in named
        is_needed |= each.kind == "runs" and each.id in below
        yield _with(each, say("还在保存的核对以它为底")) if is_needed else each


def _below(centre: Centre, stay: list[str]) -> set[str]:
    """The runs that some runs stand upon, those that these stand upon, and so on."""
    found: set[str] = set()
    for name in stay:
        run = opened(centre.store, name)
        while run.upon is not None:
            run = run.upon
            found.add(run.id)
    return found


def _due(item: Item, due: date) -> Item:
    return Item(**{**item.__dict__, "due": due})


def _with(item: Item, held: str) -> Item:
    return Item(**{**item.__dict__, "held": item.held or held})


def _later(day: date, months: int) -> date:
    """So many months after a day; 2018-01-31 and one month are 2018-02-28."""
    if day == date.min:
        return day
    later: date = pl.select(pl.lit(day).dt.offset_by(f"{months}mo")).item()
    return later
