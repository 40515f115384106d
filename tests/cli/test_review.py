"""review as staff use it: list, show, decide, the sheet there and back, stats."""

import json
from pathlib import Path

import openpyxl
import pytest

from tests.cli.conftest import Walked
from tests.cli.program import AS_OF, WHOLE_NUMBER, Desk, Said

MARKS = ("C1", "C2", "C3", "C4", "C5", "C6", "层级", "采信")


def rows(said: Said) -> list[dict[str, str]]:
    head, *lines = (line.split("\t") for line in said.out.splitlines())
    return [dict(zip(head, line, strict=True)) for line in lines]


def first_item(desk: Desk) -> str:
    return rows(desk.run("review", "list"))[0]["编号"]


def test_the_list_names_everything_under_review_and_no_number_and_no_tier(desk: Desk) -> None:
    said = desk.run("review", "list")
    assert said.code == 0
    assert len(rows(said)) > 10
    assert {row["状态"] for row in rows(said)} == {"未复核"}
    assert not WHOLE_NUMBER.search(said.out + said.err)
    assert [mark for mark in MARKS if mark in said.out] == []
    assert f"共 {len(rows(said))} 项" in said.err


def test_an_item_is_shown_side_by_side_and_blind(desk: Desk) -> None:
    said = desk.run("review", "show", first_item(desk))
    told = {row["项目"]: row["值"] for row in rows(said)}
    assert said.code == 0
    assert {"登记姓名(原样)", "名册姓名(原样)", "登记号码", "名册号码", "号码比较", "户内其他成员"} <= set(told)
    assert "*" in told["名册号码"]
    assert not WHOLE_NUMBER.search(said.out)
    assert [mark for mark in MARKS if mark in said.out] == []


def test_whole_numbers_are_shown_for_a_reason_which_is_on_record(desk: Desk, tmp_path: Path) -> None:
    item = first_item(desk)
    assert desk.run("review", "show", item, "--reveal").code == 5
    said = desk.run("review", "show", item, "--reveal", "--reason", "核对原件")
    assert WHOLE_NUMBER.search(said.out)
    sheet = tmp_path / "whole.xlsx"
    assert desk.run("review", "export", "-o", str(sheet), "--reveal").code == 5
    assert not sheet.exists()
    assert desk.run("review", "export", "-o", str(sheet), "--reveal", "--reason", "核对原件").code == 0
    assert any(WHOLE_NUMBER.search(str(cell)) for row in openpyxl.load_workbook(sheet)["复核"].values for cell in row)
    log = [json.loads(line) for line in desk.log()]
    assert [line["reason"] for line in log if line.get("action") == "reveal"] == [
        "核对原件",
        "核对原件",
    ]


def test_an_answer_is_kept_and_counts_at_the_next_check(desk: Desk) -> None:
    item = first_item(desk)
    said = desk.run("review", "decide", item, "same", "--reviewer", "甲", "--note", "看过原件")
    assert said.code == 0
    assert "下次核对起生效" in said.err
    assert item not in desk.run("review", "list").out
    shown = desk.run("review", "show", item)
    assert "看过原件" not in shown.out
    assert "--decisions" in shown.err
    assert "相同　甲　" in desk.run("review", "show", item, "--decisions").out
    assert desk.run("check", "recipients", "--as-of", AS_OF).code == 0
    links = desk.run("export", "links")
    assert links.out.count("经人工复核为同一人（甲，") == 1


def test_who_answers_without_a_name_is_the_account(desk: Desk) -> None:
    item = first_item(desk)
    assert desk.run("review", "decide", item, "unsure").code == 0
    operator = json.loads(desk.log()[-1])["operator"]
    assert f"不确定　{operator}　" in desk.run("review", "show", item, "--decisions").out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("show", "000000000000"), 4),
        (("decide", "000000000000", "same"), 4),
        (("decide", "000000000000", "perhaps"), 2),
        (("decide", "000000000000"), 2),
        (("decide", "000000000000", "same", "--note", "370199190001010018"), 2),
        (("list", "--second", "--household", "JZ00000120"), 2),
        (("import", "no/such/file.xlsx"), 4),
        (("import", __file__), 13),
    ],
)
def test_what_does_not_fit_ends_with_its_code(walked: Walked, arguments: tuple[str, ...], code: int) -> None:
    said = walked.desk.run("review", *arguments)
    assert said.code == code, said.err
    assert said.err.rstrip().endswith(f"退出码 {code}")
    assert "370199190001010018" not in said.err


def test_before_any_check_there_is_nothing_to_review(fresh: Desk) -> None:
    assert fresh.run("review", "list").code == 4


def test_the_sheet_goes_out_and_comes_back(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "review.xlsx"
    assert desk.run("review", "export", "-o", str(file)).code == 0
    assert file.stat().st_mode & 0o777 == 0o600
    book = openpyxl.load_workbook(file)
    sheet = book["复核"]
    place = {cell.value: cell.column for cell in sheet[1]}
    every = sheet.max_row - 1
    for row, (outcome, reviewer) in enumerate([("相同", "甲"), ("好像是", "甲"), ("不同", "")], start=2):
        sheet.cell(row, place["结论"]).value = outcome
        sheet.cell(row, place["复核人"]).value = reviewer
    book.save(file)
    dry = desk.run("review", "import", str(file), "--dry-run")
    counts = f"表中 {every} 行 = 收下 1 行 + 退回 2 行 + 未填 {every - 3} 行。"
    assert counts in dry.err
    assert "没有记下" in dry.err
    assert [(row["行"], row["原因"]) for row in rows(dry)] == [
        ("3", "结论不是相同、不同、不确定之一"),
        ("4", "缺复核人"),
    ]
    assert len(rows(desk.run("review", "list"))) == every
    real = desk.run("review", "import", str(file))
    assert real.code == 0
    assert counts in real.err
    assert "下次核对起生效" in real.err
    assert len(rows(desk.run("review", "list"))) == every - 1


def test_stats_say_how_the_answers_fell(desk: Desk) -> None:
    item = first_item(desk)
    desk.run("review", "decide", item, "same", "--reviewer", "甲")
    desk.run("review", "decide", item, "same", "--reviewer", "乙")
    told = json.loads(desk.run("review", "stats", "--format", "json").out)
    assert (told["second"], told["agreed"]) == (1, 1)
    by_source = [group for group in told["groups"] if group["by"] == "source"]
    assert sum(group["same"] for group in by_source) == 1
    text = desk.run("review", "stats").out
    assert "姓名是同户另一成员的" in text
    assert "100%（21–100）" in text


def test_a_second_reader_is_offered_what_the_first_decided_without_the_answer(desk: Desk) -> None:
    item = first_item(desk)
    desk.run("review", "decide", item, "different", "--reviewer", "甲")
    offered = desk.run("review", "list", "--second", "--reviewer", "乙")
    assert [row["编号"] for row in rows(offered)] == [item]
    assert "状态" not in offered.out
    assert rows(desk.run("review", "list", "--second", "--reviewer", "甲")) == []


def test_every_link_of_a_household_can_be_listed_and_disputed(desk: Desk) -> None:
    links = desk.run("review", "list", "--household", "JZ00000120")
    states = {row["编号"]: row["状态"] for row in rows(links)}
    assert "不待复核" in states.values()
    item = next(item for item, state in states.items() if state == "不待复核")
    assert desk.run("review", "decide", item, "different", "--reviewer", "甲").code == 0
    case = desk.run("case", "--household", "JZ00000120", "--purpose", "dispute", "--as-of", AS_OF)
    assert case.code == 0
    assert "经人工复核不是同一人（甲，" in desk.run("export", "links", "--run", "all").out
