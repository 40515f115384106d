"""The next delivery has other columns: what is new is said, what is gone or has turned into something else is refused."""

from datetime import date
from pathlib import Path

import pytest

from jiuzhu_check.errors import ExtractChanged
from jiuzhu_check.intake.pull import Handed, Pulled, take_in
from jiuzhu_check.store.snapshot import Store
from jiuzhu_check.store.workspace import Workspace
from tests.intake.extracts import VEHICLE, number, written

HEADS = ("机动车所有人", "身份证明号码", "号牌号码", "机动车状态", "初次登记日期", "车辆品牌")
Row = tuple[str, ...]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Workspace.create(tmp_path / "centre", "370000", "file", tmp_path / "centre.key").store


def car(place: int, day: str = "20100101") -> Row:
    return (f"张{place}", number(place + 1), f"鲁A{place:05}", "A", day, "某牌")


def deliver(store: Store, heads: Row, rows: list[Row], day: int, *, accept_columns: bool = False) -> Pulled:
    data = written([heads, *rows]).encode()
    handed = Handed("vehicle.csv", data, date(2018, 11, day))
    return take_in(store, VEHICLE, handed, supplier="370199", accept_columns=accept_columns)


def usual(store: Store) -> None:
    deliver(store, HEADS, [car(place) for place in range(100)], 1)


def test_a_new_column_is_said_and_nothing_else_changes(store: Store) -> None:
    usual(store)
    taken = deliver(store, (*HEADS, "环保标志"), [(*car(place), "绿") for place in range(100)], 2)
    assert [(note.what, note.column) for note in taken.notes] == [("new_column", "环保标志")]
    again = deliver(store, (*HEADS, "环保标志"), [(*car(place), "黄") for place in range(100)], 3)
    assert again.notes == ()


def test_a_column_that_is_gone_refuses_the_delivery_and_the_last_one_stays(store: Store) -> None:
    usual(store)
    fewer = [car(place)[:5] for place in range(100)]
    with pytest.raises(ExtractChanged, match="少了「车辆品牌」") as refused:
        deliver(store, HEADS[:5], fewer, 2)
    assert "--accept-columns" in refused.value.hint
    held = store.latest("records/vehicle/370199")
    assert held is not None
    assert held.data_date == date(2018, 11, 1)
    assert deliver(store, HEADS[:5], fewer, 2, accept_columns=True).accepted == 100
    assert deliver(store, HEADS[:5], [car(place)[:5] for place in range(1, 101)], 3).accepted == 100


def test_a_column_that_was_never_filled_may_go(store: Store) -> None:
    deliver(store, HEADS, [(*car(place)[:5], "") for place in range(100)], 1)
    assert deliver(store, HEADS[:5], [car(place)[:5] for place in range(100)], 2).accepted == 100


def test_a_column_that_turned_into_something_else_refuses_the_delivery(store: Store) -> None:
    usual(store)
    with pytest.raises(ExtractChanged, match="「初次登记日期」多半读不出来"):
        deliver(store, HEADS, [car(place, "鲁A") for place in range(100)], 2)
    with pytest.raises(ExtractChanged, match="「身份证明号码」"):
        deliver(store, HEADS, [(*car(place)[:1], "370199********0011", *car(place)[2:]) for place in range(100)], 2)
    some = [car(place, "鲁A" if place % 4 == 0 else "20100101") for place in range(100)]
    assert deliver(store, HEADS, some, 2).accepted == 100


def test_of_a_few_rows_shares_say_nothing(store: Store) -> None:
    deliver(store, HEADS, [car(place) for place in range(10)], 1)
    assert deliver(store, HEADS, [car(place, "鲁A") for place in range(10)], 2).accepted == 10
