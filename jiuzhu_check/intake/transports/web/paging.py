"""翻页 paging: which request asks for the next page, and when there is none."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jiuzhu_check.intake.shape import Shape
from jiuzhu_check.intake.transports.web.reply import at

KINDS = ("page", "offset", "cursor", "link")
STOPS = ("total", "short", "empty")
SHAPE: Shape = {
    "kind": str,
    "in": str,
    "name": str,
    "size_name": str,
    "size": int,
    "first": int,
    "next": str,
    "stop": str,
}
_LINK = re.compile(r"<([^>]*)>([^<]*)")


@dataclass(frozen=True)
class Page:
    """One request's share: what it adds to the query or body, or the whole address where a link says so."""

    said: Mapping[str, str | int]
    url: str = ""


def first(paging: Mapping[str, Any]) -> Page:
    """The first page."""
    kind = paging.get("kind", "")
    size = {paging["size_name"]: int(paging["size"])} if paging.get("size_name") else {}
    if kind == "page":
        return Page({paging["name"]: int(paging.get("first", 1)), **size})
    if kind == "offset":
        return Page({paging["name"]: int(paging.get("first", 0)), **size})
    return Page(size)


def following(
    paging: Mapping[str, Any],
    now: Page,
    records: Sequence[Any],
    body: Any,
    link: str,
    so_far: int,
    total: int | None,
) -> Page | None:
    """The page after this one; null where this was the last.

    records: of this page; so_far: of all pages up to it; total: what the service says there are, or null
    link:    the Link header
    """
    kind = paging.get("kind", "")
    if kind == "link":
        url = next((url for url, rest in _LINK.findall(link) if re.search(r'rel="?next"?', rest)), "")
        return Page({}, url) if url else None
    if kind == "cursor":
        cursor = at(body, str(paging["next"]))
        return Page({**now.said, paging["name"]: str(cursor)}) if cursor not in (None, "", False) else None
    if kind not in ("page", "offset") or not records:
        return None
    stop = paging.get("stop", "total" if total is not None else "empty")
    if (stop == "total" and total is not None and so_far >= total) or (
        stop == "short" and len(records) < int(paging["size"])
    ):
        return None
    step = 1 if kind == "page" else len(records)
    return Page({**now.said, paging["name"]: int(now.said[paging["name"]]) + step})
