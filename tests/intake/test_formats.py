"""Whatever the format, the same rows are taken: rows written are rows read."""

from unicodedata import category

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiuzhu_check.intake.delivery import read_delivery
from tests.intake.extracts import at, number, owners, rejected, row
from tests.intake.written import FORMATS

SLOW = ("xlsx", "xls")  # a workbook is read by a process of its own


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_says_the_same(name: str) -> None:
    write, source, first = FORMATS[name]
    delivery = read_delivery(source, write([row(serial) for serial in range(30)]), "extract")
    assert delivery.rows.select("owner_name_raw", "owner_no_raw", "plate_no", "status").rows() == [
        row(serial) for serial in range(30)
    ]
    assert at(delivery) == list(range(first, first + 30))
    assert rejected(delivery) == []
    assert delivery.delivered == 30


@pytest.mark.parametrize("name", FORMATS)
def test_a_blank_cell_is_nothing_and_the_row_stays(name: str) -> None:
    write, source, _ = FORMATS[name]
    delivery = read_delivery(source, write([row(1), ("", *row(2)[1:]), (row(3)[0], "", *row(3)[2:])]), "extract")
    assert owners(delivery) == ["张乙", None, "张丁"]
    assert delivery.rows["owner_no_raw"].to_list() == [number(1), number(2), None]


# What GBK holds, without what a format itself needs; a name that would be read as a footer is no name here.
letters = st.characters(codec="gb18030", exclude_categories=["C", "Z"]).filter(lambda each: each not in ',"|~')
names = st.text(letters, min_size=1, max_size=5).filter(lambda name: all(category(each)[0] in "LN" for each in name))
tables = st.lists(st.tuples(names, names), min_size=1, max_size=8)


def gbk(text: str) -> bool:
    try:
        return bool(text.encode("gbk"))
    except UnicodeEncodeError:
        return False


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in SLOW])
@given(tables)
@settings(deadline=None, derandomize=True, max_examples=25)
def test_rows_written_are_rows_read(name: str, table: list[tuple[str, str]]) -> None:
    write, source, _ = FORMATS[name]
    kept = [(one, two) for one, two in table if name != "xml" or gbk(one + two)]
    rows = [(one, number(serial), two, "A") for serial, (one, two) in enumerate(kept)] + [row(1)]
    delivery = read_delivery(source, write(rows), "extract")
    assert delivery.rows.height + delivery.rejects.height == delivery.delivered == len(rows)
    assert rejected(delivery) == []
    assert owners(delivery) == [each[0] for each in rows]
    assert delivery.rows["owner_no_raw"].to_list() == [each[1] for each in rows]
