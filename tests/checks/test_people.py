"""A county that signed marriages, deaths and disabilities: whose records they are, and who was looked for."""

import shutil
from pathlib import Path

import polars as pl
import pytest

from jiuzhu_check.checks.case import check_case
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.deliveries import take
from jiuzhu_check.checks.explain import Asked, explain
from jiuzhu_check.checks.results import Result
from jiuzhu_check.checks.run import check_all
from jiuzhu_check.reports.case_sheet import case_text
from tests.checks.centres import AS_OF, DATA_DATE, Member, Small
from tests.connectors.departments import sample

SIGNED = ("marriage", "death", "disability")
JIANGUO, XIUYING = Member("张建国", "370199196103121170"), Member("李秀英", "370199196308052244")
MIN, DESHAN = Member("张敏", "370199200109094686"), Member("张德山", "370199193811020318")
GUANGMING = Member("赵光明", "370199197111110337", "JZ2")
HAO = Member("赵子浩", "37019920030303015X", "JZ2")
GUILAN, QIANG = Member("陈桂兰", "370199194507230489", "JZ3"), Member("李强", "370199197005200531", "JZ4")


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Centre:
    small = Small(tmp_path_factory.mktemp("people"))
    small.require(dict.fromkeys(SIGNED, "required"))
    small.enrol([JIANGUO, XIUYING, MIN, DESHAN, GUANGMING, HAO, GUILAN, QIANG])
    for name in SIGNED:
        take(small.centre, name, sample(name), "", DATA_DATE)
    return Centre.open(small.centre.workspace.path)


@pytest.fixture(scope="module")
def run(centre: Centre) -> Result:
    return check_all(centre, "recipients", AS_OF)[0]


def of(run: Result, member: Member, source: str) -> list[tuple[int, int, str, str]]:
    """source_row, slot, tier and status of a member's links to one source."""
    links = run.link.filter((pl.col("person_no") == member.number) & (pl.col("source") == source))
    return links.select("source_row", "slot", "tier", "status").sort("source_row", "slot").rows()


def test_every_member_and_source_stands_once_in_the_coverage(run: Result) -> None:
    assert run.coverage.height == run.member.height * len(SIGNED)
    assert run.coverage.select("household_no", "member_no", "source").is_unique().all()
    states = {
        (number, source): state for number, source, state in run.coverage.select("person_no", "source", "state").rows()
    }
    assert states[JIANGUO.number, "marriage"] == states[XIUYING.number, "marriage"] == "hit"
    assert states[DESHAN.number, "death"] == "hit"
    assert states[JIANGUO.number, "death"] == "no_record"
    assert states[HAO.number, "disability"] == "hit"
    assert states[GUANGMING.number, "disability"] == "unchecked"  # his number stands in his son's row
    assert set(states.values()) == {"hit", "no_record", "unchecked"}


def test_both_spouses_have_the_marriage_each_in_a_slot(run: Result) -> None:
    assert of(run, JIANGUO, "marriage") == [(2, 1, "A1", "accepted"), (3, 1, "A1", "accepted")]
    assert of(run, XIUYING, "marriage") == [(2, 2, "A1", "accepted"), (3, 2, "A1", "accepted")]


def test_a_person_has_every_registration_and_not_the_spouses(run: Result) -> None:
    assert [row for row, *_ in of(run, QIANG, "marriage")] == [4, 5, 6]
    assert of(run, GUILAN, "marriage") == [(7, 2, "A1", "accepted"), (10, 2, "A1", "accepted")]


def test_a_dead_persons_number_that_a_spreadsheet_spoilt_is_for_a_reader(run: Result) -> None:
    assert of(run, DESHAN, "death") == [(4, 1, "A1", "accepted")]
    assert of(run, GUILAN, "death") == [(5, 1, "C4", "review")]
    asked = run.finding.filter(pl.col("evidence").str.contains('"source":"death"'))
    assert asked.select("rule", "person_no", "kind").rows() == [
        ("deceased_member", DESHAN.number, "question"),
        ("record_owner_to_review", GUILAN.number, "question"),
    ]


def test_a_number_that_only_the_certificate_holds_is_a_tier_of_its_own(run: Result) -> None:
    assert of(run, JIANGUO, "disability") == [(2, 1, "A1", "accepted")]
    assert of(run, XIUYING, "disability") == [(3, 1, "B5", "accepted")]
    assert of(run, MIN, "disability") == [(5, 1, "B5", "accepted")]


def test_the_father_is_not_disabled_for_his_number_and_the_child_is_found(run: Result) -> None:
    assert of(run, HAO, "disability") == [(6, 2, "B5", "accepted")]
    assert [(tier, status) for _, _, tier, status in of(run, GUANGMING, "disability")] == [("R", "vetoed")]


def test_a_row_with_two_numbers_under_one_name_is_for_a_reader(small: Small, tmp_path: Path) -> None:
    small.require({"disability": "required"})
    small.enrol([JIANGUO])
    file = tmp_path / "disability.csv"
    file.write_text(f"姓名,身份证号,残疾人证号\n张建国,{JIANGUO.number},{QIANG.number}43\n", "utf-8")
    take(small.centre, "disability", file, "", DATA_DATE)
    link = check_all(Centre.open(small.centre.workspace.path), "recipients", AS_OF)[0].link
    assert link.select("slot", "tier", "status").rows() == [(1, "A1", "review")]
    assert "登记的证号与登记号码不符" in link["reason"][0]


def test_case_shows_what_was_found_of_the_household(centre: Centre) -> None:
    result = check_case(centre, "JZ1", "recheck", AS_OF)
    sheet = case_text(
        "JZ1", result.household, result.member, result.finding, result.coverage, result.source_state, result.link
    )
    covered = next(section.rows for section in sheet.sections if section.title == "覆盖")
    assert covered.filter(pl.col("状态") == "命中").select("来源", "序号").sort("来源", "序号").rows() == [
        ("婚姻登记", "1"), ("婚姻登记", "2"), ("死亡注销", "4"), ("残疾人证", "1"), ("残疾人证", "2"), ("残疾人证", "3"),
    ]  # fmt: skip


def told(centre: Centre, source: str, row: int, slot: int, *, reveal: bool = False) -> dict[str, pl.DataFrame]:
    dossier = explain(centre, Asked(source=source, row=row, slot=slot), "recheck", reveal=reveal)[0]
    assert len(dossier.links) == 1
    return {section.title: section.rows for section in dossier.links[0].sections}


@pytest.fixture(scope="module")
def explained_after(centre: Centre, run: Result, tmp_path_factory: pytest.TempPathFactory) -> Centre:
    """The centre with its run, elsewhere: reading is audited too."""
    folder: Path = tmp_path_factory.mktemp("explained")
    shutil.copytree(centre.workspace.path, folder / "workspace")
    return Centre.open(folder / "workspace")


def test_explain_names_the_event_and_hides_the_other_party(explained_after: Centre) -> None:
    record = told(explained_after, "marriage", 2, 2)["记录"].row(0, named=True)
    assert (record["登记事项"], record["标的"], record["登记日期"]) == ("结婚登记", "J370199-1987-000021", "1987-05-01")
    assert record["另一方"] == "张**"
    assert told(explained_after, "marriage", 2, 2, reveal=True)["记录"].row(0, named=True)["另一方"] == "张建国"


def test_explain_tells_the_day_of_death_in_words(explained_after: Centre) -> None:
    record = told(explained_after, "death", 4, 1)["记录"].row(0, named=True)
    assert (record["登记事项"], record["标的"], record["死亡日期"]) == ("死亡", "死亡", "2017-04-02")


def test_explain_says_where_the_number_was_taken_from_and_shows_it_nowhere(explained_after: Centre) -> None:
    sections = told(explained_after, "disability", 5, 1)
    number = sections["对照"].row(0, named=True)
    assert (number["登记原文"], number["比较"]) == ("（空白）", "取自登记的证号，与名册相同")
    assert sections["记录"].row(0, named=True)["标的"] == "370199********468651"
    assert not any(MIN.number in str(rows.rows()) for rows in sections.values())
