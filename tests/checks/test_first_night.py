"""A department's first night: its hits stand, marked, and are not news."""

from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from jiuzhu_check.checks import results
from jiuzhu_check.checks.deliveries import take
from jiuzhu_check.checks.exports import export
from jiuzhu_check.checks.first_night import first_read, newly_connected
from jiuzhu_check.checks.results import Result
from jiuzhu_check.checks.run import before, check_all, summarise
from jiuzhu_check.reports.overview import overview_html
from jiuzhu_check.reports.sheet_per import SheetPer
from jiuzhu_check.reports.summary import MorningSummary
from jiuzhu_check.reports.worklist import write_worklist
from tests.checks.centres import Member, Small, number
from tests.cli.program import run

ONE, TWO, THREE = date(2018, 12, 1), date(2018, 12, 2), date(2018, 12, 3)
PEOPLE = [Member("张建国", number(11)), Member("李秀英", number(22), "JZ2"), Member("王芳", number(33), "JZ3")]
HOME = "权利人,证件号码,坐落,规划用途,不动产权证号"
ACCOUNT = "姓名,证件号码,缴存基数,账户状态,个人账号"


@pytest.fixture
def town(tmp_path: Path) -> Small:
    """Vehicles and provident fund are signed and here; real estate is not yet."""
    small = Small(tmp_path)
    small.require({"vehicle": "required", "provident_fund": "required"})
    small.enrol(PEOPLE)
    small.vehicles([(PEOPLE[0].name, PEOPLE[0].number)])
    send(small, "provident_fund", ACCOUNT, [f"{PEOPLE[1].name},{PEOPLE[1].number},3000,01,12345"])
    return small


def send(
    town: Small, source: str, head: str, rows: list[str], on: date = date(2018, 11, 30), supplier: str = ""
) -> None:
    file = town.folder / f"{source}.csv"
    file.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    take(town.centre, source, file, supplier, on)


def connect(town: Small, supplier: str = "", owners: int = 3) -> None:
    """Real estate is signed, and its first delivery comes: homes of the first members."""
    town.require({"vehicle": "required", "provident_fund": "required", "housing": "required"})
    rows = [f"{each.name},{each.number},永和县{each.name}路1号,住宅,鲁{each.number[-4:]}" for each in PEOPLE[:owners]]
    send(town, "housing", HOME, rows, supplier=supplier)


def night(town: Small, on: date) -> tuple[Result, MorningSummary]:
    result, last = check_all(town.centre, "recipients", on)
    return result, summarise(result, last)


def of(result: Result, source: str) -> pl.DataFrame:
    return result.finding.filter(pl.col("evidence").str.contains(f'"source":"{source}"'))


def test_the_hits_of_a_source_that_is_new_tonight_stand_marked_and_are_no_news(town: Small) -> None:
    first, told = night(town, ONE)
    assert told.first_run
    assert sum(told.new.values()) == first.finding.height > 0
    assert first.finding["newly_connected"].null_count() == first.finding.height
    connect(town)
    second, told = night(town, TWO)
    homes = of(second, "housing")
    assert homes.height == 3
    assert set(homes["newly_connected"]) == {"不动产"}
    assert second.finding.filter(pl.col("newly_connected").is_null()).height == first.finding.height
    assert (sum(told.new.values()), told.findings) == (0, first.finding.height + 3)
    assert told.first_night.rows() == [("不动产", 3)]
    assert told.by_rule["new"].sum() == 0
    line = told.lines()[2]
    assert line.startswith(
        "发现：较上次新增 0 条（登记与申报不一致 0、需询问 0、有利事实 0），另有首次接入来源 不动产：3 条，不计为新增，现有共"
    )
    assert "不动产 2018-11-30（首次接入）" in told.lines()[1]
    assert "机动车 2018-11-30、" in told.lines()[1]
    third, told = night(town, THREE)
    assert of(third, "housing")["newly_connected"].null_count() == 3
    assert sorted(third.finding["finding_id"]) == sorted(second.finding["finding_id"])
    assert (sum(told.new.values()), told.first_night.height) == (0, 0)
    assert "首次接入" not in "".join(told.lines())


def test_what_another_source_brings_that_night_is_news(town: Small) -> None:
    night(town, ONE)
    connect(town)
    town.vehicles([(each.name, each.number) for each in PEOPLE[:2]], on=date(2018, 12, 1))
    _, told = night(town, TWO)
    assert sum(told.new.values()) > 0
    assert told.first_night.rows() == [("不动产", 3)]


def test_what_the_new_source_brings_later_is_news(town: Small) -> None:
    night(town, ONE)
    connect(town, owners=2)
    night(town, TWO)
    rows = [f"{each.name},{each.number},永和县{each.name}路1号,住宅,鲁{each.number[-4:]}" for each in PEOPLE]
    send(town, "housing", HOME, rows, on=date(2018, 12, 2))
    _, told = night(town, THREE)
    assert (sum(told.new.values()), told.first_night.height) == (1, 0)


def test_somebody_new_on_the_roster_is_news_though_the_source_sent_nothing_since(town: Small) -> None:
    night(town, ONE)
    connect(town)
    night(town, TWO)
    newcomer = Member("赵大海", number(44), "JZ4")
    town.enrol([newcomer])
    send(
        town,
        "housing",
        HOME,
        [f"{each.name},{each.number},{each.name}路1号,住宅,鲁{each.number[-4:]}" for each in [*PEOPLE, newcomer]],
    )
    _, told = night(town, THREE)
    assert sum(told.new.values()) > 0
    assert told.first_night.height == 0


def test_a_second_office_of_a_source_has_a_first_night_of_its_own(town: Small) -> None:
    connect(town, owners=1)
    night(town, ONE)
    other = PEOPLE[2]
    send(town, "housing", HOME, [f"{other.name},{other.number},{other.name}路2号,住宅,鲁2"], supplier="370100")
    second, told = night(town, TWO)
    assert told.first_night.rows() == [("不动产", 1)]
    assert second.source_state.filter("newly_connected")["supplier"].to_list() == ["370100"]


def test_the_same_night_checked_again_is_marked_alike(town: Small) -> None:
    night(town, ONE)
    connect(town)
    one, _ = night(town, TWO)
    again, told = night(town, TWO)
    assert (one.id, one.finding.equals(again.finding)) == (again.id, True)
    assert (sum(told.new.values()), told.first_night.height) == (0, 0)


def test_entrants_and_recipients_have_first_nights_apart(town: Small) -> None:
    town.enrol([Member("赵大海", number(44), "JZ4", stage="申请中")])
    night(town, ONE)
    connect(town)
    night(town, TWO)
    result, last = check_all(town.centre, "entrants", TWO)
    assert last is None
    assert result.finding["newly_connected"].null_count() == result.finding.height


def test_the_marks_stand_in_worklist_overview_export_and_at_the_terminal(town: Small, tmp_path: Path) -> None:
    night(town, ONE)
    connect(town)
    said = run("-C", str(town.centre.workspace.path), "check", "recipients", "--as-of", str(TWO), "--format", "table")
    assert "不动产（首次接入）" in said.out
    assert "另有首次接入来源 不动产：3 条，不计为新增" in said.err
    result = results.load(results.find(town.centre.store, "latest")[0])
    file = tmp_path / "list.xlsx"
    file.write_bytes(
        write_worklist(
            result.run, result.household, result.member, result.finding, result.coverage, result.source_state,
            key=b"k", by=SheetPer.none,
        )
    )  # fmt: skip
    book = openpyxl.load_workbook(file)
    heads = [cell.value for cell in book["核对清单"][1]]
    kinds = [row[heads.index("事项")].value for row in book["核对清单"].iter_rows(min_row=2)]
    assert sum("首次接入：不动产" in kind for kind in kinds) == 3
    notes = {row[0].value: row[1].value for row in book["说明"].iter_rows()}
    assert "首次接入，它带来的发现不计为新增" in notes["来源：不动产"]
    assert "到位（首次接入）" in overview_html(
        result.run, result.household, result.member, result.finding, result.coverage, result.source_state
    )
    assert "newly_connected" not in export(town.centre, "findings", "latest").columns  # an export's columns stay
    assert before(town.centre, result) is not None


def test_runs_of_an_older_program_tell_what_they_read(town: Small) -> None:
    night(town, ONE)
    store = town.centre.store
    kept = store.latest(results.DATASET)
    assert kept is not None
    told = first_read(store, results.DATASET)
    assert told == {"recipients": {"vehicle/370000": "2018-12-01", "provident_fund/370000": "2018-12-01"}}
    older = {name: value for name, value in kept.facts.items() if name != "first_read"}
    parts = {name: kept.read(name) for name in kept.part_names()}
    store.publish(results.DATASET, kept.id, parts, data_date=None, facts=older, replace=True)
    assert first_read(store, results.DATASET) == told
    assert newly_connected(told, "recipients", TWO, [("vehicle", "370000"), ("housing", "370000")]) == [
        ("housing", "370000")
    ]
