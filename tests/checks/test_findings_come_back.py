"""What comes back of a finding: an answer stands while the record says the same, and is asked anew when it does not."""

from datetime import date

import openpyxl
import polars as pl
import pytest

from jiuzhu_check.checks.case import check_case
from jiuzhu_check.checks.finding_answers import REASONS
from jiuzhu_check.checks.reexaminations import read_reexaminations
from jiuzhu_check.checks.results import find, load
from jiuzhu_check.errors import ExtractChanged
from jiuzhu_check.tables.finding import WAITING
from tests.checks.centres import Member, Small
from tests.checks.townships import HE, SHE, SOLD, declare, deliver, fill, listed, night, statuses, take_back, worklist


def test_nobody_is_asked_twice_about_the_same_sold_car_until_the_record_changes(town: Small) -> None:
    deliver(town, date(2018, 11, 30))
    first, told = night(town, date(2018, 12, 1))
    assert statuses(first) == {"undeclared_vehicle": "to_verify"}
    assert sum(told.new.values()) == 1
    taken = take_back(town, fill(worklist(town, first), SOLD))
    assert (taken.rows, taken.accepted, taken.blank, taken.refused.height) == (1, 1, 0, 0)

    deliver(town, date(2018, 12, 6), before=3, file="vehicle_december")
    second, told = night(town, date(2018, 12, 7))
    assert second.finding["evidence"][0] != first.finding["evidence"][0]
    assert statuses(second) == {"undeclared_vehicle": "explained"}
    assert second.finding["answer"].item() == (
        "已说明（赵核实，2018-12-05，文号 永民核〔2018〕7号）：车已于 2017 年卖出，有协议，未过户"
    )
    assert (sum(told.new.values()), told.again, told.settled) == (0, 0, 1)
    assert "新增 0 条" in told.lines()[2]
    assert "现有共 1 条（其中已核实 1 条）" in told.lines()[2]
    sheet = worklist(town, second)
    assert (len(listed(sheet)), len(listed(sheet, "已核实"))) == (0, 1)

    deliver(town, date(2018, 12, 8), before=4)
    third, told = night(town, date(2018, 12, 9))
    assert statuses(third) == {"undeclared_vehicle": "explained"}
    assert (sum(told.new.values()), told.again) == (0, 0)

    deliver(town, date(2018, 12, 10), before=4, status="G")
    fourth, told = night(town, date(2018, 12, 11))
    assert set(fourth.finding["finding_id"]) == set(first.finding["finding_id"])
    assert statuses(fourth) == {"undeclared_vehicle": "asked_again"}
    assert (sum(told.new.values()), told.again, told.settled) == (0, 1, 0)
    assert "答复后登记或申报又变、须再核实 1 条" in told.lines()[2]
    (asked,) = listed(worklist(town, fourth))
    assert "登记或申报已变，请再核实；原答复：已说明（赵核实，2018-12-05" in asked

    _, told = night(town, date(2018, 12, 12))
    assert told.again == 0


def test_a_finding_keeps_the_day_on_which_a_case_or_a_night_first_saw_it(town: Small) -> None:
    deliver(town, date(2018, 11, 30))
    asked = [check_case(town.centre, "JZ1", "recheck", date(2018, 12, day)).finding for day in (1, 2, 3)]
    assert [each["first_seen"].to_list() for each in asked] == [[date(2018, 12, 1)]] * 3
    for day in (4, 5):
        told, _ = night(town, date(2018, 12, day))
        assert told.finding["first_seen"].to_list() == [date(2018, 12, 1)]
        again = check_case(town.centre, "JZ1", "recheck", date(2018, 12, day))
        assert again.finding["first_seen"].to_list() == [date(2018, 12, 1)]
    held = [run.rows_of("seen") for run in find(town.centre.store, "all")]
    assert set(held) == {1}


def test_a_case_writes_no_list_of_all_findings(town: Small) -> None:
    town.vehicles([(HE.name, HE.number), (SHE.name, SHE.number)])
    everybody, _ = night(town, date(2018, 12, 1))
    check_case(town.centre, "JZ1", "recheck", date(2018, 12, 2))
    asked, checked = find(town.centre.store, "all")
    assert (everybody.finding.height, checked.snapshot.rows_of("seen"), asked.snapshot.rows_of("seen")) == (2, 2, 1)


def test_what_is_upheld_stands_open_and_is_not_asked_again(town: Small) -> None:
    deliver(town, date(2018, 11, 30))
    first, _ = night(town, date(2018, 12, 1))
    take_back(town, fill(worklist(town, first), {"处理": "仍不一致", "经办人": "赵核实", "日期": date(2018, 12, 5)}))
    second, told = night(town, date(2018, 12, 7))
    assert statuses(second) == {"undeclared_vehicle": "upheld"}
    assert sum(told.new.values()) == 0
    assert listed(worklist(town, second)) == []
    sheet = check_case(town.centre, "JZ1", "recheck", date(2018, 12, 7))
    assert sheet.finding["answer"].to_list() == ["仍不一致（赵核实，2018-12-05）"]


def test_a_household_is_asked_again_when_it_declares_otherwise(town: Small) -> None:
    deliver(town, date(2018, 11, 30))
    first, _ = night(town, date(2018, 12, 1))
    take_back(town, fill(worklist(town, first), SOLD))
    declare(town, "", "2018-12-06")
    second, _ = night(town, date(2018, 12, 7))
    assert statuses(second) == {"undeclared_vehicle": "asked_again"}


def test_what_was_to_be_corrected_and_still_stands_in_later_data_is_asked_again_and_says_why(town: Small) -> None:
    deliver(town, date(2018, 11, 30))
    first, _ = night(town, date(2018, 12, 1))
    take_back(town, fill(worklist(town, first), {**SOLD, "处理": "已更正"}))
    deliver(town, date(2018, 12, 5))
    same_day, _ = night(town, date(2018, 12, 6))
    assert statuses(same_day) == {"undeclared_vehicle": "corrected"}
    deliver(town, date(2018, 12, 15))
    later, _ = night(town, date(2018, 12, 16))
    assert statuses(later) == {"undeclared_vehicle": "asked_again"}
    assert later.finding["answer"].item().startswith("原答复已更正，数据时点 2018-12-15 的登记仍是原样，请再核实")


def test_an_answer_counts_from_the_day_on_which_it_was_signed(town: Small) -> None:
    deliver(town, date(2018, 11, 30))
    first, _ = night(town, date(2018, 12, 1))
    take_back(town, fill(worklist(town, first), SOLD))
    before, _ = night(town, date(2018, 12, 4))
    assert statuses(before) == {"undeclared_vehicle": "to_verify"}
    assert night(town, date(2018, 12, 1))[0].id == first.id
    again = [night(town, date(2018, 12, 5))[0] for _ in range(2)]
    assert again[0].id == again[1].id
    assert statuses(again[0]) == {"undeclared_vehicle": "explained"}


def test_an_answer_gives_the_run_another_name(town: Small) -> None:
    deliver(town, date(2018, 11, 30))
    unanswered, _ = night(town, date(2018, 12, 6))
    take_back(town, fill(worklist(town, unanswered), {**SOLD, "日期": "2018-12-06"}))
    assert night(town, date(2018, 12, 6))[0].id != unanswered.id


def test_an_answer_to_an_older_list_does_not_close_what_has_changed_since(town: Small) -> None:
    deliver(town, date(2018, 11, 30))
    first, _ = night(town, date(2018, 12, 1))
    handed_out = fill(worklist(town, first), SOLD)
    deliver(town, date(2018, 12, 2), status="G")
    night(town, date(2018, 12, 3))
    assert take_back(town, handed_out).accepted == 1
    after, _ = night(town, date(2018, 12, 7))
    assert statuses(after) == {"undeclared_vehicle": "asked_again"}


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({"处理": "说明过了"}, "outcome"),
        ({"经办人": None}, "nobody"),
        ({"日期": None}, "day"),
        ({"日期": "五日"}, "day"),
        ({"日期": "2018-12-21"}, "future"),
        ({"日期": date(2018, 11, 30)}, "early"),
        ({"说明": None}, "note"),
        ({"说明": f"本人 {HE.number} 已说明"}, "text"),
        ({"经办人": "6222020200112233445"}, "text"),
        ({"事项": "没有车"}, "changed"),
        ({"核对键": "0123456789abcdef:recipients-20181201-0000000000:0123456789ab"}, "changed"),
    ],
    ids=str,
)
def test_a_line_that_does_not_fit_goes_back_with_its_reason(town: Small, answer: dict[str, object], why: str) -> None:
    deliver(town, date(2018, 11, 30))
    first, _ = night(town, date(2018, 12, 1))
    path = fill(worklist(town, first), SOLD)
    taken = take_back(town, fill(path, **answer))
    assert (taken.rows, taken.accepted, taken.blank) == (1, 0, 0)
    assert taken.refused.rows() == [("核对清单", 2, REASONS[why])]
    assert read_reexaminations(town.centre.store).is_empty()


def test_lines_are_judged_one_by_one_and_blank_ones_left_out(town: Small) -> None:
    town.vehicles([(HE.name, HE.number), (SHE.name, SHE.number)])
    first, _ = night(town, date(2018, 12, 1))
    path = fill(worklist(town, first), {**SOLD, "日期": ""}, {**SOLD, "处理": "待核实"})
    taken = take_back(town, path)
    assert (taken.rows, taken.accepted, taken.blank, taken.refused.height) == (2, 0, 1, 1)
    taken = take_back(town, fill(path, SOLD, SOLD))
    assert (taken.rows, taken.accepted) == (2, 2)
    taken = take_back(town, path)
    assert [why for *_, why in taken.refused.iter_rows()] == [REASONS["known"]] * 2


def test_the_same_finding_twice_in_a_file_is_taken_from_neither_line(town: Small) -> None:
    deliver(town, date(2018, 11, 30))
    first, _ = night(town, date(2018, 12, 1))
    path = fill(worklist(town, first), SOLD)
    book = openpyxl.load_workbook(path)
    sheet = book["核对清单"]
    for column, cell in enumerate(list(sheet[2]), start=1):
        sheet.cell(3, column, cell.value)
    book.save(path)
    assert [why for *_, why in take_back(town, path).refused.iter_rows()] == [REASONS["twice"]] * 2


def test_a_link_to_review_that_was_explained_is_not_asked_about_again(town: Small) -> None:
    stranger = Member("王某某", HE.number)
    deliver(town, date(2018, 11, 30), owner=stranger)
    first, _ = night(town, date(2018, 12, 1))
    assert statuses(first) == {"record_owner_to_review": "to_verify"}
    take_back(town, fill(worklist(town, first), SOLD))
    deliver(town, date(2018, 12, 6), before=3, owner=stranger, file="other")
    assert statuses(night(town, date(2018, 12, 7))[0]) == {"record_owner_to_review": "explained"}


def test_a_row_is_taken_back_however_the_sheet_was_sorted_and_not_without_one_of_its_columns(town: Small) -> None:
    town.vehicles([(HE.name, HE.number), (SHE.name, SHE.number)])
    first, _ = night(town, date(2018, 12, 1))
    path = fill(worklist(town, first), {}, SOLD)
    book = openpyxl.load_workbook(path)
    sheet = book["核对清单"]
    sheet.delete_rows(2)
    book.save(path)
    assert take_back(town, path, dry_run=True).accepted == 1
    sheet.delete_cols([cell.value for cell in sheet[1]].index("登记及数据时点") + 1)
    book.save(path)
    assert [why for *_, why in take_back(town, path).refused.iter_rows()] == [REASONS["changed"]]


@pytest.mark.parametrize("lost", ["核对键", "处理", "日期"])
def test_a_sheet_that_lost_a_column_of_answers_is_not_passed_over_in_silence(town: Small, lost: str) -> None:
    town.vehicles([(HE.name, HE.number), (SHE.name, SHE.number)])
    first, _ = night(town, date(2018, 12, 1))
    path = fill(worklist(town, first), SOLD, SOLD)
    book = openpyxl.load_workbook(path)
    spoilt = book.copy_worksheet(book["核对清单"])
    spoilt.title = "青崖镇"
    spoilt.delete_cols([cell.value for cell in spoilt[1]].index(lost) + 1)
    book["核对清单"].delete_rows(2)
    spoilt.delete_rows(3)
    book.save(path)
    with pytest.raises(ExtractChanged, match=f"青崖镇.*{lost}"):
        take_back(town, path)
    assert read_reexaminations(town.centre.store).is_empty()


def test_a_column_that_the_township_added_for_itself_spoils_no_row(town: Small) -> None:
    deliver(town, date(2018, 11, 30))
    first, _ = night(town, date(2018, 12, 1))
    path = fill(worklist(town, first), SOLD)
    book = openpyxl.load_workbook(path)
    sheet = book["核对清单"]
    sheet.insert_cols(3)
    for row, cell in enumerate(("备注", "村里已走访"), start=1):
        sheet.cell(row, 3, cell)
    book.save(path)
    assert take_back(town, path).accepted == 1


def test_an_older_list_that_is_handed_in_again_does_not_undo_a_later_answer(town: Small) -> None:
    deliver(town, date(2018, 11, 30))
    first, _ = night(town, date(2018, 12, 1))
    path = fill(worklist(town, first), SOLD)
    take_back(town, path)
    taken = take_back(town, fill(path, {**SOLD, "处理": "仍不一致", "经办人": "钱核实"}))
    assert (taken.accepted, taken.replaced) == (1, 1)
    taken = take_back(town, fill(path, SOLD))
    assert [why for *_, why in taken.refused.iter_rows()] == [REASONS["known"]]
    assert statuses(night(town, date(2018, 12, 7))[0]) == {"undeclared_vehicle": "upheld"}


def test_a_dry_run_says_what_would_come_of_it_and_keeps_nothing(town: Small) -> None:
    deliver(town, date(2018, 11, 30))
    first, _ = night(town, date(2018, 12, 1))
    taken = take_back(town, fill(worklist(town, first), SOLD), dry_run=True)
    assert (taken.accepted, taken.kept) == (1, False)
    assert read_reexaminations(town.centre.store).is_empty()


def test_the_record_mark_is_the_same_wherever_the_record_stands(town: Small) -> None:
    deliver(town, date(2018, 11, 30))
    first, _ = night(town, date(2018, 12, 1))
    deliver(town, date(2018, 12, 2), before=5, file="other")
    second, _ = night(town, date(2018, 12, 3))
    deliver(town, date(2018, 12, 4), before=5, status="G")
    third, _ = night(town, date(2018, 12, 5))
    marks = [result.finding["record_mark"].item() for result in (first, second, third)]
    assert marks[0] == marks[1] != marks[2]
    kept = load(find(town.centre.store, first.id)[0])
    assert kept.finding["record_mark"].to_list() == [marks[0]]
    assert kept.finding.filter(pl.col("status").is_in(WAITING)).height == 1
