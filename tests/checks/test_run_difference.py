"""Two nights compared: what is new, what changed, and whether what is no more was looked for."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from jiuzhu_check.checks.deliveries import take
from jiuzhu_check.checks.results import Result
from jiuzhu_check.checks.run import check_all
from jiuzhu_check.checks.run_difference import run_difference
from jiuzhu_check.checks.versions import difference
from jiuzhu_check.tables.run import FINDING_CHANGE
from tests.checks.centres import Member, Small, number
from tests.cli.program import run

ONE, TWO = date(2018, 12, 1), date(2018, 12, 2)
HE, SHE = Member("张建国", number(11)), Member("李秀英", number(22), "JZ2")
VEHICLE = "号牌种类,号牌号码,车辆类型,车辆识别代号,机动车所有人,身份证明号码,机动车状态"
CARS = {"A": (HE, "LZZ00000000000001"), "B": (SHE, "LZZ00000000000002"), "C": (HE, "LZZ00000000000003")}


def deliver(town: Small, cars: str, on: date, state: str = "A") -> None:
    rows = [f"02,鲁Z0000{car},K33,{CARS[car][1]},{CARS[car][0].name},{CARS[car][0].number},{state}" for car in cars]
    file = town.folder / f"{on}.csv"
    file.write_text("\n".join([VEHICLE, *rows]) + "\n", encoding="utf-8")
    take(town.centre, "vehicle", file, "", on, accept_drop=True)


@pytest.fixture
def town(small: Small) -> Small:
    small.require({"vehicle": "required"})
    small.enrol([HE, SHE])
    deliver(small, "AB", date(2018, 11, 30))
    return small


def night(town: Small, on: date) -> Result:
    return check_all(town.centre, "recipients", on)[0]


def changes(earlier: Result, later: Result) -> list[tuple[str, str, str | None]]:
    rows = FINDING_CHANGE.check(run_difference(earlier, later)).filter(pl.col("rule") == "undeclared_vehicle")
    return sorted(rows.select("subject", "change", "why").rows())


def subject(car: str) -> str:
    return CARS[car][1]


def test_the_same_two_nights_leave_everything_where_it_was(town: Small) -> None:
    one, two = night(town, ONE), night(town, TWO)
    assert changes(one, two) == [(subject(car), "persisting", None) for car in "AB"]


@pytest.mark.parametrize(
    "register",
    [
        '[vehicle]\nrequirement = "required"\nprogrammes = { "农村低保" = "unsigned" }\n[housing]\nrequirement = "optional"\n',
        '[housing]\nrequirement = "optional"\n',
    ],
)
def test_what_rested_on_a_source_that_is_signed_no_more_was_not_looked_for(town: Small, register: str) -> None:
    one = night(town, ONE)
    town.sign(register)
    assert changes(one, night(town, TWO)) == [(subject(car), "gone", "unchecked") for car in "AB"]


def test_a_car_bought_is_new_and_a_car_sold_is_no_more_because_it_was_looked_for(town: Small) -> None:
    one = night(town, ONE)
    deliver(town, "BC", TWO)
    assert changes(one, night(town, TWO)) == [
        (subject("A"), "gone", "not_found"), (subject("B"), "persisting", None), (subject("C"), "new", None),
    ]  # fmt: skip


def test_a_registration_that_says_something_else_is_a_change(town: Small) -> None:
    one = night(town, ONE)
    deliver(town, "AB", TWO, state="B")  # moved to another office: a question now
    two = night(town, TWO)
    rows = run_difference(one, two).filter(pl.col("subject") == subject("A"))
    assert rows.select("change", "household_no").rows() == [("changed", "JZ1")]
    told = difference(one, two).findings.filter(pl.col("subject") == subject("A"))
    assert told["change"].to_list() == ["changed"]  # and so the versions of a batch's report say


def test_where_the_source_was_not_read_nobody_may_say_that_the_car_is_gone(town: Small) -> None:
    one = night(town, ONE)
    two = check_all(town.centre, "recipients", date(2019, 12, 1))[0]  # the delivery is too old by then
    assert changes(one, two) == [(subject(car), "gone", "unchecked") for car in "AB"]


def test_a_household_that_left_assistance_takes_its_findings_with_it(town: Small) -> None:
    one = night(town, ONE)
    town.enrol([Member(SHE.name, SHE.number, "JZ2", stage="停保")])
    assert changes(one, night(town, TWO)) == [(subject("A"), "persisting", None), (subject("B"), "gone", "left")]


def test_a_source_read_for_the_first_time_brings_what_is_marked_as_such(small: Small) -> None:
    small.require({"vehicle": "optional", "provident_fund": "required"})
    small.enrol([HE, SHE])
    fund = small.folder / "fund.csv"
    fund.write_text("姓名,证件号码,缴存基数,账户状态,个人账号\n王芳,,3000,01,1\n", encoding="utf-8")
    take(small.centre, "provident_fund", fund, "", date(2018, 11, 30))
    one = night(small, ONE)
    deliver(small, "A", TWO)
    assert changes(one, night(small, TWO)) == [(subject("A"), "new", "newly_connected")]


def test_the_run_commands_list_show_and_compare(town: Small) -> None:
    workspace = str(town.centre.workspace.path)
    assert run("-C", workspace, "run", "list").out.count("\n") == 1
    assert run("-C", workspace, "run", "diff").code == 4
    one = night(town, ONE)
    deliver(town, "BC", TWO)
    two = night(town, TWO)
    listed = run("-C", workspace, "run", "list", "--kind", "recipients").out.splitlines()
    assert [line.split("\t")[0] for line in listed[1:]] == [two.id, one.id]
    shown = run("-C", workspace, "run", "show").out
    assert two.id in shown
    assert "机动车\t370000\t必需\t到位\t2018-12-02" in shown
    told = run("-C", workspace, "run", "diff", "--only", "gone,new")
    assert [line.split("\t")[2] for line in told.out.splitlines()[1:] if "LZZ" in line] == ["新增", "不再有"]
    assert f"{one.id} → {two.id}：新增 " in told.err
    assert HE.number not in told.out + shown
    assert run("-C", workspace, "run", "diff", "--only", "lost").code == 2
    assert run("-C", workspace, "run", "diff", "--from", "recipients-0").code == 4


def test_a_run_that_is_not_kept_cannot_be_compared(town: Small, tmp_path: Path) -> None:
    night(town, ONE)
    assert run("-C", str(town.centre.workspace.path), "run", "diff", "all").code == 2
