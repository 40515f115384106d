"""The review sheet: what it shows, what it hides, and what can be written in it."""

import io
from datetime import date

import openpyxl
import polars as pl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from jiuzhu_check.reports.review_sheet import (
    COLUMNS,
    EVIDENCE,
    KEY,
    NOTE,
    OUTCOME,
    REVIEWER,
    SHEET,
    compared_numbers,
    evidence,
    write_review_sheet,
)
from jiuzhu_check.reports.row_hash import row_hash
from jiuzhu_check.values.identity_number import upgrade

SECRET = b"k" * 32
TITLES = {"vehicle": "机动车"}
NUMBER, ANOTHER = "370199197001010016", "370199197001010024"


def item(**cells: object) -> pl.DataFrame:
    told: dict[str, object] = {
        "item": "3f9a0c51b2d4", "source": "vehicle", "extract": "vehicle.csv", "sheet": "", "source_row": 7, "records": 1,
        "household_no": "JZ1", "accepted_on": date(2018, 11, 1), "owner_name": "张　建国", "owner_no": NUMBER,
        "name": "张健国", "name_key": "张健国", "former_names": None, "relation": "户主", "person_no": ANOTHER,
        "others": "李秀英（配偶）", "facts": "号牌号码：鲁Z00001\n机动车状态：正常", "data_date": date(2018, 11, 30),
        "tier": "C3", "reason": "号码相同，姓名不同", "status": "review",
    }  # fmt: skip
    text = ("former_names", "owner_no", "owner_name", "others", "sheet")
    return pl.DataFrame({**told, **cells}, schema_overrides=dict.fromkeys(text, pl.String))


def sheet(items: pl.DataFrame, **options: bool) -> Worksheet:
    data = write_review_sheet(items, TITLES, SECRET, as_of=date(2018, 12, 1), **options)
    return openpyxl.load_workbook(io.BytesIO(data))[SHEET]


def test_a_row_shows_both_sides_raw_and_as_compared() -> None:
    told = evidence(item(), TITLES).row(0, named=True)
    assert list(told) == [column.heading for column in EVIDENCE]
    assert (told["登记姓名(原样)"], told["登记姓名(比较用)"], told["名册姓名(原样)"]) == (
        "张　建国",
        "张建国",
        "张健国",
    )
    assert (told["登记号码"], told["名册号码"]) == ("370199********0016", "370199********0024")
    assert told["号码比较"] == "第 17、18 位不同，其余相同"
    assert told["来源文件及行号"] == "vehicle.csv 第 7 行"
    assert told["来源"] == "机动车"


def test_nothing_shows_the_matchers_judgement() -> None:
    cells = [str(cell.value) for row in sheet(item()).rows for cell in row]
    assert [cell for cell in cells if "C3" in cell or "号码相同" in cell or "review" in cell] == []


@pytest.mark.parametrize("reveal", [False, True])
def test_numbers_are_masked_everywhere_unless_revealed(reveal: bool) -> None:
    told = item(owner_name=f"张建国{NUMBER}", facts=f"备注：{ANOTHER}")
    cells = "".join(str(cell.value) for row in sheet(told, reveal=reveal).rows for cell in row)
    assert (NUMBER in cells, ANOTHER in cells) == (reveal, reveal)


def test_only_the_answers_can_be_written_in_and_the_answer_is_chosen() -> None:
    written = sheet(item())
    assert written.protection.sheet
    columns = [written.column_dimensions[head.column_letter] for head in written[1]]
    open_ = [head.value for head, column in zip(written[1], columns, strict=True) if not column.protection.locked]
    assert open_ == [OUTCOME, NOTE, REVIEWER]
    (choice,) = written.data_validations.dataValidation
    assert choice.formula1 == '"相同,不同,不确定"'
    assert str(choice.sqref) == "S2"
    assert written.column_dimensions["A"].hidden


def test_the_hash_is_of_what_the_row_shows() -> None:
    head, row = (list(values) for values in sheet(item()).iter_rows(max_row=2, values_only=True))
    told = dict(zip(head, row, strict=True))
    shown = [told[column.heading] for column in EVIDENCE]
    assert told[KEY] == f"3f9a0c51b2d4:{row_hash(shown, SECRET)}"
    for place in range(len(shown)):
        changed = [*shown[:place], "别的", *shown[place + 1 :]]
        assert row_hash(changed, SECRET) != row_hash(shown, SECRET)
    assert row_hash(shown, b"another key") != row_hash(shown, SECRET)
    assert row_hash([f" {cell or ''}\r\n" for cell in shown], SECRET) == row_hash(shown, SECRET)


def test_no_text_becomes_a_formula_and_odd_characters_are_seen() -> None:
    told = item(owner_name="=1+1", others="张\u202e三", facts="地址：\ue001村")
    values = [cell.value for cell in sheet(told)[2]]
    assert "=1+1" in values
    assert "张[U+202E]三" in values
    assert "地址：[造字U+E001]村" in values
    assert {cell.data_type for cell in sheet(told)[2]} <= {"s", "n"}


def test_the_same_items_give_the_same_bytes() -> None:
    first, second = (write_review_sheet(item(), TITLES, SECRET, as_of=date(2018, 12, 1)) for _ in range(2))
    assert first == second
    assert [column.heading for column in COLUMNS] == [cell.value for cell in sheet(item().clear())[1]]


@pytest.mark.parametrize(
    ("recorded", "member", "words"),
    [
        (NUMBER, NUMBER, "两边相同"),
        (NUMBER, None, "名册没有号码"),
        ("", NUMBER, "登记没有号码"),
        ("110101198812310000", NUMBER, "有 11 位不同"),
        (NUMBER[:-1], NUMBER, "位数不同：登记 17 位，名册 18 位"),
    ],
)
def test_numbers_are_compared_without_being_shown(recorded: str | None, member: str | None, words: str) -> None:
    assert compared_numbers(recorded, member) == words


def test_an_old_number_is_compared_as_what_it_means() -> None:
    old = "370199700101001"
    told = evidence(item(owner_no=old, person_no=upgrade(old)), TITLES).row(0, named=True)
    assert told["号码比较"] == "15 位旧号换算成 18 位后相同"
