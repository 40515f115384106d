"""清除 purge: what is past its period goes, its keys first; what findings rest on is kept of it before.

intent on the audit log → evidence bundles → the store, dataset by dataset → months of the log → outcome. Wherever it is
interrupted, what has not gone is whole, and a second call does what is left.
"""

import gc
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from pathlib import Path

from jiuzhu_check.audit.purge import purge_months
from jiuzhu_check.checks.audited import audited
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.evidence_bundle import bundle, named_by
from jiuzhu_check.checks.kept_run import DATASET
from jiuzhu_check.checks.progress import Progress
from jiuzhu_check.checks.retention import AUDIT, KINDS, Item, Plan, plan
from jiuzhu_check.errors import IntegrityError, Refused
from jiuzhu_check.language import say
from jiuzhu_check.parameters.policy import KEPT
from jiuzhu_check.store.lock import workspace_lock
from jiuzhu_check.store.purge import purge


@dataclass(frozen=True)
class Purged:
    """What was done.

    gone:    what was purged
    waiting: what was not, because somebody reads it or it is damaged: with why
    bundles: how many evidence bundles were made
    """

    plan: Plan
    gone: tuple[Item, ...]
    waiting: tuple[Item, ...]
    bundles: int


def apply(workspace: Path, on: date, reason: str, *, progress: Progress = lambda what, done, of: None) -> Purged:
    """Purge what the periods of that day let go.

    reason: why, and on whose word; stands in the audit log
    raises: Refused without a reason, Locked, TryLater, StoreError; a second call goes on
    """
    if not reason.strip():
        raise Refused(say("清除要写明原因。"), hint=say("加 --reason，写谁批准的、文号；清除以后任何人都恢复不了。"))
    centre = Centre.open(workspace)
    with workspace_lock(workspace, "retention apply"):
        told = plan(centre, on)
        counts = {kind: len(told.due(kind)) for kind in KINDS if told.due(kind)}
        facts = {"plan": told.digest, "as_of": on.isoformat(), "left": list(told.left)}
        with audited(centre.audit, "retention_apply", reason=reason, counts=counts, facts=facts) as ending:
            going, damaged, bundles = _bundled(centre, told, progress)
            gc.collect()  # what an error still refers to would count as being read, by this very process
            gone, waiting = _purge(centre, told, going, progress)
            waiting += damaged
            ending.counts = {
                **{kind: sum(each.kind == kind for each in gone) for kind in counts},
                "bundles": bundles,
                "waiting": len(waiting),
            }
            ending.facts = {"plan": told.digest}
            ending.result = "incomplete" if waiting else "ok"
    return Purged(told, tuple(gone), tuple(waiting), bundles)


def _bundled(centre: Centre, told: Plan, progress: Progress) -> tuple[list[Item], list[Item], int]:
    """What may go now that its evidence is kept, what is damaged and stays, and how many bundles were made."""
    store = centre.store
    records, rest = told.due("records"), [each for each in told.due() if each.kind != "records"]
    going_runs = {each.id for each in told.due("runs")}
    runs = [each.id for each in store.snapshots(DATASET) if each.id not in going_runs] if records else []
    named = named_by(store, runs) if records else {}
    empty = next(iter(named.values())).clear() if named else None
    going, damaged, bundles = rest, list[Item](), 0
    for at, item in enumerate(records):
        progress(say("留证据包"), at, len(records))
        source, _, supplier = item.dataset.removeprefix("records/").partition("/")
        wanted = named.get((source, supplier, item.id), empty)
        try:
            if wanted is not None:
                entry = next(each for each in store.snapshots(item.dataset) if each.id == item.id)
                bundle(store, store.opened(item.dataset, entry), wanted)
                bundles += 1
        except IntegrityError:
            damaged.append(replace(item, held=say("损坏：先从备份恢复")))
        else:
            going.append(item)
    progress(say("留证据包"), len(records), len(records))
    return going, damaged, bundles


def _purge(centre: Centre, told: Plan, going: Iterable[Item], progress: Progress) -> tuple[list[Item], list[Item]]:
    ordered = sorted(going, key=lambda each: (list(KINDS).index(each.kind), each.dataset))
    of = {place: list(items) for place, items in groupby(ordered, key=lambda each: (each.kind, each.dataset))}
    for place in told.left:
        of.setdefault(("", place), [])
    gone, waiting = list[Item](), list[Item]()
    for at, ((kind, dataset), items) in enumerate(of.items()):
        progress(say("清除"), at, len(of))
        names = [each.id for each in items]
        if kind == AUDIT:
            purge_months(centre.workspace.audit_dir, centre.workspace.keys.audit, names)
            gone += items
        elif purge(centre.store, dataset, names, f"{KEPT}{kind}", told.on):
            gone += items
        else:
            waiting += [replace(each, held=say("有程序正在读取")) for each in items]
    progress(say("清除"), len(of), len(of))
    return gone, waiting
