"""Batches: versions of a report when departments answer late, what is missing, and closing by a named person."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from jiuzhu_check.checks.batches import batch_list, batch_sheet, close, closed_among, gap_in_words, reopen
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.deliveries import take_roster
from jiuzhu_check.checks.reported import reported
from jiuzhu_check.checks.run import check_all, summarise
from jiuzhu_check.checks.versions import find_version
from jiuzhu_check.errors import NotFound, Refused, UsageError
from jiuzhu_check.reports.worklist import write_worklist
from tests.checks.centres import AS_OF, REGION, Small, number

HEADINGS = (
    "家庭编号,救助类别,办理状态,行政区划代码,乡镇街道,经办人,受理日期,姓名,身份证号码,授权书编号,授权日期,授权截止日期,"
    "申报日期,申报车辆数(户),批次"
)
NOW = datetime(2018, 12, 5, 9, 0, tzinfo=UTC)
LATER = date(2018, 12, 4)
HOMES = {"H1": ("张建国", 11), "H2": ("李秀英", 22), "H3": ("王芳", 33), "H4": ("赵大海", 44)}


def applicant(home: str, batch: str, *, township: str = "青崖镇", accepted: str = "2018-11-20", name: str = "") -> str:
    known, at = HOMES[home]
    cells = (home, "农村低保", "申请中", REGION, township, "王丽", accepted, name or known, number(at), "SQ1",
             "2018-01-01", "2020-12-31", "2018-02-01", "0", batch)  # fmt: skip
    return ",".join(cells)


def enrol(small: Small, *rows: str) -> None:
    file = small.folder / "roster.csv"
    file.write_text("\n".join([HEADINGS, *rows]) + "\n", encoding="utf-8")
    take_roster(small.centre, file)


def deeds(small: Small, *homes: str, on: date = date(2018, 11, 30)) -> None:
    """A car for each of these households' heads."""
    small.vehicles([(HOMES[home][0], number(HOMES[home][1])) for home in homes], on=on)


def printed(centre: Centre, batch: str, version: int | None = None) -> tuple[str, bytes]:
    """The summary and the worklist of a version."""
    made = reported(centre, "worklist", "latest", batch, version)
    result = made.result
    lines = "\n".join([made.line(), *summarise(result, made.before()).lines()])
    book = write_worklist(
        result.run, result.household, result.member, result.finding, result.coverage, result.source_state,
        key=b"k", declarations=result.declaration, since=made.since(),
    )  # fmt: skip
    return lines, book


@pytest.fixture
def town(small: Small) -> Small:
    """Two batches; the vehicle administration has answered, the housing fund has not."""
    small.require({"vehicle": "required", "farm_machinery": "required"})
    enrol(
        small,
        applicant("H1", "B1"),
        applicant("H2", "B1", township="白石乡", accepted="2018-11-26"),
        applicant("H3", "B2"),
        applicant("H4", ""),
    )
    deeds(small, "H1", "H3")
    return small


def machines(small: Small, folder: Path, *homes: str) -> None:
    """The farm machinery department's answer."""
    from jiuzhu_check.checks.deliveries import take

    head = "机主,证件号码,机具类型,厂牌型号,出厂编号,牌证号,登记日期,状态"
    rows = [
        f"{HOMES[home][0]},{number(HOMES[home][1])},轮式拖拉机,东方红,N{at:06},鲁01{at:05},2015-01-01,正常"
        for at, home in enumerate(homes)
    ]
    file = folder / "machines.csv"
    file.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    take(small.centre, "farm_machinery", file, "", date(2018, 12, 3))


def test_one_batch_is_checked_alone(town: Small) -> None:
    result, before = check_all(town.centre, "entrants", AS_OF, batch="B1")
    assert sorted(result.household["household_no"]) == ["H1", "H2"]
    assert before is None
    assert set(find_version(town.centre.store, "B1").result.household["household_no"]) == {"H1", "H2"}
    with pytest.raises(NotFound):
        find_version(town.centre.store, "B2")
    with pytest.raises(NotFound):
        check_all(town.centre, "entrants", AS_OF, batch="B9")


def test_all_open_batches_and_those_in_none_are_checked_together(town: Small) -> None:
    result, _ = check_all(town.centre, "entrants", AS_OF)
    assert sorted(result.household["household_no"]) == ["H1", "H2", "H3", "H4"]
    assert [find_version(town.centre.store, batch).number for batch in ("B1", "B2")] == [1, 1]


def test_runs_over_different_batches_have_different_names(town: Small) -> None:
    names = {check_all(town.centre, "entrants", AS_OF, batch=batch)[0].id for batch in ("B1", "B2", "")}
    assert len(names) == 3


def test_what_is_new_is_counted_against_the_batchs_own_last_check(town: Small) -> None:
    check_all(town.centre, "entrants", AS_OF, batch="B1")
    result, before = check_all(town.centre, "entrants", AS_OF, batch="B2")
    assert before is None
    assert summarise(result, before).new["difference"] == 1
    result, before = check_all(town.centre, "entrants", LATER)
    assert sum(summarise(result, before).new.values()) == 0


def test_the_same_content_on_another_day_is_no_new_version(town: Small) -> None:
    for day in (AS_OF, date(2018, 12, 2), date(2018, 12, 3)):
        check_all(town.centre, "entrants", day, batch="B1")
    version = find_version(town.centre.store, "B1")
    assert (version.number, version.facts["as_of"]) == (1, AS_OF)


def test_a_late_source_makes_a_second_version_that_says_so_and_the_first_prints_the_same_bytes(
    town: Small, tmp_path: Path
) -> None:
    check_all(town.centre, "entrants", AS_OF)
    first = printed(town.centre, "B1")
    assert first == printed(town.centre, "B1", 1)
    machines(town, tmp_path, "H2")
    check_all(town.centre, "entrants", LATER)
    assert printed(town.centre, "B1", 1) == first
    second = printed(town.centre, "B1")
    assert second == printed(town.centre, "B1", 2)
    line = second[0].splitlines()[0]
    assert "第 2 版（核对日 2018-12-04），较第 1 版（2018-12-01）：新到来源：农业机械 2018-12-03；" in line
    assert "新核对 2 人次、转为未核对 0 人次" in line
    facts = find_version(town.centre.store, "B1").facts
    assert (facts["added"], facts["changed"], facts["gone"], facts["checked"], facts["unchecked"]) == (1, 0, 0, 2, None)
    check_all(town.centre, "entrants", AS_OF)  # a check of an earlier day is made again: it has the name of the first
    assert printed(town.centre, "B1", 1) == first
    assert printed(town.centre, "B1", 2) == second


def test_a_version_names_what_came_what_changed_and_what_is_gone(town: Small) -> None:
    deeds(town, "H1", "H3", on=date(2018, 11, 29))
    check_all(town.centre, "entrants", AS_OF)
    town.vehicles([("张建国", number(11)), ("李秀英", number(22))], on=date(2018, 12, 2))  # another car each
    check_all(town.centre, "entrants", LATER)
    version = find_version(town.centre.store, "B1")
    told = version.difference.findings.select("change", "household_no", "rule").sort("change", "household_no").rows()
    assert {(change, home) for change, home, _ in told} == {("added", "H1"), ("gone", "H1"), ("added", "H2")}
    town.vehicles([("周平", number(55)), ("孙涛", number(66))], on=date(2018, 12, 3))
    check_all(town.centre, "entrants", LATER)
    version = find_version(town.centre.store, "B1")
    assert version.number == 3
    assert set(version.difference.findings["change"]) == {"gone"}
    assert version.facts["gone"] == 2
    made = reported(town.centre, "worklist", "latest", "B1", None).since()
    assert made is not None
    assert made.rows is not None
    assert made.rows["变化"].to_list() == ["新到来源", "不再有", "不再有"]
    assert made.rows["上一版"].to_list()[1:] == ["申报 0辆；登记 1辆", "申报 0辆；登记 1辆"]


def test_a_finding_that_says_something_else_is_changed(town: Small) -> None:
    check_all(town.centre, "entrants", AS_OF)
    enrol(town, applicant("H1", "B1").replace(",0,B1", ",,B1"))  # it was never said that there is no car
    check_all(town.centre, "entrants", AS_OF)
    found = find_version(town.centre.store, "B1").difference.findings
    assert found.select("change", "household_no", "declared_before", "declared").rows() == [
        ("changed", "H1", "0", None)
    ]


def test_a_version_that_was_never_made_is_not_found(town: Small) -> None:
    check_all(town.centre, "entrants", AS_OF)
    for version in (2, 7):
        with pytest.raises(NotFound):
            reported(town.centre, "summary", "latest", "B1", version)
    with pytest.raises(UsageError):
        reported(town.centre, "summary", "latest", "", 1)
    with pytest.raises(UsageError):
        reported(town.centre, "summary", "entrants-20181201-0000000000", "B1", None)


def test_the_list_names_each_batch_with_its_earliest_deadline_and_those_in_none(town: Small) -> None:
    check_all(town.centre, "entrants", AS_OF, batch="B1")
    rows = batch_list(town.centre, AS_OF).to_dicts()
    told = [(row["batch"], row["households"], row["townships"], row["version"], row["unchecked"]) for row in rows]
    assert told == [
        ("B1", 2, "白石乡、青崖镇", 1, "农业机械 2 人"),
        ("B2", 1, "青崖镇", None, None),
        (None, 1, "青崖镇", None, None),
    ]
    # ten working days for the investigation (the law until 2021-06), counted from the earlier of the two acceptances
    assert {row["due_on"] for row in rows} == {date(2018, 12, 4)}
    assert rows[0]["days_left"] == 3
    assert rows[0]["handlers"] == "王丽"


def test_what_is_missing_keeps_a_batch_open_unless_a_reason_is_given(town: Small, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="从未核对"):
        close(town.centre, "B1", "王丽", "", NOW)
    check_all(town.centre, "entrants", AS_OF)
    with pytest.raises(Refused, match="必需来源农业机械缺失 2 人"):
        close(town.centre, "B1", "王丽", "", NOW)
    with pytest.raises(UsageError):
        close(town.centre, "B1", " ", "限期已到", NOW)
    gaps = close(town.centre, "B1", "王丽", "限期已到", NOW)
    assert gaps.height == 1
    event = batch_sheet(town.centre, "B1", LATER).events.to_dicts()[-1]
    assert (event["state"], event["complete"], event["closed_by"], event["reason"]) == (
        "closed",
        "no",
        "王丽",
        "限期已到",
    )
    machines(town, tmp_path, "H2")
    check_all(town.centre, "entrants", LATER)
    assert close(town.centre, "B2", "王丽", "", NOW).is_empty()
    assert batch_sheet(town.centre, "B2", LATER).events["complete"].to_list() == ["yes"]


def test_a_closed_batch_is_not_checked_again_until_it_is_reopened(town: Small) -> None:
    check_all(town.centre, "entrants", AS_OF)
    close(town.centre, "B1", "王丽", "限期已到", NOW)
    result, _ = check_all(town.centre, "entrants", LATER)
    assert sorted(result.household["household_no"]) == ["H3", "H4"]
    assert closed_among(town.centre).rows() == [("B1", 2, 0)]
    assert find_version(town.centre.store, "B1").number == 1
    with pytest.raises(Refused):
        check_all(town.centre, "entrants", LATER, batch="B1")
    with pytest.raises(Refused):
        close(town.centre, "B1", "王丽", "再关", NOW)
    with pytest.raises(Refused):
        reopen(town.centre, "B1", "王丽", "", NOW)
    reopen(town.centre, "B1", "王丽", "补收数据", NOW)
    result, _ = check_all(town.centre, "entrants", LATER)
    assert sorted(result.household["household_no"]) == ["H1", "H2", "H3", "H4"]
    with pytest.raises(Refused):
        reopen(town.centre, "B1", "王丽", "再开", NOW)


def test_applicants_who_come_into_a_closed_batch_are_said_never_to_have_been_checked(town: Small) -> None:
    check_all(town.centre, "entrants", AS_OF)
    close(town.centre, "B1", "王丽", "限期已到", NOW)
    enrol(town, applicant("H4", "B1"), applicant("H2", "B1", name="李秀兰", township="白石乡", accepted="2018-11-26"))
    assert closed_among(town.centre).rows() == [("B1", 3, 2)]


def test_the_same_roster_again_leaves_nothing_to_be_checked(town: Small) -> None:
    check_all(town.centre, "entrants", AS_OF)
    rows = [applicant("H2", "B1", township="白石乡", accepted="2018-11-26"), applicant("H1", "B1")]
    enrol(town, *rows)
    gaps = [gap_in_words(gap) for gap in batch_sheet(town.centre, "B1", AS_OF).gaps.iter_rows(named=True)]
    assert [gap for gap in gaps if "还没有核对" in gap] == []


def test_what_went_back_at_import_is_missing_from_its_batch(town: Small) -> None:
    check_all(town.centre, "entrants", AS_OF)
    enrol(town, applicant("H1", "B1"), applicant("H4", "B1").replace("赵大海", ""))
    gaps = [gap_in_words(gap) for gap in batch_sheet(town.centre, "B1", AS_OF).gaps.iter_rows(named=True)]
    assert "退回待补正 1 行（1 户，见 roster returned）" in gaps
    listed = batch_list(town.centre, AS_OF).filter(batch="B1").to_dicts()[0]
    assert listed["returned"] == 1


def test_a_source_that_came_after_the_last_check_is_said_to_be_here(town: Small, tmp_path: Path) -> None:
    check_all(town.centre, "entrants", AS_OF)
    machines(town, tmp_path, "H2")
    gaps = [gap_in_words(gap) for gap in batch_sheet(town.centre, "B1", LATER).gaps.iter_rows(named=True)]
    assert [gap for gap in gaps if gap.endswith("；现已到位，请再核对）")]


def test_a_closed_batch_keeps_its_report_when_its_households_receive_assistance(town: Small) -> None:
    check_all(town.centre, "entrants", AS_OF)
    close(town.centre, "B1", "王丽", "限期已到", NOW)
    before = printed(town.centre, "B1")
    enrol(town, *(applicant(home, "").replace("申请中", "在保") for home in ("H1", "H2")))
    assert printed(town.centre, "B1") == before
    listed = batch_list(town.centre, LATER).filter(batch="B1").to_dicts()[0]
    assert (listed["state"], listed["households"], listed["days_left"]) == ("closed", 2, None)
