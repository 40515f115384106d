"""收数 deliveries: a department's file or a roster is taken in under the lock, and the audit says so."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from datetime import date
from pathlib import Path

from jiuzhu_check.checks.audited import audited
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.register import strongest
from jiuzhu_check.errors import IntegrityError, UsageError
from jiuzhu_check.intake.difference import Difference, difference
from jiuzhu_check.intake.fetch import Secrets, fetch
from jiuzhu_check.intake.increment import since
from jiuzhu_check.intake.on_disk import OnDisk
from jiuzhu_check.intake.pull import Handed, Pulled, take_in
from jiuzhu_check.intake.roster import Imported, import_roster
from jiuzhu_check.intake.roster_replace import Replacing
from jiuzhu_check.intake.source import Source, pick
from jiuzhu_check.intake.stored import as_records, dataset, read_records
from jiuzhu_check.language import say
from jiuzhu_check.store.credential import read_credential
from jiuzhu_check.store.lock import workspace_lock
from jiuzhu_check.store.rehearsal import Rehearsal

RECORD_PARTS = ("n", "loose")  # how the parts of a snapshot that hold records begin


def take(
    centre: Centre,
    source: str,
    path: Path,
    supplier: str,
    data_date: date,
    *,
    accept_drop: bool = False,
    accept_columns: bool = False,
    changes: bool = False,
    dry_run: bool = False,
) -> Pulled:
    """Take in one department's file; supplier is the centre's own region where none is named.

    changes: the file holds only what changed since the last delivery: what it does not mention stands on
    dry_run: read and check everything as always, keep nothing, and say what would change
    raises:  UsageError where changes have no key to be told by, or nothing to stand upon
    """
    wanted, sender = pick(centre.sources, source), sender_of(centre, supplier)
    with workspace_lock(centre.workspace.path, f"pull {source}"):
        if changes:
            _refuse_baseless(centre, wanted, sender)
        return _take(
            centre,
            wanted,
            _from_disk(path, data_date, changes=changes),
            sender,
            accept_drop=accept_drop,
            accept_columns=accept_columns,
            dry_run=dry_run,
        )


def take_what_came(
    centre: Centre,
    source: str,
    as_of: date,
    *,
    supplier: str = "",
    data_date: date | None = None,
    accept_drop: bool = False,
    accept_columns: bool = False,
    dry_run: bool = False,
    secrets: Secrets = read_credential,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> list[Pulled]:
    """Fetch from one department what came since the last time, and take in each file, oldest first.

    data_date: the day the data speaks of, where neither the transport nor the file's name tells it
    dry_run:   as take; each file is compared with what is here now
    returns:   none where nothing new is there
    raises:    as fetch and take_in; UsageError where nobody tells the day
    """
    wanted, sender = pick(centre.sources, source), sender_of(centre, supplier)
    with workspace_lock(centre.workspace.path, f"pull {source}"):
        before = centre.store.newest(dataset(wanted.id, sender), date.max)
        start = None if before is None or before.damaged() else since(wanted.extract, before, as_of)
        after = before.data_date if before else None
        taken = []
        with audited(centre.audit, "fetch", facts={"source": source, "supplier": sender}) as looked:
            for each in fetch(wanted, secrets, as_of, after=after, since=start, progress=progress):
                day = each.data_date or data_date
                if day is None:
                    raise UsageError(
                        say("{title}：不知道 {extract} 说的是哪一天的情况。", title=wanted.title, extract=each.extract),
                        hint=say(
                            "加 --data-date，或在 transport.path 的文件名里写日期，如 gjj_{form}.csv。",
                            form="{date:%Y%m%d}",
                        ),
                    )
                handed = Handed(
                    each.extract, each.data, day, rows=each.rows, changes=start is not None, cursor=each.cursor
                )
                taken.append(
                    _take(
                        centre,
                        wanted,
                        nullcontext(handed),
                        sender,
                        accept_drop=accept_drop,
                        accept_columns=accept_columns,
                        dry_run=dry_run,
                    )
                )
            looked.counts = {"files": len(taken)}
    return taken


def reachable(centre: Centre) -> list[str]:
    """The sources that some programme has signed and that are fetched by themselves, in the register's order."""
    signed = [name for name, entry in centre.register.items() if strongest(entry) != "unsigned"]
    return [name for name in signed if centre.sources[name].transport is not None]


@contextmanager
def _from_disk(path: Path, data_date: date, *, changes: bool) -> Iterator[Handed]:
    with OnDisk(path) as file:
        yield Handed(path.name, file, data_date, changes=changes)


def _refuse_baseless(centre: Centre, source: Source, sender: str) -> None:
    """Changes take the place of records that are here, by a key that names one record."""
    if not source.extract.key:
        raise UsageError(
            say("{title}没有写明哪几列认出一条记录，不能只收变化的部分。", title=source.title),
            hint=say(
                '在工作区的 connectors/{source}/source.toml 写 [extract] 的 key，如 key = ["plate_no"]。',
                source=source.id,
            ),
        )
    if centre.store.newest(dataset(source.id, sender), date.max) is None:
        raise UsageError(
            say("{title}还没有收下过全部数据，不能只收变化的部分。", title=source.title),
            hint=say("先收下一份全部数据，不写 --changes。"),
        )


def _take(
    centre: Centre,
    source: Source,
    delivery: AbstractContextManager[Handed],
    sender: str,
    *,
    accept_drop: bool,
    accept_columns: bool,
    dry_run: bool = False,
) -> Pulled:
    """Take in one delivery under the lock; what is handed over is read once the intent is on record."""
    facts = {"source": source.id, "supplier": sender, "accept_drop": accept_drop, "accept_columns": accept_columns}
    if dry_run:
        facts["dry_run"] = True
    store = Rehearsal.of(centre.store) if dry_run else centre.store
    with audited(centre.audit, "pull", facts=facts) as ending, delivery as handed:
        taken = take_in(store, source, handed, supplier=sender, accept_drop=accept_drop, accept_columns=accept_columns)
        if isinstance(store, Rehearsal):
            taken = replace(taken, rehearsed=True, changes=changes(store, source, sender))
        ending.result = "existing" if taken.existing else "ok"
        ending.counts = {"delivered": taken.delivered, "accepted": taken.accepted, "rejected": taken.rejected}
    return taken


def changes(store: Rehearsal, source: Source, sender: str) -> Difference | None:
    """What a rehearsed delivery would change; null where it is here already, or what it replaces does not read."""
    place = dataset(source.id, sender)
    rehearsed, before = store.published.get(place), store.newest(place, date.max)
    if rehearsed is None:
        return None
    after = (
        as_records(rehearsed.snapshot, part) for name, part in rehearsed.parts.items() if name.startswith(RECORD_PARTS)
    )
    parts = [] if before is None else [(before, name) for name in before.part_names()]
    held = (read_records(snapshot, name) for snapshot, name in parts if name.startswith(RECORD_PARTS))
    try:
        return difference(source.table, held, after)
    except IntegrityError:
        return None  # a real pull does not read it either


def sender_of(centre: Centre, supplier: str) -> str:
    """The region of the office that delivered: the centre's own where none is named; raises UsageError."""
    sender = supplier or centre.region
    if not (len(sender) == 6 and sender.isdigit()):
        raise UsageError(say("--supplier 不是行政区划代码。"), hint=say("写六位数字，如 370100。"))
    return sender


def take_roster(
    centre: Centre, path: Path, *, batch: str = "", replacing: Replacing | None = None, dry_run: bool = False
) -> Imported:
    """Take in a roster; batch and replacing as import_roster.

    dry_run: read and judge everything as always, and keep nothing
    """
    facts: dict[str, object] = {"replace": True} if replacing else {}
    if dry_run:
        facts["dry_run"] = True
    store = Rehearsal.of(centre.store) if dry_run else centre.store
    with (
        workspace_lock(centre.workspace.path, "roster import"),
        audited(centre.audit, "roster_import", facts=facts, subject=batch) as ending,
    ):
        taken = import_roster(store, pick(centre.connectors, "roster"), path, batch=batch, replacing=replacing)
        ending.counts = {"delivered": taken.delivered, "accepted": taken.accepted, "returned": taken.returned}
        if taken.leaving:
            ending.counts["ended"] = taken.leaving.households.height
    return taken
