"""What the next delivery would change: the counts add up, whatever it holds."""

from collections import Counter

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from jiuzhu_check.intake.difference import Difference, difference
from jiuzhu_check.tables.record import RECORDS

Row = tuple[str | None, str | None, str | None, str]
VEHICLE = RECORDS["vehicle"]


def records(*rows: Row) -> pl.DataFrame:
    """vin, plate, owner's number and status of each."""
    schema = ["vin", "plate_no", "owner_no", "status"]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(schema, pl.String), orient="row")
    return VEHICLE.fit(frame.with_row_index("source_row"))


def told(before: list[Row], after: list[Row]) -> Difference:
    return difference("vehicle", [records(*before)], [records(*after)])


A: Row = ("V1", "鲁A1", "1", "A")


def test_a_record_is_known_again_by_its_thing_and_owner_and_not_by_its_row() -> None:
    assert told([A, ("V2", None, "2", "A")], [("V2", None, "2", "A"), A]) == Difference(2, 2, 0, 0, 0)


def test_another_status_is_a_change_and_another_owner_is_one_gone_and_one_added() -> None:
    assert told([A], [("V1", "鲁A1", "1", "E")]) == Difference(1, 1, 0, 1, 0)
    assert told([A], [("V1", "鲁A1", "2", "A")]) == Difference(1, 1, 1, 0, 1)


def test_the_plate_names_a_car_that_has_no_frame_number() -> None:
    assert told([(None, "鲁A1", "1", "A")], [(None, "鲁A1", "1", "E")]) == Difference(1, 1, 0, 1, 0)


def test_a_first_delivery_is_all_new_and_parts_may_be_cut_otherwise() -> None:
    assert difference("vehicle", [], [records(A), records(("V2", None, None, "A")), records()]) == Difference(
        0, 2, 2, 0, 0
    )
    two = [A, ("V3", None, "3", "A")]
    assert difference("vehicle", [records(*two)], [records(two[1]), records(two[0])]) == Difference(2, 2, 0, 0, 0)


CELL = st.sampled_from([None, "1", "2"])
ROWS = st.lists(st.tuples(CELL, CELL, CELL, st.sampled_from("AE")), max_size=8)


@settings(max_examples=150, derandomize=True, deadline=None)
@given(ROWS, ROWS)
def test_before_and_after_add_up_and_what_is_alike_is_alike(before: list[Row], after: list[Row]) -> None:
    found = told(before, after)
    assert found.before == found.alike + found.changed + found.gone == len(before)
    assert found.after == found.alike + found.changed + found.added == len(after)
    assert found.alike == (Counter(before) & Counter(after)).total()
    turned = told(after, before)
    assert (turned.added, turned.changed, turned.gone) == (found.gone, found.changed, found.added)
