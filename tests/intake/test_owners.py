from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiuzhu_check.intake.owners import read_owners_of, split_owners
from jiuzhu_check.intake.pull import to_records
from jiuzhu_check.intake.source import find_sources
from tests.intake.extracts import FUND, HOUSING, VEHICLE, number, taken, written

A, B, C = number(1), number(2), number(3)
Slots = list[tuple[str | None, str | None]]


def split(name: str | None, numbers: str | None, separators: str = HOUSING.owner_separators) -> tuple[Slots, int]:
    frame = pl.DataFrame(
        {"owner_name_raw": [name], "owner_no_raw": [numbers], "source_row": [2]},
        schema_overrides={"owner_name_raw": pl.String, "owner_no_raw": pl.String},
    )
    slots = split_owners(frame, separators)
    assert slots["slot"].to_list() == list(range(1, slots.height + 1))
    assert slots["owners"].n_unique() == 1
    return slots.select("owner_name_raw", "owner_no_raw").rows(), slots["owners"][0]


@pytest.mark.parametrize("between", ["、", ",", "，", ";", "；", "/", "／", "|", "\n", " 、 ", " "])
def test_as_many_numbers_as_names_are_paired_by_place(between: str) -> None:
    assert split(f"张伟{between}李娜", f"{A}{between}{B}") == ([("张伟", A), ("李娜", B)], 2)


@pytest.mark.parametrize(
    "name", ["张伟（1/2）、李娜（1/2）", "张伟(占50%,夫)、李娜(占50%,妻)", "张伟（50%）/李娜（50%）"]
)
def test_a_share_in_brackets_is_no_owner(name: str) -> None:
    slots, owners = split(name, f"{A}、{B}")
    assert [number for _, number in slots] == [A, B]
    assert [str(name)[:2] for name, _ in slots] == ["张伟", "李娜"]
    assert owners == 2


def test_an_owner_without_number_keeps_the_place_of_the_others() -> None:
    assert split("张伟、李娜、王芳", f"{A}、、{C}") == ([("张伟", A), ("李娜", None), ("王芳", C)], 3)


def test_where_counts_differ_nobody_is_paired_and_nothing_is_lost() -> None:
    assert split("张伟、李娜", A) == ([("张伟、李娜", A), ("张伟", None), ("李娜", None)], 2)
    assert split("张伟", f"{A},{B}") == ([("张伟", A), ("张伟", B), ("张伟", None)], 2)
    assert split("张伟", f"{A} {B}") == ([("张伟", A), ("张伟", B), ("张伟", None)], 2)
    assert split(None, f"{A},{B}") == ([(None, A), (None, B)], 2)
    assert split("张伟、李娜", None) == ([(None, None)] * 0 + [("张伟", None), ("李娜", None)], 2)


def test_two_numbers_without_anything_between_are_two() -> None:
    assert split("张伟、李娜", f"{A}{B}") == ([("张伟", A), ("李娜", B)], 2)
    assert split("张伟&李娜", f"{A}＆{B}") == ([("张伟", A), ("李娜", B)], 2)
    assert split("张伟（共有人：李娜）", f"{A}，{B}") == ([("张伟", A), ("李娜", B)], 2)


def test_one_owner_stays_one() -> None:
    assert split("张伟", A) == ([("张伟", A)], 1)
    assert split("张 伟", "370199 19800101 0013") == ([("张 伟", "370199 19800101 0013")], 1)
    assert split("张伟、", f"{A}、") == ([("张伟", A)], 1)
    for cut in (f"{int(A):,}", f"{A[:9]}\n{A[9:]}", f"{A[:10]}/{A[10:12]}/{A[12:]}"):
        assert split("张伟", cut) == ([("张伟", cut)], 1)
    assert split(None, None) == ([(None, None)], 1)
    assert split("张伟、李娜", A, separators="") == ([("张伟、李娜", A)], 1)


def test_a_name_that_says_how_many_says_how_many() -> None:
    assert split("张伟等3人", A) == ([("张伟等3人", A)], 3)


people = st.lists(st.sampled_from(["张伟", "李娜", "王芳", "某某公司", "", "张伟（1/2）"]), max_size=4)
documents = st.lists(st.sampled_from([A, B, C, "E12345678", "", "3701********0021"]), max_size=4)


@given(people, documents, st.sampled_from(list("、,;/|\n")))
@settings(deadline=None, derandomize=True)
def test_every_name_and_every_number_stands_in_some_slot(names: list[str], numbers: list[str], between: str) -> None:
    slots, owners = split(between.join(names), between.join(numbers))
    said = "\n".join(name or "" for name, _ in slots), "\n".join(number or "" for _, number in slots)
    assert all(name in said[0] for name in names)
    assert all(number in said[1] for number in numbers)
    assert owners >= max(1, sum(map(bool, names)), sum(map(bool, numbers)))


def test_what_a_row_says_beside_the_number_is_compared_and_kept_only_where_there_is_no_number() -> None:
    his = number(1)
    born, male = date(int(his[6:10]), int(his[10:12]), int(his[12:14])), int(his[16]) % 2 == 1
    sex, other = ("male", "female") if male else ("female", "male")
    rows = pl.DataFrame(
        {
            "source_row": [2, 3, 4, 5],
            "sheet": [""] * 4,
            "owner_name_raw": ["张伟"] * 4,
            "owner_no_raw": [his, his, his, None],
            "owner_birth": [born, date(1950, 5, 5), None, born],
            "owner_sex": [sex, other, other, sex],
            "owner_phone": ["138-0000-0000"] * 4,
        }
    )
    read = to_records(HOUSING, rows, supplier="370000", snapshot="s", extract="e")
    assert read["contradicts"].to_list() == [None, "出生日期、性别", "性别", None]
    assert read["owner_birth"].to_list() == [None, None, None, born]
    assert read["owner_phone"].to_list() == [None, None, None, "13800000000"]
    assert read["owner_sex"].null_count() == 4


@pytest.mark.parametrize(
    ("name", "cell", "told"),
    [
        (f"张伟{A}", None, ("张伟", A)),
        (f"张伟（{A}）", "无", ("张伟", A)),
        (f"{A}，张伟", "", ("张伟", A)),
        (A, "张伟", ("张伟", A)),
        (A, None, (None, A)),
        ("张伟", "李娜", ("张伟", None)),
        (f"张伟{A}", B, ("张伟", B)),
        ("张伟13800000000", None, ("张伟13800000000", None)),
    ],
)
def test_a_number_in_the_names_cell_is_read_where_its_own_cell_has_none(
    name: str, cell: str | None, told: tuple[str | None, str | None]
) -> None:
    slots = pl.DataFrame(
        {"owner_name_raw": [name], "owner_no_raw": [cell]}, schema_overrides={"owner_no_raw": pl.String}
    )
    read = read_owners_of(slots)
    assert (read["owner_name"][0], read["owner_no"][0]) == told
    assert read["owner_no_kind"][0] == ("valid" if told[1] else read["owner_no_kind"][0])


def test_any_source_may_name_two_owners() -> None:
    assert all(source.owner_separators for source in (VEHICLE, HOUSING, FUND))


MARRIAGE = """
title = "婚姻"
department = "民政部门"
table = "civil_status"
legal_basis = "条款待核实"
[columns]
owner_name_raw = ["男方姓名"]
owner_no_raw = ["男方证件号码"]
owner_birth = ["男方出生日期"]
other_name_raw = ["女方姓名"]
other_no_raw = ["女方证件号码"]
certificate_no = ["结婚证字号"]
[read]
owner_birth = "day"
[constant]
event = "married"
[owners]
both = true
[contract]
required = ["owner_name_raw", "other_name_raw"]
"""


def test_a_marriage_is_a_record_of_both_spouses(tmp_path: Path) -> None:
    (tmp_path / "wedding").mkdir()
    (tmp_path / "wedding" / "source.toml").write_text(MARRIAGE, "utf-8")
    wedding = find_sources(tmp_path)["wedding"]
    heads = ("男方姓名", "男方证件号码", "男方出生日期", "女方姓名", "女方证件号码", "结婚证字号")
    rows = [("张伟", A, "1980-01-01", "李娜", B, "J1"), ("王强", "", "1970-02-02", "", "", "J2")]
    read = to_records(
        wedding, taken(written([heads, *rows]), wedding).rows, supplier="370199", snapshot="s", extract="e"
    )
    told = read.select(
        "source_row", "slot", "owner_name", "owner_no", "other_name_raw", "event", "certificate_no"
    ).rows()
    assert told == [
        (2, 1, "张伟", A, "李娜", "married", "J1"),
        (2, 2, "李娜", B, "张伟", "married", "J1"),
        (3, 1, "王强", None, None, "married", "J2"),
    ]
    assert read["contradicts"].to_list() == ["出生日期" if A[6:14] != "19800101" else None, None, None]
    assert str(read["owner_birth"][2]) == "1970-02-02"
