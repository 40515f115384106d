import io
import tempfile
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from jiuzhu_check.errors import ExtractChanged
from jiuzhu_check.intake.roster import Imported, import_roster
from jiuzhu_check.intake.stored import ROSTER_DATASET, read_roster
from jiuzhu_check.store.snapshot import Store
from jiuzhu_check.store.workspace import Workspace
from jiuzhu_check.tables.roster import COUNTED, ROSTER, declarations, households
from jiuzhu_check.tables.roster import members as members_of
from tests.intake.extracts import ROSTER as SOURCE
from tests.intake.extracts import number, written

HEADINGS = (
    "家庭编号", "救助类别", "办理状态", "行政区划代码", "姓名", "身份证号码", "申报日期", "申报月收入(元)", "申报车辆数(户)", "申报住房套数(户)",
)  # fmt: skip
Row = tuple[str, ...]


def member(
    home: str, name: str, person_no: str, *, income: str = "", cars: str = "", homes: str = "", **other: str
) -> Row:
    said = {"programme": "农村低保", "stage": "在保", "region": "370199", **other}
    return (home, said["programme"], said["stage"], said["region"], name, person_no, "2018-04-01", income, cars, homes)


def imported(store: Store, *rows: Sequence[str], heads: Sequence[str] = HEADINGS) -> Imported:
    path = store.root / "roster.csv"
    path.write_text(written([heads, *rows]), encoding="utf-8-sig")
    return import_roster(store, SOURCE, path)


def roster(store: Store) -> pl.DataFrame:
    held = read_roster(store.latest(ROSTER_DATASET))
    return ROSTER.check(held).sort("household_no", pl.col("member_no").cast(pl.Int64))


def members(store: Store) -> list[tuple[str, str, str]]:
    return roster(store).select("household_no", "member_no", "name").rows()


def returned(taken: Imported) -> list[tuple[int, str]]:
    return taken.returned_rows.select("source_row", "code").rows()


ONE = [member("H1", "张甲", number(1)), member("H1", "李乙", number(2))]
OTHER = [member("H2", "王丙", number(3)), member("H2", "赵丁", number(4))]


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (member("H1", "", number(2)), "no_name"),
        (member("H1", "无", number(2)), "no_name"),
        (member("H1", "李乙", "3.70199E+17"), "spoilt_number"),
        (member("H1", "李乙", "370199198001010000"), "spoilt_number"),
        (member("H1", "李乙", "'3.70199198001010E+17"), "spoilt_number"),
        (member("H1", "李乙", number(2), programme=""), "no_programme"),
        (member("H1", "李乙", number(2), stage=""), "no_stage"),
        (member("H1", "李乙", number(2), stage="不知道"), "no_stage"),
        (member("H1", "李乙", number(1)), "repeated_member"),
        (member("H1", "李乙", number(2), stage="申请中"), "stage_differs"),
        (member("H1", "李乙", number(2), cars="2"), "vehicle_differs"),
    ],
)
def test_a_member_who_cannot_be_taken_returns_the_whole_household(store: Store, fault: Row, code: str) -> None:
    taken = imported(store, OTHER[0], member("H1", "张甲", number(1), cars="1"), fault, OTHER[1])
    assert members(store) == [("H2", "1", "王丙"), ("H2", "2", "赵丁")]
    assert (taken.delivered, taken.accepted, taken.returned) == (4, 2, 2)
    codes = dict(returned(taken))
    assert set(codes) == {3, 4}
    assert codes[4] == code
    assert codes[3] in ("with_household", "stage_differs", code)
    assert taken.returned_rows["reason"].null_count() == 0
    assert not taken.returned_rows["reason"].str.contains("张甲|李乙|370199").any()


def test_a_row_without_household_goes_back_alone(store: Store) -> None:
    taken = imported(store, *ONE, member("", "孙戊", number(5)), member("无", "周己", number(6)))
    assert returned(taken) == [(4, "no_household"), (5, "no_household")]
    assert len(members(store)) == 2


def test_a_torn_row_returns_the_household_that_it_names(store: Store) -> None:
    taken = imported(store, ONE[0], ONE[1][:4], *OTHER)
    assert returned(taken) == [(2, "with_household"), (3, "columns")]
    assert members(store) == [("H2", "1", "王丙"), ("H2", "2", "赵丁")]


def test_a_wrong_check_digit_is_imported_and_flagged(store: Store) -> None:
    wrong = number(1)[:17] + ("1" if number(1)[17] != "1" else "2")
    taken = imported(store, member("H1", "张甲", wrong), member("H1", "李乙", ""), member("H1", "王丙", number(3)))
    assert taken.flagged.rows() == [("", 2, "H1", "broken"), ("", 3, "H1", "blank")]
    assert roster(store).select("person_no", "number").rows() == [(wrong, None), (None, None), (number(3), number(3))]


def test_a_person_in_two_households_is_said(store: Store) -> None:
    taken = imported(store, *ONE, member("H2", "张甲", number(1)))
    assert taken.repeated.rows() == [("", 2, "H1", "H2"), ("", 4, "H2", "H1")]
    assert (taken.accepted, taken.returned) == (3, 0)


def test_a_blank_count_is_unknown_and_zero_is_zero(store: Store) -> None:
    imported(store, member("H1", "张甲", number(1)), member("H2", "王丙", number(3), cars="0", homes="无", income="0"))
    said = declarations(roster(store)).select("household_no", "item", "declared").rows()
    blank = {(home, item): None for home in ("H1", "H2") for item in (*COUNTED, "income_month")}
    assert {(home, item): None if declared is None else int(declared) for home, item, declared in said} == {
        **blank,
        ("H2", "vehicle"): 0,
        ("H2", "income_month"): 0,
    }


def test_a_roster_may_declare_more_kinds_of_property(store: Store) -> None:
    heads = (
        *HEADINGS,
        "申报商业用房数",
        "申报船舶数",
        "申报农机数",
        "申报市场主体数",
        "申报金融资产(元)",
        "申报未居住祖屋数",
    )
    imported(store, (*member("H1", "张甲", number(1)), "0", "1艘", "", "2", "12000.50", "1处"), heads=heads)
    said = dict(declarations(roster(store)).filter(pl.col("declared").is_not_null()).select("item", "declared").rows())
    assert {item: float(declared) for item, declared in said.items()} == {
        "commercial_premises": 0,
        "ship": 1,
        "market_entity": 2,
        "financial_asset": 12000.5,
        "ancestral_house": 1,
    }


def test_two_rows_that_declare_another_number_of_ships_return_the_household(store: Store) -> None:
    rows = [
        (*member("H1", name, number(at)), ships) for at, (name, ships) in enumerate([("张甲", "1"), ("李乙", "2")], 1)
    ]
    taken = imported(store, *rows, heads=(*HEADINGS, "申报船舶数"))
    assert {code for _, code in returned(taken)} >= {"ship_differs"}


def test_a_count_stands_once_however_many_rows_repeat_it(store: Store) -> None:
    imported(store, *(member("H1", name, number(at), cars="1辆") for at, name in enumerate(["张甲", "李乙", "王丙"])))
    said = declarations(roster(store)).filter(item="vehicle")
    assert said.select("household_no", "member_no", "declared").cast({"declared": int}).rows() == [("H1", None, 1)]


def test_a_count_may_stand_in_one_row_only(store: Store) -> None:
    taken = imported(store, member("H1", "张甲", number(1), cars="1"), ONE[1])
    assert taken.returned == 0
    assert declarations(roster(store)).filter(item="vehicle")["declared"].cast(int).to_list() == [1]


def test_households_that_a_roster_does_not_name_stay(store: Store) -> None:
    imported(store, *ONE, *OTHER)
    taken = imported(store, member("H3", "孙戊", number(5)), member("H1", "张甲", number(1)))
    assert (taken.added, taken.updated, taken.households) == (1, 1, 2)
    assert members(store) == [("H1", "1", "张甲"), ("H2", "1", "王丙"), ("H2", "2", "赵丁"), ("H3", "1", "孙戊")]


def test_a_household_that_goes_back_stays_as_it_was(store: Store) -> None:
    imported(store, *ONE)
    imported(store, member("H1", "张甲改", number(1)), member("H1", "", number(2)))
    assert members(store) == [("H1", "1", "张甲"), ("H1", "2", "李乙")]


def test_a_member_keeps_the_number_once_given(store: Store) -> None:
    imported(store, *ONE, member("H1", "王丙", number(3)))
    imported(store, member("H1", "王丙", number(3)), member("H1", "赵丁", number(4)), member("H1", "张甲", number(1)))
    assert members(store) == [("H1", "1", "张甲"), ("H1", "3", "王丙"), ("H1", "4", "赵丁")]
    imported(store, member("H1", "孙戊", number(5)), member("H1", "李乙", number(2)))
    assert members(store) == [("H1", "5", "孙戊"), ("H1", "6", "李乙")]  # 2 was 李乙's, and is never given again


def test_a_corrected_number_or_name_is_the_same_member(store: Store) -> None:
    imported(store, member("H1", "张甲", "370199800101001"), member("H1", "李乙", number(2)[:17]))
    old = roster(store)["number"][0]
    imported(store, member("H1", "李乙", number(2)), member("H1", "张家", old))
    assert members(store) == [("H1", "1", "张家"), ("H1", "2", "李乙")]


def test_two_members_with_the_same_placeholder_stay_two(store: Store) -> None:
    rows = [member("H1", "张甲", "111111111111111111"), member("H1", "李乙", "111111111111111111")]
    imported(store, *rows)
    imported(store, *reversed(rows))
    assert members(store) == [("H1", "1", "张甲"), ("H1", "2", "李乙")]


def test_the_same_roster_twice_changes_nothing(store: Store) -> None:
    imported(store, *ONE, *OTHER)
    before = roster(store)
    taken = imported(store, *ONE, *OTHER)
    assert (taken.added, taken.updated) == (0, 2)
    assert roster(store).equals(before)


def test_a_refused_roster_leaves_the_roster_and_does_not_bar_the_next(store: Store) -> None:
    imported(store, *ONE)
    for _ in range(2):
        with pytest.raises(ExtractChanged):
            imported(store, *OTHER, heads=("家庭", *HEADINGS[1:]))
    assert len(members(store)) == 2
    imported(store, *OTHER)
    assert len(members(store)) == 4


def test_a_roster_comes_with_other_headings_in_another_order(store: Store) -> None:
    heads = ("身份证号", "成员姓名", "区划代码", "保障状态", "救助类型", "户编号", "车辆数")
    imported(store, (number(1), "张甲", "370199", "在享", "农村居民最低生活保障", "H1", "0"), heads=heads)
    held = roster(store)
    assert held.select("household_no", "name", "number", "stage", "programme").row(0) == (
        "H1", "张甲", number(1), "recipient", "农村低保",
    )  # fmt: skip
    assert int(held["vehicle"][0]) == 0


def test_a_roster_workbook_with_numbers_as_numbers_goes_back(store: Store, tmp_path: Path) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for sheet, home in (("一", "H1"), ("二", "H2")):
            page = book.add_worksheet(sheet)
            page.write_row(0, 0, ["城乡低保名册"])
            page.write_row(1, 0, HEADINGS)
            spoilt = float(int("370199198001010021")) if home == "H1" else number(2)
            page.write_row(
                2, 0, [home, "农村低保", "在保", 370199, "张甲", number(1), date(2018, 4, 1).isoformat(), 738.5, 0]
            )
            page.write_row(3, 0, [home, "农村低保", "在保", 370199, "李乙", spoilt, "2018-04-01", "", 0])
    path = tmp_path / "roster.xlsx"
    path.write_bytes(out.getvalue())
    taken = import_roster(store, SOURCE, path)
    assert (taken.delivered, taken.accepted, taken.returned) == (4, 2, 2)
    assert taken.returned_rows.select("sheet", "source_row", "code").rows() == [
        ("一", 3, "with_household"),
        ("一", 4, "spoilt_number"),
    ]
    held = roster(store)
    assert held.select("household_no", "region", "name").rows() == [("H2", "370199", "张甲"), ("H2", "370199", "李乙")]
    assert str(held["income_month"][0]) == "738.50"


homes = st.sampled_from(["H1", "H2", "H3", "", "无"])
names = st.sampled_from(["张甲", "李乙", "王丙", "赵丁", "", "不详"])
documents = st.sampled_from(
    [*(number(serial) for serial in range(6)), "", "370199800101001", "3.70E+17", "111111111111111111", number(1)[:17]]
)
anyone = st.builds(
    member,
    homes,
    names,
    documents,
    cars=st.sampled_from(["", "0", "1", "若干"]),
    stage=st.sampled_from(["在保", "在保", "申请中", ""]),
)
deliveries = st.lists(st.lists(st.one_of(anyone, anyone.map(lambda row: row[:6])), max_size=8), min_size=1, max_size=3)


@given(deliveries)
@settings(deadline=None, derandomize=True, max_examples=12)
def test_whatever_comes_accepted_and_returned_are_what_was_delivered(rosters: list[list[Row]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Workspace.create(Path(folder, "centre"), "370199", "file", Path(folder, "keys", "key")).store
        before: dict[str, list[str]] = {}
        for rows in rosters:
            rows = [*rows, member("H9", "周己", number(9))]
            taken = imported(store, *rows)
            some = sum(any(cell for cell in row) for row in rows)
            assert taken.delivered == taken.accepted + taken.returned == some
            assert taken.returned_rows["source_row"].is_unique().all()
            held = roster(store)
            assert held.select("household_no", "member_no").is_unique().all()
            now = {home: part["name"].to_list() for (home,), part in held.group_by("household_no", maintain_order=True)}
            sent_back = taken.returned
            good = {
                row[0] for at, row in enumerate(rows, start=2) if at not in taken.returned_rows["source_row"].to_list()
            }
            bad = {row[0] for at, row in enumerate(rows, start=2) if at in taken.returned_rows["source_row"].to_list()}
            assert not good & bad, sent_back
            assert set(now) == set(before) | good
            assert {home: people for home, people in now.items() if home not in good} == {
                home: people for home, people in before.items() if home not in good
            }
            before = now


def test_a_household_is_filed_where_any_of_its_rows_says_so_and_unknown_where_none_says_anything(
    store: Store,
) -> None:
    rows = [
        (*member("H1", "张甲", number(1)), "否", "2018-05-01"),
        (*member("H1", "李乙", number(2)), "是", ""),
        (*member("H2", "王丙", number(3)), "", ""),
        (*member("H3", "赵丁", number(4)), "否", ""),
    ]
    imported(store, *rows, heads=(*HEADINGS, "是否近亲属备案", "渐退期起"))
    told = households(roster(store)).select("household_no", "filed", "grace_from").sort("household_no").rows()
    assert told == [("H1", True, date(2018, 5, 1)), ("H2", None, None), ("H3", False, None)]


def test_what_the_income_account_needs_is_read_where_the_roster_has_it(store: Store) -> None:
    more = (
        "城乡类别", "成员类型", "劳动能力", "是否在校", "是否怀孕", "是否照料人员", "判决或协议赡养费（元/月）",
        "赡养人家庭月收入（元）", "赡养人家庭人口", "应赡养人数", "抚养子女数", "赡养人救助类别",
    )  # fmt: skip
    he = (*member("H1", "张甲", number(1), income="500"), "城市", "", "有", "否", "", "是", "", "", "", "", "", "")
    she = (*member("H1", "李乙", number(2)), "", "", "健康", "", "", "", "", "", "", "", "", "")
    son = (*member("H1", "张丙", number(3)), "", "赡养人", "", "", "", "", "300", "9000.50", "3", "2", "", "农村五保")
    imported(store, he, she, son, heads=(*HEADINGS, *more))
    people = roster(store)
    assert households(people)["area"].to_list() == ["urban"]
    facts = members_of(people).select("labour_capacity", "student", "pregnant", "carer", "support_programme").rows()
    assert facts == [
        ("able", False, None, True, None),
        ("健康", None, None, None, None),
        (None, None, None, None, "农村特困"),
    ]
    declared = declarations(people).filter(pl.col("item").str.starts_with("support_"))
    assert declared.select("member_no", "item", "declared").rows() == [
        ("3", "support_household", Decimal(3)),
        ("3", "support_income", Decimal("9000.50")),
        ("3", "support_judged", Decimal(300)),
        ("3", "support_persons", Decimal(2)),
    ]


def test_a_roster_without_these_columns_leaves_them_unknown(store: Store) -> None:
    imported(store, *ONE)
    people = roster(store)
    blank = ["area", "labour_capacity", "student", "pregnant", "carer", "support_judged", "support_programme"]
    assert people.select(blank).null_count().row(0) == (2,) * len(blank)
    assert declarations(people).filter(pl.col("item").str.starts_with("support_")).is_empty()


def test_a_cell_that_cannot_be_read_is_told_with_its_heading_and_taken_as_not_filled_in(store: Store) -> None:
    heads = ("家庭编号", "救助类别", "办理状态", "姓名", "身份证号码", "受理日期", "申报车辆数(户)")
    odd = ("H1", "农村低保", "申请", "张甲", number(1), "2018-13-45", "两辆")
    good = ("H2", "农村低保", "申请", "李乙", number(2), "2018-11-05", "0")
    taken = imported(store, odd, good, heads=heads)
    assert taken.accepted == 2
    assert {(heading, note.rows, note.first) for heading, note in taken.unread} == {
        ("受理日期", 1, 2), ("申报车辆数", 1, 2),
    }  # fmt: skip
    assert households(roster(store)).filter(pl.col("household_no") == "H1")["accepted_on"].item() is None
