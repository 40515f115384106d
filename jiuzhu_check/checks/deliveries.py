"""收数 deliveries: a department's file or a roster is taken in under the lock, and the audit says so."""

from datetime import date
from pathlib import Path

from jiuzhu_check.checks.audited import audited
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.errors import UsageError
from jiuzhu_check.intake.pull import Pulled, pull
from jiuzhu_check.intake.roster import Imported, import_roster
from jiuzhu_check.intake.source import pick
from jiuzhu_check.language import say
from jiuzhu_check.store.lock import workspace_lock


def take(
    centre: Centre, source: str, path: Path, supplier: str, data_date: date, *, accept_drop: bool = False
) -> Pulled:
    """Take in one department's file; supplier is the centre's own region where none is named."""
    wanted = pick(centre.sources, source)
    sender = supplier or centre.region
    if not (len(sender) == 6 and sender.isdigit()):
        raise UsageError(say("--supplier 不是行政区划代码。"), hint=say("写六位数字，如 370100。"))
    with workspace_lock(centre.workspace.path, f"pull {source}"):
        facts = {"source": source, "supplier": sender, "accept_drop": accept_drop}
        with audited(centre.audit, "pull", facts=facts) as ending:
            taken = pull(centre.store, wanted, path, supplier=sender, data_date=data_date, accept_drop=accept_drop)
            ending.result = "existing" if taken.existing else "ok"
            ending.counts = {"delivered": taken.delivered, "accepted": taken.accepted, "rejected": taken.rejected}
    return taken


def take_roster(centre: Centre, path: Path) -> Imported:
    """Take in a roster."""
    with workspace_lock(centre.workspace.path, "roster import"), audited(centre.audit, "roster_import") as ending:
        taken = import_roster(centre.store, pick(centre.connectors, "roster"), path)
        ending.counts = {"delivered": taken.delivered, "accepted": taken.accepted, "returned": taken.returned}
    return taken
