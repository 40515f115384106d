import re

import pytest

from jiuzhu_check.errors import ExtractChanged
from jiuzhu_check.intake.formats import delimited
from jiuzhu_check.intake.grid import together
from jiuzhu_check.intake.heading import find_header
from tests.intake.extracts import (
    FUND,
    HEADINGS,
    HOUSING,
    VEHICLE,
    at,
    number,
    owners,
    rejected,
    row,
    taken,
    vehicles,
    written,
)

TWO = vehicles(row(1), row(2))
HUNDRED = [row(serial) for serial in range(200)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
def test_every_encoding_says_the_same(encoding: str) -> None:
    assert owners(taken(TWO.encode(encoding))) == ["张乙", "张丙"]


def test_characters_that_the_codec_leaves_private_become_real_ones() -> None:
    rare = TWO.replace("张乙", "张龴").encode("gb18030").replace("龴".encode("gb18030"), b"\xfe\x59")
    assert owners(taken(rare)) == ["张龴", "张丙"]
    assert owners(taken(TWO.replace("张乙", "张\ue863"))) == ["张䶮", "张丙"]
    assert owners(taken(TWO.replace("张乙", "张\ue001"))) == ["张\ue001", "张丙"]  # a county's own character stays


@pytest.mark.parametrize(
    ("code", "character"),
    [
        ("FE51", 0x20087), ("FE52", 0x20089), ("FE53", 0x200CC), ("FE59", 0x9FB4), ("FE61", 0x9FB5), ("FE66", 0x9FB6),
        ("FE67", 0x9FB7), ("FE6C", 0x215D7), ("FE6D", 0x9FB8), ("FE76", 0x2298F), ("FE7E", 0x9FB9), ("FE90", 0x9FBA),
        ("FE91", 0x241FE), ("FEA0", 0x9FBB), ("A6D9", 0xFE10), ("A6DF", 0xFE16), ("A8BC", 0x1E3F), ("FE9F", 0x4DAE),
    ],
)  # fmt: skip
def test_a_rare_character_of_gb18030_is_read_as_the_standard_has_it(code: str, character: int) -> None:
    before, after = TWO.encode("gb18030").split("乙".encode("gb18030"))
    assert owners(taken(before + bytes.fromhex(code) + after)) == ["张" + chr(character), "张丙"]


@pytest.mark.parametrize("delimiter", [",", "\t", "|", "^", ";", "|@|", "\x1b", "，"])
def test_every_delimiter_is_found(delimiter: str) -> None:
    delivery = taken(vehicles(row(1), row(2), delimiter=delimiter))
    assert owners(delivery) == ["张乙", "张丙"]
    assert delivery.rows["plate_no"].to_list() == ["鲁A00001", "鲁A00002"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_a_line_end(end: str) -> None:
    delivery = taken(written([HEADINGS, row(1), ("", "", "", ""), row(2)], end=end))
    assert (owners(delivery), at(delivery)) == (["张乙", "张丙"], [2, 4])


def test_the_end_mark_of_dos_is_no_row() -> None:
    assert owners(taken(TWO + "\x1a")) == ["张乙", "张丙"]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "空文件"),
        (b"\xef\xbb\xbf", "空文件"),
        (b"\r\n \r\n", "空文件"),
        (TWO.encode("utf-16"), "UTF-16"),
        (TWO.encode("utf-16-le"), "空字节"),
        (TWO.replace("鲁A00002", "鲁A\x000002").encode(), "第 3 行有空字节"),
        (vehicles().encode(), "只有 0 行"),
        (b"\xef\xbb\xbf" + TWO.encode("gb18030"), "不是有效的 UTF-8"),
        (TWO.encode("gb18030").replace("张丙".encode("gb18030"), b"\xff\xff"), "第 3 行既不是 UTF-8 也不是 GB18030"),
        (b"<html><body>login</body></html>", "网页"),
        (b"\xef\xbb\xbf\n<!DOCTYPE html><p>", "网页"),
        (b'<?xml version="1.0"?><Workbook/>', "网页"),
        (written([HEADINGS[1:], row(1)[1:]]).encode(), "缺少必需的列「机动车所有人」"),
        (written([(*HEADINGS, "身份证明号码"), (*row(1), "")]).encode(), "「身份证明号码」出现了两次"),
        (written([(*HEADINGS, "车主"), (*row(1), "张")]).encode(), "「机动车所有人」出现了两次"),
        (written([(*HEADINGS, "备注", "备注"), (*row(1), "", "")]).encode(), "「备注」出现了两次"),
        (vehicles(row(1), HEADINGS, row(2)).encode(), "第 3 行又出现一次表头"),
        (TWO[:-1].encode(), "没有换行"),
        (TWO[:-4].encode() + b"\n", "最后一行（第 3 行）列数不足"),
        ((TWO[:-4] + "\n\n \n").encode(), "最后一行（第 3 行）列数不足"),
        (vehicles(('"张\n乙"', *row(1)[1:]), row(2)[:2]).encode(), "最后一行（第 3 行）列数不足"),
        (vehicles(('"张乙', *row(1)[1:]), row(2)).encode(), "未闭合的引号"),
        (vehicles(row(1), ("张丙", *row(2)[1:3], '"A')).encode(), "第 3 行有未闭合的引号"),
        (vehicles(('x"y', *row(1)[1:3], '"A')).encode(), "未闭合的引号"),
        (vehicles(('"张乙', *row(1)[1:]), row(2), ('"张丁', *row(3)[1:])).encode(), "第 2 行有未闭合的引号"),
    ],
)  # fmt: skip
def test_a_delivery_that_breaks_its_contract_is_refused_with_what_to_do(data: bytes, says: str) -> None:
    with pytest.raises(ExtractChanged, match=re.escape(says)) as refused:
        taken(data)
    assert refused.value.hint
    assert "张乙" not in refused.value.message + refused.value.hint


def test_blank_lines_and_title_rows_count_as_a_spreadsheet_counts_them() -> None:
    text = "机动车登记信息\n申报期：2018年11月,,,\n\n" + vehicles(row(1), ("", "", "", ""), row(2)) + "\n \n"
    delivery = taken(text)
    assert at(delivery) == [5, 7]
    assert delivery.delivered == 2


def test_a_quoted_cell_over_lines_is_one_row() -> None:
    delivery = taken(vehicles(('"张\n乙"', *row(1)[1:]), row(2)))
    assert (owners(delivery), at(delivery)) == (["张\n乙", "张丙"], [2, 3])


def test_quoted_cells_keep_commas_and_quotes() -> None:
    delivery = taken(vehicles(('"张乙,李丙"', *row(1)[1:]), ('"张""小""丁"', *row(2)[1:]), ('张"小"丁', *row(3)[1:])))
    assert owners(delivery) == ["张乙,李丙", '张"小"丁', '张"小"丁']


def test_an_inch_mark_within_a_cell_is_no_quote() -> None:
    delivery = taken(vehicles(('张12"', *row(1)[1:]), row(2)))
    assert owners(delivery) == ['张12"', "张丙"]


def test_an_even_number_of_quotes_may_still_leave_one_open_over_the_line() -> None:
    text = vehicles(('x"y', *row(1)[1:3], '"A'), ('B"', *row(1)[1:3], '"A'))
    with pytest.raises(ExtractChanged, match="未闭合的引号"):
        taken(text)
    delivery = taken(written([(*HEADINGS, "备注"), ('x"y', *row(1)[1:], '"甲'), ('乙"',), (*row(2), 'z"z')]))
    assert (owners(delivery), at(delivery)) == (['x"y', "张丙"], [2, 3])


def test_short_and_long_rows_are_rejected_with_their_number() -> None:
    rows = [*HUNDRED[:100], row(1)[:3], *HUNDRED[100:], (*row(2), "多"), row(3)]
    delivery = taken(vehicles(*rows))
    assert rejected(delivery) == [(102, "columns"), (203, "columns")]
    assert delivery.rejects["reason"].to_list() == ["应有 4 列，实有 3 列", "应有 4 列，实有 5 列"]
    assert (delivery.delivered, delivery.rows.height) == (203, 201)


def test_rows_past_the_reject_limit_refuse_the_delivery() -> None:
    with pytest.raises(ExtractChanged, match=r"有 3 行读不出来（1\.48%），超过约定的 1\.0%；如第 2、3、4 行"):
        taken(vehicles(*[row(1)[:3]] * 3, *HUNDRED))


def test_an_endless_cell_is_rejected_and_counts() -> None:
    delivery = taken(vehicles(("张" * 2000, *row(1)[1:]), *HUNDRED))
    assert rejected(delivery) == [(2, "oversized")]
    assert "张张" not in delivery.rejects["reason"].item()


@pytest.mark.parametrize(
    "footer",
    [("合计", "", "", "200"), ("合计：200辆",), ("", "合计", "", ""), ("注：本表仅供核对",), ('"注:本表,仅供核对"',), ("", "", "制表人：某某", "")],
)  # fmt: skip
def test_totals_and_remarks_are_no_data_and_do_not_count_as_bad(footer: tuple[str, ...]) -> None:
    delivery = taken(vehicles(row(1), row(2), footer))
    assert (owners(delivery), rejected(delivery)) == (["张乙", "张丙"], [(4, "footer")])


def test_a_total_that_counts_people_where_their_numbers_stand_is_no_data() -> None:
    whole = ("合计", "3人", "3", "A")
    assert rejected(taken(vehicles(row(1), row(2), row(3), whole))) == [(5, "footer")]
    assert rejected(taken(vehicles(row(1), ("合计", number(9), "鲁A00009", "A")))) == []


def test_a_whole_row_is_data_whatever_its_first_cell_begins_with() -> None:
    delivery = taken(vehicles(("合计商贸有限公司", *row(1)[1:]), row(2)))
    assert owners(delivery) == ["合计商贸有限公司", "张丙"]


def test_a_row_without_owner_number_is_kept_for_an_asset_may_hang_on_it() -> None:
    delivery = taken(vehicles(("张乙", "", "鲁A00001", "A"), row(2)))
    assert delivery.rows["owner_no_raw"].to_list()[0] is None
    assert delivery.rejects.is_empty()


def test_units_are_said_by_cell_heading_title_or_source_in_that_order() -> None:
    def prices(heading: str, title: str = "", price: str = "80") -> list[object]:
        text = written(
            [("权利人", "证件号码", "坐落", "规划用途", heading), ("张乙", row(1)[1], "某路1号", "住宅", price)]
        )
        return taken(title + text, HOUSING).rows["price"].cast(float).to_list()

    assert prices("交易价格") == prices("交易价格(元)") == prices("交易价格（元）") == [80]
    assert prices("交易价格(万元)") == prices("交易价格（单位：万元）") == prices("*交易价格 [人民币万元]") == [800_000]
    assert prices("交易价格", "不动产登记信息\n单位：万元\n") == [800_000]
    assert prices("交易价格(元)", "单位：万元\n") == [80]
    assert prices("交易价格(万元)", price="80元") == [80]
    assert prices("交易价格(分)") == [0.8]
    assert prices("交易价格(美元)") == [None]


def test_land_in_mu_is_not_read_as_square_metres() -> None:
    text = written(
        [("权利人", "证件号码", "坐落", "规划用途", "面积(亩)"), ("张乙", row(1)[1], "某路1号", "住宅", "80")]
    )
    delivery = taken(text, HOUSING)
    assert delivery.rows["area"].to_list() == [None]
    assert [(note.column, note.what, note.value) for note in delivery.notes] == [("area", "unreadable", "")]


def test_a_placeholder_names_nothing() -> None:
    headings = ("权利人", "证件号码", "坐落", "规划用途", "不动产单元号", "不动产权证号")
    text = written(
        [headings, ("张乙", row(1)[1], "某路1号", "住宅", "无", "无"), ("张乙", row(1)[1], "某路2号", "住宅", "-", "/")]
    )
    rows = taken(text, HOUSING).rows
    assert rows.select("unit_no", "cert_no", "cert_key").rows() == [(None, None, None), (None, None, None)]


def test_unreadable_cells_are_null_and_said_without_what_was_in_them() -> None:
    headings = ("姓名", "证件号码", "缴存基数", "账户状态", "末次缴存年月")
    text = written(
        [headings, ("张乙", row(1)[1], "约五千", "01", "2018.1"), ("张丙", row(2)[1], "5000", "01", "201811")]
    )
    delivery = taken(text, FUND)
    assert delivery.rows["base"].cast(float).to_list() == [None, 5000]
    assert {(note.column, note.what, note.value, note.rows, note.first) for note in delivery.notes} == {
        ("base", "unreadable", "", 1, 2),
        ("paid_until", "unreadable", "", 1, 2),
    }


def test_a_big_plain_file_is_read_at_once_and_right() -> None:
    rows = [row(serial % 1000) for serial in range(20_000)]
    data = vehicles(*rows).encode()
    layout = delimited.layout(data, lambda head: find_header(VEHICLE, head))
    assert layout is not None
    body = data.partition(b"\n")[2]
    grid = delimited._at_once(body, layout, 2)
    assert grid is not None
    assert grid.rows.drop("source_row").rows() == rows
    assert grid.rows["source_row"].to_list() == list(range(2, 20_002))
    assert grid.rows.equals(together(list(delimited._careful([body], layout, 2, "extract"))).rows)


def test_a_quote_that_swallows_a_file_beyond_all_measure_is_named_by_its_row() -> None:
    rows = [row(serial % 1000) for serial in range(700_000)]
    with pytest.raises(ExtractChanged, match="第 3 行有未闭合的引号"):
        taken(vehicles(row(1), ('"张丙', *row(2)[1:]), *rows))
