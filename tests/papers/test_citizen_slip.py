"""The page that a citizen takes home."""

import pytest

from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.reports.pdf_paper import PdfPress
from tests.papers.families import FATHER, MOTHER, SON, papers
from tests.papers.reading import read_pdf, whole

PDF = PdfPress()


@pytest.mark.parametrize("household", ["JZ1", "JZ2", "JZ3", "JZ4", "JZ5"])
def test_a_slip_is_one_page_and_accuses_nobody(centre: Centre, household: str) -> None:
    for paper in papers(centre, PDF, household, slip=True):
        (page,) = read_pdf(paper.data)
        assert "疑点" not in page
        assert "不一致" not in page
        assert "不是决定" in page
        assert "行政复议" in page


def test_a_slip_says_what_was_looked_at_what_to_bring_and_how_to_object(centre: Centre) -> None:
    said = whole(papers(centre, PDF, "JZ1", slip=True)[0].data)
    for words in (
        "有登记的：机动车（数据到2018-11-30）张国强", "没有查的：", "（未授权：没有授权书）", "没有查，不等于您没有。",
        "车辆：查到1辆，申报0辆。请说明车是谁在用", "可以带行驶证", "请到乡镇（街道）说明", "电话：______",
    ):  # fmt: skip
        assert words in said, words


def test_a_slip_asks_for_the_consent_that_is_missing(centre: Centre) -> None:
    household, son, daughter = (whole(each.data) for each in papers(centre, PDF, "JZ1", slip=True))
    assert "李秀英：在2018-12-01没有有效的授权书，需要查对的，请本人（或者监护人）签授权书。" in household
    assert "您在2018-12-01没有有效的授权书" not in son
    assert "1.您在2018-12-01没有有效的授权书，需要查对的，请签授权书。" in daughter


def test_a_slip_does_not_say_that_anything_was_looked_at_where_nothing_was(centre: Centre) -> None:
    (household,) = (whole(each.data) for each in papers(centre, PDF, "JZ5", slip=True))
    daughter = whole(papers(centre, PDF, "JZ1", slip=True)[2].data)
    for said in (household, daughter):
        assert "一项也没有查对" in said
        assert "查对了" not in said
        assert "没有需要您说明的" not in said
    assert "您签的授权书" not in household


def test_a_supporter_reads_what_was_looked_at_of_them_and_nothing_of_the_household(centre: Centre) -> None:
    household, son, daughter = papers(centre, PDF, "JZ1", slip=True)
    assert [each.issued.whose[2] for each in (household, son, daughter)] == [None, "3", "4"]
    theirs = whole(son.data)
    assert SON.name in theirs
    assert "有登记的：机动车（数据到2018-11-30）。" in theirs
    for secret in ("JZ1", FATHER.name, MOTHER.name, "鲁Z00001", "LZZFATHER", "申报0辆", "未授权"):
        assert secret not in theirs, secret
    assert "没有授权书" in whole(daughter.data)


def test_the_household_reads_nothing_of_a_supporter_on_its_slip(centre: Centre) -> None:
    said = whole(papers(centre, PDF, "JZ1", slip=True)[0].data)
    assert SON.name not in said
    assert "张小慧" not in said
