"""占位 places: what of a query, body or name is filled in when it goes out: the day, the cursor, who is asked about.

{as_of}, {date:%Y%m%d} and {since} stand in any text; {person_no}, {name} and {inquiry} where a department answers only for
the people we name. A list of one item that names a person is written once for each of them: one call for a whole list.
"""

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jiuzhu_check.intake.transports.arrival import Ask, Person

_PLACE = re.compile(r"\{(as_of|since|person_no|name|inquiry|date:([^{}]+))\}")
_PERSON = re.compile(r"\{(person_no|name)\}")
_DROPPED = object()


def filled(ask: "Ask", value: Any) -> Any:
    """The value with everything in its place; what needs a {since} that is not there goes.

    A text that is JSON itself stays JSON: what is filled into it is escaped.
    """
    return _filled(ask, value, ask.people[0] if len(ask.people) == 1 else None, repeated=False)


def names_people(settings: Mapping[str, Any]) -> bool:
    """Whether the query or body of a service says who is asked about, each by the number."""
    return any("{person_no}" in text for text in _texts([settings.get("query", {}), settings.get("body", {})]))


def one_by_one(settings: Mapping[str, Any]) -> bool:
    """Whether one call can name one person only."""
    parts = [settings.get("query", {}), settings.get("body", {})]
    return any(_PERSON.search(text) for text in _texts(parts, within_repeated=False))


def _filled(ask: "Ask", value: Any, person: "Person | None", *, repeated: bool) -> Any:
    if isinstance(value, Mapping):
        known = {name: _filled(ask, each, person, repeated=repeated) for name, each in value.items()}
        return {name: each for name, each in known.items() if each is not _DROPPED}
    if isinstance(value, list):
        if not repeated and _is_repeated(value):
            return [_filled(ask, value[0], each, repeated=True) for each in ask.people]
        items = [_filled(ask, each, person, repeated=repeated) for each in value]
        return [each for each in items if each is not _DROPPED]
    if not isinstance(value, str):
        return value
    if "{since}" in value and ask.since is None:
        return _DROPPED
    said = {"as_of": ask.as_of.isoformat(), "since": ask.since, "inquiry": ask.inquiry or None}
    if person is not None:
        said |= {"person_no": person.number, "name": person.name}
    escaped = _is_json(value)

    def put(place: re.Match[str]) -> str:
        text = ask.as_of.strftime(place[2]) if place[2] else said.get(place[1])
        if text is None:
            return place[0]
        return json.dumps(text, ensure_ascii=False)[1:-1] if escaped else text

    return _PLACE.sub(put, value)


def _is_repeated(items: list[Any]) -> bool:
    return len(items) == 1 and any(_PERSON.search(text) for text in _texts(items))


def _texts(value: Any, *, within_repeated: bool = True) -> list[str]:
    """Every text in a value; those that stand once for each person only where they are wanted."""
    if isinstance(value, Mapping):
        return [text for each in value.values() for text in _texts(each, within_repeated=within_repeated)]
    if isinstance(value, list):
        if not within_repeated and _is_repeated(value):
            return []
        return [text for each in value for text in _texts(each, within_repeated=within_repeated)]
    return [value] if isinstance(value, str) else []


def _is_json(text: str) -> bool:
    if not text.lstrip().startswith(("{", "[")):
        return False
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
