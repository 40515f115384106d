import pytest

from jiuzhu_check.errors import ExtractChanged
from jiuzhu_check.intake.delivery import read_delivery
from jiuzhu_check.intake.format_spec import Field
from tests.intake.extracts import HEADINGS, at, number, owners, rejected, row
from tests.intake.written import FIELDS, WIDTHS, fixed, reading

FIXED = reading(kind="fixed", fields=FIELDS)
HUNDRED = [row(serial) for serial in range(300)]


def test_widths_count_bytes_and_not_characters() -> None:
    rows = [("买买提·吐尔逊", number(1), "鲁A00001", "A"), row(2)]
    for encoding in ("gb18030", "utf-8"):
        assert owners(read_delivery(FIXED, fixed(rows, encoding), "extract")) == ["买买提·吐尔逊", "张丙"]


def test_a_line_of_another_length_is_rejected_with_its_number_and_shifts_nothing() -> None:
    lines = fixed(HUNDRED).splitlines(keepends=True)
    lines[9] = lines[9][1:]
    lines[19] = b" " + lines[19]
    lines[29] = b"\n"
    delivery = read_delivery(reading(kind="fixed", fields=FIELDS), b"".join(lines), "extract")
    assert rejected(delivery) == [(10, "length"), (20, "length")]
    assert delivery.rejects["reason"].to_list() == ["应有 80 字节，实有 79 字节", "应有 80 字节，实有 81 字节"]
    assert at(delivery) == [each for each in range(1, 301) if each not in (10, 20, 30)]
    assert owners(delivery)[9] == row(10)[0]


def test_a_name_cut_within_a_character_keeps_what_is_left_and_that_is_said() -> None:
    narrow = (Field(HEADINGS[0], 5), *FIELDS[1:])
    rest = fixed([row(1)])[WIDTHS[0] :]
    cut = "买买提".encode("gb18030")[:5] + rest
    delivery = read_delivery(reading(kind="fixed", fields=narrow), cut + "张乙 ".encode("gb18030") + rest, "extract")
    assert owners(delivery) == ["买买", "张乙"]
    assert [(note.column, note.what, note.rows, note.first) for note in delivery.notes] == [
        ("机动车所有人", "cut_character", 1, 1)
    ]


def test_bytes_in_no_encoding_reject_their_row_and_no_other() -> None:
    data = fixed(HUNDRED)
    data = data[: 81 * 4] + b"\xff\xff" + data[81 * 4 + 2 :]
    delivery = read_delivery(FIXED, data, "extract")
    assert rejected(delivery) == [(5, "encoding")]
    assert delivery.rejects["reason"].item() == "「机动车所有人」的编码不对"
    assert owners(delivery) == [each[0] for each in HUNDRED[:4] + HUNDRED[5:]]


def test_fillers_are_passed_over() -> None:
    fields = (Field("", 3), *FIELDS, Field("", 2))
    lines = b"".join(b"001" + line + b"##\n" for line in fixed([row(1), row(2)]).splitlines())
    assert owners(read_delivery(reading(kind="fixed", fields=fields), lines, "extract")) == ["张乙", "张丙"]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (fixed([row(1), row(2)])[:-20] + b"\n", "最后一行（第 2 行）只有 61 字节，应有 80 字节"),
        (fixed([row(1), row(2)])[:-1], "没有换行"),
        (fixed([row(1), row(2)])[:-30], "没有换行"),
        (fixed([row(1)]).replace(b"A0", b"\x000"), "空字节"),
        (b"", "空文件"),
        (b"<html><body>login</body></html>\n", "只有 31 字节"),
        (
            fixed(HUNDRED, "utf-8").replace("张".encode(), b"\xe5\xbc\x00".replace(b"\x00", b"\x41"), 1),
            "不是有效的 UTF-8",
        ),
    ],
)
def test_what_cannot_be_trusted_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(ExtractChanged, match=says) as refused:
        read_delivery(FIXED, data, "extract")
    assert refused.value.hint
