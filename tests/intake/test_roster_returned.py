"""What goes back at import stays on a list until it comes in, and a whole list of recipients ends nobody by mistake."""

from collections.abc import Sequence
from typing import Any

import polars as pl
import pytest

from jiuzhu_check.errors import ExtractChanged, Refused, UsageError
from jiuzhu_check.intake.roster import Imported, import_roster
from jiuzhu_check.intake.roster_replace import Replacing
from jiuzhu_check.intake.roster_returned import read_returned
from jiuzhu_check.intake.stored import ROSTER_DATASET, read_roster
from jiuzhu_check.store.rehearsal import Rehearsal
from jiuzhu_check.store.snapshot import Store
from jiuzhu_check.tables.roster import batches
from tests.intake.extracts import ROSTER as SOURCE
from tests.intake.extracts import number, written

HEADINGS = ("家庭编号", "救助类别", "办理状态", "行政区划代码", "乡镇街道", "姓名", "身份证号码")
Row = tuple[str, ...]


def member(home: str, at: int, name: str = "张甲", *, stage: str = "申请中", region: str = "370199") -> Row:
    return (home, "农村低保", stage, region, "青崖镇", name, number(at))


def recipient(home: str, at: int, name: str = "张甲", *, region: str = "370199") -> Row:
    return member(home, at, name, stage="在保", region=region)


def imported(
    store: Store, *rows: Sequence[str], heads: Sequence[str] = HEADINGS, file: str = "roster.csv", **how: Any
) -> Imported:
    path = store.root / file
    path.write_text(written([heads, *rows]), encoding="utf-8-sig")
    return import_roster(store, SOURCE, path, **how)


def replaced(
    store: Store, *rows: Sequence[str], accept_drop: bool = False, leaving: Sequence[str] | None = None
) -> Imported:
    """The roster taken in as the whole list, once those who leave were agreed to."""
    if leaving is None:
        found = imported(Rehearsal.of(store), *rows, replacing=Replacing("370000")).leaving
        assert found is not None
        leaving = found.households["household_no"].to_list()
    return imported(store, *rows, replacing=Replacing("370000", accept_drop, frozenset(leaving)))


def stages(store: Store) -> dict[str, str]:
    held = read_roster(store.latest(ROSTER_DATASET))
    return dict(held.select("household_no", "stage").unique().sort("household_no").iter_rows())


def out(store: Store) -> list[tuple[str | None, str]]:
    rows = read_returned(store.latest(ROSTER_DATASET))
    return rows.select("household_no", "code").rows()


def in_batch(store: Store) -> dict[str, str | None]:
    return dict(batches(read_roster(store.latest(ROSTER_DATASET))).sort("household_no").iter_rows())


def test_applicants_come_into_the_batch_that_the_import_names(store: Store) -> None:
    taken = imported(store, member("H1", 1), member("H1", 2, "李乙"), recipient("H2", 3), batch="B1")
    assert in_batch(store) == {"H1": "B1"}
    assert taken.batches.rows() == [("B1", 1)]
    assert read_roster(store.latest(ROSTER_DATASET)).filter(stage="recipient")["batch"].to_list() == [None]


def test_the_batch_column_of_a_roster_counts_and_another_name_beside_it_is_refused(store: Store) -> None:
    heads = (*HEADINGS, "批次")
    imported(store, (*member("H1", 1), "B1"), (*member("H1", 2, "李乙"), ""), (*member("H2", 3), ""), heads=heads)
    assert in_batch(store) == {"H1": "B1", "H2": None}
    with pytest.raises(UsageError):
        imported(store, (*member("H3", 4), "B1"), heads=heads, batch="B2")
    assert in_batch(store) == {"H1": "B1", "H2": None}


def test_two_batches_in_one_household_return_it(store: Store) -> None:
    rows = ((*member("H1", 1), "B1"), (*member("H1", 2, "李乙"), "B2"), (*member("H2", 3), "B1"))
    taken = imported(store, *rows, heads=(*HEADINGS, "批次"))
    assert set(taken.returned_rows["code"]) == {"batch_differs"}


def test_a_corrected_roster_that_names_no_batch_leaves_the_applicants_where_they_were(store: Store) -> None:
    imported(store, member("H1", 1), member("H2", 2, ""), batch="B1")
    imported(store, member("H1", 1, "张家"), member("H2", 2, "李乙"))
    assert in_batch(store) == {"H1": "B1", "H2": "B1"}
    imported(store, recipient("H1", 1, "张家"))
    assert in_batch(store) == {"H2": "B1"}


def test_what_went_back_stays_out_over_other_imports_until_its_household_comes_in(store: Store) -> None:
    imported(store, member("H1", 1), member("H1", 2, ""), member("H2", 3, ""), file="east.csv")
    imported(store, member("H3", 4), file="west.csv")
    assert out(store) == [("H1", "with_household"), ("H1", "no_name"), ("H2", "no_name")]
    imported(store, member("H1", 1), member("H1", 2, "李乙"), file="east.csv")
    assert out(store) == [("H2", "no_name")]
    imported(store, member("H2", 3, "王丙"))
    assert out(store) == []


def test_a_household_that_goes_back_twice_is_listed_once_where_it_stands_now(store: Store) -> None:
    imported(store, member("H1", 1, ""))
    imported(store, member("H9", 9), ("H1", "", "申请中", "370199", "青崖镇", "张甲", number(1)))
    rows = read_returned(store.latest(ROSTER_DATASET))
    assert rows.select("household_no", "source_row", "code").rows() == [("H1", 3, "no_programme")]


def test_a_row_without_a_household_is_out_until_its_person_comes_in(store: Store) -> None:
    imported(store, member("", 1), member("H2", 2), file="east.csv")
    imported(store, member("H3", 3), file="west.csv")
    assert out(store) == [(None, "no_household")]
    imported(store, member("H1", 1), file="corrected.csv")
    assert out(store) == []


def test_a_torn_row_is_listed_with_the_household_and_person_that_its_cells_name(store: Store) -> None:
    imported(store, member("H1", 1), ("H1", "农村低保", number(2)), member("H2", 3))
    rows = read_returned(store.latest(ROSTER_DATASET)).filter(pl.col("code") == "columns")
    assert rows.select("household_no", "number").rows() == [("H1", number(2))]


def test_a_total_is_no_row_that_anybody_has_to_correct(store: Store) -> None:
    taken = imported(store, member("H1", 1), ("合计", "", "", "", "", "", ""))
    assert (taken.delivered, taken.accepted, taken.returned) == (2, 1, 1)
    assert out(store) == []


def test_a_member_whose_household_number_is_missing_takes_the_household_back(store: Store) -> None:
    imported(store, member("H1", 1), member("H1", 2, "李乙"))
    taken = imported(store, member("H1", 1), member("", 2, "李乙"), member("H2", 3))
    assert taken.returned_rows.select("source_row", "code").rows() == [(2, "with_household"), (3, "no_household")]
    assert read_roster(store.latest(ROSTER_DATASET)).filter(household_no="H1").height == 2


def test_recipients_whom_the_whole_list_leaves_out_have_ended_and_applicants_stay(store: Store) -> None:
    imported(store, *(recipient(f"H{at}", at) for at in range(1, 8)), member("H8", 8))
    taken = replaced(store, *(recipient(f"H{at}", at) for at in range(1, 7)))
    assert taken.leaving is not None
    assert (taken.leaving.recipients, taken.leaving.households["household_no"].to_list()) == (7, ["H7"])
    assert stages(store) == {**{f"H{at}": "recipient" for at in range(1, 7)}, "H7": "ended", "H8": "applicant"}


def test_a_recipient_whose_row_goes_back_is_on_the_list_and_stays(store: Store) -> None:
    imported(store, *(recipient(f"H{at}", at) for at in range(1, 4)))
    rows = (recipient("H1", 1), recipient("H2", 2, ""), ("H3", "农村低保", number(3)))
    taken = replaced(store, *rows, recipient("H4", 4))
    assert taken.leaving is not None
    assert taken.leaving.households.is_empty()
    assert stages(store) == {f"H{at}": "recipient" for at in range(1, 5)}


def test_a_row_of_which_nobody_knows_the_household_ends_nobody(store: Store) -> None:
    imported(store, *(recipient(f"H{at}", at) for at in range(1, 8)))
    known = [recipient(f"H{at}", at) for at in range(1, 7)]
    with pytest.raises(Refused):
        replaced(store, *known, recipient("", 99), leaving=["H7"])
    assert stages(store)["H7"] == "recipient"
    taken = replaced(store, *known, recipient("", 7))  # its number says whose it is
    assert taken.leaving is not None
    assert taken.leaving.households.is_empty()


def test_the_list_of_one_county_ends_nobody_of_another(store: Store) -> None:
    imported(store, recipient("H1", 1), recipient("H2", 2, region="370198"), recipient("H3", 3, region=""))
    replaced(store, recipient("H1", 1))
    assert stages(store) == {"H1": "recipient", "H2": "recipient", "H3": "recipient"}


def test_more_leave_than_the_contract_lets_only_when_it_is_confirmed(store: Store) -> None:
    imported(store, *(recipient(f"H{at}", at) for at in range(1, 5)))
    with pytest.raises(ExtractChanged):
        replaced(store, recipient("H1", 1))
    assert set(stages(store).values()) == {"recipient"}
    replaced(store, recipient("H1", 1), accept_drop=True)
    assert stages(store) == {"H1": "recipient", "H2": "ended", "H3": "ended", "H4": "ended"}


def test_only_those_leave_who_were_agreed_to(store: Store) -> None:
    imported(store, *(recipient(f"H{at}", at) for at in range(1, 9)))
    with pytest.raises(Refused):
        replaced(store, *(recipient(f"H{at}", at) for at in range(1, 8)), leaving=["H7"])
    assert set(stages(store).values()) == {"recipient"}


def test_a_list_without_recipients_replaces_nothing(store: Store) -> None:
    imported(store, recipient("H1", 1), member("H2", 2))
    with pytest.raises(UsageError):
        replaced(store, member("H2", 2), leaving=["H1"])
    assert stages(store) == {"H1": "recipient", "H2": "applicant"}


def test_what_went_back_of_recipients_is_forgotten_with_the_list_that_replaces_it(store: Store) -> None:
    imported(store, recipient("H1", 1), recipient("H2", 2, ""), member("H3", 3, ""))
    replaced(store, recipient("H1", 1))
    assert out(store) == [("H3", "no_name")]
