import dataclasses
import hashlib
import json
import random
import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from jiuzhu_check.errors import IntegrityError, JiuzhuError
from jiuzhu_check.store.snapshot import Snapshot, Store

CARS = "records/vehicle/370100"


@pytest.fixture
def published(store: Store, vehicles: pl.DataFrame) -> Snapshot:
    parts = {"n000": vehicles, "n001": vehicles.reverse()}
    return store.publish(CARS, "20181130-a", parts, data_date=date(2018, 11, 30))


def part(snapshot: Snapshot, name: str = "n000") -> Path:
    return snapshot.folder / f"{name}.parquet"


def test_every_flipped_bit_of_a_part_is_noticed(published: Snapshot) -> None:
    dice, whole = random.Random(2018), part(published).read_bytes()
    for _ in range(60):
        damaged = bytearray(whole)
        damaged[dice.randrange(len(whole))] ^= 1 << dice.randrange(8)
        part(published).write_bytes(damaged)
        with pytest.raises(IntegrityError, match=r"records/vehicle/370100 快照 20181130-a 的文件 n000 内容与清单不符"):
            published.read("n000")
        assert published.damaged() == ["n000"]
    assert published.read("n001").height == 3


@pytest.mark.parametrize("name", ["snapshot.json", "../MANIFEST.json"])
def test_every_flipped_bit_of_a_manifest_is_noticed(store: Store, published: Snapshot, name: str) -> None:
    file, dice = published.folder / name, random.Random(7)
    whole = file.read_bytes()
    for _ in range(60):
        damaged = bytearray(whole)
        damaged[dice.randrange(len(whole))] ^= 1 << dice.randrange(8)
        file.write_bytes(damaged)
        with pytest.raises(JiuzhuError) as caught:
            store.snapshot(CARS, "20181130-a")
        assert caught.value.__cause__ is None


def test_a_truncated_and_an_empty_part_are_noticed(published: Snapshot) -> None:
    whole = part(published).read_bytes()
    for size in (0, 3, len(whole) // 2, len(whole) - 1):
        part(published).write_bytes(whole[:size])
        with pytest.raises(IntegrityError):
            published.read("n000")


def test_plaintext_parquet_put_in_place_is_refused(published: Snapshot, vehicles: pl.DataFrame) -> None:
    vehicles.write_parquet(part(published))
    with pytest.raises(IntegrityError):
        published.read("n000")


def test_plaintext_is_refused_even_where_the_manifest_vouches_for_it(store: Store, vehicles: pl.DataFrame) -> None:
    published = store.publish(CARS, "b", {"n000": vehicles}, data_date=None)
    vehicles.write_parquet(part(published))
    data = part(published).read_bytes()
    file = dataclasses.replace(published.files[0], sha256=hashlib.sha256(data).hexdigest(), size=len(data))
    vouched = dataclasses.replace(published, files=(file,))
    with pytest.raises(IntegrityError):
        vouched.read("n000")


def test_an_older_file_put_back_under_the_newer_name_is_refused(store: Store, published: Snapshot) -> None:
    newer = store.publish(CARS, "20181231-a", {"n000": published.read("n001")}, data_date=date(2018, 12, 31))
    shutil.copy(part(published), part(newer))
    with pytest.raises(IntegrityError):
        newer.read("n000")


def test_two_parts_that_changed_places_are_refused(published: Snapshot) -> None:
    one, other = part(published).read_bytes(), part(published, "n001").read_bytes()
    part(published).write_bytes(other)
    part(published, "n001").write_bytes(one)
    assert published.damaged() == ["n000", "n001"]


def test_a_deleted_part_is_named_and_the_others_are_still_read(published: Snapshot) -> None:
    part(published, "n001").unlink()
    with pytest.raises(IntegrityError, match="的文件 n001 读不出") as caught:
        published.read("n001")
    assert caught.value.exit_code == 15
    assert published.read("n000").height == 3
    with pytest.raises(IntegrityError, match=r"n001 缺失或与清单不符（共 1 个文件）"):
        published.verify()


def test_a_deleted_snapshot_is_not_passed_over_for_an_older_one(store: Store, published: Snapshot) -> None:
    newer = store.publish(CARS, "20181231-a", {}, data_date=date(2018, 12, 31))
    shutil.rmtree(newer.folder)
    with pytest.raises(IntegrityError, match="20181231-a"):
        store.newest(CARS, date(2019, 1, 1))
    assert store.newest(CARS, date(2018, 12, 1)) is not None


def test_an_older_snapshots_manifest_put_in_a_newer_ones_place_is_refused(store: Store, published: Snapshot) -> None:
    newer = store.publish(CARS, "20181231-a", {}, data_date=date(2018, 12, 31))
    shutil.copy(published.folder / "snapshot.json", newer.folder / "snapshot.json")
    with pytest.raises(IntegrityError):
        store.latest(CARS)


def test_a_whole_dataset_moved_to_another_place_is_refused(store: Store, published: Snapshot) -> None:
    shutil.copytree(store.root / CARS, store.root / "records/vehicle/370200")
    with pytest.raises(IntegrityError, match="属于别处"):
        store.snapshots("records/vehicle/370200")


def test_a_manifest_edited_by_hand_is_refused(store: Store, published: Snapshot) -> None:
    file = store.root / CARS / "MANIFEST.json"
    body = json.loads(file.read_bytes())
    body["snapshots"][0]["data_date"] = "2019-11-30"
    file.write_text(json.dumps(body), encoding="utf-8")
    with pytest.raises(IntegrityError, match="已被改动或损坏"):
        store.snapshots(CARS)


def test_a_landed_file_that_was_altered_is_refused(store: Store) -> None:
    landed = store.land("landed/vehicle/370100", "a", b"raw")
    (landed.folder / "raw.enc").write_bytes(b"raw")
    with pytest.raises(IntegrityError):
        store.landed("landed/vehicle/370100", "a")


def test_an_error_says_nothing_of_the_data(published: Snapshot) -> None:
    part(published).write_bytes(b"370102199001011234")
    with pytest.raises(IntegrityError) as caught:
        published.read("n000")
    assert "370102199001011234" not in repr(caught.value) + caught.value.message + caught.value.hint
