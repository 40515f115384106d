"""退回 rejects: what of the deliveries was not taken in, row by row or as a whole; and what of it is released."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from jiuzhu_check.checks.audited import audited, reveal
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.deliveries import changes, sender_of
from jiuzhu_check.errors import ExtractChanged, NotFound, Refused, UsageError
from jiuzhu_check.intake.delivery import read_delivery
from jiuzhu_check.intake.preview import masked
from jiuzhu_check.intake.pull import Handed, Pulled, take_in
from jiuzhu_check.intake.refused import Refused as Whole
from jiuzhu_check.intake.refused import refused_since, suppliers_refused
from jiuzhu_check.intake.screen import CONFIRMABLE
from jiuzhu_check.intake.source import Source, pick
from jiuzhu_check.intake.stored import dataset
from jiuzhu_check.language import say
from jiuzhu_check.store.lock import workspace_lock
from jiuzhu_check.store.rehearsal import Rehearsal
from jiuzhu_check.store.snapshot import Snapshot
from jiuzhu_check.tables.reject import REJECT

_ROW = ["sheet", "source_row"]


@dataclass(frozen=True)
class Returned:
    """One delivery of which something was not taken in.

    whole:   why it was refused as a whole; null where it was taken in
    rejects: REJECT rows; of a refused delivery none, until it is looked into
    """

    source: Source
    supplier: str
    delivery: str
    extract: str
    data_date: date
    whole: Whole | None
    rejects: pl.DataFrame


@dataclass(frozen=True)
class Released:
    """What a release takes in.

    rows:    sheet, source_row, code and reason of the rows that were rejected and are taken in; none of a delivery
             that was refused as a whole, for all of it is
    still:   REJECT rows that stay rejected
    taken:   the delivery as it now stands; null where there is nothing to release
    """

    title: str
    delivery: str
    rows: pl.DataFrame
    still: pl.DataFrame
    taken: Pulled | None


def returned(centre: Centre, source: str = "", supplier: str = "") -> list[Returned]:
    """What stands rejected of every source, or of one.

    Of the newest delivery, of increments all since the last whole one; and deliveries that were refused since.

    raises: NotFound where there is no such source
    """
    names = [pick(centre.sources, source).id] if source else list(centre.register)
    told: list[Returned] = []
    for name in names:
        places = [place.rsplit("/", 1)[1] for place in centre.store.datasets(f"records/{name}/")]
        for sender in sorted({*places, *suppliers_refused(centre.store, name)}):
            if supplier in ("", sender):
                told += _of_supplier(centre, centre.sources[name], sender)
    return told


def look_into(centre: Centre, source: str, supplier: str, delivery: str) -> tuple[Returned, pl.DataFrame]:
    """One delivery read again from its landed file, whatever its contract says: what is rejected of it, and the cells.

    returns: sheet, source_row, code and cells of the rejected rows beside it; of a file that does not open, none
    raises:  NotFound where there is no such delivery
    """
    (found,) = _find(centre, source, supplier, delivery)
    with audited(centre.audit, "reject_rows", facts={"source": found.source.id, "delivery": delivery}) as ending:
        contract = replace(found.source.contract, min_rows=0, max_reject_pct=100.0)
        data = centre.store.landed(f"landed/{found.source.id}/{found.supplier}", found.delivery)
        confirmed = _confirmed(centre, found)
        try:
            read = read_delivery(replace(found.source, contract=contract), data, found.extract, confirmed)
        except ExtractChanged:
            return found, pl.DataFrame(schema={"sheet": pl.String, "source_row": pl.Int64, "cells": pl.List(pl.String)})
        ending.counts = {"rejected": read.rejects.height}
    if found.whole is None:
        return found, read.refused
    origin = {"source": found.source.id, "supplier": found.supplier, "snapshot": delivery, "extract": found.extract}
    rejects = REJECT.fit(read.rejects.with_columns(pl.lit(value).alias(name) for name, value in origin.items()))
    return replace(found, rejects=rejects), read.refused


def delivered_rows(
    centre: Centre, source: str, supplier: str = "", delivery: str = "", *, reason: str | None = None
) -> pl.DataFrame:
    """The rejected rows for the department: REJECT without source, `title`, `data_date`, and `cells` as delivered.

    reason: why numbers stand whole; null masks them
    raises: NotFound where nothing stands rejected
    """
    if reason is not None:
        reveal(centre.audit, reason, source)
    wanted = _find(centre, source, supplier, delivery) if delivery else returned(centre, source, supplier)
    frames = [_with_cells(centre, each, whole=reason is not None) for each in wanted]
    rows = pl.concat([frame for frame in frames if frame.height] or [_with_cells_schema()])
    if rows.is_empty():
        raise NotFound(say("没有退回的行。"), hint=say("整份拒收的交付用 reject list {source} 看原因。", source=source))
    return rows


def release(
    centre: Centre,
    source: str,
    supplier: str = "",
    delivery: str = "",
    *,
    confirmed: Sequence[tuple[str, int]] = (),
    reason: str = "",
    accept_drop: bool = False,
    accept_columns: bool = False,
    dry_run: bool = False,
) -> Released:
    """Read a landed delivery again by the present source.toml and take in what it rejected before and reads now.

    delivery:  the newest one taken in where none is named; or one that was refused as a whole since
    confirmed: rows that are data because the department says so; only what stands under its headings can be
    reason:    who confirmed what, for the audit; a dry run needs none
    raises:    Refused without a reason; NotFound; UsageError where a row cannot be confirmed; ExtractChanged where the
               delivery still breaks its contract, or where a row that was accepted would be rejected
    """
    if not (reason.strip() or dry_run):
        raise Refused(say("放行要写明原因。"), hint=say("加 --reason，写明谁确认了什么；原因里不要写号码。"))
    wanted, sender = pick(centre.sources, source), sender_of(centre, supplier)
    if wanted.inquiry:
        raise UsageError(
            say("{title}逐人答复，退回的行不能放行。", title=wanted.title),
            hint=say("请部门补正后，用 inquiry answer 收下新的答复。"),
        )
    facts = {"source": source, "supplier": sender, "delivery": delivery, "confirmed": len(confirmed)}
    facts |= {"accept_drop": accept_drop, "accept_columns": accept_columns, "dry_run": dry_run}
    with (
        workspace_lock(centre.workspace.path, f"reject release {source}"),
        audited(centre.audit, "release", reason=reason, facts=facts) as ending,
    ):
        found, held = _releasable(centre, wanted, sender, delivery)
        hand = _handed_again(centre, found, held, confirmed)
        store = Rehearsal.of(centre.store)
        taken = take_in(store, wanted, hand, supplier=sender, accept_drop=accept_drop, accept_columns=accept_columns)
        rehearsed = store.published.get(dataset(wanted.id, sender))
        still = REJECT.fit(rehearsed.parts["rejects"]) if rehearsed else found.rejects
        rows = found.rejects.join(still, on=_ROW, how="anti").select(*_ROW, "code", "reason")
        if held is not None:
            _refuse_loss(wanted, held, taken, still.join(found.rejects, on=_ROW, how="anti"))
            if rows.is_empty():
                ending.result = "nothing"
                return Released(wanted.title, found.delivery, rows, found.rejects, None)
        if dry_run:
            taken = replace(taken, rehearsed=True, changes=changes(store, wanted, sender))
        else:
            taken = take_in(
                centre.store, wanted, hand, supplier=sender, accept_drop=accept_drop, accept_columns=accept_columns
            )
        ending.counts = {
            "delivered": taken.delivered,
            "accepted": taken.accepted,
            "rejected": taken.rejected,
            "released": rows.height if held is not None else taken.accepted,
        }
    return Released(wanted.title, found.delivery, rows, still, taken)


def _of_supplier(centre: Centre, source: Source, supplier: str) -> list[Returned]:
    place = dataset(source.id, supplier)
    told: list[Returned] = []
    held = centre.store.newest(place, date.max)
    names = [entry.id for entry in centre.store.snapshots(place)]
    for name in reversed(names[: names.index(held.id) + 1] if held else []):
        snapshot = centre.store.snapshot(place, name)
        told.insert(0, _taken(source, supplier, snapshot))
        if not snapshot.facts.get("partly"):
            break
    refused = refused_since(centre.store, source.id, supplier, held, date.max)
    return [each for each in told if each.rejects.height] + [_whole(source, supplier, each) for each in refused]


def _taken(source: Source, supplier: str, snapshot: Snapshot) -> Returned:
    assert snapshot.data_date is not None
    rejects = REJECT.fit(snapshot.read("rejects")).sort(*_ROW)
    extract = str(snapshot.facts["extract"])
    return Returned(source, supplier, snapshot.id, extract, snapshot.data_date, None, rejects)


def _whole(source: Source, supplier: str, refused: Whole) -> Returned:
    return Returned(source, supplier, refused.id, refused.extract, refused.data_date, refused, REJECT.empty())


def _find(centre: Centre, source: str, supplier: str, delivery: str) -> list[Returned]:
    """The delivery of that id."""
    wanted, sender = pick(centre.sources, source), sender_of(centre, supplier)
    for each in returned(centre, source, sender):
        if each.delivery == delivery:
            return [each]
    place = dataset(wanted.id, sender)
    if centre.store.has(place, delivery):
        return [_taken(wanted, sender, centre.store.snapshot(place, delivery))]
    raise _no_delivery(wanted)


def _no_delivery(source: Source) -> NotFound:
    return NotFound(
        say("{title}没有这份交付。", title=source.title),
        hint=say("用 reject list {source} 看有哪些；别的机构交来的加 --supplier。", source=source.id),
    )


def _confirmed(centre: Centre, found: Returned) -> list[tuple[str, int]]:
    """The rows that were confirmed when this delivery was taken in."""
    place = dataset(found.source.id, found.supplier)
    if found.whole is not None:
        return []
    told = centre.store.snapshot(place, found.delivery).facts.get("confirmed", [])
    return [(str(sheet), int(row)) for sheet, row in told]


def _releasable(centre: Centre, source: Source, supplier: str, delivery: str) -> tuple[Returned, Snapshot | None]:
    """The delivery to read again, and the snapshot that it takes the place of; null where it was refused as a whole.

    raises: NotFound where nothing is here, or something newer was taken in since
    """
    held = centre.store.newest(dataset(source.id, supplier), date.max)
    if held is not None and delivery in ("", held.id):
        return _taken(source, supplier, held), held
    for each in refused_since(centre.store, source.id, supplier, held, date.max):
        if each.id == delivery:
            return _whole(source, supplier, each), None
    if held is not None and centre.store.has(dataset(source.id, supplier), delivery):
        raise UsageError(
            say("{title}已有更新的交付，这一份不再放行。", title=source.title),
            hint=say("只有数据时点最近的一份，和其后整份拒收的，可以放行。"),
        )
    raise _no_delivery(source)


def _handed_again(
    centre: Centre, found: Returned, held: Snapshot | None, confirmed: Sequence[tuple[str, int]]
) -> Handed:
    """The landed file, as it was handed over; raises UsageError where a row cannot be confirmed."""
    _refuse_unconfirmable(found, confirmed)
    course = found.whole.course if found.whole else {}
    facts = held.facts if held else {}
    changes_only = bool(course.get("changes") or facts.get("partly"))
    cursor = course.get("cursor") or facts.get("cursor")
    return Handed(
        found.extract,
        centre.store.landed(f"landed/{found.source.id}/{found.supplier}", found.delivery),
        found.data_date,
        changes=changes_only,
        cursor=str(cursor) if cursor else None,
        confirmed=tuple(sorted({*confirmed, *_confirmed(centre, found)})),
        released=held.id if held else "",
    )


def _refuse_unconfirmable(found: Returned, confirmed: Sequence[tuple[str, int]]) -> None:
    known = {(sheet or "", row): code for sheet, row, code in found.rejects.select(*_ROW, "code").iter_rows()}
    for sheet, row in confirmed:
        if found.whole is None and (sheet, row) not in known:
            raise UsageError(
                say("第 {row} 行不在退回的行里。", row=row),
                hint=say("用 reject list {source} 看行号；有多张工作表的加 --sheet。", source=found.source.id),
            )
        if known.get((sheet, row), CONFIRMABLE[0]) not in CONFIRMABLE:
            raise UsageError(
                say("第 {row} 行读不出来（{code}），确认了也不能照收。", row=row, code=known[sheet, row]),
                hint=say("不猜单元格各是哪一列；请部门补正后重新提供，或修正 source.toml 后再放行。"),
            )


def _refuse_loss(source: Source, held: Snapshot, taken: Pulled, lost: pl.DataFrame) -> None:
    """A release only adds."""
    if lost.height or taken.delivered < int(held.facts["delivered"]):
        rows = "、".join(str(row) for row in lost["source_row"].head(5)) or "—"
        raise ExtractChanged(
            say(
                "{title}：照现在的 source.toml，原先收下的 {count} 行会读不出来（如第 {rows} 行），没有放行。",
                title=source.title,
                count=max(lost.height, int(held.facts["delivered"]) - taken.delivered),
                rows=rows,
            ),
            hint=say("请核对 source.toml 的改动；用 connector preview 试读。"),
        )


def _with_cells(centre: Centre, found: Returned, *, whole: bool) -> pl.DataFrame:
    looked, cells = look_into(centre, found.source.id, found.supplier, found.delivery)
    rows = looked.rejects.join(cells.select(*_ROW, "cells"), on=_ROW, how="left", nulls_equal=True)
    if not whole:
        said = [[masked("cell", cell) for cell in row or []] for row in rows["cells"].to_list()]
        rows = rows.with_columns(cells=pl.Series(said, dtype=pl.List(pl.String)))
    told = rows.with_columns(title=pl.lit(found.source.title), data_date=pl.lit(found.data_date))
    return told.select(_with_cells_schema().columns).sort(*_ROW)


def _with_cells_schema() -> pl.DataFrame:
    columns = {name: dtype for name, dtype in REJECT.columns.items() if name != "source"}
    return pl.DataFrame(schema={"title": pl.String(), "data_date": pl.Date(), **columns, "cells": pl.List(pl.String())})
