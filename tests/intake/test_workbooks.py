import io
import re
import zipfile
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
import xlwt

from jiuzhu_check.errors import ExtractChanged
from jiuzhu_check.intake.delivery import Delivery, read_delivery
from jiuzhu_check.intake.formats.workbook import joined
from jiuzhu_check.intake.pull import to_records
from jiuzhu_check.intake.source import Source
from tests.intake.extracts import FUND, HEADINGS, VEHICLE, at, number, owners, rejected, row

Rows = list[list[object]]


def xlsx(*sheets: Rows, hidden: tuple[int, ...] = ()) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_numbers": False}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for place, rows in enumerate(sheets):
            sheet = book.add_worksheet(f"表{place + 1}")
            if place in hidden:
                sheet.hide()
            for down, cells in enumerate(rows):
                for across, cell in enumerate(cells):
                    if isinstance(cell, date):
                        sheet.write_datetime(down, across, cell, day)
                    elif cell is not None:
                        sheet.write(down, across, cell)
    return out.getvalue()


def xls(rows: Rows) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("表1")
    day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    for down, cells in enumerate(rows):
        for across, cell in enumerate(cells):
            if cell is not None:
                sheet.write(down, across, cell, *([day] if isinstance(cell, date) else []))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def taken(data: bytes, source: Source = VEHICLE) -> Delivery:
    return read_delivery(source, data, "extract.xlsx")


def kinds(delivery: Delivery) -> list[str]:
    records = to_records(VEHICLE, delivery.rows, supplier="370199", snapshot="s", extract="e")
    return records.sort("source_row")["owner_no_kind"].to_list()


def numbers(delivery: Delivery) -> list[str | None]:
    records = to_records(VEHICLE, delivery.rows, supplier="370199", snapshot="s", extract="e")
    return records.sort("source_row")["owner_no"].to_list()


def test_rows_that_say_no_place_follow_the_one_before() -> None:
    """As some writers leave the places out: nothing is lost, so nothing is refused."""
    out = io.BytesIO()
    book = io.BytesIO(xlsx([[*HEADINGS], *([*row(place % 900)] for place in range(2, 3001))]))
    place = re.compile(rb' (?:r="[A-Z]*[0-9]+"|spans="[0-9:]+")')
    with zipfile.ZipFile(book) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            part = before.read(name)
            after.writestr(name, place.sub(b"", part) if "sheet1" in name else part)
    assert at(taken(out.getvalue())) == list(range(2, 3001))


@pytest.mark.parametrize("write", [xlsx, xls])
def test_title_rows_blank_rows_and_footers_keep_the_row_numbers_of_the_sheet(write: object) -> None:
    rows = [
        ["机动车登记信息"],
        [None],
        [None, "申报期：2018年11月"],
        [*HEADINGS],
        [*row(1)],
        [None],
        [*row(2)],
        ["合计", None, None, 2],
    ]
    delivery = taken(write(rows))  # type: ignore[operator]
    assert (owners(delivery), at(delivery), rejected(delivery)) == (["张乙", "张丙"], [5, 7], [(8, "footer")])


def test_rows_and_columns_before_the_table_count() -> None:
    delivery = taken(xlsx([[None], [None], [None, *HEADINGS], [None, *row(1)]]))
    assert (owners(delivery), at(delivery)) == (["张乙"], [4])


def test_a_merged_title_is_no_header() -> None:
    out = io.BytesIO()
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["某县机动车登记信息核对结果"])
    sheet.merge_cells("A1:D1")
    sheet.append([*HEADINGS])
    sheet.append([*row(1)])
    book.save(out)
    delivery = taken(out.getvalue())
    assert (owners(delivery), at(delivery)) == (["张乙"], [3])


@pytest.mark.parametrize("write", [xlsx, xls])
def test_a_number_stored_as_a_number_is_damaged_and_never_whole(write: object) -> None:
    whole = [*row(1)]
    spoilt = ["张丙", float(int("370199198001010035")), "鲁A00002", "A"]
    lucky = ["张戊", float(int("370199198001010000")), "鲁A00004", "A"]  # whatever its end may check to
    old = ["张丁", 370199800101001, "鲁A00003", "A"]
    delivery = taken(write([[*HEADINGS], whole, spoilt, lucky, old]))  # type: ignore[operator]
    assert kinds(delivery) == ["valid", "rounded", "rounded", "upgraded"]
    assert numbers(delivery)[:3] == [number(1), None, None]
    assert (numbers(delivery)[3] or "")[:14] == "37019919800101"


def test_every_number_of_eighteen_digits_stored_as_a_number_is_spoilt() -> None:
    serials = [each for each in range(1, 400) if not number(each).endswith("X")]
    rows = [["张乙", float(int(number(each))), "鲁A00001", "A"] for each in serials]
    delivery = taken(xlsx([[*HEADINGS], *rows]))
    assert set(kinds(delivery)) == {"rounded"}


def test_numbers_dates_and_flags_read_as_their_text() -> None:
    heads = ["姓名", "证件号码", "缴存基数", "账户状态", "开户日期", "末次缴存年月", "个人账号"]
    cells = ["张乙", number(1), 5161.83, 1, date(2018, 7, 1), 201811, 370000001691]
    other = ["张丙", number(2), 5161, "01", datetime.fromisoformat("2018-07-01T08:30"), "2018-11", "370000001692"]
    rows = taken(xlsx([heads, cells, other]), FUND).rows
    assert rows["base"].cast(str).to_list() == ["5161.83", "5161.00"]
    assert rows["record_date"].to_list() == [date(2018, 7, 1)] * 2
    assert rows["paid_until"].to_list() == [date(2018, 11, 1)] * 2
    assert rows["account_no"].to_list() == ["370000001691", "370000001692"]
    assert rows["status"].to_list() == ["01", "01"]


def test_old_workbooks_are_read_too() -> None:
    heads = ["姓名", "证件号码", "缴存基数", "账户状态", "开户日期"]
    rows = taken(xls([heads, ["张乙", number(1), 5161.83, "正常", date(2018, 7, 1)]]), FUND).rows
    assert rows.select("owner_name_raw", "status", "record_date").row(0) == ("张乙", "01", date(2018, 7, 1))


def test_every_visible_sheet_with_a_header_is_read_and_says_its_name() -> None:
    remarks: Rows = [["填表说明"], ["本表由某某中心导出"]]
    delivery = taken(xlsx([[*HEADINGS], [*row(1)]], [["二月"], [*HEADINGS], [*row(2)]], remarks))
    assert delivery.rows.select("sheet", "source_row", "owner_name_raw").rows() == [
        ("表1", 2, "张乙"),
        ("表2", 3, "张丙"),
    ]


def test_a_hidden_sheet_is_not_read_and_that_is_said_where_it_has_data() -> None:
    delivery = taken(xlsx([[*HEADINGS], [*row(1)]], [[*HEADINGS], [*row(2)]], [["代码", "含义"]], hidden=(1, 2)))
    assert owners(delivery) == ["张乙"]
    assert [(note.column, note.what, note.rows) for note in delivery.notes] == [("表2", "hidden_sheet", 1)]
    with pytest.raises(ExtractChanged, match="没有找到表头"):
        taken(xlsx([["说明"]], [[*HEADINGS], [*row(2)]], hidden=(1,)))


def test_a_sheet_of_data_without_header_is_not_passed_over() -> None:
    with pytest.raises(ExtractChanged, match="工作表「表2」没有表头，却有数据"):
        taken(xlsx([[*HEADINGS], [*row(1)]], [[*row(2)], [*row(3)]]))


def test_rare_characters_are_real_ones_in_a_workbook_too() -> None:
    assert owners(taken(xlsx([[*HEADINGS], ["张\ue863", *row(1)[1:]]]))) == ["张䶮"]


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (300 << 20))
    return out.getvalue()


def other_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("readme.txt", "x")
    return out.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (OLE + b"\x00" * 4096, "设有密码"),  # a workbook locked by a password is an OLE file without a workbook in it
        (OLE + b"EncryptedPackage" * 400, "设有密码"),
        (other_zip(), "没有换行"),
        (xlsx([[*HEADINGS], [*row(1)]])[:-900], "损坏或被截断"),
        (b"PK\x03\x04" + b"x" * 200, "损坏或被截断"),
        (bomb(), "异常地大"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "网页"),
        (xlsx([[*HEADINGS]]), "只有 0 行"),
        (xlsx([[]]), "缺少必需的列"),
        (xlsx([[*HEADINGS[:2]], [*row(1)]]), "缺少必需的列「号牌号码」「机动车状态」"),
        (xlsx([[*HEADINGS, "车主"], [*row(1), "张"]]), "出现了两次"),
        (xlsx([[*HEADINGS], [*row(1)], [*HEADINGS], [*row(2)]]), "第 3 行又出现一次表头"),
    ],
)
def test_a_workbook_that_breaks_its_contract_is_refused_with_what_to_do(data: bytes, says: str) -> None:
    with pytest.raises(ExtractChanged, match=says) as refused:
        taken(data)
    assert refused.value.hint


def test_a_workbook_says_the_same_as_its_text(tmp_path: Path) -> None:
    rows = [row(serial) for serial in range(50)]
    text = read_delivery(VEHICLE, "\n".join(map(",".join, [HEADINGS, *rows, ()])).encode(), "extract.csv")
    assert taken(xlsx([[*HEADINGS], *map(list, rows)])).rows.drop("sheet").equals(text.rows.drop("sheet"))


def test_a_sheet_of_one_column_and_one_whose_text_holds_control_characters_are_read_too() -> None:
    heading = type(VEHICLE)(**{**vars(VEHICLE), "contract": replace(VEHICLE.contract, required=("plate_no",))})
    assert taken(xlsx([["号牌号码"], ["鲁A00001"], [""], ["鲁A00002"]]), heading).rows["source_row"].to_list() == [2, 4]
    for odd in ("张\x1f乙", "张\x1e", "张\n乙", '"张', "张,乙", " 张"):
        body, marks = joined([[odd, 1.5], ["", ""]])
        assert [line.split(marks[0]) for line in body.decode().split(marks[1])] == [[odd, "1.5"], ["", ""]]
    assert owners(taken(xlsx([[*HEADINGS], ['"张', *row(1)[1:]], ["张\n乙", *row(2)[1:]]]))) == ['"张', "张\n乙"]


def test_noughts_alone_are_no_row() -> None:
    assert at(taken(xlsx([[*HEADINGS], [*row(1)], [0, 0, None, False], [*row(2)]]))) == [2, 4]
