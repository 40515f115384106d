"""A number beside another that holds it: what is taken, what stands twice, and what is said of it."""

from datetime import date
from pathlib import Path

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from jiuzhu_check.intake.number_within import may_be, take_number_within
from jiuzhu_check.intake.pull import pull
from jiuzhu_check.intake.stored import read_records
from jiuzhu_check.store.snapshot import Store
from jiuzhu_check.values import identity_number
from tests.connectors.departments import SOURCES
from tests.intake.extracts import number

A, B = number(1, "19610312"), number(2, "20030303")
always = settings(derandomize=True, deadline=None, max_examples=100)
DAY = date(2018, 11, 30)
Slots = list[tuple[int, str | None, str | None, bool]]


def taken(raw: str | None, within: str | None, owners: int = 1) -> Slots:
    read = identity_number.read(pl.Series([raw], dtype=pl.String)).row(0)
    columns = {"owner_no_raw": raw, "owner_no": read[0], "owner_no_kind": read[1], "owner_no_within": within}
    text = dict.fromkeys(columns, pl.String)
    frame = pl.DataFrame([columns], schema=text).with_columns(slot=pl.lit(1), owners=pl.lit(owners))
    return take_number_within(frame).select("slot", "owner_no", "owner_no_kind", "_apart").rows()


def test_a_number_that_agrees_stays_as_it_is() -> None:
    assert taken(A, A) == [(1, A, "valid", False)]
    assert taken(A, None) == [(1, A, "valid", False)]


def test_what_says_no_number_is_read_from_within() -> None:
    for silent in (None, "", "无", "111111111111111111", "南字第01234567号", "E12345678", "见附件"):
        assert taken(silent, A) == [(1, A, "within", False)]


@given(st.integers(0, 16), st.integers(1, 9), st.integers(0, 17))
@always
def test_any_one_error_is_read_from_within(place: int, by: int, lost: int) -> None:
    wrong = A[:place] + str((int(A[place]) + by) % 10) + A[place + 1 :]
    for damaged in (wrong, A[:lost] + A[lost + 1 :], A[:place] + "****" + A[place + 4 :], A[:15] + "000"):
        if damaged != A:
            assert taken(damaged, A)[0][1:3] in {(A, "within"), (damaged, "valid")}


def test_two_peoples_numbers_stand_each_in_a_slot_and_both_are_told_apart() -> None:
    assert taken(A, B) == [(1, A, "valid", True), (2, B, "within", True)]
    assert taken(f"{A[:14]}****", B) == [(1, None, "masked", True), (2, B, "within", True)]
    assert taken("3.71199E+17", B) == [(1, None, "scientific", True), (2, B, "within", True)]


def test_where_two_owners_share_a_row_nobody_can_say_whose_the_certificate_is() -> None:
    assert taken(None, A, owners=2) == [(1, None, "blank", False)]


@given(st.text(alphabet="0123456789X*E", max_size=20))
@always
def test_whatever_is_left_of_a_number_is_looked_at(shown: str) -> None:
    assert may_be(shown, A) in (True, False)


def test_a_blank_number_is_still_blank_after_it_was_stored(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "disability.csv"
    file.write_text(f"姓名,身份证号,残疾人证号\n张建国,,{A}43\n赵子浩,{A},{B}62\n{B},,{B}62\n", "utf-8")
    taken_in = pull(store, SOURCES["disability"], file, supplier="370199", data_date=DAY)
    assert (taken_in.delivered, taken_in.accepted, taken_in.records) == (3, 3, 4)
    assert taken_in.kinds == {"valid": 2, "within": 2}
    snapshot = store.snapshot("records/disability/370199", taken_in.snapshot)
    parts = [read_records(snapshot, part) for part in snapshot.part_names() if part != "rejects"]
    records = pl.concat(parts).sort("source_row", "slot")
    assert records.select("source_row", "slot", "owner_no_raw", "owner_no").rows() == [
        (2, 1, None, A), (3, 1, A, A), (3, 2, A, B), (4, 1, None, B),
    ]  # fmt: skip
