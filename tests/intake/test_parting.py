"""However records come, in whichever pieces, waiting in memory or on the disk: the parts are the same."""

import itertools
from contextlib import closing
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from jiuzhu_check.intake import decode, parting
from jiuzhu_check.intake.pull import Pulled, pull
from jiuzhu_check.intake.stored import dataset
from jiuzhu_check.store.aside import Aside
from jiuzhu_check.store.bucket import bucket
from jiuzhu_check.store.snapshot import Snapshot, Store
from tests.intake.extracts import VEHICLE, number, row, vehicles

TEXT = vehicles(
    *map(row, range(150)),
    ("张伟、李娜", f"{number(1)}、{number(2)}", "鲁A00001", "A"),
    ("合计", "", "", ""),
    *((f"某{serial}", "", f"鲁B{serial:05}", "别的") for serial in range(40)),
    (row(3)[0], f"{number(3)[:15]}000", "鲁A00003", "A"),
    *map(row, range(200)),
)


def taken_in(store: Store, folder: Path, supplier: str) -> tuple[Pulled, Snapshot]:
    path = folder / "vehicle.csv"
    path.write_bytes(TEXT.encode("gb18030"))
    taken = pull(store, VEHICLE, path, supplier=supplier, data_date=date(2018, 11, 30))
    snapshot = store.latest(dataset("vehicle", supplier))
    assert snapshot is not None
    return taken, snapshot


@pytest.mark.parametrize(("piece", "held"), [(40, 10**9), (200, 1), (1000, 60), (3000, 150)])
def test_where_a_delivery_is_cut_and_what_had_to_wait_changes_no_part(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, piece: int, held: int
) -> None:
    _, whole = taken_in(store, tmp_path, "370100")
    monkeypatch.setattr(decode, "PIECE", piece)
    monkeypatch.setattr(parting, "HELD_ROWS", held)
    _, cut = taken_in(store, tmp_path, "370200")
    assert cut.part_names() == whole.part_names()
    for name in whole.part_names():
        if name != "rejects":
            assert cut.read(name).equals(whole.read(name)), name
    assert cut.read("rejects").drop("supplier").equals(whole.read("rejects").drop("supplier"))
    alike = {"supplier": "370100"}
    assert {**cut.facts, "alike": {**cut.facts["alike"], **alike}} == whole.facts
    assert not [left for left in store.root.iterdir() if left.is_file()]


def test_records_without_a_usable_number_fill_part_after_part(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parting, "LOOSE_ROWS", 15)
    monkeypatch.setattr(decode, "PIECE", 300)
    monkeypatch.setattr(parting, "HELD_ROWS", 50)
    _, cut = taken_in(store, tmp_path, "370100")
    loose = [name for name in cut.part_names() if name.startswith("loose")]
    assert loose == ["loose000", "loose001", "loose002"]
    assert [cut.read(name).height for name in loose] == [15, 15, 11]
    rows = list(itertools.chain.from_iterable(cut.read(name)["source_row"] for name in loose))
    assert rows == sorted(rows)


def test_a_great_delivery_is_cut_finer_and_everybody_still_stands_in_one_part(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parting, "_PARTS_BY_ROWS", ((100, 256),))
    monkeypatch.setattr(decode, "PIECE", 1000)
    monkeypatch.setattr(parting, "HELD_ROWS", 100)
    taken, cut = taken_in(store, tmp_path, "370100")
    assert cut.facts["parts"] == 256
    parts = {name: cut.read(name) for name in cut.part_names() if name.startswith("n")}
    assert len(parts) == 256
    for name, part in parts.items():
        placed = part.select(bucket(pl.col("owner_no"), 256, store.bucket_key)).to_series()
        assert placed.to_list() == [int(name[1:])] * part.height
    assert sum(part.height for part in parts.values()) == taken.kinds["valid"]


def test_what_waits_on_the_disk_has_no_name_and_cannot_be_read(tmp_path: Path) -> None:
    frame = pl.DataFrame({"owner_name": ["张伟"] * 100})
    with closing(Aside(tmp_path)) as aside:
        ticket = aside.put(frame)
        assert aside.take(ticket).equals(frame)
        assert not list(tmp_path.iterdir())
        aside._file.seek(0)
        assert "张伟".encode() not in aside._file.read()
