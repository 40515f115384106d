import gc
import warnings
from pathlib import Path
from random import Random

import dbf as written_by
import pytest

from jiuzhu_check.errors import ExtractChanged
from jiuzhu_check.intake.delivery import read_delivery
from jiuzhu_check.intake.formats import dbf as dbf_format
from jiuzhu_check.intake.pull import to_records
from tests.intake.extracts import FUND, VEHICLE, at, number, owners, rejected, row
from tests.intake.written import DBF_HEADINGS, WIDTHS, dbf, reading

TWO = [row(1), row(2)]
HUNDRED = [row(serial) for serial in range(200)]


def saved(path: Path, fields: str, rows: list[tuple[object, ...]], kind: str, deleted: int | None = None) -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # it leaves the file open that it made
        table = written_by.Table(str(path), fields, codepage="cp936", dbf_type=kind)
        table.open(written_by.READ_WRITE)
        for each in rows:
            table.append(each)
        if deleted is not None:
            written_by.delete(table[deleted])
        table.close()
        del table
        gc.collect()
    return path.read_bytes()


@pytest.mark.parametrize("kind", ["db3", "fp", "vfp"])
def test_a_table_of_each_program_is_read(tmp_path: Path, kind: str) -> None:
    fields = "XM C(20); SFZMHM C(18); HPHM C(12); ZT C(2)"
    data = saved(tmp_path / "t.dbf", fields, list(HUNDRED[:5]), kind, deleted=1)
    delivery = read_delivery(VEHICLE, data, "t.dbf")
    assert (owners(delivery), at(delivery)) == ([each[0] for each in HUNDRED[:5] if each != row(1)], [1, 3, 4, 5])
    assert [(note.what, note.rows, note.first) for note in delivery.notes] == [("deleted_rows", 1, 2)]


def test_headings_may_be_chinese_or_small_and_texts_longer_than_a_byte_counts() -> None:
    small = dbf(TWO, headings=("xm", "Sfzmhm", "号牌号码", "zt"))
    assert owners(read_delivery(VEHICLE, small, "t.dbf")) == ["张乙", "张丙"]
    wide = dbf([("张" * 140, *row(1)[1:])], widths=(300, *WIDTHS[1:]))
    assert owners(read_delivery(VEHICLE, wide, "t.dbf")) == ["张" * 140]


def test_numbers_keep_their_digits_and_days_their_text(tmp_path: Path) -> None:
    fields = "XM C(20); ZJHM C(18); GRJCJS N(20,2); GRZHZT C(2); KHRQ D; GRZH N(12,0)"
    rows = [
        ("张乙", number(1), 64.1, "01", written_by.Date(2018, 7, 1), 370000001691),
        ("张丙", number(2), 0.3, "01", None, None),
    ]
    fund = read_delivery(FUND, saved(tmp_path / "t.dbf", fields, rows, "db3"), "t.dbf").rows
    assert [str(base) for base in fund["base"]] == ["64.10", "0.30"]
    assert [str(day) for day in fund["record_date"]] == ["2018-07-01", "None"]
    assert fund["account_no"].to_list() == ["370000001691", None]


def test_a_number_that_went_through_a_float_is_spoilt_and_one_that_did_not_is_whole(tmp_path: Path) -> None:
    fields = "XM C(20); SFZMHM N(18,0); HPHM C(12); ZT C(2)"
    through = saved(tmp_path / "t.dbf", fields, [("张乙", int(number(1)), "鲁A00001", "A")], "fp")
    assert b"370199198001009984" in through  # what the program that wrote it made of it
    zeros = dbf([("张乙", number(1)[:16] + "00", "鲁A00001", "A")], kinds="CNCC")
    whole = dbf([("张乙", number(1), "鲁A00001", "A")], kinds="CNCC")
    assert [kind(data) for data in (through, zeros, whole)] == ["rounded", "rounded", "valid"]


def kind(data: bytes) -> str:
    rows = read_delivery(VEHICLE, data, "t.dbf").rows
    records = to_records(VEHICLE, rows, supplier="370199", snapshot="s", extract="e")
    return str(records["owner_no_kind"].item())


@pytest.mark.parametrize("language", [0x00, 0x4D, 0x7A])
def test_a_table_that_says_gbk_or_nothing_is_gb18030(language: int) -> None:
    rows = [("㐂𬎆", *row(1)[1:]), row(2)]
    assert owners(read_delivery(VEHICLE, dbf(rows, language=language), "t.dbf")) == ["㐂𬎆", "张丙"]


def test_another_language_is_refused_until_source_toml_says_the_encoding() -> None:
    with pytest.raises(ExtractChanged, match="语言标志是 0x57"):
        read_delivery(VEHICLE, dbf(TWO, language=0x57), "t.dbf")
    data = dbf(TWO, language=0x57, encoding="utf-8")
    assert owners(read_delivery(reading(kind="dbf", encoding="utf-8"), data, "t.dbf")) == ["张乙", "张丙"]


def test_a_row_that_is_neither_deleted_nor_living_is_rejected_and_none_is_passed_over() -> None:
    marks = b" " * 50 + b"x" + b" " * 149
    delivery = read_delivery(VEHICLE, dbf(HUNDRED, marks=marks), "t.dbf")
    assert rejected(delivery) == [(51, "mark")]
    assert delivery.delivered == 200


def test_zero_bytes_fill_a_cell_up_but_do_not_stand_in_one() -> None:
    rows = [*HUNDRED, ("张乙\x00\x00", *row(1)[1:]), ("张\x00乙", *row(1)[1:])]
    delivery = read_delivery(VEHICLE, dbf(rows), "t.dbf")
    assert owners(delivery)[-1] == "张乙"
    assert rejected(delivery) == [(202, "nul")]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (dbf(TWO, kinds="CCCM"), "「ZT」是备注或二进制字段"),
        (dbf(TWO, kinds="CCCB"), "有备注或二进制字段"),
        (b"\x30" + dbf(TWO, kinds="CCCB")[1:], "「ZT」是备注或二进制字段"),
        (b"\x43" + dbf(TWO)[1:], "dBASE IV"),
        (dbf(TWO)[:-30], "表头说有 2 条记录，实有 1 条"),
        (dbf([*TWO, row(3)])[:-82], "表头说有 3 条记录，实有 2 条"),
        (dbf(TWO)[:-1] + dbf(TWO)[-82:], "表头说有 2 条记录，实有 3 条"),
        (dbf(TWO)[:50], "读不出"),
        (dbf(TWO)[:100], "表头不完整"),
        (dbf([]), "只有 0 行"),
        (dbf(TWO, headings=("XM", "SFZMHM", "HPHM", "XM")), "出现了两次"),
        (dbf(TWO, headings=("XM", "SFZMHM", "HPHM", "QT")), "缺少必需的列「机动车状态」"),
        (dbf([*TWO]).replace(bytes([WIDTHS[0], 0]), bytes([WIDTHS[0] + 1, 0]), 1), "宽度之和与记录长度不符"),
        (bytes([*dbf(TWO)[:15], 1, *dbf(TWO)[16:]]), "已加密"),
    ],
)
def test_a_table_that_contradicts_itself_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(ExtractChanged, match=says) as refused:
        read_delivery(reading(kind="dbf"), data, "t.dbf")
    assert refused.value.hint


def test_a_damaged_header_is_read_or_refused_and_nothing_else() -> None:
    chance, whole = Random(20181201), dbf(TWO)
    outcomes = set()
    for _ in range(500):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(1, 160)] = chance.randrange(256)
        try:
            dbf_format.read(bytes(data), "auto", "t.dbf")
            outcomes.add("read")
        except ExtractChanged:
            outcomes.add("refused")
    assert outcomes == {"read", "refused"}


def test_a_heading_twice_is_refused() -> None:
    rows = [(*each, "A") for each in TWO]
    data = dbf(rows, (*DBF_HEADINGS, "ZT"), "CCCCC", widths=(*WIDTHS, 6))
    with pytest.raises(ExtractChanged, match="出现了两次"):
        read_delivery(VEHICLE, data, "t.dbf")
