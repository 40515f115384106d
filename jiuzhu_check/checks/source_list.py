"""来源一览 source list: what is here of each registered source, how old it is, what was refused; and its quality."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from jiuzhu_check.checks.audited import audited
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.sources import SourceState, only_refused, source_states
from jiuzhu_check.errors import NotFound
from jiuzhu_check.intake.note import Note
from jiuzhu_check.intake.source import pick
from jiuzhu_check.intake.stored import read_records
from jiuzhu_check.language import say
from jiuzhu_check.store.snapshot import Snapshot
from jiuzhu_check.tables.reject import REJECT
from jiuzhu_check.values.identity_number import NAMING, mask_number

MANY_NAMES = 3


@dataclass(frozen=True)
class Standing:
    """One registered source and supplier today.

    deliveries: how many snapshots of it were taken in: one is 首次接入
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
    many_names: number (masked), names (how many), rows (how many), first (a source_row) of numbers under several names
    rejects:    REJECT rows
    notes:      codes that no table knows, cells that could not be read
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


def standings(centre: Centre, as_of: date) -> list[Standing]:
    """Every registered source and supplier, in the register's order."""
    states = source_states(centre.store, centre.sources, centre.register, as_of)
    told = []
    for place, state in enumerate(states):
        taken = centre.store.snapshots(f"records/{state.source.id}/{state.supplier}") if state.supplier else []
        day = state.snapshot.data_date if state.snapshot else None
        told.append(Standing(state, len(taken), len(state.refused), (as_of - day).days if day else None))
        if state.supplier and state.source.id not in [later.source.id for later in states[place + 1 :]]:
            beside = [each.supplier for each in states if each.source.id == state.source.id]
            others = only_refused(centre.store, state.source, state.requirement, as_of, beside)
            told += [Standing(other, 0, len(other.refused), None) for other in others]
    return told


def quality(centre: Centre, source: str, supplier: str = "") -> Quality:
    """What is wrong in a source's newest delivery, row by row; audited, for it reads records.

    raises: NotFound where nothing of it is here
    """
    wanted, sender = pick(centre.sources, source), supplier or centre.region
    place = f"records/{wanted.id}/{sender}"
    taken = centre.store.snapshots(place)
    if not taken:
        raise NotFound(
            say("{title}（{supplier}）还没有收下过数据。", title=wanted.title, supplier=sender),
            hint=say("先运行 jiuzhu-check pull {source}；别的机构交来的加 --supplier。", source=source),
        )
    with audited(centre.audit, "quality", facts={"source": source, "supplier": sender}) as ending:
        newest = centre.store.snapshot(place, taken[-1].id)
        parts = [name for name in newest.part_names() if name.startswith(("n", "loose"))]
        records = pl.concat([read_records(newest, name) for name in parts])
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
    before = centre.store.snapshot(place, taken[-2].id) if len(taken) > 1 else None
    rejects = REJECT.fit(newest.read("rejects")).sort("sheet", "source_row")
    notes = tuple(Note(*each) for each in newest.facts["notes"])
    return Quality(wanted.title, wanted.department, sender, newest, damaged, many, rejects, notes, before)
