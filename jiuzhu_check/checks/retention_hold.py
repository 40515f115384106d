"""留置 hold: what stays although its period has passed, and why."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date

import polars as pl

from jiuzhu_check.checks import results
from jiuzhu_check.checks.batch_history import read_history
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.evidence_bundle import named_by
from jiuzhu_check.checks.findings import Wanted, last_found, of_runs
from jiuzhu_check.checks.kept_run import DATASET
from jiuzhu_check.checks.reexaminations import open_disputes
from jiuzhu_check.errors import NotFound
from jiuzhu_check.intake.refused import refused_since, suppliers_refused
from jiuzhu_check.intake.roster_returned import read_returned
from jiuzhu_check.intake.stored import ROSTER_DATASET, dataset
from jiuzhu_check.language import say
from jiuzhu_check.store.snapshot import Store
from jiuzhu_check.tables.finding import FINDING, evidence_pieces
from jiuzhu_check.tables.run import RUN

Place = tuple[str, str]  # dataset and snapshot


def holds(centre: Centre, on: date) -> dict[Place, str]:
    """Each snapshot that must stay, and why."""
    store = centre.store
    held: dict[Place, str] = {}
    for reason, places in (
        (say("最新的一份"), _newest(store)),
        (say("后来的增量以它为底"), _chains(store)),
        (say("最近一次同类核对"), _runs(store)),
        (say("受理批次的报告"), _versions(store)),
        (say("待答复的发现或未办结的异议"), _open_findings(centre, on)),
        (say("未关闭的受理批次"), _open_batches(store)),
        (say("整份拒收，还没有更新的交付"), _refused(centre)),
        (say("还有待补正的行"), _returned(store)),
    ):
        for place in places:
            held.setdefault(place, reason)
    return held


def _newest(store: Store) -> Iterator[Place]:
    """The last of every dataset; of departments' data also that of the newest day, with the file as it came."""
    for place in store.datasets():
        if place.startswith(("progress/", "told/", "evidence/", "refused/")):
            continue
        entries = store.snapshots(place)
        if entries:
            newest = max(reversed(entries), key=lambda each: each.data_date or date.min)  # of equals the last
            for each in {entries[-1].id, newest.id}:
                yield from _with_file(place, each)


def _chains(store: Store) -> Iterator[Place]:
    """Back from the newest to the last whole delivery."""
    for place in store.datasets("records/"):
        for entry in reversed(store.snapshots(place)):
            yield from _with_file(place, entry.id)
            if not store.opened(place, entry).facts.get("partly"):
                break


def _with_file(place: str, snapshot: str) -> Iterator[Place]:
    yield place, snapshot
    if place.startswith("records/"):
        yield place.replace("records/", "landed/", 1), snapshot


def _runs(store: Store) -> Iterator[Place]:
    """The newest of each kind; of recipients the newest of everybody, and of each portion that was checked after it."""
    seen = set[tuple[str, str | None]]()
    for entry in reversed(store.snapshots(DATASET)):
        kind = entry.id[7:].split("-")[0]
        if (kind, None) in seen:
            continue
        portion = results.about(store.snapshot(DATASET, entry.id), RUN)["portion"][0]
        if (kind, portion) not in seen:
            seen.add((kind, portion))
            yield DATASET, entry.id


def _versions(store: Store) -> Iterator[Place]:
    """The runs behind the reports of batches: the newest of each batch, and all of one that is open."""
    history = read_history(store)
    still_open = history.versions.filter(~pl.col("batch").is_in(history.closed.implode()))
    for snapshot in pl.concat([history.last_versions, still_open])["snapshot"].unique().sort():
        yield DATASET, snapshot


def _open_findings(centre: Centre, on: date) -> Iterator[Place]:
    """What the open findings of each household's newest check rest on, and that check itself; likewise what is disputed."""
    try:
        found = of_runs(centre, Wanted(), on).filter(pl.col("state") != "answered")
    except NotFound:  # nothing was ever checked
        return
    found = pl.concat([FINDING.fit(found), *_disputed(centre, found["finding_id"])])
    pieces = evidence_pieces(found).select("source", "supplier", "snapshot").unique().sort(pl.all())
    for source, supplier, snapshot in pieces.iter_rows():
        yield from _with_file(dataset(source, supplier), snapshot)
    names = set(found["run"].unique())
    for entry in centre.store.snapshots(DATASET):
        if entry.id[7:] in names:
            yield DATASET, entry.id


def _disputed(centre: Centre, known: pl.Series) -> Iterator[pl.DataFrame]:
    """FINDING rows that are disputed and that their household's newest check no longer makes, as they were last made."""
    for finding in open_disputes(centre.store)["finding_id"].unique().sort():
        if finding not in known:
            with suppress(NotFound):  # its run went before the dispute was opened again
                yield last_found(centre, finding)[1]


def _open_batches(store: Store) -> Iterator[Place]:
    """What the newest version of an open batch's report read, and what brought the records that it links."""
    history = read_history(store)
    still_open = history.last_versions.filter(~pl.col("batch").is_in(history.closed.implode()))
    held = {each.id for each in store.snapshots(DATASET)}
    for source, supplier, snapshot in sorted(named_by(store, held.intersection(still_open["snapshot"]))):
        yield from _with_file(dataset(source, supplier), snapshot)


def _refused(centre: Centre) -> Iterator[Place]:
    store = centre.store
    for source in centre.sources:
        for supplier in suppliers_refused(store, source):
            held = store.newest(dataset(source, supplier), date.max)
            for each in refused_since(store, source, supplier, held, date.max):
                yield f"refused/{source}/{supplier}", each.id
                yield f"landed/{source}/{supplier}", each.id


def _returned(store: Store) -> Iterator[Place]:
    """The imports of which roster rows are still out."""
    newest = store.latest(ROSTER_DATASET)
    for name in read_returned(newest)["snapshot"].unique().drop_nulls().sort() if newest else ():
        yield ROSTER_DATASET, name
