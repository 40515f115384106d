"""授权的补交、范围和撤回: a member is read only under a consent that is valid on the day, names the source, and stands."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from jiuzhu_check.checks.case import check_case
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.consent import read_consents
from jiuzhu_check.checks.consent_change import Taken, take_consents, withdraw
from jiuzhu_check.checks.consent_list import consent_list, read_before
from jiuzhu_check.checks.deliveries import take_roster
from jiuzhu_check.checks.ended import is_complete
from jiuzhu_check.checks.inquiry import ask, due, listed
from jiuzhu_check.checks.results import Result
from jiuzhu_check.checks.review import items
from jiuzhu_check.checks.run import check_all
from jiuzhu_check.errors import ExtractChanged, Locked, NotFound, UsageError
from jiuzhu_check.store.lock import workspace_lock
from tests.checks.centres import AS_OF, Member, Small, number
from tests.checks.test_inquiry import LI, QIAN, SUN, ZHAO, bank_town

HEADS = "家庭编号,姓名,身份证号码,授权书编号,签署日期,有效期至,授权范围"
HE, SHE = Member("张建国", number(11)), Member("李秀英", number(22), consent=("", "", ""))
TODAY = date(2018, 12, 20)
ROSTER = "家庭编号,救助类别,办理状态,姓名,身份证号码,成员类型,授权书编号,授权日期,授权截止日期,授权范围"
SON = ("王大明", number(33, "19900101"))


@pytest.fixture
def home(small: Small) -> Small:
    """A couple; he has signed, she has not. Each has a car, and vehicles alone are signed."""
    small.require({"vehicle": "required"})
    small.enrol([HE, SHE])
    small.vehicles([(HE.name, HE.number), (SHE.name, SHE.number)])
    return small


def hand_in(town: Small, rows: Sequence[str], heads: str = HEADS) -> Taken:
    file = town.folder / "consents.csv"
    file.write_text("\n".join([heads, *rows]) + "\n", encoding="utf-8")
    return take_consents(town.centre, file)


def reasons(taken: Taken) -> list[tuple[int, str]]:
    return taken.listed.returned.select("source_row", "code").rows()


def check(town: Small, as_of: date = AS_OF) -> Result:
    return check_all(town.centre, "recipients", as_of)[0]


def states(result: Result, source: str = "vehicle") -> list[tuple[str, str | None]]:
    return result.coverage.filter(pl.col("source") == source).select("state", "reason").rows()


HERS = f"JZ1,李秀英,{SHE.number},SQ9,2018-11-01,2019-10-31,"


def test_a_consent_that_is_handed_in_opens_her_records_from_its_first_to_its_last_day(home: Small) -> None:
    assert states(check(home))[1] == ("unchecked", "未授权：没有授权书")
    taken = hand_in(home, [HERS])
    assert (taken.listed.delivered, taken.added, reasons(taken)) == (1, 1, [])
    assert states(check(home)) == [("hit", None), ("hit", None)]
    assert states(check_case(home.centre, "JZ1", "recheck", AS_OF)) == [("hit", None), ("hit", None)]
    for as_of, why in ((date(2018, 10, 31), "签署于核对日之后"), (date(2019, 11, 1), "已过期")):
        assert why in str(states(check_case(home.centre, "JZ1", "recheck", as_of))[1][1])


def test_a_run_under_other_consents_is_another_run(home: Small) -> None:
    first = check(home).id
    hand_in(home, [HERS])
    second = check(home).id
    assert second != first
    assert check(home).id == second
    withdraw(home.centre, "JZ1", "2", date(2018, 11, 20), "CH1", today=TODAY)
    assert check(home).id not in (first, second)


def test_the_same_consents_in_the_same_order_make_the_same_run(tmp_path: Path) -> None:
    names = []
    for place in ("one", "other"):
        town = Small(tmp_path / place)
        town.require({"vehicle": "optional"})
        town.enrol([HE, SHE])
        hand_in(town, [HERS])
        withdraw(town.centre, "JZ1", "1", date(2018, 11, 20), "CH1", today=TODAY)
        names.append(check(town).id)
    assert names[0] == names[1]


RETURNED = {
    "no household": f",李秀英,{SHE.number},SQ9,2018-11-01,2019-10-31,",
    "no_such_household": f"JZ7,李秀英,{SHE.number},SQ9,2018-11-01,2019-10-31,",
    "no_person": "JZ1,,,SQ9,2018-11-01,2019-10-31,",
    "no_such_member": f"JZ1,李秀英,{number(77)},SQ9,2018-11-01,2019-10-31,",
    "no_such_member by name": "JZ1,赵大海,,SQ9,2018-11-01,2019-10-31,",
    "name_differs": f"JZ1,张建国,{SHE.number},SQ9,2018-11-01,2019-10-31,",
    "no_number": f"JZ1,李秀英,{SHE.number},,2018-11-01,2019-10-31,",
    "no_signing": f"JZ1,李秀英,{SHE.number},SQ9,,2019-10-31,",
    "no_end": f"JZ1,李秀英,{SHE.number},SQ9,2018-11-01,,",
    "no_end where it does not read": f"JZ1,李秀英,{SHE.number},SQ9,2018-11-01,长期有效吧,",
    "ends_before": f"JZ1,李秀英,{SHE.number},SQ9,2018-11-01,2018-10-01,",
    "no_such_source": f"JZ1,李秀英,{SHE.number},SQ9,2018-11-01,2019-10-31,机动车、游艇会",
}


@pytest.mark.parametrize(("code", "row"), [(name.split(" where")[0].split(" by")[0].replace(" ", "_"), row) for name, row in RETURNED.items()], ids=RETURNED)  # fmt: skip
def test_a_row_that_is_not_plainly_one_members_paper_goes_back_and_the_others_are_taken(
    home: Small, code: str, row: str
) -> None:
    fine = f"JZ1,张建国,{HE.number},SQ8,2018-11-01,2019-10-31,"
    taken = hand_in(home, [row, fine])
    assert (taken.listed.delivered, taken.listed.accepted.height) == (2, 1)
    assert reasons(taken) == [(2, code)]
    said = "".join(taken.listed.returned["reason"])
    assert not any(each in said for each in (SHE.number, SHE.name, HE.name, number(77)))
    assert read_consents(home.centre.store)["member_no"].to_list() == ["1"]


def test_a_member_may_be_named_without_a_number_where_no_other_is_called_so(home: Small) -> None:
    assert reasons(hand_in(home, ["JZ1,李秀英,,SQ9,2018-11-01,2019-10-31,"])) == []
    home.enrol([HE, SHE, Member("李秀英", number(44))])
    assert reasons(hand_in(home, ["JZ1,李秀英,,SQ10,2018-11-01,2019-10-31,"])) == [(2, "several_members")]


def test_the_same_list_again_adds_nothing_and_the_same_paper_twice_goes_back(home: Small) -> None:
    assert reasons(hand_in(home, [HERS, HERS])) == [(3, "repeated")]
    taken = hand_in(home, [HERS])
    assert (taken.listed.accepted.height, taken.added) == (1, 0)
    assert read_consents(home.centre.store).height == 1


def test_other_headings_a_title_row_and_a_workbook_are_read_too(home: Small) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["补交授权书清单"],
        ["户编号", "授权人姓名", "授权人身份证号", "授权书号", "签字日期", "授权到期日"],
        ["JZ1", "李秀英", SHE.number, "SQ9", "2018/11/1", "2019.10.31"],
    ):
        sheet.append(row)
    file = home.folder / "consents.xlsx"
    book.save(file)
    taken = take_consents(home.centre, file)
    assert (taken.added, reasons(taken)) == (1, [])
    assert states(check(home))[1] == ("hit", None)


@pytest.mark.parametrize("more", ["编号", "序号", "签署人", "备注", "监护人"])
def test_a_list_with_a_column_more_is_read_all_the_same(home: Small, more: str) -> None:
    assert reasons(hand_in(home, ["甲," + HERS], heads=f"{more},{HEADS}")) == []


def test_a_list_without_the_needed_columns_is_refused_and_nothing_changes(home: Small) -> None:
    with pytest.raises(ExtractChanged):
        hand_in(home, ["JZ1,李秀英"], heads="家庭编号,姓名")
    assert read_consents(home.centre.store).is_empty()


def test_a_paper_handed_in_stands_in_the_place_of_the_rosters_of_the_same_number(home: Small) -> None:
    hand_in(home, [f"JZ1,张建国,{HE.number},SQ1,2018-01-01,2018-11-30,"])
    assert states(check(home))[0] == ("unchecked", "未授权：授权书已过期")


# scope


def test_a_source_that_the_consent_does_not_name_is_not_opened_for_that_member(home: Small) -> None:
    home.require({"vehicle": "required", "housing": "optional"})
    hand_in(home, [HERS + "不动产"])
    result = check(home)
    assert states(result) == [("hit", None), ("unchecked", "未授权此来源")]
    assert states(result, "housing")[1][1] != "未授权此来源"
    assert SHE.number not in result.link["owner_no"].to_list()
    assert is_complete(result)
    case = check_case(home.centre, "JZ1", "recheck", AS_OF)
    assert states(case) == states(result)


@pytest.mark.parametrize("scope", ["机动车", "vehicle", "不动产、机动车", "机动车;不动产", "全部来源", ""])
def test_a_source_is_named_by_its_title_or_its_id_and_no_scope_is_every_source(home: Small, scope: str) -> None:
    hand_in(home, [HERS + scope])
    assert states(check(home))[1] == ("hit", None)


def test_two_papers_open_what_either_names(home: Small) -> None:
    hand_in(home, [HERS + "不动产", HERS.replace("SQ9", "SQ10") + "机动车"])
    assert states(check(home))[1] == ("hit", None)


def test_a_scope_on_the_roster_counts_and_an_unknown_name_in_it_opens_nothing(small: Small) -> None:
    small.require({"vehicle": "required"})
    rows = [
        f"JZ1,农村低保,在保,张建国,{HE.number},,SQ1,2018-01-01,2020-12-31,机动车",
        f"JZ2,农村低保,在保,李秀英,{SHE.number},,SQ2,2018-01-01,2020-12-31,不动产",
        f"JZ3,农村低保,在保,王大明,{SON[1]},,SQ3,2018-01-01,2020-12-31,别的什么",
    ]
    enrol(small, rows)
    small.vehicles([(HE.name, HE.number), (SHE.name, SHE.number), SON])
    assert states(check(small)) == [("hit", None), ("unchecked", "未授权此来源"), ("unchecked", "未授权此来源")]


def enrol(town: Small, rows: Sequence[str]) -> None:
    file = town.folder / "roster.csv"
    file.write_text("\n".join([ROSTER, *rows]) + "\n", encoding="utf-8")
    take_roster(town.centre, file)


# supporters


@pytest.fixture
def with_son(small: Small) -> Small:
    """He has signed SQ1; his son lives elsewhere, and the township wrote the household's paper beside the son's name."""
    small.require({"vehicle": "required"})
    enrol(
        small,
        [
            f"JZ1,农村低保,在保,张建国,{HE.number},家庭成员,SQ1,2018-01-01,2020-12-31,",
            f"JZ1,农村低保,在保,{SON[0]},{SON[1]},赡养人,SQ1,2018-01-01,2020-12-31,",
        ],
    )
    small.vehicles([(HE.name, HE.number), SON])
    return small


def test_the_households_consent_never_covers_a_supporter(with_son: Small) -> None:
    result = check(with_son)
    assert states(result) == [("hit", None), ("unchecked", "未授权：户外赡养（抚养、扶养）人没有自己的授权书")]
    assert SON[1] not in result.link["owner_no"].to_list()


def test_a_supporters_own_consent_does_and_the_households_goes_back(with_son: Small) -> None:
    row = f"JZ1,{SON[0]},{SON[1]},{{}},2018-11-01,2019-10-31,"
    assert reasons(hand_in(with_son, [row.format("SQ1")])) == [(2, "household_paper")]
    assert reasons(hand_in(with_son, [row.format("SQ50")])) == []
    assert states(check(with_son)) == [("hit", None), ("hit", None)]


# withdrawal


def test_after_a_withdrawal_nothing_of_the_member_is_read_whatever_day_a_check_takes_for_today(home: Small) -> None:
    before = check(home)
    assert "1" in before.link["member_no"].to_list()
    done = withdraw(home.centre, "JZ1", "1", date(2018, 11, 20), "CH2018-1", today=TODAY)
    assert (done.ended, done.existing) == (1, False)
    for as_of in (AS_OF, date(2018, 11, 15)):
        result = check_case(home.centre, "JZ1", "recheck", as_of)
        assert states(result)[0] == ("unchecked", "未授权：已于2018-11-20撤回授权")
        assert result.link.is_empty()
        assert result.finding.filter(pl.col("member_no") == "1").is_empty()


def test_a_roster_that_brings_the_old_paper_again_does_not_undo_a_withdrawal(home: Small) -> None:
    withdraw(home.centre, "JZ1", "1", date(2018, 11, 20), "CH1", today=TODAY)
    home.enrol([HE, SHE])
    assert states(check(home))[0][0] == "unchecked"
    old = f"JZ1,张建国,{HE.number},SQ7,2018-11-20,2019-10-31,"
    assert reasons(hand_in(home, [old])) == [(2, "withdrawn")]


def test_a_consent_that_is_signed_after_the_withdrawal_counts(home: Small) -> None:
    withdraw(home.centre, "JZ1", "1", date(2018, 11, 20), "CH1", today=TODAY)
    hand_in(home, [f"JZ1,张建国,{HE.number},SQ7,2018-11-21,2019-10-31,"])
    assert states(check(home))[0] == ("hit", None)


def test_a_withdrawal_is_its_members_alone_and_the_same_again_is_no_other(home: Small) -> None:
    hand_in(home, [HERS])
    withdraw(home.centre, "JZ1", "2", date(2018, 11, 20), "CH1", today=TODAY)
    assert [state for state, _ in states(check(home))] == ["hit", "unchecked"]
    again = withdraw(home.centre, "JZ1", "2", date(2018, 11, 20), "CH1", today=TODAY)
    assert (again.ended, again.existing) == (0, True)
    assert read_consents(home.centre.store).height == 2


def test_that_the_same_person_stands_in_another_household_is_said(home: Small) -> None:
    home.enrol([HE, SHE, Member(HE.name, HE.number, "JZ5", consent=("SQ5", "2018-01-01", "2020-12-31"))])
    assert withdraw(home.centre, "JZ1", "1", date(2018, 11, 20), "CH1", today=TODAY).elsewhere == ("JZ5",)
    told = check(home).coverage.select("household_no", "member_no", "state").rows()
    assert told == [("JZ1", "1", "unchecked"), ("JZ1", "2", "unchecked"), ("JZ5", "1", "hit")]


@pytest.mark.parametrize(
    ("household", "member", "on", "document", "error"),
    [
        ("JZ9", "1", date(2018, 11, 20), "CH1", NotFound),
        ("JZ1", "3", date(2018, 11, 20), "CH1", NotFound),
        ("JZ1", "1", date(2018, 12, 21), "CH1", UsageError),
        ("JZ1", "1", date(2018, 11, 20), " ", UsageError),
        ("JZ1", "1", date(2018, 11, 20), number(11), UsageError),
    ],
)
def test_a_withdrawal_that_does_not_fit_is_refused_with_a_way_out(
    home: Small, household: str, member: str, on: date, document: str, error: type[UsageError | NotFound]
) -> None:
    with pytest.raises(error) as refused:
        withdraw(home.centre, household, member, on, document, today=TODAY)
    assert refused.value.hint or error is UsageError
    assert read_consents(home.centre.store).is_empty()


def test_nothing_is_taken_down_while_somebody_else_is_at_work(home: Small) -> None:
    with workspace_lock(home.centre.workspace.path, "check"):
        with pytest.raises(Locked):
            withdraw(home.centre, "JZ1", "1", date(2018, 11, 20), "CH1", today=TODAY)
        with pytest.raises(Locked):
            hand_in(home, [HERS])


def test_what_was_read_under_it_is_listed_by_source_and_data_date(home: Small) -> None:
    home.require({"vehicle": "required", "housing": "optional"})
    check(home, date(2018, 12, 1))
    check(home, date(2018, 12, 2))
    check_case(home.centre, "JZ1", "dispute", date(2018, 12, 3))
    withdraw(home.centre, "JZ1", "1", date(2018, 12, 2), "CH1", today=TODAY)
    check(home, date(2018, 12, 4))
    found = read_before(home.centre)
    told = found.select("household_no", "member_no", "source", "data_date", "how", "runs", "first", "last", "after")
    assert told.rows() == [
        ("JZ1", "1", "vehicle", date(2018, 11, 30), "run", 3, date(2018, 12, 1), date(2018, 12, 3), 2)
    ]
    assert found["last_run"][0].startswith("case-20181203-")
    assert read_before(home.centre, "JZ1").equals(found)


def test_what_is_read_under_a_new_consent_is_not_among_it(home: Small) -> None:
    check(home, date(2018, 12, 1))
    withdraw(home.centre, "JZ1", "1", date(2018, 12, 1), "CH1", today=TODAY)
    hand_in(home, [f"JZ1,张建国,{HE.number},SQ7,2018-12-05,2019-10-31,"])
    check(home, date(2018, 12, 6))
    assert read_before(home.centre)["runs"].to_list() == [1]


def test_what_waits_for_a_reader_is_shown_no_more_once_its_member_has_withdrawn(home: Small) -> None:
    home.enrol([HE, Member("李秀英", number(22))])
    home.vehicles([("李秀英", HE.number), ("赵大海", number(33))])
    check(home)
    waiting = items(home.centre, everything=True)["member_no"].to_list()
    assert "1" in waiting
    withdraw(home.centre, "JZ1", "1", date(2018, 11, 20), "CH1", today=TODAY)
    assert items(home.centre, everything=True)["member_no"].to_list() == [each for each in waiting if each != "1"]


# inquiries


def test_who_has_withdrawn_is_asked_about_no_more_also_from_a_list_that_is_written_again(tmp_path: Path) -> None:
    town = bank_town(tmp_path, ZHAO, QIAN, SUN)
    name, _, _ = ask(town.centre, "bank", AS_OF)
    withdraw(town.centre, "JZ1", "1", date(2018, 12, 2), "CH1", today=TODAY)
    withdraw(town.centre, "JZ3", "1", date(2018, 12, 2), "CH2", today=TODAY)
    assert listed(town.centre, "bank", name)["姓名"].to_list() == ["钱二"]
    counts = due(town.centre, "bank", date(2018, 12, 3)).counts
    assert (counts["no_consent"], counts["due"], counts["waiting"]) == (2, 0, 1)
    asked = read_before(town.centre)
    assert asked.select("household_no", "source", "how", "last_run").rows() == [("JZ1", "bank", "inquiry", name)]


def test_who_has_not_agreed_to_this_source_is_not_asked_about(tmp_path: Path) -> None:
    nobody = Member(LI.name, LI.number, LI.household, consent=("", "", ""))
    town = bank_town(tmp_path, ZHAO, nobody)
    hand_in(town, [f"JZ4,{LI.name},{LI.number},SQ9,2018-11-01,2019-10-31,机动车"])
    assert ask(town.centre, "bank", AS_OF)[1]["姓名"].to_list() == [ZHAO.name]
    told = check(town).coverage.filter(pl.col("household_no") == "JZ4")
    assert told["reason"].to_list() == ["未授权此来源"]
    hand_in(town, [f"JZ4,{LI.name},{LI.number},SQ10,2018-11-01,2019-10-31,存款"])
    assert ask(town.centre, "bank", AS_OF)[1]["姓名"].to_list() == [LI.name]


# the list


def test_the_list_says_where_each_consent_stands_on_a_day(home: Small) -> None:
    hand_in(home, [HERS])
    withdraw(home.centre, "JZ1", "2", date(2018, 11, 20), "CH1", today=TODAY)
    told = consent_list(home.centre, AS_OF)
    assert told.select("member_no", "consent_no", "origin", "standing").rows() == [
        ("1", "SQ1", "roster", "valid"),
        ("2", "SQ9", "import", "withdrawn"),
    ]
    assert told["name"].to_list() == ["张**", "李**"]
    for on, standing in (
        (date(2018, 10, 31), "later"),
        (date(2018, 11, 19), "valid"),
        (date(2018, 11, 20), "withdrawn"),
    ):
        assert consent_list(home.centre, on)["standing"][1] == standing
    assert consent_list(home.centre, date(2021, 1, 1))["standing"][0] == "expired"
    assert consent_list(home.centre, AS_OF, withdrawn=True)["member_no"].to_list() == ["2"]


def test_the_list_of_those_that_end_soon_leaves_out_who_has_signed_anew(home: Small) -> None:
    on = date(2020, 12, 1)
    assert consent_list(home.centre, on, expiring=30)["member_no"].to_list() == ["1"]
    assert consent_list(home.centre, on, expiring=29).is_empty()
    hand_in(home, [f"JZ1,张建国,{HE.number},SQ7,2020-11-30,2022-10-31,"])
    assert consent_list(home.centre, on, expiring=30).is_empty()


def test_the_list_of_the_missing_is_of_whom_nothing_may_be_read_and_who_has_not_withdrawn(home: Small) -> None:
    assert consent_list(home.centre, AS_OF, missing=True).select("member_no", "standing").rows() == [("2", "missing")]
    assert consent_list(home.centre, date(2021, 1, 1), missing=True)["member_no"].to_list() == ["1", "2"]
    withdraw(home.centre, "JZ1", "1", date(2018, 11, 20), "CH1", today=TODAY)
    assert consent_list(home.centre, AS_OF, missing=True)["member_no"].to_list() == ["2"]
    with pytest.raises(NotFound):
        consent_list(home.centre, AS_OF, household_no="JZ9")


def test_all_of_it_is_audited_and_nobody_is_named(home: Small) -> None:
    hand_in(home, [HERS])
    withdraw(home.centre, "JZ1", "2", date(2018, 11, 20), "CH1", today=TODAY)
    consent_list(home.centre, AS_OF)
    read_before(home.centre)
    lines = log(home.centre)
    intents = [each["action"] for each in map(json.loads, lines) if each["phase"] == "intent"]
    assert intents[-4:] == ["consent_import", "consent_withdraw", "consent_list", "consent_withdrawn"]
    assert not any(each in "".join(lines) for each in (SHE.number, SHE.name, "JZ1"))


def log(centre: Centre) -> list[str]:
    files = sorted(centre.workspace.audit_dir.glob("*.jsonl"))
    return [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
