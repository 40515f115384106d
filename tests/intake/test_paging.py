"""Whatever a service does between its pages: all of its rows come, each once, or none."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiuzhu_check.intake.transports.web.paging import Gap, Moved, Page, Pages

steady = settings(deadline=None, derandomize=True, max_examples=300)
KINDS = ("page", "offset", "cursor", "link")


@dataclass(frozen=True)
class Turned:
    """What a service says to one request."""

    rows: list[str]
    body: dict[str, Any]
    link: str = ""


def service(kind: str, rows: list[str], size: int) -> Callable[[Page], Turned]:
    """A service that keeps to its word."""

    def answer(page: Page) -> Turned:
        said = page.url or next((value for name, value in page.said.items() if name == "at"), 0)
        start = (int(said) - 1) * size if kind == "page" else int(said or 0)
        more = start + size < len(rows)
        link = f'<0>; rel="first", <{start + size}>; rel="next"; title="a, b"' if more else '<0>; rel="first"'
        return Turned(rows[start : start + size], {"next": start + size if more else None}, link)

    return answer


def walked(pages: Pages, answer: Callable[[Page], Turned], total: Callable[[], int | None]) -> list[str]:
    came: list[str] = []
    while pages.page is not None:
        turned = answer(pages.page)
        pages.take(turned.rows, turned.body, turned.link, total())
        came += turned.rows
    return came


def spec(kind: str, size: int, stop: str | None = None) -> dict[str, Any]:
    named = {"kind": kind, "name": "at", "next": "next", "size": size, "size_name": "n"}
    return {**named, "stop": stop} if stop else named


@steady
@given(
    st.sampled_from(KINDS), st.integers(0, 60), st.integers(1, 13), st.sampled_from(["total", "short", "empty", None])
)
def test_every_row_of_an_honest_service_comes_once(kind: str, count: int, size: int, stop: str | None) -> None:
    rows = [str(place) for place in range(count)]
    assert walked(Pages(spec(kind, size, stop)), service(kind, rows, size), lambda: count) == rows
    if stop in ("empty", None):
        assert walked(Pages(spec(kind, size, stop)), service(kind, rows, size), lambda: None) == rows


@steady
@given(
    st.sampled_from(KINDS),
    st.integers(1, 60),
    st.integers(1, 13),
    st.sampled_from(["total", "short", "empty"]),
    st.data(),
)
def test_where_a_page_is_lost_cut_or_doubled_nothing_is_taken_for_the_whole(
    kind: str, count: int, size: int, stop: str, data: st.DataObject
) -> None:
    rows = [str(place) for place in range(count)]
    honest = service(kind, rows, size)
    struck = data.draw(st.integers(0, (count - 1) // size))
    harm = data.draw(st.sampled_from(["lost", "cut", "doubled"]))
    turn = iter(range(10_000))

    def answer(page: Page) -> Turned:
        turned = honest(page)
        if next(turn) != struck or not turned.rows:
            return turned
        spoilt = {"lost": [], "cut": turned.rows[:-1], "doubled": turned.rows * 2}[harm]
        return Turned(spoilt, turned.body, turned.link)

    came = rows
    with contextlib.suppress(Gap):
        came = walked(Pages(spec(kind, size, stop)), answer, lambda: count)
    assert came == rows


@steady
@given(st.integers(1, 40), st.integers(2, 12), st.integers(1, 11), st.booleans())
def test_pages_smaller_than_asked_for_lose_no_row(count: int, size: int, given_size: int, told: bool) -> None:
    """The service counts by our size and gives fewer: rows between two pages are never shown."""
    given_size = min(given_size, size - 1)
    rows = [str(place) for place in range(count)]

    def answer(page: Page) -> Turned:
        start = (int(page.said["at"]) - 1) * size
        return Turned(rows[start : start + size][:given_size], {})

    came = rows
    with contextlib.suppress(Gap):
        came = walked(Pages(spec("page", size, "empty")), answer, lambda: count if told else None)
    one_page = count <= size  # not full, and nothing after it: a last page to anybody, unless a total is told
    assert came == rows or (one_page and not told)


def test_a_number_of_rows_that_changes_stops_the_walk() -> None:
    totals = iter([3, 4, 3])
    with pytest.raises(Moved):
        walked(Pages(spec("page", 1)), service("page", ["a", "b", "c"], 1), lambda: next(totals))


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ('<https://a/b?c=1,2>; rel="next"', "https://a/b?c=1,2"),
        ("</b>; rel=next", "/b"),
        ('</b>; title="rel=next, not"; rel="prev", </c>; rel="last next"', "/c"),
        ('</b>; rel="nextfoo"', ""),
        ('</b>; REL="Next"', "/b"),
        ('</b>; anchor="#x"; rel="prev"', ""),
        ("", ""),
    ],
)
def test_the_next_link_is_found_among_the_others(link: str, url: str) -> None:
    pages = Pages({"kind": "link"})
    pages.take(["a"], None, link, None)
    assert (pages.page.url if pages.page else "") == url
