"""What a department put into its folder is fetched by night, each day once, and what is wrong with one source keeps no other."""

from datetime import date
from pathlib import Path

import pytest

from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.deliveries import reachable, take_what_came
from jiuzhu_check.errors import ExtractChanged, UsageError
from tests.checks.centres import VEHICLE, Small, number
from tests.cli.program import environment, run

TODAY = date(2018, 12, 1)
TRANSPORT = '[transport]\nkind = "folder"\nsettle_seconds = 0\npath = "{drop}/{name}"\n'


def fetching(town: Small, source: str, name: str) -> None:
    """The county's own addition to a shipped source: where its files are put."""
    home = town.centre.workspace.connectors_dir / source
    home.mkdir(parents=True, exist_ok=True)
    text = TRANSPORT.replace("{drop}", str(town.folder / "drop")).replace("{name}", name)
    (home / "source.toml").write_text(text, encoding="utf-8")
    town.centre = Centre.open(town.centre.workspace.path)


def cars(count: int) -> str:
    rows = [
        f"02,鲁Z{place:05},K33,LZZ{place:014},赵{'一二三四五六'[place % 6]},{number(place + 1)},20100101,A"
        for place in range(count)
    ]
    return "\n".join([VEHICLE, *rows]) + "\n"


@pytest.fixture
def town(tmp_path: Path) -> Small:
    small = Small(tmp_path)
    (tmp_path / "drop").mkdir()
    fetching(small, "vehicle", "car_{date:%Y%m%d}.csv")
    return small


def put(town: Small, name: str, text: str) -> None:
    (town.folder / "drop" / name).write_text(text, encoding="utf-8")


def test_each_days_file_is_taken_once_in_the_order_of_the_days(town: Small) -> None:
    for day, count in (("20181115", 12), ("20181031", 10)):
        put(town, f"car_{day}.csv", cars(count))
    taken = take_what_came(town.centre, "vehicle", TODAY)
    assert [(each.data_date, each.accepted) for each in taken] == [(date(2018, 10, 31), 10), (date(2018, 11, 15), 12)]
    assert take_what_came(town.centre, "vehicle", TODAY) == []
    put(town, "car_20181130.csv", cars(13))
    assert [each.accepted for each in take_what_came(town.centre, "vehicle", TODAY)] == [13]


def test_half_a_file_leaves_the_last_good_one(town: Small) -> None:
    put(town, "car_20181031.csv", cars(100))
    take_what_came(town.centre, "vehicle", TODAY)
    put(town, "car_20181130.csv", cars(50))
    with pytest.raises(ExtractChanged, match="少了 50%"):
        take_what_came(town.centre, "vehicle", TODAY)
    held = town.centre.store.latest("records/vehicle/370000")
    assert held is not None
    assert (held.data_date, held.facts["accepted"]) == (date(2018, 10, 31), 100)


def test_a_file_whose_name_tells_no_day_needs_one_said(town: Small) -> None:
    fetching(town, "vehicle", "car.csv")
    put(town, "car.csv", cars(5))
    with pytest.raises(UsageError, match="哪一天"):
        take_what_came(town.centre, "vehicle", TODAY)
    (taken,) = take_what_came(town.centre, "vehicle", TODAY, data_date=date(2018, 11, 30))
    assert taken.data_date == date(2018, 11, 30)
    (again,) = take_what_came(town.centre, "vehicle", TODAY, data_date=date(2018, 11, 30))
    assert again.existing


def test_only_signed_sources_with_a_way_are_fetched_by_night(town: Small) -> None:
    fetching(town, "housing", "home_{date:%Y%m%d}.csv")
    town.require({"vehicle": "required"})
    assert reachable(town.centre) == ["vehicle"]


def test_one_source_that_fails_keeps_no_other_and_the_night_ends_incomplete(town: Small) -> None:
    fetching(town, "housing", "home_{date:%Y%m%d}.csv")
    put(town, "home_20181130.csv", "no heading\n")
    put(town, "car_20181130.csv", cars(7))
    said = run(
        "-C", str(town.centre.workspace.path), "pull", "--all", "--as-of", "2018-12-01", "--format", "tsv",
        **{"JIUZHU_LANG": "zh"},
    )  # fmt: skip
    assert said.code == 3
    lines = {line.split("\t")[0]: line.split("\t")[1:] for line in said.out.splitlines()[1:]}
    assert lines["vehicle"] == ["收下", "7", "7", "0", "2018-11-30"]
    assert lines["housing"][0] == "未成"
    assert "没有找到表头" in lines["housing"][-1]
    again = run("-C", str(town.centre.workspace.path), "pull", "vehicle", "--as-of", "2018-12-01", **environment())
    assert (again.code, again.out) == (0, "")
    assert "没有新数据" in again.err


@pytest.mark.parametrize(
    "words",
    [
        ("pull",),
        ("pull", "vehicle", "--all"),
        ("pull", "--all", "--file", "a.csv"),
        ("pull", "vehicle", "--file", "a.csv"),
    ],
)
def test_a_pull_that_says_too_little_or_too_much_is_refused(town: Small, words: tuple[str, ...]) -> None:
    said = run("-C", str(town.centre.workspace.path), *words)
    assert said.code == 2
    assert "提示" in said.err or "写" in said.err
