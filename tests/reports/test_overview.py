import re
import xml.etree.ElementTree as ET

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiuzhu_check.reports.overview import FEWEST, overview_html, suppressed
from tests.reports.frames import Frames, a_run, an_empty_run


def parsed(run: Frames) -> ET.Element:
    html = overview_html(**run.core())
    html = re.sub(r"<meta ([^>]*)>", r"<meta \1/>", html.removeprefix("<!DOCTYPE html>\n"))
    return ET.fromstring(html)


def numbers(row: ET.Element) -> list[int]:
    texts = ["".join(cell.itertext()) for cell in row.findall("td")]
    return [int(text.split(" ")[0].replace(",", "")) for text in texts if re.match(r"^[\d,]+( \(.*\))?$", text)]


def test_the_overview_reads_as_expected(same_as_expected):
    same_as_expected("overview.html", overview_html(**a_run().core()))


def test_the_same_run_gives_the_same_page():
    assert overview_html(**a_run().core()) == overview_html(**a_run().core())


def test_markup_in_a_township_or_a_title_is_text():
    run = a_run()
    bad = "<script>alert('1')</script>&\"\u202e"
    page = overview_html(
        **run.but(
            households=run.households.with_columns(pl.lit(bad).alias("township")),
            findings=run.findings.with_columns(pl.lit(bad).alias("title")),
            source_states=run.source_states.with_columns(pl.lit(bad).alias("title")),
        ).core()
    )
    assert "<script" not in page
    assert "\u202e" not in page
    assert "&lt;script&gt;" in page


def test_the_page_asks_the_outside_for_nothing():
    page = overview_html(**a_run().core())
    assert "default-src 'none'" in page
    assert not re.search(r"https?:|src=|href=|@import|<script|<link|<img", page)


def test_no_name_and_no_number_of_a_person_is_on_the_page():
    run = a_run()
    page = overview_html(**run.core())
    assert not re.search(r"\d{17}[\dX]", page)
    assert not any(name in page for name in run.members["name"])
    assert not any(number in page for number in run.households["household_no"])


@pytest.mark.parametrize("run", [a_run(), an_empty_run()], ids=["full", "empty"])
def test_every_total_is_the_sum_of_its_rows(run: Frames):
    tables = [table for table in parsed(run).iter("table") if table.find("tfoot") is not None]
    for table in tables:
        columns = zip(*(numbers(row) for row in table.find("tbody").findall("tr")), strict=True)
        sums = [sum(column) for column in columns]
        totals = numbers(table.find("tfoot/tr"))
        assert totals == sums[-len(totals) :]


def test_every_chart_says_its_numbers_in_words():
    charts = [svg for svg in parsed(a_run()).iter("svg") if svg.get("role") == "img"]
    assert len(charts) == 4
    assert all(chart.get("aria-label") and chart.find("title").text for chart in charts)
    assert "未授权" not in charts[0].get("aria-label")
    assert "已全部核对 13 户，信息不全 3 户" in charts[0].get("aria-label")


def test_a_townships_small_counts_are_hidden():
    table = list(parsed(a_run()).iter("table"))[-1]
    shown = [cell.text for row in table.find("tbody") for cell in row.findall("td")]
    assert f"<{FEWEST}" in shown
    assert not {"1", "2", "3", "4"} & set(shown)


@given(st.lists(st.integers(0, 50)))
def test_a_hidden_count_cannot_be_worked_out_from_the_total(counts: list[int]):
    shown = suppressed(counts)
    hidden = [cell for cell in shown if isinstance(cell, str)]
    assert not any(isinstance(cell, int) and 0 < cell < FEWEST for cell in shown)
    assert len(hidden) != 1 or sum(count >= FEWEST for count in counts) == 0


def test_a_source_without_a_title_goes_by_its_id():
    run = a_run()
    untitled = run.but(source_states=run.source_states.with_columns(pl.lit(None, pl.String).alias("title")))
    assert "provident_fund（370700）" in overview_html(**untitled.core())


def test_an_empty_run_says_zero():
    page = overview_html(**an_empty_run().core())
    assert "<dd>0<small>户 0 人</small></dd>" in page
