"""应答 reply: what a service's answer means: records, nothing, try again, or a word that ends the fetch."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

# What holds unless a source says otherwise.
_BY_STATUS = {408: "retry", 425: "retry", 429: "retry", 500: "retry", 502: "retry", 503: "retry", 504: "retry"}
_TELLABLE = re.compile(r"(?![0-9]{9})[0-9A-Za-z_.-]{1,16}")


@dataclass(frozen=True)
class Meaning:
    """What to do with a reply.

    action: take, retry, refresh, empty, fail, denied
    code:   the status, or the body's code, fit to be told in an error: one that might be a number or a name is not
    """

    action: str
    code: str


class Absent(LookupError):
    """Nothing stands at the path, not even null."""


def at(body: Any, path: str) -> Any:
    """What stands at a dotted path, such as data.total or items.0.

    raises: Absent
    """
    for step in path.split(".") if path else ():
        if isinstance(body, Mapping) and step in body:
            body = body[step]
        elif isinstance(body, list) and step.isdigit() and int(step) < len(body):
            body = body[int(step)]
        else:
            raise Absent(path)
    return body


def meaning(status: int, body: Any, success: Mapping[str, Any], responses: Sequence[Mapping[str, Any]]) -> Meaning:
    """What a reply means, by its status and, where the source names one, by the code in its body.

    body: parsed; null where it is no JSON
    """
    code = _code(body, success)
    told = code if code is not None and _TELLABLE.fullmatch(code) else "…"
    for each in responses:
        by_status = not each.get("status") or status in each["status"]
        by_code = not each.get("code") or code in [_text(known) for known in each["code"]]
        if by_status and by_code:
            return Meaning(str(each["action"]), told if each.get("code") else str(status))
    if status in (401, 403, 407):
        return Meaning("denied", str(status))
    if not 200 <= status < 300:
        return Meaning(_BY_STATUS.get(status, "fail"), str(status))
    if success:
        wanted = success["equals"] if isinstance(success["equals"], list) else [success["equals"]]
        if code not in [_text(known) for known in wanted]:
            return Meaning("fail", told)
    return Meaning("take", str(status))


def retry_after(said: str, now: datetime | None = None) -> float | None:
    """The seconds that a Retry-After header asks for: a number, or a moment; null where it says neither.

    >>> retry_after("120"), retry_after("soon")
    (120.0, None)
    >>> retry_after("Sat, 01 Dec 2018 02:15:30 GMT", datetime(2018, 12, 1, 2, 15, tzinfo=UTC))
    30.0
    """
    if said.isdigit():
        return float(said)
    try:
        moment = parsedate_to_datetime(said)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())


def _code(body: Any, success: Mapping[str, Any]) -> str | None:
    try:
        return _text(at(body, str(success["path"]))) if success else None
    except Absent:
        return None


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, Mapping | list):
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)
