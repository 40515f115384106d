"""What a source.toml would read of a file is looked at before it is taken in, and shows nobody whole."""

from datetime import date
from pathlib import Path

import pytest

from jiuzhu_check.errors import ExtractChanged, UsageError
from jiuzhu_check.intake.preview import masked, preview, spec_source
from tests.intake.extracts import FUND, HOUSING, ROSTER, SOURCES, VEHICLE, number, row, vehicles, written

TEXT = vehicles(row(1), (*row(2)[:3], "怪"), ("张丙", "37019919800101001X", "鲁A00003", "A"), ("合计", "", "", ""))


def test_headings_rows_counts_and_notes_are_told() -> None:
    seen = preview(VEHICLE, TEXT.encode("gb18030"), "vehicle.csv")
    assert [(each.heading, each.column, each.reader) for each in seen.headings] == [
        ("机动车所有人", "owner_name_raw", "text"), ("身份证明号码", "owner_no_raw", "text"),
        ("号牌号码", "plate_no", "plate"), ("机动车状态", "status", "lookup"),
    ]  # fmt: skip
    (table,) = seen.seen
    assert (table.format.encoding, table.format.delimiter, table.grid.header_row) == ("gb18030", ",", 1)
    assert seen.delivery is not None
    assert (seen.delivery.delivered, seen.delivery.rejects["code"].to_list()) == (4, ["footer"])
    assert seen.kinds == {"broken": 1, "valid": 2}
    assert [(note.column, note.value) for note in seen.notes] == [("status", "怪")]


def test_the_first_rows_are_shown_record_by_record_and_nobody_whole() -> None:
    seen = preview(VEHICLE, TEXT.encode("gb18030"), "vehicle.csv", rows=2)
    assert {line for _, line, *_ in seen.records} == {2, 3}
    cells = {(line, column): value for _, line, _, column, value in seen.records}
    assert cells[(2, "owner_name")] == "张*"
    assert cells[(2, "owner_no")] == f"370199********{number(1)[-4:]}"
    assert cells[(2, "plate_no")] == "鲁A00001"
    assert preview(VEHICLE, TEXT.encode("gb18030"), "vehicle.csv", rows=0).records == []


def test_a_unit_is_told_for_money_alone_and_both_owners_of_a_cell_are_shown() -> None:
    headings = ("权利人", "证件号码", "坐落", "规划用途", "交易价格(万元)", "共有情况")
    text = written(
        [headings, ("张伟、李娜", f"{number(1)}、{number(2)}", "永和县柳河镇东街12号", "住宅", "12.5", "共同共有")]
    )
    seen = preview(HOUSING, text.encode(), "homes.csv")
    assert {each.column: each.unit for each in seen.headings if each.unit} == {"price": "万元"}
    cells = {(slot, column): value for _, _, slot, column, value in seen.records}
    assert (cells[(1, "owner_name")], cells[(2, "owner_name")]) == ("张*", "李*")
    assert (cells[(1, "price")], cells[(1, "address")]) == ("125000.00", "永和县柳河镇…")


def test_a_file_that_breaks_its_contract_is_seen_all_the_same() -> None:
    seen = preview(VEHICLE, vehicles(row(1), row(2), row(3)[:2], row(4)).encode(), "vehicle.csv")
    assert (seen.delivery, len(seen.headings)) == (None, 4)
    assert seen.problem is not None
    assert "读不出来" in seen.problem.message


def test_where_the_header_is_another_one_its_headings_are_shown_as_not_connected() -> None:
    text = TEXT.replace("号牌号码", "牌子号").replace("机动车所有人", "谁的车")
    seen = preview(VEHICLE, text.encode("gb18030"), "vehicle.csv")
    assert [each.heading for each in seen.headings if not each.column] == ["谁的车", "牌子号"]
    assert seen.problem is not None
    with pytest.raises(ExtractChanged):
        preview(VEHICLE, b"", "vehicle.csv")


def test_the_roster_can_be_looked_at_too() -> None:
    headings = ("家庭编号", "救助类别", "办理状态", "姓名", "身份证号码", "出生日期")
    text = written([headings, ("JZ00000001", "城市低保", "在保", "张伟", number(1), "1980-01-01")])
    cells = {column: value for *_, column, value in preview(ROSTER, text.encode(), "roster.csv").records}
    assert (cells["name"], cells["person_no"][6:14], cells["birth_date"]) == ("张*", "********", "1980-**-**")


@pytest.mark.parametrize(
    ("column", "value", "shown"),
    [
        ("owner_name", "张建国", "张**"), ("other_name_raw", "张建国、李娜", "张**、李*"), ("owner_birth", date(1980, 1, 2), "1980-**-**"),
        ("owner_no_raw", number(1), f"370199********{number(1)[-4:]}"), ("head_no_raw", "12", "**"), ("account_no", "6222000011112222", "************2222"),
        ("owner_phone", "10012345678", "*******5678"), ("brand", f"车主{number(1)}的车", f"车主{'*' * 14}{number(1)[-4:]}的车"), ("vin", None, ""),
    ],
)  # fmt: skip
def test_what_could_be_somebodys_is_covered(column: str, value: object, shown: str) -> None:
    assert masked(column, value) == shown


def test_a_source_toml_is_read_wherever_it_lies_and_one_of_a_shipped_name_adds_to_it(tmp_path: Path) -> None:
    (tmp_path / "vehicle").mkdir()
    spec = tmp_path / "vehicle" / "source.toml"
    spec.write_text('[columns]\nplate_no = ["牌子号"]\n', "utf-8")
    told = spec_source(spec)
    assert (told.title, told.columns["plate_no"][-1]) == (SOURCES["vehicle"].title, "牌子号")
    spec.rename(tmp_path / "other.toml")
    with pytest.raises(UsageError, match="title"):
        spec_source(tmp_path / "other.toml")
    with pytest.raises(UsageError):
        spec_source(tmp_path / "nothing.toml")


def test_a_fund_account_is_covered_but_for_its_last_four() -> None:
    headings = ("姓名", "证件号码", "个人账号", "缴存基数", "账户状态")
    text = written([headings, ("张伟", number(1), "200100001234", "3000", "正常")])
    cells = {column: value for *_, column, value in preview(FUND, text.encode(), "fund.csv").records}
    assert (cells["account_no"], cells["base"], cells["status"]) == ("********1234", "3000.00", "01")
