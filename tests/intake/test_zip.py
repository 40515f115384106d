import gzip
import io
import zipfile
from itertools import pairwise

import pytest

from jiuzhu_check.errors import ExtractChanged
from jiuzhu_check.intake.delivery import read_delivery
from tests.intake.extracts import VEHICLE, row, written
from tests.intake.written import FIELDS, FORMATS, csv, dbf, fixed, reading, xlsx, zipped

ONE, TWO, THREE = ([row(serial)] for serial in (1, 2, 3))


def places(delivery: object) -> list[tuple[str, int, str]]:
    return delivery.rows.select("sheet", "source_row", "owner_name_raw").rows()  # type: ignore[attr-defined,no-any-return]


def test_each_member_is_read_and_a_row_is_named_by_member_sheet_and_number() -> None:
    data = zipped(
        [("一月/甲.csv", csv([*ONE, *TWO])), ("二月/甲.csv", csv(TWO)), ("乙.xlsx", xlsx(THREE)), ("丙.dbf", dbf(ONE))]
    )
    assert places(read_delivery(VEHICLE, data, "extract.zip")) == [
        ("一月/甲.csv", 2, "张乙"),
        ("一月/甲.csv", 3, "张丙"),
        ("二月/甲.csv", 2, "张丙"),
        ("乙.xlsx/机动车", 2, "张丁"),
        ("丙.dbf", 1, "张乙"),
    ]


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in ("zip", "gz")])
def test_any_format_may_come_zipped_or_packed_by_gzip(name: str) -> None:
    write, source, first = FORMATS[name]
    if name in ("xlsx", "xls"):
        source = reading(kind="spreadsheet")
    for data in (zipped([("x", write(ONE))]), gzip.compress(write(ONE))):
        delivery = read_delivery(source, data, "extract")
        assert [each[1:] for each in places(delivery)] == [(first, "张乙")]


def test_members_are_picked_by_a_pattern_and_the_others_are_said() -> None:
    data = zipped([("说明.txt", b"x"), ("a.csv", csv(ONE)), ("下/B.CSV", csv(TWO)), ("下/", b"")])
    delivery = read_delivery(reading(kind="zip", members="*.csv"), data, "extract.zip")
    assert [each[0] for each in places(delivery)] == ["a.csv", "下/B.CSV"]
    assert [(note.column, note.what) for note in delivery.notes] == [("说明.txt", "other_member")]
    for source, says in ((VEHICLE, "说明.txt 最后一行"), (reading(members="*.dbf"), "没有符合「[*].dbf」的文件")):
        with pytest.raises(ExtractChanged, match=says):
            read_delivery(source, data, "extract.zip")


def test_a_zip_of_lines_of_fixed_width() -> None:
    source = reading(kind="fixed", fields=FIELDS, members="*.txt")
    assert places(read_delivery(source, zipped([("a.txt", fixed(ONE))]), "extract.zip")) == [("a.txt", 1, "张乙")]


def test_names_in_gbk_are_read_as_such() -> None:
    data = zipped([("jdc.csv", csv(ONE))]).replace(b"jdc.csv", "甲乙".encode("gbk") + b"csv")
    assert places(read_delivery(VEHICLE, data, "extract.zip")) == [("甲乙csv", 2, "张乙")]


def test_a_name_that_leads_elsewhere_leads_nowhere() -> None:
    delivery = read_delivery(VEHICLE, zipped([("../../etc/甲.csv", csv(ONE)), ("/b.csv", csv(TWO))]), "extract.zip")
    assert [each[0] for each in places(delivery)] == ["../../etc/甲.csv", "/b.csv"]


def test_a_row_rejected_in_a_member_says_so() -> None:
    data = zipped(
        [
            ("a.csv", csv(ONE)),
            (
                "b.csv",
                written(
                    [
                        ("机动车所有人", "身份证明号码", "号牌号码", "机动车状态"),
                        *[row(at) for at in range(150)],
                        row(1)[:2],
                        row(2),
                    ]
                ).encode(),
            ),
        ]
    )
    delivery = read_delivery(VEHICLE, data, "extract.zip")
    assert delivery.rejects.select("sheet", "source_row", "code").rows() == [("b.csv", 152, "columns")]
    assert delivery.delivered == 153


def twice() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.csv", csv(ONE))
        archive.writestr("b.csv", csv(TWO))
    return out.getvalue().replace(b"b.csv", b"a.csv")


def encrypted() -> bytes:
    data = bytearray(zipped([("a.csv", csv(ONE))]))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def flipped(member: bytes) -> bytes:
    data = bytearray(zipped([("a.csv", member)]))
    data[60] ^= 4
    return bytes(data)


GOOD = zipped([("a.csv", csv(ONE)), ("b.csv", csv(TWO))])


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (encrypted(), "加密的压缩包"),
        (twice(), "重名"),
        (flipped(csv([row(serial) for serial in range(50)])), "损坏"),
        (GOOD[:-5], "损坏"),
        (GOOD[: len(GOOD) // 2], "损坏"),
        (zipped([]), "损坏|空|没有"),
        (zipped([("a.zip", GOOD)]), "a.zip 又是压缩包"),
        (zipped([("a.csv.gz", gzip.compress(csv(ONE)))]), "又是压缩包"),
        (zipped([("a.csv", csv(ONE)), ("b.csv", b"")]), "b.csv 是空文件"),
        (zipped([("a.csv", csv(ONE)), ("b.csv", csv(TWO)[:-3])]), "b.csv 最后一行"),
        (zipped([("a.csv", csv(ONE)), ("b.csv", b"<html>")]), "b.csv 是网页"),
        (zipped([("a.csv", b"0" * (300 << 20))]), "异常地大"),
        (gzip.compress(b"0" * (300 << 20), 1), "异常地大"),
        (gzip.compress(csv(ONE))[:-5], "损坏"),
        (gzip.compress(csv(ONE)) + b"more", "损坏"),
        (b"\x1f\x8b" + b"x" * 50, "损坏"),
    ],
    ids=lambda each: None if isinstance(each, str) else "",
)  # fmt: skip
def test_what_cannot_be_trusted_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(ExtractChanged, match=says) as refused:
        read_delivery(VEHICLE, data, "extract.zip")
    assert refused.value.hint


def test_what_should_be_a_zip_and_is_none_is_refused() -> None:
    with pytest.raises(ExtractChanged, match="损坏"):
        read_delivery(reading(kind="zip"), csv(ONE), "extract.zip")


def test_a_zip_cut_off_anywhere_is_refused() -> None:
    for cut, _ in pairwise(range(4, len(GOOD), 7)):
        with pytest.raises(ExtractChanged):
            read_delivery(VEHICLE, GOOD[:cut], "extract.zip")
