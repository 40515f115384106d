"""入库形式 stored: how the parts of a snapshot hold records and the roster, and how they are read again."""

from functools import partial

import polars as pl

from jiuzhu_check.errors import StoreError
from jiuzhu_check.store.snapshot import Snapshot, Store
from jiuzhu_check.tables.packed import alike_once
from jiuzhu_check.tables.record import ORIGIN, RECORDS
from jiuzhu_check.tables.roster import ROSTER
from jiuzhu_check.tables.side_by_side import side_by_side

ROSTER_DATASET = "roster"
_READ_AS = {"owner_no_raw": "owner_no", "owner_name_raw": "owner_name"}  # what was delivered, and how it was read
_KEYS = ("owner_no", "owner_name", "source_row")  # the parts are cut and looked through by these


def dataset(source: str, supplier: str) -> str:
    """Where the store keeps one supplier's records of one source."""
    return f"records/{source}/{supplier}"


def data_day(snapshot: pl.Expr) -> pl.Expr:
    """The day that the data speaks of in which a record came, of the snapshot that the record names.

    A record that stood on while increments came is as old as the delivery that brought it: no increment says of what it
    does not mention that it is still so.
    """
    return snapshot.str.head(8).str.to_date("%Y%m%d")


def evidence_place(source: str, supplier: str) -> str:
    """Where the store keeps what findings rest on of one supplier's records that were purged."""
    return f"evidence/{source}/{supplier}"


def kept_records(store: Store, source: str, supplier: str, snapshot: str) -> Snapshot:
    """A snapshot of records; where it was purged, what was kept of it as evidence.

    raises: IntegrityError where it is damaged, StoreError where it is not here
    """
    try:
        return store.snapshot(dataset(source, supplier), snapshot)
    except StoreError:
        if not store.has(evidence_place(source, supplier), snapshot):
            raise
        return store.snapshot(evidence_place(source, supplier), snapshot)


def landed_sha256(store: Store, source: str, supplier: str, snapshot: str) -> str:
    """Of a delivery as it came, also of one that was purged since; empty where it never came here.

    raises: IntegrityError where what says so is damaged
    """
    place = f"landed/{source}/{supplier}"
    found = [entry for entry in store.listed(place) if entry.id == snapshot]
    if not found:
        return ""
    gone = found[-1].gone
    return gone.raw_sha256 if gone else str(store.snapshot(place, snapshot).facts["raw_sha256"])


def slim(records: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, object]]:
    """The records without what stands in them more than once, and the columns that all of them have alike.

    What was delivered is left out where it was read as it stands, and is an empty text where nothing was and it was read
    from elsewhere in the row; what all have alike stands once, in the facts.
    """
    often = [name for name in (*ORIGIN, "owners") if name not in _KEYS]
    first = records.select(pl.col(often).first()).row(0, named=True)
    same = records.select(pl.col(often).eq_missing(pl.col(often).first()).all()).row(0, named=True)
    different = records.with_columns(
        pl.when(pl.col(raw).ne_missing(pl.col(read))).then(pl.col(raw).fill_null("")).alias(raw)
        for raw, read in _READ_AS.items()
    )
    nulls = different.null_count().row(0, named=True)
    empty = [name for name, count in nulls.items() if name not in _KEYS and count == records.height]
    one = [name for name in often if records.height and same[name]]
    alike: dict[str, object] = {**{name: first[name] for name in one}, **dict.fromkeys(empty)}
    return different.drop(alike), alike


def read_records(snapshot: Snapshot, part: str) -> pl.DataFrame:
    """The records of one part, all columns of their table.

    raises: IntegrityError where the part is missing or not what was published
    """
    return as_records(snapshot, snapshot.read(part))


def as_records(snapshot: Snapshot, stored: pl.DataFrame) -> pl.DataFrame:
    """What parts of a snapshot hold, with all columns of their table; what an older program did not know of is null."""
    table = RECORDS[snapshot.facts["table"]]
    return table.empty() if stored.is_empty() else filled(snapshot, stored).select(list(table.columns))


def filled(snapshot: Snapshot, stored: pl.DataFrame) -> pl.DataFrame:
    """The same, and behind them the columns that stand beside what the parts hold, such as a member's."""
    columns = RECORDS[snapshot.facts["table"]].columns
    alike = {**dict.fromkeys(name for name in columns if name not in stored.columns), **snapshot.facts["alike"]}
    delivered = [
        pl.when(pl.col(raw).ne_missing("")).then(pl.coalesce(raw, read)).alias(raw) for raw, read in _READ_AS.items()
    ]
    told = [pl.lit(value, columns[name]).alias(name) for name, value in alike.items()]
    beside = [name for name in stored.columns if name not in columns]
    return stored.with_columns(told).with_columns(delivered).select(*columns, *beside)


def read_owners(snapshot: Snapshot, part: str, where: pl.Expr | None = None) -> pl.DataFrame:
    """owner_no and owner_name of the records of one part, or of those for which a condition holds; raises IntegrityError."""
    return snapshot.read(part, ["owner_no", "owner_name"], where=where)


def read_roster(
    snapshot: Snapshot | None, parts: list[str] | None = None, *, where: pl.Expr | None = None
) -> pl.DataFrame:
    """ROSTER rows of a roster snapshot, of all its household parts or of the named ones; those for which a condition holds.

    What an older program did not know of is null.
    """
    if snapshot is None:
        return ROSTER.empty()
    names = parts if parts is not None else [name for name in snapshot.part_names() if name.startswith("h")]
    found = side_by_side(partial(snapshot.read, where=where), names)
    return alike_once(ROSTER.fit(pl.concat(found))) if names else ROSTER.empty()
