"""A run of many households is made and kept group by group; nothing that anybody reads of it depends on the groups."""

import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from jiuzhu_check.checks import results, retention, run
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.evidence_bundle import named_by
from jiuzhu_check.checks.kept_run import OWN, KeptRun
from jiuzhu_check.checks.night import Night
from jiuzhu_check.errors import ExitCode, Stopped
from jiuzhu_check.store.snapshot import Snapshot
from jiuzhu_check.tables import grouped
from tests.checks.centres import copied, keyed
from tests.checks.nights import Nights, an_increment
from tests.checks.test_what_differs import same

FEW, ALL = 7, 60_000  # households


@pytest.fixture
def two(county: Centre, tmp_path: Path) -> tuple[Nights, Nights]:
    """The same county twice."""
    few, whole = (Nights(copied(county, tmp_path / name), tmp_path / name, random.Random(5)) for name in ("few", "all"))
    for each in (few, whole):
        keyed(each.centre, "vehicle", "vin")
        each.night()
        each.day += timedelta(days=1)
    return few, whole


def last(nights: Nights) -> KeptRun:
    return results.find(nights.centre.store, "latest")[0]


def night_by(nights: Nights, together: int, monkeypatch: pytest.MonkeyPatch, *, full: bool = True) -> KeptRun:
    monkeypatch.setattr(grouped, "TOGETHER", together)
    nights.night(full=full)
    return last(nights)


def test_a_night_by_groups_of_households_is_kept_in_pieces_and_reads_as_one(
    two: tuple[Nights, Nights], monkeypatch: pytest.MonkeyPatch
) -> None:
    few, whole = two
    pieces, one = night_by(few, FEW, monkeypatch), night_by(whole, ALL, monkeypatch)
    assert len(pieces.snapshot.part_names()) > 5 * len(one.snapshot.part_names())
    assert pieces.part_names() == one.part_names()
    for table in one.part_names():
        assert pieces.read(table).equals(one.read(table)), table
        assert pieces.rows_of(table) == one.rows_of(table)
    same(few, whole)


def test_what_a_kept_run_rests_on_is_the_same_in_pieces_and_upon_another(
    two: tuple[Nights, Nights], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An extract is purged but for the rows that kept runs rest on: all of them, however the run is kept."""
    few, whole = two
    night_by(few, FEW, monkeypatch)
    an_increment(few, "vehicle")
    again = few.whole()
    night_by(whole, ALL, monkeypatch)
    pieces, upon = night_by(few, FEW, monkeypatch), night_by(few, FEW, monkeypatch, full=False)
    assert rows_named(few, pieces) == rows_named(again, last(again))
    assert upon.upon is not None
    assert rows_named(few, upon) == rows_named(few, pieces)
    assert retention.plan(few.centre, few.day.replace(year=few.day.year + 30)).items


def rows_named(nights: Nights, kept: KeptRun) -> dict[Any, list[Any]]:
    named = named_by(nights.centre.store, [kept.id])
    return {place: sorted(rows.rows(), key=str) for place, rows in named.items()}


def test_of_some_households_only_their_pieces_are_opened(
    two: tuple[Nights, Nights], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = night_by(two[0], FEW, monkeypatch)
    homes = kept.read("roster", ["household_no"])["household_no"].unique().sort()
    asked = pl.Series([homes[0], homes[homes.len() // 2], homes[-1]])
    for table in kept.part_names():
        if table not in (*OWN, "seen"):
            every = kept.read(table)
            assert kept.read(table, homes=asked).equals(every.filter(pl.col("household_no").is_in(asked.implode())))
    assert kept.read("finding", homes=asked.clear()).equals(kept.read("finding").clear())
    opened = list[str]()
    reads = Snapshot.read

    def read(snapshot: Snapshot, name: str, *told: Any, **more: Any) -> pl.DataFrame:
        opened.append(name)
        return reads(snapshot, name, *told, **more)

    monkeypatch.setattr(Snapshot, "read", read)
    kept.read("finding", homes=homes.head(1))
    assert opened == ["finding-000"]


def test_the_next_night_begins_from_a_run_that_was_kept_in_pieces(
    two: tuple[Nights, Nights], monkeypatch: pytest.MonkeyPatch
) -> None:
    anew = list[Nights]()
    for each, together in zip(two, (FEW, ALL), strict=True):
        night_by(each, together, monkeypatch)
        an_increment(each, "vehicle")
        anew.append(each.whole())
        night_by(each, together, monkeypatch, full=False)
        assert last(each).upon is not None
    same(*two)
    same(two[0], anew[1])


def test_how_many_groups_are_done_is_shown_behind_the_parts_of_every_source(
    two: tuple[Nights, Nights], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grouped, "TOGETHER", FEW)
    seen = list[tuple[str, int, int]]()
    run.check_all(
        two[0].centre, "recipients", two[0].day, night=Night(full=True), progress=lambda *move: seen.append(move)
    )
    groups = len({part for part in last(two[0]).snapshot.part_names() if part.startswith("finding-")})
    assert groups > 2
    assert seen[-groups:] == [("比对规则", done, groups) for done in range(1, groups + 1)]
    assert not any(title == "比对规则" for title, _, _ in seen[:-groups])


def test_a_stop_between_two_groups_keeps_nothing_of_the_run(
    two: tuple[Nights, Nights], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grouped, "TOGETHER", FEW)
    before, seen = last(two[0]).id, list[str]()

    def asked() -> ExitCode | None:
        return ExitCode.TERMINATED if any('"rules"' in line for line in seen) else None

    night = Night(full=True, log=seen.append, asked=asked)
    with pytest.raises(Stopped):
        run.check_all(two[0].centre, "recipients", two[0].day, night=night)
    assert last(two[0]).id == before
