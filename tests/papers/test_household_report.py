"""What the formal report of a household says, in which order, and what it must not say."""

import io
import re

import pytest
from pypdf import PdfReader

from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.reports.docx_paper import DocxPress
from jiuzhu_check.reports.pdf_paper import PdfPress
from tests.papers.families import DAUGHTER, FATHER, LARGE, MOTHER, SON, papers, setting
from tests.papers.reading import read_docx, read_pdf, whole

PDF, DOCX = PdfPress(), DocxPress()


def report(centre: Centre, household: str) -> str:
    return whole(papers(centre, PDF, household)[0].data)


def test_a_report_has_its_parts_in_order(centre: Centre) -> None:
    said = report(centre, "JZ1")
    parts = [
        "社会救助家庭经济状况核对报告", "编号370000-000001", "第1版", "核对目的", "授权家庭成员2人，核对日授权有效1人",
        "一、家庭成员和授权", "二、各来源核对情况", "三、有利事实", "四、登记与申报不一致", "五、收入核算",
        "六、请家庭说明的事项", "七、异议和联系", "核对人", "打印次数", "校验码",
    ]  # fmt: skip
    places = [said.find(part) for part in parts]
    assert -1 not in places, parts[places.index(-1)]
    assert places == sorted(places)


def test_a_finding_names_source_supplier_day_row_person_rule_and_both_sides(centre: Centre) -> None:
    said = report(centre, "JZ1")
    for words in (
        "登记车辆未申报（登记与申报不一致）", "申报0辆", "查得1辆", "机动车vehicle.csv第2行（供数地区370000，数据时点2018-11-30）",
        "A1号名一致", "undeclared_vehicle；《社会救助暂行办法》第五十八条", "可能的合理解释已卖出、报废", "办理情况待核实",
    ):  # fmt: skip
        assert words in said, words


def test_what_was_not_checked_is_said_as_plainly_as_what_was(centre: Centre) -> None:
    said = report(centre, "JZ1")
    assert "家庭成员2人，签约来源3项，共6人次：命中1，未发现记录0，未核对5。信息不全：未核对不等于没有。" in said
    assert "2配偶李秀英：未授权：没有授权书" in said
    assert "未签约、没有核对的来源：" in said


def test_a_household_of_whom_nothing_was_checked_does_not_read_as_one_that_owns_nothing(centre: Centre) -> None:
    said = report(centre, "JZ5")
    assert "命中0，未发现记录0，未核对3" in said
    assert "有来源没有核对（见第二部分），不能据此认为没有。" in said
    assert "核对日没有有效的授权书" in said


def test_a_household_without_findings_says_so(centre: Centre) -> None:
    said = report(centre, "JZ4")
    assert "未发现登记与申报不一致或者需要询问的事项" in said
    assert "没有需要家庭说明的事项" in said


def test_the_income_account_stands_line_by_line_and_as_a_sum(centre: Centre) -> None:
    said = report(centre, "JZ4")
    assert "1户主赵平安其他收入：申报月收入1,200.00计入申报100.00元/月×12" in said
    assert "人均年收入1,200.00元" in said
    assert "农村低保标准：每人每年4,800.00元" in said


def test_the_report_never_decides(centre: Centre) -> None:
    for paper in papers(centre, PDF, "JZ1", "JZ3"):
        said = whole(paper.data)
        assert "仅供审核使用，不作认定结论" in said
        assert not re.search("骗保|欺诈|不予|不符合|拒绝|违规|疑点", said)


def test_of_a_supporter_the_household_reads_the_fee_and_that_they_were_asked_and_no_record(centre: Centre) -> None:
    said = report(centre, "JZ1")
    assert f"3{SON.name}长子机动车" in said  # asked and covered
    assert f"4{DAUGHTER.name}长女—" in said  # asked and not covered
    assert f"3长子{SON.name}赡养（抚养、扶养）费" in said
    for secret in ("LZZSON", "鲁Z00002", "7777", "7,777", "93324", SON.number, SON.number[-6:], "家庭年收入9"):
        assert secret not in said, secret
    assert "vehicle.csv第3行" not in said


def test_what_is_not_set_is_left_to_be_written_by_hand_and_what_is_set_is_printed(centre: Centre) -> None:
    assert "电话______" in report(centre, "JZ4")
    with setting(centre, '[centre]\nname = "某县核对中心"\nphone = "0000-1234567"\n') as named:
        said = report(named, "JZ4")
    assert "电话0000-1234567" in said
    assert "核对单位某县核对中心" in said
    assert "地址______" in said


def test_numbers_are_masked(centre: Centre) -> None:
    said = report(centre, "JZ3")
    assert not re.search(r"(?<!\d)\d{17}[\dXx]", said)
    assert LARGE[0].number[:6] + "********" + LARGE[0].number[-4:] in said


def test_rare_characters_are_printed_and_those_that_no_standard_has_are_named(centre: Centre) -> None:
    said = report(centre, "JZ2")
    assert "㐂𬎆䶮[造字U+E001]" in said


def test_a_large_household_is_printed_whole(centre: Centre) -> None:
    pages = read_pdf(papers(centre, PDF, "JZ3")[0].data)
    assert all(person.name in "".join(pages) for person in LARGE)
    assert [f"第{at}页共{len(pages)}页" in page for at, page in enumerate(pages, 1)] == [True] * len(pages)


@pytest.mark.parametrize("household", ["JZ1", "JZ2", "JZ5"])
def test_pdf_and_docx_say_the_same(centre: Centre, household: str) -> None:
    pdf = whole(papers(centre, PDF, household)[0].data)
    docx = read_docx(papers(centre, DOCX, household, form="docx")[0].data)
    foot = re.compile(r"编号370000-\d{6}第\d版仅供审核使用，不作认定结论第\d+页共\d+页")
    lines = re.compile("_+")

    def plain(said: str) -> list[str]:
        return sorted(lines.sub("", foot.sub("", said)))

    assert plain(pdf) == plain(docx)


def test_the_mother_without_consent_is_asked_to_sign(centre: Centre) -> None:
    assert f"2配偶{MOTHER.name}：核对日没有有效的授权书" in report(centre, "JZ1")
    assert f"1户主{FATHER.name}：核对日" not in report(centre, "JZ1")


def test_the_file_is_pdf_a_of_the_day_of_issue_and_knows_no_other_time(centre: Centre) -> None:
    reader = PdfReader(io.BytesIO(papers(centre, PDF, "JZ4")[0].data))
    about = reader.xmp_metadata
    assert about is not None
    said = about.stream.get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in said
    assert "<pdfaid:conformance>U</pdfaid:conformance>" in said
    assert set(re.findall(r"\d{4}-\d{2}-\d{2}", said)) == {"2018-12-03"}
