import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from jiuzhu_check.errors import CredentialError, StoreError
from jiuzhu_check.store.keys import Keys
from jiuzhu_check.store.snapshot import Store
from jiuzhu_check.store.workspace import Workspace

CARS = "records/vehicle/370100"


def test_a_snapshot_comes_back_with_its_parts_facts_and_dates(store: Store, vehicles: pl.DataFrame) -> None:
    facts = {"spec": "ab12", "rejected": 2, "notes": [["用途", "未知取值"]]}
    store.publish(CARS, "a", {"n000": vehicles, "n001": vehicles.clear()}, data_date=date(2018, 11, 30), facts=facts)
    found = store.snapshot(CARS, "a")
    assert found.part_names() == ["n000", "n001"]
    assert found.read("n000").equals(vehicles)
    assert found.read("n001").equals(vehicles.clear())
    assert found.read("n000", ["plate_no"]).columns == ["plate_no"]
    assert (found.id, found.dataset, found.data_date, found.rows) == ("a", CARS, date(2018, 11, 30), 3)
    assert found.facts == facts
    assert found.received.endswith("+00:00")
    assert store.has(CARS, "a")
    assert not store.has(CARS, "b")


def test_parts_are_taken_one_by_one_and_keep_their_order(store: Store, vehicles: pl.DataFrame) -> None:
    def parts() -> Iterator[tuple[str, pl.DataFrame]]:
        for number in range(70):
            yield f"n{number:03}", vehicles.with_columns(slot=pl.lit(number))

    published = store.publish(CARS, "a", parts(), data_date=None)
    assert published.part_names() == [f"n{number:03}" for number in range(70)]
    assert published.read("n069")["slot"].unique().to_list() == [69]
    assert published.rows == 210


def test_a_snapshot_without_parts_is_a_snapshot(store: Store) -> None:
    assert store.publish(CARS, "a", {}, data_date=None).part_names() == []


def test_the_newest_is_that_of_the_newest_data_which_is_not_after_the_day(store: Store) -> None:
    for name, day in (("b", date(2018, 11, 30)), ("a", date(2018, 10, 31)), ("c", date(2018, 11, 30))):
        store.publish(CARS, name, {}, data_date=day)
    found = [store.newest(CARS, day) for day in (date(2018, 12, 1), date(2018, 11, 30), date(2018, 11, 29))]
    assert [snapshot.id if snapshot else None for snapshot in found] == ["c", "c", "a"]
    assert store.newest(CARS, date(2018, 10, 30)) is None
    assert [entry.id for entry in store.snapshots(CARS)] == ["b", "a", "c"]
    latest = store.latest(CARS)
    assert latest is not None
    assert latest.id == "c"


def test_each_snapshot_names_the_one_before_it(store: Store) -> None:
    first, second = (store.publish(CARS, name, {}, data_date=None) for name in ("a", "b"))
    assert first.parent == ""
    assert second.parent == store.snapshots(CARS)[0].sha256


def test_an_id_is_published_once_unless_it_is_to_be_replaced(store: Store, vehicles: pl.DataFrame) -> None:
    store.publish(CARS, "a", {"n000": vehicles}, data_date=None)
    store.publish(CARS, "b", {}, data_date=None)
    with pytest.raises(StoreError, match="已有快照 a"):
        store.publish(CARS, "a", {}, data_date=None)
    for rows in (vehicles.head(1), vehicles.head(2)):
        store.publish(CARS, "a", {"n000": rows}, data_date=None, replace=True)
        assert store.snapshot(CARS, "a").read("n000").equals(rows)
        assert [entry.id for entry in store.snapshots(CARS)] == ["a", "b"]
        assert len(list((store.root / CARS).glob("a*.snapshot"))) == 1


def test_what_is_not_there_is_said_so(store: Store) -> None:
    assert store.latest(CARS) is None
    assert store.newest(CARS, date(2018, 12, 1)) is None
    assert store.snapshots(CARS) == []
    with pytest.raises(StoreError, match="没有快照 a"):
        store.snapshot(CARS, "a")


def test_datasets_are_found_by_how_their_name_begins(store: Store) -> None:
    for dataset in (CARS, "records/vehicle/370200", "records/vehicle2/370100", "records/housing/370100", "roster"):
        store.publish(dataset, "a", {}, data_date=None)
    assert store.datasets("records/vehicle/") == [CARS, "records/vehicle/370200"]
    assert store.datasets() == [
        "records/housing/370100",
        CARS,
        "records/vehicle/370200",
        "records/vehicle2/370100",
        "roster",
    ]


@pytest.mark.parametrize("name", ["../a", "a/b", "", ".a", "a|b", "张三"])
def test_a_name_that_could_lead_elsewhere_is_a_bug(store: Store, name: str) -> None:
    with pytest.raises(AssertionError):
        store.publish(CARS, name, {"n000": pl.DataFrame()}, data_date=None)
    with pytest.raises(AssertionError):
        store.publish(CARS, "a", {name: pl.DataFrame()}, data_date=None)
    assert not store.has(CARS, "a")


def test_a_delivery_is_landed_from_memory_or_from_a_file(store: Store, tmp_path: Path) -> None:
    (tmp_path / "vehicle.csv").write_bytes(b"raw" * 1000)
    one = store.land("landed/vehicle/370100", "a", b"raw" * 1000, facts={"spec": "ab12"})
    other = store.land("landed/vehicle/370100", "b", tmp_path / "vehicle.csv")
    assert store.landed("landed/vehicle/370100", "a") == store.landed("landed/vehicle/370100", "b") == b"raw" * 1000
    assert one.facts["spec"] == "ab12"
    assert one.facts["raw_size"] == other.facts["raw_size"] == 3000
    assert one.facts["raw_sha256"] == other.facts["raw_sha256"]


def test_the_same_delivery_is_landed_once_and_another_never_takes_its_id(store: Store) -> None:
    one = store.land("landed/roster", "000001", b"raw")
    assert store.land("landed/roster", "000001", b"raw").received == one.received
    with pytest.raises(StoreError, match="已有快照"):
        store.land("landed/roster", "000001", b"other")
    store.land("landed/roster", "000001", b"other", replace=True)
    assert store.landed("landed/roster", "000001") == b"other"


def test_nothing_planted_stands_in_clear_anywhere_and_all_is_the_owners_alone(
    workspace: Workspace, vehicles: pl.DataFrame
) -> None:
    workspace.store.publish(CARS, "a", {"n000": vehicles}, data_date=date(2018, 11, 30), facts={"rejected": 0})
    workspace.store.land("landed/vehicle/370100", "a", vehicles.write_csv().encode())
    files = [path for path in workspace.path.rglob("*") if path.is_file()]
    for path in files:
        content = path.read_bytes()
        assert path.stat().st_mode & 0o777 == 0o600
        assert not content.startswith(b"PAR1")
        for secret in ("370102199001011234", "37010219850203002X", "张三", "鲁A12345"):
            assert secret.encode() not in content
    assert len(files) > 5
    assert all(path.stat().st_mode & 0o777 == 0o700 for path in workspace.path.rglob("*") if path.is_dir())


def test_a_manifest_says_no_cell_of_the_data(store: Store, vehicles: pl.DataFrame) -> None:
    published = store.publish(CARS, "a", {"n000": vehicles}, data_date=None)
    body = json.loads((published.folder / "snapshot.json").read_bytes())
    assert set(body["files"][0]) == {"name", "part", "sha256", "size", "rows", "wrapped_key"}


def test_another_key_is_recognised(store: Store, vehicles: pl.DataFrame) -> None:
    store.publish(CARS, "a", {"n000": vehicles}, data_date=None)
    with pytest.raises(CredentialError, match="另一把密钥"):
        Store(store.root, Keys(bytes(32), "w1")).snapshots(CARS)


def test_an_error_while_the_parts_are_made_leaves_the_store_as_it_was(store: Store, vehicles: pl.DataFrame) -> None:
    def parts() -> Iterator[tuple[str, pl.DataFrame]]:
        for number in range(10):
            yield f"n{number:03}", vehicles
        raise ZeroDivisionError

    store.publish(CARS, "a", {"n000": vehicles}, data_date=None)
    with pytest.raises(ZeroDivisionError):
        store.publish(CARS, "b", parts(), data_date=None)
    assert [entry.id for entry in store.snapshots(CARS)] == ["a"]
    assert {path.name for path in (store.root / CARS).iterdir()} == {"MANIFEST.json", "a.snapshot", "lock"}


def test_a_part_is_published_once(store: Store, vehicles: pl.DataFrame) -> None:
    with pytest.raises(StoreError):
        store.publish(CARS, "a", [("n000", vehicles), ("n000", vehicles)], data_date=None)
