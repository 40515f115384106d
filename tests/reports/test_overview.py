import re
import xml.etree.ElementTree as ET

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiuzhu_check import language
from jiuzhu_check.reports.overview import FEWEST, overview_html
from jiuzhu_check.reports.statistics.small_cells import shown_column
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
    assert not re.search(r"https?:|src=|href=\"(?!#)|url\((?!#)|@import|<script|<link|<img", page)


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
    shown = shown_column(counts, FEWEST)
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


def test_in_english_the_labels_are_english_and_what_stays_chinese_says_so():
    run = a_run()
    language.choose("en")
    try:
        page = overview_html(**run.core())
    finally:
        language.choose("zh")
    assert '<html lang="en">' in page
    assert "Households by result" in page
    said = re.sub(r"<style>.*?</style>|<svg.*?</svg>|<(\w+)[^>]* lang=\"zh-CN\"[^>]*>.*?</\1>", "", page, flags=re.S)
    assert set(re.findall("[\u4e00-\u9fff]+", re.sub("<[^>]*>", "", said))) == set()
    assert "<td lang" not in re.sub("<tbody>.*?</tbody>", "", page, flags=re.S)


def test_townships_of_several_counties_stand_by_county_and_add_up():
    run = a_run()
    county = pl.when(pl.int_range(pl.len()) < 10).then(pl.lit("370684")).otherwise("region")
    page = parsed(run.but(households=run.households.with_columns(region=county)))
    *_, counties, first, second = page.iter("table")
    assert [row.find("th").text for row in counties.find("tbody")] == ["370683", "370684"]
    assert numbers(counties.find("tbody")[0])[0] == 30
    assert len(first.find("tbody")) + len(second.find("tbody")) >= 4


def test_a_chart_of_many_rules_can_be_broken_by_paper_and_keeps_one_scale():
    run = a_run()
    many = run.findings.with_columns(rule=pl.col("finding_id"), title=pl.col("finding_id"))
    charts = [svg for svg in parsed(run.but(findings=many)).iter("svg") if svg.get("role") == "img"]
    pieces = [chart for chart in charts if chart.find("title").text == "各项规则的发现"]
    assert len(pieces) == 3
    assert max(int(chart.get("height")) for chart in charts) <= 800
    assert sum(len(chart.findall("rect[@class='track']")) for chart in pieces) == many.height


def test_the_page_is_as_long_for_many_households_as_for_few():
    few, many = a_run(40), a_run(400)
    assert len(overview_html(**many.core())) < len(overview_html(**few.core())) * 1.05
