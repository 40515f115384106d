"""证据包 evidence: of a records snapshot that is about to be purged, what the kept runs rest on, and its rejects.

STORE/evidence/SOURCE/SUPPLIER has a snapshot of the same id, with the same facts and the same parts, cut down to the rows that
a kept run links to a member or names as evidence: an old finding is explained and exported from it byte for byte. It is
made when the snapshot goes, so that no night pays for it.
"""

from collections.abc import Collection, Iterator, Mapping

import polars as pl

from jiuzhu_check.checks import results
from jiuzhu_check.checks.kept_run import opened
from jiuzhu_check.intake.stored import as_records, evidence_place
from jiuzhu_check.store.snapshot import Snapshot, Store
from jiuzhu_check.tables.coverage import SOURCE_STATE
from jiuzhu_check.tables.finding import evidence_pieces

Named = tuple[str, str, str]  # source, supplier, snapshot
_PLACE = ["source", "supplier", "snapshot"]
_ROW = ["sheet", "source_row", "slot"]
REJECTS = "rejects"


def named_by(store: Store, runs: Collection[str]) -> Mapping[Named, pl.DataFrame]:
    """What kept runs read or name: each snapshot, with sheet, source_row and slot of the rows that they rest on."""
    found: dict[Named, list[pl.DataFrame]] = {}
    for name in runs:
        run = opened(store, name)
        for place in results.about(run, SOURCE_STATE).drop_nulls("snapshot").select(_PLACE).iter_rows():
            found.setdefault(place, [])
        links = run.read("link", [*_PLACE, *_ROW])
        pieces = evidence_pieces(run.read("finding", ["finding_id", "evidence"])).select(*_PLACE, *_ROW)
        rows = pl.concat([links, pieces.cast(links.schema)]).unique()
        for place, theirs in rows.partition_by(_PLACE, as_dict=True, include_key=False).items():
            found.setdefault(place, []).append(theirs)
    empty = pl.DataFrame(schema={"sheet": pl.String, "source_row": pl.Int64, "slot": pl.Int64})
    return {place: pl.concat([empty, *rows], how="vertical_relaxed").unique() for place, rows in found.items()}


def bundle(store: Store, snapshot: Snapshot, wanted: pl.DataFrame) -> Snapshot:
    """Keep of a records snapshot the rows wanted, by sheet, source_row and slot, and its rejects.

    raises: IntegrityError where a part of it cannot be read; TryLater, StoreError
    """
    facts = {**snapshot.facts, "evidence_of": {"rows": snapshot.rows, "received": snapshot.received}}
    place = evidence_place(*snapshot.dataset.split("/")[1:])
    parts = _parts(snapshot, wanted)
    return store.publish(place, snapshot.id, parts, data_date=snapshot.data_date, facts=facts, replace=True)


def _parts(snapshot: Snapshot, wanted: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    """The parts that hold any of it, under their names."""
    for name in snapshot.part_names():
        if name == REJECTS:
            yield name, snapshot.read(name)
        elif name.startswith(("n", "loose")):
            stored = snapshot.read(name)
            rows = as_records(snapshot, stored).select(_ROW).with_row_index("_at")
            places = rows.join(wanted, on=_ROW, how="semi", nulls_equal=True)["_at"]
            if places.len():
                yield name, stored[places.sort().to_list()]
