from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from jiuzhu_check.errors import ExtractChanged, NotFound
from jiuzhu_check.intake.pull import Pulled, pull
from jiuzhu_check.intake.shipped import shipped_connectors
from jiuzhu_check.intake.source import Lookup, Source, find_sources
from jiuzhu_check.intake.stored import dataset, read_records
from jiuzhu_check.store.snapshot import Store
from jiuzhu_check.tables.record import RECORDS
from tests.intake.extracts import HOUSING, VEHICLE, number, row, vehicles, written

DAY = date(2018, 11, 30)
REGION = "370199"
PLACE = dataset("vehicle", REGION)
TEN = vehicles(*map(row, range(10)))


def delivered(
    store: Store, folder: Path, text: str, source: Source = VEHICLE, *, day: date = DAY, accept_drop: bool = False
) -> Pulled:
    path = folder / "vehicle.csv"
    path.write_text(text, encoding="gb18030", newline="")
    return pull(store, source, path, supplier=REGION, data_date=day, accept_drop=accept_drop)


def records(store: Store, place: str = PLACE) -> pl.DataFrame:
    snapshot = store.latest(place)
    assert snapshot is not None
    parts = [name for name in snapshot.part_names() if name != "rejects"]
    return pl.concat([read_records(snapshot, name) for name in parts]).sort("source_row", "slot")


def test_what_was_pulled_adds_up_and_can_be_read_back(store: Store, tmp_path: Path) -> None:
    text = vehicles(*map(row, range(200)), row(1)[:3], ("合计", "", "", ""), ("某某有限公司", "", "鲁A99999", "别的"))
    taken = delivered(store, tmp_path, text)
    assert (taken.delivered, taken.accepted, taken.rejected, taken.records) == (203, 201, 2, 201)
    assert taken.kinds == {"blank": 1, "valid": 200}
    assert taken.reject_codes == {"columns": 1, "footer": 1}
    assert [(note.column, note.value) for note in taken.notes] == [("status", "别的")]
    held = RECORDS["vehicle"].check(records(store))
    assert held["source_row"].to_list() == [*range(2, 202), 204]
    assert held["owner_no"].to_list() == [*(row(serial)[1] for serial in range(200)), None]
    assert set(held["extract"]) == {"vehicle.csv"}
    snapshot = store.latest(PLACE)
    assert snapshot is not None
    assert snapshot.read("rejects").select("source_row", "code").rows() == [(202, "columns"), (203, "footer")]
    assert snapshot.data_date == DAY


def test_a_row_whose_mark_says_that_nothing_is_registered_is_accepted_and_is_no_record(
    store: Store, tmp_path: Path
) -> None:
    marked = replace(
        VEHICLE,
        columns={**VEHICLE.columns, "answered": ("数据有无标志",)},
        lookups={**VEHICLE.lookups, "answered": Lookup({"0": "nothing", "1": "found"})},
    )
    lines = [
        f"{line},{mark}"
        for line, mark in zip(vehicles(*map(row, range(3))).splitlines(), ("数据有无标志", "1", "0", ""), strict=True)
    ]
    taken = delivered(store, tmp_path, "\n".join(lines) + "\n", marked)
    assert (taken.delivered, taken.accepted, taken.rejected, taken.records) == (3, 3, 0, 2)
    assert records(store)["source_row"].to_list() == [2, 4]


def test_one_persons_records_stand_in_one_part(store: Store, tmp_path: Path) -> None:
    delivered(store, tmp_path, vehicles(*[row(serial % 5) for serial in range(50)], ("张某", "", "鲁A00009", "A")))
    snapshot = store.latest(PLACE)
    assert snapshot is not None
    parts = {name: read_records(snapshot, name) for name in snapshot.part_names() if name != "rejects"}
    for serial in range(5):
        assert sum(number(serial) in part["owner_no"].to_list() for part in parts.values()) == 1
    assert parts["loose000"]["owner_name"].to_list() == ["张某"]
    assert sum(part.height for part in parts.values()) == 51


def test_the_landed_file_comes_back_byte_for_byte(store: Store, tmp_path: Path) -> None:
    taken = delivered(store, tmp_path, TEN)
    assert store.landed(f"landed/vehicle/{REGION}", taken.snapshot) == TEN.encode("gb18030")


def test_a_refused_file_is_landed_all_the_same(store: Store, tmp_path: Path) -> None:
    broken = TEN[:-3]
    with pytest.raises(ExtractChanged):
        delivered(store, tmp_path, broken)
    (landed,) = store.snapshots(f"landed/vehicle/{REGION}")
    assert store.landed(f"landed/vehicle/{REGION}", landed.id) == broken.encode("gb18030")
    assert store.latest(PLACE) is None


@pytest.mark.parametrize("broken", ["", TEN[:-1], TEN[:-9] + "\n", TEN.replace("号牌号码", "车牌"), vehicles()])
def test_a_refused_delivery_leaves_the_last_good_snapshot(store: Store, tmp_path: Path, broken: str) -> None:
    good = delivered(store, tmp_path, TEN)
    with pytest.raises(ExtractChanged):
        delivered(store, tmp_path, broken, day=date(2018, 12, 31))
    latest = store.latest(PLACE)
    assert latest is not None
    assert latest.id == good.snapshot
    assert records(store).height == 10


def test_far_fewer_rows_are_refused_until_someone_has_asked_the_department(store: Store, tmp_path: Path) -> None:
    delivered(store, tmp_path, TEN)
    fewer = vehicles(*map(row, range(7)))
    with pytest.raises(ExtractChanged, match="有 7 行，上一次 10 行，少了 30%") as refused:
        delivered(store, tmp_path, fewer, day=date(2018, 12, 31))
    assert "--accept-drop" in refused.value.hint
    assert records(store).height == 10
    assert delivered(store, tmp_path, fewer, day=date(2018, 12, 31), accept_drop=True).accepted == 7
    assert records(store).height == 7


def test_a_few_rows_fewer_are_taken(store: Store, tmp_path: Path) -> None:
    delivered(store, tmp_path, TEN)
    assert delivered(store, tmp_path, vehicles(*map(row, range(8))), day=date(2018, 12, 31)).accepted == 8


def test_the_same_file_twice_is_taken_once(store: Store, tmp_path: Path) -> None:
    first, again = delivered(store, tmp_path, TEN), delivered(store, tmp_path, TEN)
    assert (first.existing, again.existing) == (False, True)
    assert (again.snapshot, again.accepted, again.kinds) == (first.snapshot, first.accepted, first.kinds)
    assert len(store.snapshots(PLACE)) == 1
    assert len(store.snapshots(f"landed/vehicle/{REGION}")) == 1


def test_a_changed_source_toml_reads_the_same_file_anew(store: Store, tmp_path: Path) -> None:
    (tmp_path / "connectors" / "vehicle").mkdir(parents=True)
    (tmp_path / "connectors" / "vehicle" / "source.toml").write_text('[lookups.status.values]\n"别的" = "A"\n', "utf-8")
    changed = find_sources(shipped_connectors(), tmp_path / "connectors")["vehicle"]
    text = vehicles(row(1), (*row(2)[:3], "别的"))
    before = delivered(store, tmp_path, text)
    after = delivered(store, tmp_path, text, changed)
    assert before.snapshot != after.snapshot
    assert not after.existing
    assert records(store)["status"].to_list() == ["A", "A"]
    assert len(store.snapshots(PLACE)) == 2


def test_two_suppliers_stand_side_by_side(store: Store, tmp_path: Path) -> None:
    delivered(store, tmp_path, TEN)
    pull(store, VEHICLE, tmp_path / "vehicle.csv", supplier="370299", data_date=DAY)
    assert store.datasets("records/vehicle/") == [dataset("vehicle", REGION), dataset("vehicle", "370299")]


def test_co_owners_of_one_row_are_as_many_records(store: Store, tmp_path: Path) -> None:
    headings = ("权利人", "证件号码", "坐落", "规划用途", "共有情况")
    text = written([headings, ("张伟、李娜", f"{number(1)}、{number(2)}", "某路1号", "城镇住宅用地/住宅", "共同共有")])
    taken = delivered(store, tmp_path, text, HOUSING)
    assert (taken.delivered, taken.accepted, taken.records) == (1, 1, 2)
    held = records(store, dataset("housing", REGION))
    assert held.select("slot", "owner_name", "owner_no", "owners", "use", "co_ownership").rows() == [
        (1, "张伟", number(1), 2, "residence", "joint"),
        (2, "李娜", number(2), 2, "residence", "joint"),
    ]


def test_a_missing_file_says_so(store: Store, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="读不到文件"):
        pull(store, VEHICLE, tmp_path / "nothing.csv", supplier=REGION, data_date=DAY)
    with pytest.raises(NotFound, match="读不到文件"):
        pull(store, VEHICLE, tmp_path, supplier=REGION, data_date=DAY)
