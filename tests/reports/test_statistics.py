"""The statistics of two months as people read them: tables, the leader's page, the workbook."""

import io
import re
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import openpyxl
import pytest

from jiuzhu_check.reports.statistics import tables
from jiuzhu_check.reports.statistics.book import statistics_book
from jiuzhu_check.reports.statistics.material import Material
from jiuzhu_check.reports.statistics.measures import BY
from jiuzhu_check.reports.statistics.page import statistics_page
from tests.checks.months import two_months
from tests.conftest import SameAsExpected


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> Material:
    return two_months(tmp_path_factory.mktemp("months")).material()


@pytest.fixture(scope="module")
def unanswered(tmp_path_factory: pytest.TempPathFactory) -> Material:
    return two_months(tmp_path_factory.mktemp("months"), answered=False).material()


def as_text(told: list[tables.Counted]) -> str:
    lines = []
    for table in told:
        lines += [f"【{table.name}】", "\t".join(table.heads)]
        lines += [
            "\t".join("" if cell is None else str(cell) for cell in row) for row in [*table.rows, table.total] if row
        ]
        lines += [f"{label}：{text}" for label, text in table.notes]
    return "\n".join(lines) + "\n"


def test_the_tables_read_as_expected(material: Material, same_as_expected: SameAsExpected) -> None:
    told = [*tables.whole(material, 0, "upheld_income"), *(tables.by(material, by, 0) for by in BY)]
    same_as_expected("statistics.tsv", as_text([*told, tables.exactness(material, 0), tables.runs(material)]))


def test_the_page_reads_as_expected(material: Material, same_as_expected: SameAsExpected) -> None:
    same_as_expected("statistics.html", statistics_page(material, 5))


@pytest.mark.parametrize("by", BY)
def test_the_page_can_be_of_anything_that_counts_are_broken_down_by(material: Material, by: str) -> None:
    page = statistics_page(material, 0, by, "left_amount")
    assert f"<h2>{tables.by(material, by, 0).name}</h2>" in page
    assert "没有两份可比较的名册" in page


def test_the_page_says_that_nothing_came_back_yet(unanswered: Material) -> None:
    assert "尚无复查结果" in statistics_page(unanswered, 5)


def test_the_page_asks_the_outside_for_nothing_and_names_nobody(material: Material) -> None:
    page = statistics_page(material, 5)
    assert "default-src 'none'" in page
    assert not re.search(r"https?:|src=|@import|<script|<link|<img", page)
    assert not re.search(r"\d{17}[\dX]|JZ\d{6}|SQ\d{6}", page)
    assert not {"1", "2", "3", "4"} & set(re.findall(r'<td class="n">([^<]*)</td>', page))


def test_every_chart_says_its_numbers_in_words(material: Material) -> None:
    page = re.sub(r"<meta ([^>]*)>", r"<meta \1/>", statistics_page(material, 0).removeprefix("<!DOCTYPE html>\n"))
    charts = [svg for svg in ET.fromstring(page).iter("svg") if svg.get("role") == "img"]
    assert len(charts) == 2
    assert all(re.search(r"\d", chart.get("aria-label", "")) for chart in charts)


def test_a_township_with_markup_in_its_name_is_text(material: Material) -> None:
    import polars as pl

    bad = material.homes.with_columns(township=pl.lit("<b>柳河</b>镇"))
    cells = material.cells.with_columns(township=pl.lit("<b>柳河</b>镇"))
    page = statistics_page(Material(material.scope, material.centre, runs=material.runs, homes=bad, cells=cells), 0)
    assert "<b>" not in page
    assert "&lt;b&gt;柳河" in page


def test_the_same_material_gives_the_same_bytes(material: Material) -> None:
    assert statistics_page(material, 5) == statistics_page(material, 5)
    assert statistics_book(material, 0) == statistics_book(material, 0)


def test_the_workbook_holds_every_table_as_numbers(material: Material) -> None:
    book = openpyxl.load_workbook(io.BytesIO(statistics_book(material, 0, "village", "upheld_income")))
    assert book.sheetnames == [
        "说明", "总计", "按救助类别", "按来源", "按规则", "按区划", "按乡镇（街道）", "按月份", "按村（社区）", "未核对原因", "期限",
        "受理到出报告", "异议", "不再在保", "金额", "准确情况", "期内核对",
    ]  # fmt: skip
    sheet = book["按乡镇（街道）"]
    expected = tables.by(material, "township", 0)
    told = [[cell.value for cell in row] for row in sheet.iter_rows(max_row=len(expected.rows) + 2)]
    assert told[0] == list(expected.heads)
    for row, wanted in zip(told[1:], [*expected.rows, expected.total], strict=True):
        assert row == ["—" if cell is None else cell for cell in wanted]
    labels = [cell.value for cell in sheet["A"][len(expected.rows) + 2 :] if cell.value]
    assert labels[0].startswith("户数：")


def test_a_workbook_for_the_public_shows_no_small_count(material: Material) -> None:
    book = openpyxl.load_workbook(io.BytesIO(statistics_book(material, 5)))
    for sheet in [book[name] for name in book.sheetnames if name.startswith("按")]:
        numbers = [cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, int)]
        assert numbers
        assert not {1, 2, 3, 4} & set(numbers)


def test_no_cell_of_the_workbook_is_a_formula(material: Material) -> None:
    with zipfile.ZipFile(io.BytesIO(statistics_book(material, 0))) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    assert sheets
    assert not any(b"<f>" in sheet for sheet in sheets)


def test_an_empty_scope_gives_zeros(tmp_path: Path) -> None:
    nobody = two_months(tmp_path, answered=False).material(region="370700")
    assert "<dd>0<small>户</small></dd>" in statistics_page(nobody, 5)
    assert tables.times(nobody, 5).total == ("合计", 0, None, None)
    assert statistics_book(nobody, 0)
