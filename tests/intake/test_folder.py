"""A drop folder: only whole files are taken, in the order of their days, and nothing that leads out of the folder."""

import os
from datetime import date
from pathlib import Path

import pytest

from jiuzhu_check.errors import TryLater, UsageError
from jiuzhu_check.intake.fetch import fetch, reach
from jiuzhu_check.intake.source import Source, find_sources
from jiuzhu_check.intake.transports.arrival import Arrival
from jiuzhu_check.intake.transports.names import Names

SPEC = """
title = "公积金"
department = "公积金中心"
table = "provident_fund"
legal_basis = "条款待核实"
[columns]
owner_name_raw = ["姓名"]
[contract]
required = ["owner_name_raw"]
[transport]
kind = "folder"
path = "{path}"
{more}
"""
TODAY = date(2018, 12, 1)


def source(folder: Path, name: str = "gjj_{date:%Y%m%d}*.csv", more: str = "settle_seconds = 0") -> Source:
    home = folder.parent / "connectors" / "fund"
    home.mkdir(parents=True, exist_ok=True)
    text = SPEC.replace("{path}", f"{folder}/{name}").replace("{more}", more)
    (home / "source.toml").write_text(text, encoding="utf-8")
    return find_sources(home.parent)["fund"]


def brought(each: Source, after: date | None = None) -> list[Arrival]:
    return list(fetch(each, lambda name: b"", TODAY, after=after))


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    folder = tmp_path / "drop"
    folder.mkdir()
    for day in ("20181001", "20181101", "20181130"):
        (folder / f"gjj_{day}_全市.csv").write_text(day)
    return folder


def test_what_is_newer_than_what_is_here_comes_oldest_first(drop: Path) -> None:
    (drop / "gjj_20181301.csv").write_text("no day")
    (drop / "gjj_20190101.csv").write_text("of tomorrow")
    (drop / "readme.txt").write_text("other")
    came = brought(source(drop), after=date(2018, 10, 1))
    assert [(each.extract, each.data, each.data_date) for each in came] == [
        ("gjj_20181101_全市.csv", b"20181101", date(2018, 11, 1)),
        ("gjj_20181130_全市.csv", b"20181130", date(2018, 11, 30)),
    ]
    assert [each.data for each in brought(source(drop))] == [b"20181001", b"20181101", b"20181130"]
    assert brought(source(drop), after=date(2018, 11, 30)) == []


def test_names_that_tell_no_day_bring_the_file_that_changed_last(drop: Path) -> None:
    os.utime(drop / "gjj_20181001_全市.csv", (2e9, 2e9))
    (came,) = brought(source(drop, "gjj*.csv", 'done_marker = ""\nsettle_seconds = -999999999'))
    assert (came.extract, came.data_date) == ("gjj_20181001_全市.csv", None)


def test_a_file_without_its_done_marker_is_not_taken(drop: Path) -> None:
    marked = source(drop, more='done_marker = ".ok"')
    with pytest.raises(TryLater, match="gjj_20181130_全市.csv 还没有传完".replace(".", "[.]")):
        brought(marked)
    (drop / "gjj_20181101_全市.csv.ok").touch()
    (drop / "gjj_20181130_全市.ok").touch()
    assert [each.data_date for each in brought(marked)] == [date(2018, 11, 1), date(2018, 11, 30)]


def test_a_file_that_has_just_changed_is_left_to_settle(drop: Path) -> None:
    with pytest.raises(TryLater, match="还没有传完"):
        brought(source(drop, more=""))
    os.utime(drop / "gjj_20181130_全市.csv", (1e9, 1e9))
    assert [each.data for each in brought(source(drop, more=""))] == [b"20181130"]


def test_links_and_folders_are_no_deliveries(drop: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.csv").write_text("elsewhere")
    (drop / "gjj_20181125.csv").symlink_to(tmp_path / "elsewhere.csv")
    (drop / "gjj_20181126.csv").mkdir()
    os.mkfifo(drop / "gjj_20181127.csv")
    assert len(brought(source(drop))) == 3


def test_a_folder_that_is_not_there_is_to_be_tried_later(tmp_path: Path) -> None:
    with pytest.raises(TryLater, match="读不到文件夹"):
        brought(source(tmp_path / "gone"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(TryLater, match="现在没有可取的数据"):
        reach(source(tmp_path / "empty"), lambda name: b"", TODAY)


@pytest.mark.parametrize(
    "path", ["gjj_{date:%H}.csv", "gjj_{date:%Y}_{date:%m}.csv", "{date:%Y%m%d}/gjj.csv", "gjj_{date:%Q}.csv"]
)
def test_a_path_by_which_no_day_can_be_read_is_named(drop: Path, path: str) -> None:
    with pytest.raises(UsageError, match=r"transport\.path"):
        brought(source(drop, path))


@pytest.mark.parametrize(
    ("path", "name", "day"),
    [
        ("/out/gjj_{date:%Y%m%d}*.csv", "gjj_20181130(1).csv", date(2018, 11, 30)),
        ("/out/{date:%Y-%m-%d}.xlsx", "2018-11-30.xlsx", date(2018, 11, 30)),
        ("/out/*{date:%y%m%d}.txt", "数据.181130.txt", date(2018, 11, 30)),
        ("/out/a.{date:%Y.%m.%d}", "a.2018x11x30", None),
        ("/out/*.csv", "a.csv", None),
    ],
)
def test_a_name_tells_the_day_that_it_is_written_to_tell(path: str, name: str, day: date | None) -> None:
    names = Names.of(path)
    assert (names.date_of(name) if names.wanted.fullmatch(name) else None) == day
