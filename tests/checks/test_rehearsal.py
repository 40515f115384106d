"""A pull is rehearsed: everything is read and checked as always, nothing is kept, and what would change is said."""

import json
from datetime import date
from pathlib import Path

import pytest

from jiuzhu_check.checks.deliveries import take, take_what_came
from jiuzhu_check.checks.trial import try_source
from jiuzhu_check.errors import ExtractChanged, NotFound, UsageError
from jiuzhu_check.intake.difference import Difference
from tests.checks.centres import VEHICLE, Small, number
from tests.checks.test_fetching import TODAY, cars, fetching, put

DAY = date(2018, 11, 30)
PLACE = "records/vehicle/370000"


@pytest.fixture
def town(tmp_path: Path) -> Small:
    small = Small(tmp_path)
    (tmp_path / "drop").mkdir()
    return small


def file(town: Small, text: str, name: str = "vehicle.csv") -> Path:
    path = town.folder / name
    path.write_text(text, encoding="utf-8")
    return path


def held(town: Small) -> list[str]:
    """Every file in the store."""
    return sorted(str(path) for path in town.centre.workspace.store_dir.rglob("*"))


def log(town: Small) -> list[dict[str, object]]:
    lines = [
        line
        for file in sorted(town.centre.workspace.audit_dir.glob("*.jsonl"))
        for line in file.read_text("utf-8").splitlines()
    ]
    return [json.loads(line) for line in lines]


def test_nothing_is_kept_and_the_audit_says_that_it_was_a_dry_run(town: Small) -> None:
    before = held(town)
    taken = take(town.centre, "vehicle", file(town, cars(10)), "", DAY, dry_run=True)
    assert (taken.rehearsed, taken.accepted, taken.changes) == (True, 10, Difference(0, 10, 10, 0, 0))
    assert held(town) == before
    intent, outcome = log(town)[-2:]
    assert intent["facts"] == {
        "source": "vehicle",
        "supplier": "370000",
        "accept_columns": False,
        "accept_drop": False,
        "dry_run": True,
    }
    assert (outcome["result"], outcome["counts"]) == ("ok", {"delivered": 10, "accepted": 10, "rejected": 0})


def test_the_real_pull_gives_what_the_rehearsal_said(town: Small) -> None:
    take(town.centre, "vehicle", file(town, cars(10)), "", date(2018, 10, 31))
    sold = (
        cars(11)
        .replace("鲁Z00003,K33,LZZ00000000000003", "鲁Z00003,K33,LZZ00000000099999")
        .replace(f"{number(5)},20100101,A", f"{number(5)},20100101,E")
    )
    rehearsed = take(town.centre, "vehicle", file(town, sold), "", DAY, dry_run=True)
    assert rehearsed.changes == Difference(10, 11, added=2, changed=1, gone=1)
    real = take(town.centre, "vehicle", file(town, sold), "", DAY)
    assert (real.snapshot, real.accepted, real.records, real.kinds) == (
        rehearsed.snapshot,
        rehearsed.accepted,
        rehearsed.records,
        rehearsed.kinds,
    )
    again = take(town.centre, "vehicle", file(town, sold), "", DAY, dry_run=True)
    assert (again.existing, again.changes) == (True, None)


@pytest.mark.parametrize("text", [cars(5), "no heading\n", "", f"{VEHICLE}\n"])
def test_what_a_pull_refuses_a_rehearsal_refuses_in_the_same_words_and_lands_nothing(town: Small, text: str) -> None:
    take(town.centre, "vehicle", file(town, cars(100)), "", date(2018, 10, 31))
    before = held(town)
    with pytest.raises(ExtractChanged) as rehearsed:
        take(town.centre, "vehicle", file(town, text), "", DAY, dry_run=True)
    assert held(town) == before
    assert log(town)[-1]["result"] == "error-13"
    with pytest.raises(ExtractChanged) as real:
        take(town.centre, "vehicle", file(town, text), "", DAY)
    assert (rehearsed.value.message, rehearsed.value.hint) == (real.value.message, real.value.hint)


def test_what_the_department_put_into_its_folder_is_rehearsed_and_stays_to_be_taken(town: Small) -> None:
    fetching(town, "vehicle", "car_{date:%Y%m%d}.csv")
    put(town, "car_20181130.csv", cars(7))
    (taken,) = take_what_came(town.centre, "vehicle", TODAY, dry_run=True)
    assert (taken.accepted, town.centre.store.latest(PLACE)) == (7, None)
    assert [each.accepted for each in take_what_came(town.centre, "vehicle", TODAY)] == [7]


def test_where_the_last_snapshot_is_damaged_the_rehearsal_says_what_a_pull_would_take(town: Small) -> None:
    take(town.centre, "vehicle", file(town, cars(10)), "", date(2018, 10, 31))
    next(town.centre.workspace.store_dir.rglob("n0*.parquet")).write_bytes(b"x")
    taken = take(town.centre, "vehicle", file(town, cars(10)), "", DAY, dry_run=True)
    assert (taken.accepted, taken.changes) == (10, None)


def test_a_department_is_reached_looked_at_and_nothing_is_kept(town: Small) -> None:
    fetching(town, "vehicle", "car_{date:%Y%m%d}.csv")
    put(town, "car_20181130.csv", cars(7))
    before = held(town)
    tried = try_source(town.centre, "vehicle", TODAY, rows=2)
    assert (tried.arrival.extract, tried.seen.problem) == ("car_20181130.csv", None)
    assert {value for *_, column, value in tried.seen.records if column == "owner_name"} == {"赵*"}
    assert held(town) == before
    assert [each.get("action", each["phase"]) for each in log(town)[-2:]] == ["try_source", "outcome"]


def test_a_department_without_a_way_or_that_nobody_knows_is_refused(town: Small) -> None:
    with pytest.raises(UsageError, match="没有写明怎样取数"):
        try_source(town.centre, "vehicle", TODAY, rows=2)
    with pytest.raises(NotFound):
        try_source(town.centre, "tax_of_elsewhere", TODAY, rows=2)
