"""翻页 paging: which request asks for the next page, when there is none, and whether anything is missing between them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jiuzhu_check.intake.transports.web.reply import Absent, at

_LINK = re.compile(r"<([^>]*)>((?:[^,\"]|\"[^\"]*\")*)")
_NEXT = re.compile(r";\s*rel\s*=\s*(?:\"(?:[^\"]*\s)?next(?:\s[^\"]*)?\"|next\b)", re.I)


@dataclass(frozen=True)
class Page:
    """One request's share: what it adds to the query or body, or the whole address where a link says so."""

    said: Mapping[str, str | int]
    url: str = ""


class Gap(Exception):
    """The pages do not add up; `what` is one of repeated, circle, short, long, total, no_next."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class Moved(Exception):
    """The number of rows changed while they were fetched."""


@dataclass
class Pages:
    """Walks through the pages of one answer and counts.

    paging: the [transport.paging]; empty where one answer holds all
    page:   the one to ask for now; null: all are here
    rows:   records so far; total: as many there are, as the service says; null: it did not say
    """

    paging: Mapping[str, Any]
    page: Page | None = None
    rows: int = 0
    total: int | None = None
    _asked: set[Page | tuple[object, ...]] = field(default_factory=set)
    _seen: set[int] = field(default_factory=set)
    _short: bool = False

    def __post_init__(self) -> None:
        kind, said = self.paging.get("kind"), {}
        if kind in ("page", "offset"):
            said[self.paging["name"]] = int(self.paging.get("first", 1 if kind == "page" else 0))
        if self.paging.get("size_name") and self.paging.get("size"):
            said[self.paging["size_name"]] = int(self.paging["size"])
        self._ask(Page(said))

    def take(self, records: Sequence[str], body: Any, link: str, total: int | None) -> None:
        """Count one page in, and turn to the next.

        records: of this page; link: its Link header; total: as the service says it on this page
        raises:  Gap, Moved
        """
        if None not in (total, self.total) and total != self.total:
            raise Moved
        self.total = total if total is not None else self.total
        if records:
            if (mark := hash(tuple(records))) in self._seen:
                raise Gap("repeated")
            if self._short:
                raise Gap("short")
            self._seen.add(mark)
            self._hold_to_size(len(records))
        self.rows += len(records)
        following = self._following(records, body, link)
        if following is None:
            self.end()
        else:
            self._ask(following)

    def end(self) -> None:
        """No page follows. Raises Gap where not as many rows came as the service said."""
        self.page = None
        if self.total is not None and self.rows != self.total:
            raise Gap("total")

    def _hold_to_size(self, rows: int) -> None:
        """A service that gives other pages than it was asked for may count them otherwise too."""
        kind, size = self.paging.get("kind"), int(self.paging.get("size", 0))
        if kind in ("page", "offset") and size and rows > size:
            raise Gap("long")
        self._short = kind == "page" and rows < size

    def _ask(self, page: Page) -> None:
        mark = (page.url, *page.said.items())
        if mark in self._asked:
            raise Gap("circle")
        self._asked.add(mark)
        self.page = page

    def _following(self, records: Sequence[str], body: Any, link: str) -> Page | None:
        assert self.page is not None
        kind, said = self.paging.get("kind"), self.page.said
        if kind == "link":
            url = next((url for url, rest in _LINK.findall(link) if _NEXT.search(rest)), "")
            return Page({}, url) if url else None
        if kind == "cursor":
            try:
                cursor = at(body, str(self.paging["next"]))
            except Absent:
                if self.total is None:
                    raise Gap("no_next") from None
                cursor = None
            return Page({**said, self.paging["name"]: cursor}) if cursor not in (None, "", False) else None
        if kind is None or not records:
            return None
        stop = self.paging.get("stop", "empty" if self.total is None else "total")
        if stop == "total" and self.total is not None and self.rows >= self.total:
            return None
        if stop == "short" and len(records) < int(self.paging["size"]):
            return None
        step = 1 if kind == "page" else len(records)
        return Page({**said, self.paging["name"]: int(said[self.paging["name"]]) + step})
