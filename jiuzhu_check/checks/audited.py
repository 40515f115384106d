"""先记后读: the audit record is on disk before the block runs, and says afterwards how it ended."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from jiuzhu_check.audit.log import AuditLog
from jiuzhu_check.errors import JiuzhuError, Refused
from jiuzhu_check.language import say


@dataclass
class Ending:
    """How an audited piece of work ended: the block fills it in."""

    result: str = "ok"
    counts: dict[str, int] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)


@contextmanager
def audited(
    log: AuditLog,
    action: str,
    *,
    purpose: str = "",
    reason: str = "",
    subject: str = "",
    counts: Mapping[str, int] | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Iterator[Ending]:
    """Run the block between an intent and its outcome. An error that a user can mend is an outcome too."""
    entry = log.intent(action, purpose=purpose, reason=reason, subject=subject, counts=counts, facts=facts)
    ending = Ending()
    try:
        yield ending
    except JiuzhuError as problem:
        log.outcome(entry, f"error-{int(problem.exit_code)}", ending.counts, ending.facts)
        raise
    log.outcome(entry, ending.result, ending.counts, ending.facts)


def reveal(log: AuditLog, reason: str, subject: str) -> None:
    """Record that whole numbers are shown, and why; raises Refused without a reason."""
    if not reason.strip():
        raise Refused(say("显示完整号码要写明原因。"), hint=say("加 --reason，写明用途；原因里不要写号码。"))
    with audited(log, "reveal", reason=reason, subject=subject):
        pass
