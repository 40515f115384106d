"""应答 reply: what a service's answer means: records, nothing, try again, or a word that ends the fetch."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jiuzhu_check.intake.shape import Shape

ACTIONS = ("retry", "refresh", "empty", "fail")
SUCCESS: Shape = {"path": str, "equals": list}
RESPONSE: Shape = {"status": list, "code": list, "action": str}
# What holds unless a source says otherwise.
_BY_STATUS = {429: "retry", 500: "retry", 502: "retry", 503: "retry", 504: "retry"}


@dataclass(frozen=True)
class Meaning:
    """What to do with a reply.

    action: take, retry, refresh, empty, fail, denied
    code:   the status, or the body's code, to be told in an error
    """

    action: str
    code: str


class NotJson(Exception):
    """The body is no JSON."""


def parsed(text: str) -> Any:
    """The body; numbers stay as they are written, so that 18 digits keep their last ones.

    raises: NotJson
    """
    try:
        return json.loads(text, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        raise NotJson from None


def at(body: Any, path: str) -> Any:
    """What stands at a dotted path, such as data.rows or items.0; null where there is nothing."""
    for step in path.split(".") if path else ():
        if isinstance(body, Mapping):
            body = body.get(step)
        elif isinstance(body, list) and step.isdigit() and int(step) < len(body):
            body = body[int(step)]
        else:
            return None
    return body


def meaning(status: int, body: Any, success: Mapping[str, Any], responses: Sequence[Mapping[str, Any]]) -> Meaning:
    """What a reply means, by its status and, where the source names one, by the code in its body.

    body: parsed; null where it is no JSON
    """
    code = _text(at(body, str(success["path"]))) if success and body is not None else None
    for each in responses:
        by_status = status in each.get("status", ())
        by_code = code is not None and code in [_text(known) for known in each.get("code", ())]
        if by_code or (by_status and not each.get("code")):
            return Meaning(str(each["action"]), code or str(status))
    if status in (401, 403, 407):
        return Meaning("denied", str(status))
    if status in _BY_STATUS:
        return Meaning(_BY_STATUS[status], str(status))
    if not 200 <= status < 300:
        return Meaning("fail", str(status))
    if success and code not in [_text(known) for known in success["equals"]]:
        return Meaning("fail", code or "—")
    return Meaning("take", code or str(status))


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, Mapping | list):
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)
