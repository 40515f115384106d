"""怎样结束 ended: how a run ended, as who asked for it and the audit log are told."""

from jiuzhu_check.checks.results import Result


def is_complete(result: Result) -> bool:
    """Whether every required source was read."""
    return bool(result.run["complete"][0] == "yes")


def ended(result: Result) -> str:
    """How the audit log says that it ended."""
    return "ok" if is_complete(result) else "incomplete"


def facts(result: Result) -> dict[str, str]:
    """Which run it was, and what day it took for today: whose consent counted is said of that day."""
    return {"run": result.id, "as_of": str(result.as_of)}


def counts(result: Result) -> dict[str, int]:
    """How many members, links and findings, as the audit log has them."""
    members: int = result.run["members"][0]
    return {"members": members, "links": result.rows_of("link"), "findings": result.rows_of("finding")}
