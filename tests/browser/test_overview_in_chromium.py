"""The overview as a browser shows it: narrow and wide, by keyboard, without colour, on paper."""

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from jiuzhu_check import language
from jiuzhu_check.reports.overview import overview_html
from tests.browser.chromium import PROGRAM, Page, a_page
from tests.reports.frames import Frames, a_run

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="没有装 chromium")
WIDTHS = (420, 1280)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with a_page(tmp_path_factory.mktemp("profile")) as page:
        yield page


def two_counties() -> Frames:
    """As many townships as fold away, and a long name."""
    run = a_run()
    county = pl.when(pl.int_range(pl.len()) % 2 == 0).then(pl.lit("370684")).otherwise("region")
    township = pl.format("很长的名字也要放得下的{}街道办事处", "household_no")
    return run.but(households=run.households.with_columns(region=county, township=township))


@pytest.fixture(scope="module", params=["zh", "en"])
def file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    language.choose(request.param)
    try:
        text = overview_html(**two_counties().core())
    finally:
        language.choose("zh")
    file = tmp_path_factory.mktemp("page") / "overview.html"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_wider_than_the_screen_but_tables_that_scroll_by_themselves(page: Page, file: Path, width: int):
    page.open(file, width)
    assert page.value("innerWidth") == width
    assert page.value("document.documentElement.scrollWidth") <= width
    over = """[...document.querySelectorAll('main *')].filter(e => !e.closest('.scroll') && !e.closest('svg')
        && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 80))"""
    assert page.value(over) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_no_text_is_too_small_to_read_or_cut_off(page: Page, file: Path, width: int):
    page.open(file, width)
    small = "[...document.querySelectorAll('main *')].filter(e => parseFloat(getComputedStyle(e).fontSize) < 12).length"
    assert page.value(small) == 0
    left = """[...document.querySelectorAll('svg[role=img] text')].filter(e => { const b = e.getBoundingClientRect();
        return b.left < -1 || b.right > innerWidth + 1 }).map(e => e.textContent)"""
    assert page.value(left) == []
    crossing = """[...document.querySelectorAll('svg[role=img]')].flatMap(s => { const names = [...s.querySelectorAll(
        '.name')], notes = [...s.querySelectorAll('.note')]; return names.filter((n, i) =>
        n.getBoundingClientRect().right > notes[i].getBoundingClientRect().left).map(n => n.textContent) })"""
    assert page.value(crossing) == []


def test_it_asks_nobody_for_anything(page: Page, file: Path):
    page.asked.clear()
    page.open(file, 1280)
    assert page.asked == [file.as_uri()]


def test_the_keyboard_goes_through_the_page_in_its_order_and_the_focus_is_seen(page: Page, file: Path):
    page.open(file, 1280)
    page.value("[...document.querySelectorAll('a, summary, .scroll')].forEach((e, i) => e.dataset.place = i)")
    unfolded = "[...document.querySelectorAll('[data-place]')].filter(e => !e.matches('details:not([open]) .scroll'))"
    wanted = page.value(unfolded + ".map(e => e.dataset.place)")
    met = []
    for _ in wanted:
        page.press("Tab")
        met.append(page.value("document.activeElement.dataset.place"))
        style = page.value("(s => [s.outlineStyle, s.outlineWidth])(getComputedStyle(document.activeElement))")
        assert style == ["solid", "3px"]
        assert page.value("document.activeElement.getBoundingClientRect().right") > 0
    assert met == wanted
    assert len(wanted) > 15


def test_the_first_key_skips_to_the_content_and_a_table_folds_by_keyboard(page: Page, file: Path):
    page.open(file, 1280)
    page.press("Tab")
    assert page.value("document.activeElement.className") == "skip"
    page.press("Enter")
    assert page.value("document.activeElement.id") == "main"
    page.value("document.querySelector('summary').focus()")
    before = page.value("document.querySelector('details').open")
    page.press("Enter")
    assert page.value("document.querySelector('details').open") is not before


def test_every_part_of_a_chart_is_told_apart_without_colour(page: Page, file: Path):
    page.open(file, 1280)
    page.tell("Emulation.setEmulatedVisionDeficiency", type="achromatopsia")
    for legend in range(page.value("document.querySelectorAll('.legend').length")):
        boxes = page.value(
            f"[...document.querySelectorAll('.legend')[{legend}].querySelectorAll('i')].map(e => e.getBoundingClientRect())"
            ".map(b => ({x: Math.ceil(b.x) + scrollX, y: Math.ceil(b.y) + scrollY, width: 12, height: 12, scale: 1}))"
        )
        shots = {page.tell("Page.captureScreenshot", clip=box, captureBeyondViewport=True)["data"] for box in boxes}
        assert len(shots) == len(boxes) > 1
    page.tell("Emulation.setEmulatedVisionDeficiency", type="none")
    fills = page.value(
        "Object.fromEntries(['full', 'mid', 'light', 'gap'].map(look => "
        "[look, getComputedStyle(document.querySelector('svg rect.' + look)).fill]))"
    )
    assert "dots" in fills["mid"]
    assert "hatch" in fills["gap"]
    assert len(set(fills.values())) == 4


def test_on_paper_it_is_a4_and_what_is_folded_away_is_printed(page: Page, file: Path):
    page.open(file, 1280)
    assert page.value("document.querySelectorAll('details:not([open])').length") == 2
    page.tell("Emulation.setEmulatedMedia", media="print")
    heights = "[...document.querySelectorAll('table')].map(e => e.getBoundingClientRect().height)"
    assert min(page.value(heights)) > 20
    assert page.value("getComputedStyle(document.querySelector('nav')).display") == "none"
    page.tell("Emulation.setEmulatedMedia", media="")
    pdf = base64.b64decode(page.tell("Page.printToPDF", preferCSSPageSize=True, printBackground=True)["data"])
    boxes = {tuple(round(float(side)) for side in box.split()) for box in re.findall(rb"/MediaBox \[([^\]]+)\]", pdf)}
    assert boxes == {(0, 0, 595, 842)}


def test_the_page_says_its_language_and_marks_what_stays_chinese(page: Page, file: Path):
    page.open(file, 1280)
    english = page.value("document.documentElement.lang") == "en"
    unmarked = r"""[...document.querySelectorAll('main th, main td, main summary, main h1, main h2, main .lead, main dt')]
        .filter(e => /[\u4e00-\u9fff]/.test(e.textContent) && !e.closest('[lang=zh-CN]')).map(e => e.textContent)"""
    assert page.value(unmarked) == [] if english else page.value("document.documentElement.lang") == "zh-CN"
