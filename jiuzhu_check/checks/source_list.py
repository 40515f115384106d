"""来源一览 source list: what is here of each registered source, how old it is, what was refused; and its quality."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from jiuzhu_check.checks.audited import audited
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.deliveries import RECORD_PARTS, sender_of
from jiuzhu_check.checks.outcomes import answered_evidence, evidence_now
from jiuzhu_check.checks.sources import SourceState, only_refused, source_states
from jiuzhu_check.errors import IntegrityError, NotFound
from jiuzhu_check.intake.difference import changed_rows
from jiuzhu_check.intake.note import Note
from jiuzhu_check.intake.pull import deliveries
from jiuzhu_check.intake.source import Source, pick
from jiuzhu_check.intake.stored import dataset, read_records
from jiuzhu_check.language import say
from jiuzhu_check.store.snapshot import Snapshot
from jiuzhu_check.tables.reject import REJECT
from jiuzhu_check.tables.schema import DATE, TEXT, WHOLE, Table
from jiuzhu_check.values.identity_number import NAMING, mask_number

MANY_NAMES = 3
FALLEN = Table(
    "fallen",
    "one record that a re-examination found wrong, and what was found of it",
    {
        "extract": TEXT,
        "sheet": TEXT,
        "source_row": WHOLE,
        "title": TEXT,  # of the rule: what the record had led to
        "outcome": TEXT,  # corrected | cleared
        "cause": TEXT,  # tables/dispute.py CAUSES; null: not said
        "signed_on": DATE,
    },
)


@dataclass(frozen=True)
class Standing:
    """One registered source and supplier today.

    deliveries: how many of it were taken in: one is 首次接入
    refused:    how many deliveries were refused since the newest snapshot
    age:        days from its data date to today; null where nothing is here
    """

    state: SourceState
    deliveries: int
    refused: int
    age: int | None


@dataclass(frozen=True)
class Quality:
    """What a department should hear of its newest delivery.

    damaged:    sheet, source_row, kind, number (masked) of records whose number names nobody by itself
    before, since: the delivery before and what is otherwise than in it; null where this is the first
    many_names: number (masked), names (how many), rows (how many), first (a source_row) of numbers under several names
    rejects:    REJECT rows
    fallen:     FALLEN: records that a re-examination found wrong
    notes:      codes that no table knows, cells that could not be read; under the column's heading
    """

    title: str
    department: str
    supplier: str
    snapshot: Snapshot
    damaged: pl.DataFrame
    many_names: pl.DataFrame
    rejects: pl.DataFrame
    notes: tuple[Note, ...]
    before: Snapshot | None
    since: "Since | None" = None
    fallen: pl.DataFrame = field(default_factory=FALLEN.empty)


@dataclass(frozen=True)
class Since:
    """What is otherwise than in the delivery before.

    rows:    change (gone, changed, added), sheet_before, row_before, sheet, row (intake/difference.py); null where the
             delivery before cannot be read
    gone:    headings of columns that held something and are no longer there; new: those that were not there before
    codes:   heading, value, rows, first: codes that no row had before
    """

    rows: pl.DataFrame | None
    gone: tuple[str, ...]
    new: tuple[str, ...]
    codes: pl.DataFrame


def standings(centre: Centre, as_of: date) -> list[Standing]:
    """Every registered source and supplier, in the register's order."""
    states = source_states(centre.store, centre.sources, centre.register, as_of)
    told = []
    for at, state in enumerate(states):
        place = dataset(state.source.id, state.supplier)
        taken = deliveries(centre.store, place) if state.supplier else 0
        day = state.snapshot.data_date if state.snapshot else None
        told.append(Standing(state, taken, len(state.refused), (as_of - day).days if day else None))
        if state.supplier and state.source.id not in [later.source.id for later in states[at + 1 :]]:
            beside = [each.supplier for each in states if each.source.id == state.source.id]
            others = only_refused(centre.store, state.source, state.requirement, as_of, beside)
            told += [Standing(other, 0, len(other.refused), None) for other in others]
    return told


def quality(centre: Centre, source: str, supplier: str = "") -> Quality:
    """What is wrong in a source's newest delivery, row by row; audited, for it reads records.

    raises: NotFound where nothing of it is here, UsageError where the supplier is no region
    """
    wanted, sender = pick(centre.sources, source), sender_of(centre, supplier)
    place = dataset(wanted.id, sender)
    newest = centre.store.newest(place, date.max)
    if newest is None:
        raise NotFound(
            say("{title}（{supplier}）还没有收下过数据。", title=wanted.title, supplier=sender),
            hint=say("先运行 jiuzhu-check pull {source}；别的机构交来的加 --supplier。", source=source),
        )
    with audited(centre.audit, "quality", facts={"source": source, "supplier": sender}) as ending:
        records = pl.concat(_records(newest))
        before = _before(centre, place, newest)
        since = _since(wanted, before, newest, records) if before else None
        fallen = _fallen(centre, wanted.id, sender, [each.id for each in (newest, before) if each])
        ending.counts = {"records": records.height}
    mine = records.filter(pl.col("snapshot") == newest.id)
    kind = pl.col("owner_no_kind")
    damaged = (
        mine.filter(~kind.is_in(NAMING))
        .select("sheet", "source_row", kind=kind, number=mask_number(pl.col("owner_no_raw")))
        .sort("kind", "sheet", "source_row")
    )
    many = (
        mine.filter(pl.col("owner_no").is_not_null(), pl.col("owner_name").is_not_null())
        .group_by("owner_no")
        .agg(names=pl.col("owner_name").n_unique(), rows=pl.len(), first=pl.col("source_row").min())
        .filter(pl.col("names") >= MANY_NAMES)
        .sort("names", "first", descending=[True, False])
        .select("names", "rows", "first", number=mask_number(pl.col("owner_no")))
    )
    rejects = REJECT.fit(newest.read("rejects")).sort("sheet", "source_row")
    notes = tuple(Note(_heading(wanted, column), *others) for column, *others in newest.facts["notes"])
    return Quality(
        wanted.title, wanted.department, sender, newest, damaged, many, rejects, notes, before, since, fallen
    )


def _fallen(centre: Centre, source: str, supplier: str, snapshots: list[str]) -> pl.DataFrame:
    """FALLEN rows of the newest delivery, and of the one before it where the record is no longer found."""
    told = answered_evidence(centre.store)
    if told.is_empty():
        return FALLEN.empty()
    fell = told.filter(
        pl.col("outcome").is_in(["corrected", "cleared"]), pl.col("source") == source, pl.col("supplier") == supplier
    )
    now = evidence_now(centre.store, fell)
    rows = pl.concat([fell.join(now, on="finding_id", how="anti"), now.select(fell.columns)])
    here = rows.filter(pl.col("snapshot").is_in(snapshots), pl.col("source") == source)
    return FALLEN.fit(here.unique(maintain_order=True)).sort("extract", "sheet", "source_row", "title")


def _records(snapshot: Snapshot) -> Iterator[pl.DataFrame]:
    """All records of a snapshot, part by part."""
    return (read_records(snapshot, name) for name in snapshot.part_names() if name.startswith(RECORD_PARTS))


def _before(centre: Centre, place: str, newest: Snapshot) -> Snapshot | None:
    """The delivery that came before the newest one; what was released of this one made no other of it."""
    names = [entry.id for entry in centre.store.snapshots(place)]
    same = newest.facts.get("released")
    for name in reversed(names[: names.index(newest.id)]):
        snapshot = centre.store.snapshot(place, name)
        if name != same:
            return snapshot
        same = snapshot.facts.get("released")
    return None


def _since(source: Source, before: Snapshot, newest: Snapshot, records: pl.DataFrame) -> Since:
    columns = [dict(snapshot.facts.get("columns", {})) for snapshot in (before, newest)]
    had, have = ({name for name, (held, _) in each.items() if held} for each in columns)
    unknown = [set(snapshot.facts.get("unknown_headings", [])) for snapshot in (before, newest)]
    gone = tuple(_heading(source, name) for name in sorted(had - set(columns[1]))) if had else ()
    new = tuple(_heading(source, name) for name in sorted(have - set(columns[0]))) if had else ()
    try:
        earlier = pl.concat(_records(before))
    except IntegrityError:
        return Since(None, gone, new, _new_codes(source, records, records))
    rows = changed_rows(source.table, [earlier], [records])
    return Since(rows, gone, (*new, *sorted(unknown[1] - unknown[0])), _new_codes(source, earlier, records))


def _heading(source: Source, column: str) -> str:
    return source.columns[column][0] if column in source.columns else column


def _new_codes(source: Source, earlier: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """heading, value (as the department writes it, where the table knows it), rows and first of codes nobody had before."""
    frames = [
        records.filter(pl.col(column).is_not_null(), ~pl.col(column).is_in(earlier[column].unique().implode()))
        .group_by(pl.col(column).replace({code: raw for raw, code in list(lookup.values.items())[::-1]}).alias("value"))
        .agg(rows=pl.struct("sheet", "source_row").n_unique(), first=pl.col("source_row").min())
        .select(pl.lit(_heading(source, column)).alias("heading"), "value", pl.col("rows", "first").cast(pl.Int64))
        for column, lookup in source.lookups.items()
        if column in records.columns
    ]
    schema = {"heading": pl.String, "value": pl.String, "rows": pl.Int64, "first": pl.Int64}
    return pl.concat([pl.DataFrame(schema=schema), *frames]).sort("heading", "value")
