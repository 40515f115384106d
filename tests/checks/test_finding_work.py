"""Who works on which findings: lists, assignments, a person's own worklist, and a colleague who leaves."""

from datetime import date
from io import BytesIO

import openpyxl
import polars as pl
import pytest

from jiuzhu_check.checks.findings import Wanted, assign, listed, retire, shown, worklist_of
from jiuzhu_check.checks.results import find
from jiuzhu_check.checks.run import check_all
from jiuzhu_check.checks.staff import Person, add, staff_list
from jiuzhu_check.errors import NotFound, UsageError
from tests.checks.centres import Member, Small, number
from tests.checks.townships import HE, NOW, SHE, SOLD, deliver, fill, night, take_back, worklist

TODAY = date(2018, 12, 7)
ZHAO, QIAN = "0012", "0015"


@pytest.fixture
def office(town: Small) -> Small:
    """Two cars of two households, checked; two colleagues."""
    town.vehicles([(HE.name, HE.number), (SHE.name, SHE.number)])
    night(town, date(2018, 12, 1))
    for staff_no, name in ((ZHAO, "赵核实"), (QIAN, "钱核实")):
        add(town.centre, Person(staff_no, name, "", date(2018, 1, 1)), NOW)
    return town


def held(office: Small, staff_no: str) -> list[str]:
    return listed(office.centre, Wanted(staff=staff_no), TODAY)["household_no"].to_list()


def test_findings_are_listed_by_household_rule_and_state(office: Small) -> None:
    assert listed(office.centre, Wanted(), TODAY).select("household_no", "state", "due_on").rows() == [
        ("JZ1", "open", date(2018, 12, 11)), ("JZ2", "open", date(2018, 12, 11)),
    ]  # fmt: skip
    assert listed(office.centre, Wanted(household="JZ2"), TODAY)["name"].to_list() == [SHE.name]
    assert listed(office.centre, Wanted(rule="undeclared_dwelling"), TODAY).is_empty()
    assert listed(office.centre, Wanted(state="answered"), TODAY).is_empty()


def test_what_nobody_answered_in_time_is_overdue_however_often_it_is_checked_again(office: Small) -> None:
    night(office, date(2018, 12, 20))
    assert listed(office.centre, Wanted(overdue=True), date(2018, 12, 11)).is_empty()
    assert listed(office.centre, Wanted(overdue=True), date(2018, 12, 12)).height == 2


def test_the_list_takes_every_household_from_its_newest_check(office: Small) -> None:
    office.enrol([Member("赵大海", number(44), "JZ4", stage="申请中")])
    office.vehicles([(each, number(n)) for each, n in ((HE.name, 11), (SHE.name, 22), ("赵大海", 44))])
    check_all(office.centre, "entrants", date(2018, 12, 2))
    every = listed(office.centre, Wanted(), TODAY)
    assert every["household_no"].to_list() == ["JZ1", "JZ2", "JZ4"]
    assert every["run"].n_unique() == 2


def test_what_waits_is_assigned_by_household_or_number_and_answered_findings_are_left_alone(office: Small) -> None:
    result = find(office.centre.store, "latest")[0]
    first, _ = night(office, date(2018, 12, 2))
    assert result.id
    take_back(office, fill(worklist(office, first), SOLD))
    assert assign(office.centre, Wanted(rule="undeclared_vehicle"), ZHAO, TODAY, NOW) == 1
    assert held(office, ZHAO) == ["JZ2"]
    assert assign(office.centre, Wanted(staff=ZHAO), QIAN, TODAY, NOW) == 1
    assert (held(office, ZHAO), held(office, QIAN)) == ([], ["JZ2"])
    with pytest.raises(NotFound):
        assign(office.centre, Wanted(ids=("0" * 16,)), QIAN, TODAY, NOW)
    with pytest.raises(NotFound):
        assign(office.centre, Wanted(household="JZ2"), "9999", TODAY, NOW)
    with pytest.raises(UsageError):
        assign(office.centre, Wanted(), QIAN, TODAY, NOW)


def test_a_persons_own_worklist_holds_their_findings_alone_and_can_be_taken_back(office: Small) -> None:
    assign(office.centre, Wanted(household="JZ2"), ZHAO, TODAY, NOW)
    data, _, count, _ = worklist_of(office.centre, Wanted(staff=ZHAO), TODAY, "latest")
    book = openpyxl.load_workbook(BytesIO(data))
    head, *rows = book.worksheets[0].iter_rows(values_only=True)
    assert (count, [row[head.index("家庭编号")] for row in rows]) == (1, ["JZ2"])
    assert SHE.number not in str(rows)
    assert rows[0][head.index("期限")].date() == listed(office.centre, Wanted(staff=ZHAO), TODAY)["due_on"].item()
    path = office.folder / "own.xlsx"
    path.write_bytes(data)
    assert take_back(office, fill(path, SOLD)).accepted == 1
    assert listed(office.centre, Wanted(state="answered"), TODAY)["household_no"].to_list() == ["JZ2"]
    assert worklist_of(office.centre, Wanted(staff=ZHAO), TODAY, "latest")[2] == 0


def test_a_colleague_who_leaves_hands_over_what_waits_and_keeps_the_name_on_what_was_answered(office: Small) -> None:
    assign(office.centre, Wanted(rule="undeclared_vehicle"), ZHAO, TODAY, NOW)
    first, _ = night(office, date(2018, 12, 2))
    take_back(office, fill(worklist(office, first), SOLD))
    assert retire(office.centre, ZHAO, TODAY, QIAN, NOW) == 1
    assert staff_list(office.centre).select("staff_no", "retired_on", "successor").rows() == [
        (ZHAO, TODAY, QIAN), (QIAN, None, None),
    ]  # fmt: skip
    answered = listed(office.centre, Wanted(state="answered"), TODAY)
    told = shown(office.centre, answered["finding_id"].item(), TODAY)
    assert told.answers.select("signer", "signed_on").rows() == [("赵核实", date(2018, 12, 5))]
    assert told.assignments["staff_no"].to_list() == [ZHAO]
    waiting = listed(office.centre, Wanted(state="open"), TODAY)
    assert waiting["staff_no"].to_list() == [QIAN]
    assert shown(office.centre, waiting["finding_id"].item(), TODAY).assignments["staff_no"].to_list() == [ZHAO, QIAN]
    with pytest.raises(NotFound):
        assign(office.centre, Wanted(household="JZ1"), ZHAO, TODAY, NOW)


def test_what_is_asked_again_after_a_colleague_left_is_the_successors(office: Small) -> None:
    deliver(office, date(2018, 12, 1), before=1)
    first, _ = night(office, date(2018, 12, 2))
    assign(office.centre, Wanted(household="JZ1"), ZHAO, TODAY, NOW)
    take_back(office, fill(worklist(office, first), SOLD))
    retire(office.centre, ZHAO, TODAY, QIAN, NOW)
    deliver(office, date(2018, 12, 6), before=1, status="G")
    night(office, date(2018, 12, 7))
    assert listed(office.centre, Wanted(state="again"), TODAY)["staff_no"].to_list() == [QIAN]


def test_without_a_successor_what_waits_is_nobodys(office: Small) -> None:
    assign(office.centre, Wanted(household="JZ1"), ZHAO, TODAY, NOW)
    assert retire(office.centre, ZHAO, TODAY, None, NOW) == 1
    assert listed(office.centre, Wanted(household="JZ1"), TODAY)["staff_no"].to_list() == [None]
    with pytest.raises(NotFound):
        retire(office.centre, ZHAO, TODAY, None, NOW)
    with pytest.raises(UsageError):  # what was ZHAO's would read as another person's
        add(office.centre, Person(ZHAO, "孙核实", "", TODAY), NOW)
    add(office.centre, Person(ZHAO, "赵核实", "", TODAY), NOW)
    with pytest.raises(UsageError):
        add(office.centre, Person(ZHAO, "赵核实", "", TODAY), NOW)
    with pytest.raises(UsageError):
        retire(office.centre, ZHAO, TODAY, ZHAO, NOW)


def test_a_finding_is_shown_with_its_evidence_and_every_check_that_found_it(office: Small) -> None:
    night(office, date(2018, 12, 3))
    finding = listed(office.centre, Wanted(household="JZ1"), TODAY)["finding_id"].item()
    told = shown(office.centre, finding, TODAY)
    assert told.runs.select("as_of", "status").rows() == [
        (date(2018, 12, 1), "to_verify"), (date(2018, 12, 3), "to_verify"),
    ]  # fmt: skip
    assert told.evidence["where"].to_list() == ["机动车 vehicle.csv 第 2 行"]
    with pytest.raises(NotFound):
        shown(office.centre, "0" * 16, TODAY)
    assert pl.Series(told.finding["first_seen"]).to_list() == [date(2018, 12, 1)]
