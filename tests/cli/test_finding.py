"""finding, dispute and staff at the terminal: the sheet goes out and comes back, masked, and every step is audited."""

import json

import openpyxl
import pytest

from tests.cli.program import AS_OF, Desk

SOLD = {"处理": "已说明", "说明": "车已卖出", "经办人": "赵核实", "日期": "2018-12-05"}


def findings(desk: Desk, *options: str) -> list[dict[str, str]]:
    said = desk.run("finding", "list", "--as-of", AS_OF, "--format", "json", *options)
    assert said.code == 0
    return list(json.loads(said.out))


def test_a_persons_list_goes_out_and_comes_back_and_the_next_night_asks_for_what_is_left(desk: Desk) -> None:
    every = findings(desk)
    township = findings(desk, "--run", "latest")[0]["乡镇"]
    theirs = [each for each in every if each["乡镇"] == township]
    assert 0 < len(theirs) < len(every)
    assert desk.run("staff", "add", "0012", "--name", "赵核实", "--township", township).code == 0
    given = desk.run("finding", "assign", "--to", "0012", "--township", township, "--as-of", AS_OF)
    assert f"已把 {len(theirs)} 条分派给 0012" in given.err
    sheet = desk.folder / "own.xlsx"
    assert desk.run("finding", "export", "--staff", "0012", "--as-of", AS_OF, "-o", str(sheet)).code == 0
    book = openpyxl.load_workbook(sheet)
    sheet_of_the_township = book.worksheets[0]
    heads = {cell.value: cell.column for cell in sheet_of_the_township[1]}
    for heading, value in SOLD.items():
        sheet_of_the_township.cell(2, heads[heading]).value = value
    answered = sheet_of_the_township.cell(2, heads["核对键"]).value.partition(":")[0]
    book.save(sheet)
    taken = desk.run("finding", "import", str(sheet), "--dry-run")
    assert "收下 1 行" in taken.err
    assert "没有记下" in taken.err
    assert desk.run("finding", "import", str(sheet)).code == 0
    states = {each["编号"]: each["状态"] for each in findings(desk)}
    assert states[answered] == "已核实"
    again = desk.run("finding", "import", str(sheet))
    assert "同样的答复已经收过" in again.out
    assert desk.run("check", "entrants", "--as-of", "2018-12-06").code in (0, 3)
    assert desk.run("check", "recipients", "--as-of", "2018-12-06").code in (0, 3)
    told = desk.run("finding", "show", answered, "--as-of", AS_OF)
    assert "已核实：已说明" in told.out
    assert "explain --household" in told.out
    assert "2018-12-06" in told.out
    assert json.loads(desk.run("finding", "stats", "--format", "json").out)[0]["answered"] == 1
    assert desk.run("audit", "verify").code == 0


def test_a_dispute_from_the_first_word_to_the_end(desk: Desk) -> None:
    finding = findings(desk, "--state", "open")[0]
    open_ = ("dispute", "open", "--household", finding["家庭编号"], "--finding", finding["编号"], "--on", "2018-12-03")
    assert desk.run(*open_, given="车已卖出\n").code == 0
    assert findings(desk, "--household", finding["家庭编号"], "--state", "disputed")[0]["编号"] == finding["编号"]
    kept = desk.run("dispute", "evidence", "Y000001", "--item", "过户协议", "--on", "2018-12-04")
    assert "政策没有规定复查期限" in kept.err
    (listed,) = json.loads(desk.run("dispute", "list", "--format", "json", "--as-of", AS_OF).out)
    assert (listed["理由"], listed["材料"]) == ("车已卖出", "过户协议")
    wrong = desk.run("dispute", "close", "Y000001", "cleared", "--note", "看过", "--on", "2018-12-05")
    assert wrong.code == 2
    closed = desk.run("dispute", "close", "Y000001", "explained", "--note", "看过协议", "--on", "2018-12-05")
    assert closed.code == 0
    assert [each["状态"] for each in json.loads(desk.run("dispute", "show", "Y000001", "--format", "json").out)] == [
        "待提交材料", "办理中", "已办结",
    ]  # fmt: skip
    assert desk.run("dispute", "list", "--format", "json").out.strip() == "[]"


def test_a_colleague_leaves_only_when_it_is_said_who_takes_over(desk: Desk) -> None:
    for staff in ("0012", "0015"):
        assert desk.run("staff", "add", staff, "--name", "赵核实").code == 0
    assert desk.run("staff", "retire", "0012").code == 2
    assert desk.run("staff", "retire", "0012", "--successor", "0015").code == 0
    rows = json.loads(desk.run("staff", "list", "--format", "json").out)
    assert [(each["工号"], each["接手"]) for each in rows] == [("0012", "0015"), ("0015", None)]


@pytest.mark.parametrize("form", ["table", "tsv", "json"])
def test_a_list_shows_no_name_and_no_number_whole(desk: Desk, form: str) -> None:
    roster = (desk.run("export", "coverage", "--run", "all", "--format", "jsonl").out).splitlines()
    numbers = {json.loads(line)["person_no"] for line in roster}
    said = desk.run("finding", "list", "--as-of", AS_OF, "--format", form)
    assert said.code == 0
    assert [number for number in numbers if number and number in said.out] == []
