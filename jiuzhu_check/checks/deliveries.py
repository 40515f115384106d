"""收数 deliveries: a department's file or a roster is taken in under the lock, and the audit says so."""

from datetime import date
from pathlib import Path

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
        entry = centre.audit.intent("pull", facts={"source": source, "supplier": sender})
        taken = pull(centre.store, wanted, path, supplier=sender, data_date=data_date, accept_drop=accept_drop)
        counts = {"delivered": taken.delivered, "accepted": taken.accepted, "rejected": taken.rejected}
        centre.audit.outcome(entry, "existing" if taken.existing else "ok", counts=counts)
    return taken


def take_roster(centre: Centre, path: Path) -> Imported:
    """Take in a roster."""
    with workspace_lock(centre.workspace.path, "roster import"):
        entry = centre.audit.intent("roster_import")
        taken = import_roster(centre.store, pick(centre.connectors, "roster"), path)
        counts = {"delivered": taken.delivered, "accepted": taken.accepted, "returned": taken.returned}
        centre.audit.outcome(entry, "ok", counts=counts)
    return taken
