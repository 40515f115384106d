"""首次接入 first night: a source that no check read before brings many hits at once. They stand, marked, and are no news."""

from collections.abc import Iterable, Mapping
from datetime import date

import polars as pl

from jiuzhu_check.checks.sources import SourceState
from jiuzhu_check.store.snapshot import Snapshot, Store
from jiuzhu_check.tables.finding import evidence_pieces
from jiuzhu_check.tables.run import RUN

Place = tuple[str, str]  # source and supplier
FirstRead = dict[str, dict[str, str]]  # kind of run → source/supplier → the first day for which such a run read it
READ = ("arrived", "partial", "damaged")


def first_read(store: Store, runs: str) -> FirstRead:
    """Since when which sources are read; runs: the dataset of the runs."""
    last = store.latest(runs)
    if last is None:
        return {}
    if "first_read" in last.facts:
        return {kind: dict(places) for kind, places in last.facts["first_read"].items()}
    told: FirstRead = {}
    for entry in store.snapshots(runs):  # an older program did not say: its runs do
        told = with_run(told, *_told_by(store.snapshot(runs, entry.id)))
    return told


def with_run(known: FirstRead, kind: str, as_of: date, read: Iterable[Place]) -> FirstRead:
    """The same with one more run."""
    mine = known.get(kind, {})
    days = {"/".join(place): min(mine.get("/".join(place), str(as_of)), str(as_of)) for place in read}
    return {**known, kind: {**mine, **days}}


def newly_connected(known: FirstRead, kind: str, as_of: date, read: Iterable[Place]) -> list[Place]:
    """Which of the sources that a run reads no run of its kind had read for an earlier day.

    None where there is no earlier day: then everything is new, and the summary says so. A run that is made a second time
    for the same day says the same.
    """
    before = {place for place, day in known.get(kind, {}).items() if day < str(as_of)}
    return [place for place in read if before and "/".join(place) not in before]


def places_read(states: Iterable[SourceState]) -> list[Place]:
    """Source and supplier of each source that a run read."""
    return [(state.source.id, state.supplier) for state in states if state.snapshot and state.state in READ]


def marked(findings: pl.DataFrame, titles: Mapping[Place, str]) -> pl.DataFrame:
    """The findings, newly_connected filled in: the titles of the newly connected sources that each rests on, or null.

    titles: of the newly connected sources
    """
    if not titles:
        return findings
    new = pl.DataFrame(
        [(*place, title) for place, title in titles.items()], ["source", "supplier", "_title"], orient="row"
    )
    resting = (
        evidence_pieces(findings)
        .join(new, on=["source", "supplier"])
        .group_by("finding_id")
        .agg(newly_connected=pl.col("_title").unique().sort().str.join("、"))
    )
    return findings.drop("newly_connected").join(resting, on="finding_id", how="left", maintain_order="left")


def _told_by(run: Snapshot) -> tuple[str, date, list[Place]]:
    (about,) = run.facts[RUN.name]
    states = run.facts["source_state"]
    read = [(each["source"], each["supplier"]) for each in states if each["snapshot"] and each["state"] in READ]
    return about["kind"], date.fromisoformat(about["as_of"]), read
