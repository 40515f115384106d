import json

import pytest

from jiuzhu_check.errors import ExtractChanged
from jiuzhu_check.intake.delivery import read_delivery
from tests.intake.extracts import FUND, HEADINGS, VEHICLE, at, number, one, owners, rejected, row
from tests.intake.written import json_lines, reading, records

TWO = [row(1), row(2)]
HUNDRED = [row(serial) for serial in range(200)]


def text(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ("", records(TWO)),
        ("data.rows", {"code": 0, "data": {"rows": records(TWO)}}),
        ("data.rows[]", {"code": 0, "data": {"rows": records(TWO)}}),
        ("Items[].ItemValue[]", {"Items": [{"ItemValue": records(TWO[:1])}, {}, {"ItemValue": []}, {"ItemValue": records(TWO[1:])}]}),
        ("Items[].ItemValue", {"Items": [{"ItemValue": each} for each in records(TWO)]}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_records_lie_at_the_end_of_the_path(where: str, value: object, encoding: str) -> None:
    data = json.dumps(value, ensure_ascii=False).encode(encoding)
    assert owners(read_delivery(reading(records=where), data, "extract")) == ["张乙", "张丙"]


def test_what_stands_beside_a_list_of_records_belongs_to_each() -> None:
    things = [{"号牌号码": f"鲁A0000{at}", "机动车状态": "A"} for at in (1, 2)]
    source = reading(kind="json", records="Items[].ItemValue[]")
    source = type(source)(
        **{
            **vars(source),
            "columns": {**source.columns, "owner_name_raw": ("Items.xm",), "owner_no_raw": ("Items.zjhm",)},
        }
    )
    data = text({"Items": [{"xm": "张乙", "zjhm": number(1), "ItemValue": things}]})
    delivery = read_delivery(source, data, "extract")
    assert delivery.rows.select("owner_name_raw", "plate_no").rows() == [("张乙", "鲁A00001"), ("张乙", "鲁A00002")]


def test_numbers_are_kept_digit_by_digit() -> None:
    data = f'[{{"姓名": "张乙", "证件号码": {number(1)}, "缴存基数": 64.10, "账户状态": 1, "个人账号": 1e5}}]'
    rows = read_delivery(FUND, data.encode(), "extract").rows
    assert rows.select("owner_no_raw", "account_no").row(0) == (number(1), "1e5")
    assert str(rows["base"][0]) == "64.10"


def test_headings_are_the_keys_of_all_records() -> None:
    some = [dict(zip(HEADINGS[:3], row(1), strict=False)), dict(zip(HEADINGS, row(2), strict=True))]
    delivery = read_delivery(VEHICLE, text(some), "extract")
    assert delivery.rows["status"].to_list() == [None, "A"]


def test_an_object_within_a_record_goes_by_both_names_and_nothing_in_brackets_is_nothing() -> None:
    record = {**records(TWO)[0], "备注": {}, "附件": [], "住址": {"县": "某县"}, "机动车状态": True}
    assert one(read_delivery(VEHICLE, text([record]), "extract"), "status") == "1"


def test_a_list_in_a_cell_rejects_its_record() -> None:
    odd = {**records(TWO)[0], "号牌号码": ["鲁A1", "鲁A2"]}
    delivery = read_delivery(VEHICLE, text([odd, *records(HUNDRED)]), "extract")
    assert rejected(delivery) == [(1, "nested")]
    assert delivery.delivered == 201


@pytest.mark.parametrize(("cell", "code"), [('"张\\u0000乙"', "nul"), ('"张\\ud83d"', "encoding")])
def test_a_zero_byte_or_half_a_character_rejects_its_record(cell: str, code: str) -> None:
    data = json.dumps(records(HUNDRED)).replace(json.dumps(row(5)[0]), cell, 1)
    assert rejected(read_delivery(VEHICLE, data.encode(), "extract")) == [(6, code)]


def test_a_broken_line_is_rejected_with_its_number() -> None:
    lines = json_lines(HUNDRED).decode().splitlines()
    lines[9], lines[19] = lines[9][:-7], "[1, 2]"
    lines[29:29] = [""]
    delivery = read_delivery(reading(kind="jsonl"), "\n".join([*lines, ""]).encode(), "extract")
    assert rejected(delivery) == [(10, "json"), (20, "json")]
    assert at(delivery)[-1] == 201
    assert row(9)[0] not in "".join(delivery.rejects["reason"])


def test_a_line_that_names_a_key_twice_is_rejected() -> None:
    lines = json_lines(HUNDRED).decode().splitlines()
    lines[4] = lines[4].replace("}", ', "号牌号码": "鲁A9"}')
    delivery = read_delivery(VEHICLE, "\n".join([*lines, ""]).encode(), "extract")
    assert rejected(delivery) == [(5, "repeated")]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (text(records(TWO))[:-20], "第 1 行起不是有效的 JSON"),
        (text(records(TWO)) + b"]", "不是有效的 JSON"),
        (text(records(TWO)).replace(b"}", b', "a": 1, "a": 2}', 1), "把同一个键写了两次"),
        (text(records(TWO)).replace(b"}", b', "a": NaN}', 1), "不是有效的 JSON"),
        (b"[{" + b'"a":{' * 100_000, "JSON"),
        (b"[" * 100_000, "没有换行"),
        (b"{}", "没有找到记录"),
        (b"[]", "没有找到记录"),
        (b'{"code": "500", "msg": "no permission"}', "缺少必需的列"),
        (b'[{"XM": "a"}]', "缺少必需的列"),
        (text([{**records(TWO)[0], "车主": "张"}]), "出现了两次"),
    ],
    ids=str,
)
def test_what_cannot_be_trusted_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(ExtractChanged, match=says) as refused:
        read_delivery(VEHICLE, data, "extract")
    assert refused.value.hint


@pytest.mark.parametrize(
    "value", [{"data": {}}, {"data": []}, {"data": None}, {"code": 1}, [1], {"data": "no"}, {"data": {"rows": {}}}]
)
def test_no_records_at_the_end_of_the_path_are_no_empty_extract(value: object) -> None:
    for where in ("data.rows", "data[].rows[]"):
        with pytest.raises(ExtractChanged, match="没有找到记录"):
            read_delivery(reading(kind="json", records=where), text(value), "extract")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (json_lines(TWO)[:-11] + b"\n", "最后一行（第 2 行）不是有效的 JSON"),
        (json_lines(TWO)[:-1], "没有换行"),
        (json_lines(TWO)[:-30], "没有换行"),
        (b"\n", "空文件"),
        (b"<html>\n", "不是有效的 JSON"),
    ],
)
def test_lines_that_may_be_cut_off_are_refused(data: bytes, says: str) -> None:
    with pytest.raises(ExtractChanged, match=says):
        read_delivery(reading(kind="jsonl"), data, "extract")
