"""取数 pull: one delivery of one source, landed, read, checked against its contract and published as a snapshot."""

import hashlib
import itertools
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import polars as pl

from jiuzhu_check.errors import ExtractChanged
from jiuzhu_check.intake.ahead import ahead
from jiuzhu_check.intake.answer import Answer, read_answer
from jiuzhu_check.intake.changed import UPON, Changing
from jiuzhu_check.intake.delivery import Reading
from jiuzhu_check.intake.difference import Difference
from jiuzhu_check.intake.drift import columns_of, compare
from jiuzhu_check.intake.increment import carried, said
from jiuzhu_check.intake.note import Note
from jiuzhu_check.intake.number_within import take_number_within
from jiuzhu_check.intake.on_disk import OnDisk, Raw
from jiuzhu_check.intake.owners import both_parties, read_owners_of, split_owners
from jiuzhu_check.intake.parting import Parting
from jiuzhu_check.intake.refused import remember
from jiuzhu_check.intake.source import Source
from jiuzhu_check.intake.stored import dataset
from jiuzhu_check.language import say
from jiuzhu_check.store.landing import pieces
from jiuzhu_check.store.snapshot import Snapshot, Store
from jiuzhu_check.tables.record import NEVER_KEPT, RECORDS
from jiuzhu_check.tables.reject import NOT_DATA, REJECT
from jiuzhu_check.values import identity_number


@dataclass(frozen=True)
class Handed:
    """One delivery as it was handed over.

    data_date: the day that it speaks of (数据时点)
    rows:      how many rows the sender said there are; null where it did not say
    asked:     it answers for these numbers: other people's rows are rejected, and what was answered before of people
               whom this answer does not mention stands on
    changes:   it holds only what changed since the snapshot before; what it does not mention stands on
    cursor:    where the next increment begins
    confirmed: sheet and source_row of rows that the department has confirmed as data
    released:  the snapshot of the same delivery that this one takes the place of; empty where it is a new delivery
    """

    extract: str
    data: Raw
    data_date: date
    rows: int | None = None
    asked: pl.Series | None = None
    changes: bool = False
    cursor: str | None = None
    confirmed: tuple[tuple[str, int], ...] = ()
    released: str = ""


@dataclass(frozen=True)
class Pulled:
    """What a pull took in: delivered = accepted + rejected.

    records:  rows in the store, one for each owner
    kinds:    records by what their number is (values/identity_number.py KINDS)
    existing: the same file by the same source.toml was already here, and nothing was written
    rehearsed: a dry run: nothing was written
    newer:    the data date of what is here already and newer than this, and so stays in use
    changes:  of a dry run, what would change; null where the file is here already, or the snapshot before does not read
    """

    source: str
    title: str
    supplier: str
    snapshot: str
    extract: str
    data_date: date
    delivered: int
    accepted: int
    rejected: int
    records: int
    kinds: Mapping[str, int]
    reject_codes: Mapping[str, int]
    notes: tuple[Note, ...]
    existing: bool = False
    rehearsed: bool = False
    newer: date | None = None
    changes: Difference | None = None


def pull(
    store: Store,
    source: Source,
    path: Path,
    *,
    supplier: str,
    data_date: date,
    accept_drop: bool = False,
) -> Pulled:
    """Take in one file from the disk: as take_in; raises NotFound where there is no such file."""
    with OnDisk(path) as file:
        handed = Handed(path.name, file, data_date)
        return take_in(store, source, handed, supplier=supplier, accept_drop=accept_drop)


def take_in(
    store: Store,
    source: Source,
    handed: Handed,
    *,
    supplier: str,
    accept_drop: bool = False,
    accept_columns: bool = False,
) -> Pulled:
    """Take in one delivery; the snapshot before stays until the new one is whole.

    accept_drop:    take it although it has far fewer rows than the last one
    accept_columns: take it although columns of the last one are gone or read otherwise
    raises:         ExtractChanged where the delivery breaks its contract, or does not hold as many rows as it should; the
                    file and why it was refused are kept (intake/refused.py)
    """
    place = dataset(source.id, supplier)
    before = store.latest(place) if handed.asked is not None else store.newest(place, date.max)
    kept = before if handed.asked is not None or handed.changes else None
    try:
        return _take_in(store, source, handed, supplier, before, kept, accept_drop, accept_columns)
    except ExtractChanged as problem:
        course: dict[str, object] = {
            "changes": handed.changes,
            "asked": handed.asked is not None,
            "cursor": handed.cursor,
        }
        remember(
            store,
            source.id,
            supplier,
            snapshot_id(source, handed, kept),
            extract=handed.extract,
            data_date=handed.data_date,
            problem=problem,
            course=course,
        )
        raise


def _take_in(
    store: Store,
    source: Source,
    handed: Handed,
    supplier: str,
    before: Snapshot | None,
    kept: Snapshot | None,
    accept_drop: bool,
    accept_columns: bool,
) -> Pulled:
    """As take_in. kept: the snapshot on which an increment or an answer stands; null where the delivery is whole."""
    place, partly = dataset(source.id, supplier), handed.asked is not None or handed.changes
    reading = _reading(source, handed)
    coming = ahead(reading)  # is read while its name is found
    snapshot = snapshot_id(source, handed, kept)
    if store.has(place, snapshot):
        return _existing(store, source, place, snapshot, supplier)
    with closing(store.aside()) as aside:
        parting = Parting(source.table, store.bucket_key, aside)
        read = _read(store, source, handed, reading, coming, parting, supplier, snapshot)
        answer = read.answer
        if not partly:
            _refuse_drop(source, before, reading.rows, handed.extract, accept_drop=accept_drop)
        seen, notes = columns_of(reading, read.kinds), list(reading.notes)
        if before is not None and not (partly and not reading.rows):
            notes += compare(source, before.facts, seen, handed.extract, accept_columns=accept_columns)
        gone = []
        if kept is not None:
            for records, replaced in carried(kept, read.told, read.key, read.nameless):
                parting.take(records)
                gone.append(replaced)
        refused = reading.rejects if answer is None else pl.concat([reading.rejects, REJECT.fit(answer.strangers)])
        rejects = REJECT.fit(
            refused.with_columns(
                source=pl.lit(source.id),
                supplier=pl.lit(supplier),
                snapshot=pl.lit(snapshot),
                extract=pl.lit(handed.extract),
            )
        )
        facts = {
            "table": source.table,
            "alike": parting.alike,
            "extract": handed.extract,
            "spec": source.fingerprint,
            "parts": parting.parts,
            "delivered": reading.delivered,
            "accepted": reading.delivered - rejects.height,
            "rejected": rejects.height,
            "counted_rejects": rejects.filter(~pl.col("code").is_in(NOT_DATA)).height,
            "records": parting.rows,
            "kinds": dict(sorted(parting.kinds.items())),
            "reject_codes": _counts(rejects["code"]),
            "notes": [[note.column, note.what, note.value, note.rows, note.first] for note in notes],
            "deliveries": deliveries(store, place) + (not handed.released),
            **seen,
            **_course(handed, kept),
            **({"confirmed": [list(row) for row in sorted(handed.confirmed)]} if handed.confirmed else {}),
            **({"released": handed.released} if handed.released else {}),
        }
        beside = {"rejects": rejects, **({} if answer is None else {"answer": answer.told()})}
        cut = parting.cut()
        parts = itertools.chain(
            Changing(snapshot, read.came, gone).beside(cut) if handed.changes and kept is not None else cut,
            beside.items(),
        )
        # what was answered before stands in it too: an answer that speaks of an earlier day must not lie behind that
        data_date = max(handed.data_date, (kept.data_date if kept else None) or handed.data_date)
        store.publish(place, snapshot, parts, data_date=data_date, facts=facts)
    taken = _pulled(source, supplier, snapshot, handed.data_date, facts)
    newer = before is not None and before.data_date is not None and before.data_date > handed.data_date
    return replace(taken, newer=before.data_date) if before is not None and newer else taken


@dataclass(frozen=True)
class _Read:
    """A delivery, read.

    kinds:  its records by what their number is
    told:   the records that take the place of what was there before, by their key
    nameless: of an increment, what those of its records say that have no key
    came:   of an increment, the numbers of its own records, null for those without a usable one
    """

    kinds: Mapping[str, int]
    answer: Answer | None
    told: pl.DataFrame
    key: list[str]
    nameless: pl.DataFrame
    came: pl.Series


def _reading(source: Source, handed: Handed) -> Reading:
    """The delivery to be read; an increment may hold nothing."""
    wanted = replace(source, contract=replace(source.contract, min_rows=0)) if handed.changes else source
    return Reading(wanted, handed.data, handed.extract, handed.confirmed)


def _read(
    store: Store,
    source: Source,
    handed: Handed,
    reading: Reading,
    coming: Iterator[pl.DataFrame],
    parting: Parting,
    supplier: str,
    snapshot: str,
) -> _Read:
    """The delivery's pieces as they come on their way into parts, and the file landed meanwhile.

    raises: ExtractChanged also where the sender counted otherwise
    """
    origin = {"supplier": supplier, "snapshot": snapshot, "extract": handed.extract}
    key = ["owner_no"] if handed.asked is not None else list(source.extract.key)
    told, came = [RECORDS[source.table].empty().select(key)], [RECORDS[source.table].empty()["owner_no"]]
    nameless, answer = list[pl.DataFrame](), None
    with ThreadPoolExecutor(1) as pool:
        landing = pool.submit(land, store, source, handed.data, handed.extract, snapshot, supplier)
        try:
            if handed.asked is None:
                for rows in coming:
                    records = to_records(source, _with_a_record(rows), **origin)
                    parting.take(records)
                    if handed.changes:
                        told.append(records.select(key).unique())
                        nameless.append(said(records, key))
                        came.append(records["owner_no"].unique())
                kinds = dict(parting.kinds)
            else:
                rows = pl.concat(list(coming), how="diagonal")
                records = to_records(source, rows, **origin)
                kinds = _counts(records["owner_no_kind"])
                answer = read_answer(source.table, rows, records, handed.asked)
                parting.take(answer.records)
                told.append(answer.told().select(owner_no="number"))
            _refuse_another_count(source, handed, reading.delivered)
        finally:
            landing.result()  # whatever the file turns out to be, it is kept before anything is said of it
    return _Read(kinds, answer, pl.concat(told), key, pl.concat(nameless or [pl.DataFrame()]), pl.concat(came))


def _refuse_another_count(source: Source, handed: Handed, delivered: int) -> None:
    if handed.rows is not None and handed.rows != delivered:
        raise ExtractChanged(
            say(
                "{title}：{extract} 读到 {delivered} 行，部门说有 {rows} 行。",
                title=source.title,
                extract=handed.extract,
                delivered=delivered,
                rows=handed.rows,
            ),
            hint=say("可能没有传完；请稍后再取。上一次的数据仍在用。"),
        )


def _course(handed: Handed, kept: Snapshot | None) -> dict[str, object]:
    """What the next increment has to know: from where to ask, and when the whole table was last had."""
    if handed.asked is not None:
        return {"partly": True}
    if handed.changes and kept is not None:
        return {
            "partly": True,
            UPON: kept.id,
            "cursor": handed.cursor or kept.facts.get("cursor"),
            "full_on": kept.facts.get("full_on"),
        }
    return {"cursor": handed.cursor, "full_on": handed.data_date.isoformat()} if handed.cursor else {}


def deliveries(store: Store, place: str) -> int:
    """How many deliveries of one supplier were taken in: one that was read again after a release is one."""
    last = store.latest(place)
    return int(last.facts.get("deliveries", len(store.snapshots(place)))) if last else 0


def read_file(path: Path) -> bytes:
    """The file's bytes.

    raises: NotFound where there is no such file, or it cannot be read
    """
    with OnDisk(path) as file:
        return file[:]


def snapshot_id(source: Source, handed: Handed, kept: Snapshot | None = None) -> str:
    """The same bytes read by the same source.toml are the same snapshot, whenever they come.

    kept: what an increment stands upon: the same changes on another day are another snapshot
    """
    digest = hashlib.sha256()
    for piece in pieces(handed.data):
        digest.update(piece)
    digest.update(source.fingerprint.encode())
    if handed.confirmed:
        digest.update(repr(sorted(handed.confirmed)).encode())
    if kept is not None and handed.changes:
        digest.update(kept.id.encode())
    return f"{handed.data_date:%Y%m%d}-{digest.hexdigest()[:12]}"


def land(store: Store, source: Source, data: Raw, extract: str, snapshot: str, supplier: str) -> None:
    """Keep the file as it came, encrypted: a re-parse needs no second delivery."""
    place = f"landed/{source.id}/{supplier}"
    if not store.has(place, snapshot):
        store.land(place, snapshot, data, facts={"extract": extract, "spec": source.fingerprint})


def _with_a_record(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows without those whose mark (数据有无标志) says that nothing is registered: an answer, and no record."""
    return rows.filter(pl.col("answered").ne_missing("nothing")) if "answered" in rows.columns else rows


def to_records(source: Source, rows: pl.DataFrame, *, supplier: str, snapshot: str, extract: str) -> pl.DataFrame:
    """Delivered rows → records of the source's table, one for each owner, with the owner's number and name read."""
    table = RECORDS[source.table]
    columns = [column for column in ("owner_no_raw", "owner_name_raw") if column not in rows.columns]
    rows = rows.with_columns(pl.lit(None, pl.String).alias(column) for column in columns)
    rows = rows.with_columns(pl.lit(value).alias(column) for column, value in source.constants.items())
    slots = split_owners(rows, source.owner_separators)
    if source.both_parties:
        slots = both_parties(slots)
    slots = take_number_within(slots.with_columns(*read_owners_of(slots)))
    return table.fit(
        slots.with_columns(
            source=pl.lit(source.id),
            supplier=pl.lit(supplier),
            snapshot=pl.lit(snapshot),
            extract=pl.lit(extract),
        ).with_columns(_own_words(slots))
    )


def _own_words(slots: pl.DataFrame) -> list[pl.Expr]:
    """owner_birth, owner_phone, owner_address and contradicts: what a row says of its owner beside the number, as far as it is needed."""
    one, usable = pl.col("owners") == 1, pl.col("owner_no").is_not_null()
    number = pl.col("owner_no")
    said = {
        "出生日期": pl.col("owner_birth") != identity_number.birth_date(number)
        if "owner_birth" in slots.columns
        else None,
        "性别": pl.col("owner_sex") != identity_number.sex(number) if "owner_sex" in slots.columns else None,
    }
    said["证号"] = pl.col("_apart")
    against = [pl.when(differs & one).then(pl.lit(name)) for name, differs in said.items() if differs is not None]
    told = [pl.concat_str(against, separator="、", ignore_nulls=True).replace("", None)] if against else []
    kept = [name for name in ("owner_birth", "owner_phone", "owner_address") if name in slots.columns]
    phone = pl.col("owner_phone").str.replace_all("[^0-9]", "").replace("", None) if "owner_phone" in kept else None
    return [
        *(pl.lit(None, pl.String).alias(name) for name in NEVER_KEPT),
        *(each.alias("contradicts") for each in told),
        *(pl.when(one & ~usable).then(phone if name == "owner_phone" else name).alias(name) for name in kept),
    ]


def _refuse_drop(source: Source, last: Snapshot | None, rows: int, extract: str, *, accept_drop: bool) -> None:
    if last is None or accept_drop:
        return
    before = int(last.facts["records" if last.facts.get("partly") else "accepted"])
    dropped = 100 * (before - rows) / max(1, before)
    if dropped > source.contract.max_drop_pct:
        raise ExtractChanged(
            say(
                "{title}：{extract} 有 {rows} 行，上一次 {before} 行，少了 {dropped:.0f}%，超过约定的 {max_drop_pct:.0f}%。",
                title=source.title,
                extract=extract,
                rows=rows,
                before=before,
                dropped=dropped,
                max_drop_pct=source.contract.max_drop_pct,
            ),
            hint=say("请向部门核实是否漏导；确认无误后加 --accept-drop 重新取数。上一次的数据仍在用。"),
        )


def _existing(store: Store, source: Source, place: str, snapshot: str, supplier: str) -> Pulled:
    held = store.snapshot(place, snapshot)
    assert held.data_date is not None
    return _pulled(source, supplier, snapshot, held.data_date, held.facts, existing=True)


def _pulled(
    source: Source,
    supplier: str,
    snapshot: str,
    data_date: date,
    facts: Mapping[str, object],
    *,
    existing: bool = False,
) -> Pulled:
    return Pulled(
        source=source.id,
        title=source.title,
        supplier=supplier,
        snapshot=snapshot,
        extract=str(facts["extract"]),
        data_date=data_date,
        delivered=int(facts["delivered"]),  # type: ignore[call-overload]
        accepted=int(facts["accepted"]),  # type: ignore[call-overload]
        rejected=int(facts["rejected"]),  # type: ignore[call-overload]
        records=int(facts["records"]),  # type: ignore[call-overload]
        kinds=facts["kinds"],  # type: ignore[arg-type]
        reject_codes=facts["reject_codes"],  # type: ignore[arg-type]
        notes=tuple(Note(*note) for note in facts["notes"]),  # type: ignore[attr-defined]
        existing=existing,
    )


def _counts(column: pl.Series) -> dict[str, int]:
    return dict(sorted(column.value_counts().iter_rows()))
