"""The morning's question: what is here, how old, what was refused; and what the department should mend."""

import io
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.deliveries import take
from jiuzhu_check.checks.run import check_all, summarise
from jiuzhu_check.checks.source_list import quality, standings
from jiuzhu_check.errors import ExtractChanged, NotFound
from tests.checks.centres import VEHICLE, Member, Small, number
from tests.cli.program import WHOLE_NUMBER, Said, run

DAY = date(2018, 12, 1)


def deliver(town: Small, rows: list[tuple[str, str]], on: date = date(2018, 11, 30), more: str = "") -> None:
    lines = [
        f"02,鲁Z{place:05},K33,LZZ{place:014},{name},{owner},20100101,A" for place, (name, owner) in enumerate(rows)
    ]
    file = town.folder / "vehicle.csv"
    file.write_text("\n".join([VEHICLE, *lines]) + f"\n{more}", encoding="utf-8")
    take(town.centre, "vehicle", file, "", on)


def people(count: int) -> list[tuple[str, str]]:
    return [(f"赵{'一二三四五六七八九'[place % 9]}", number(place + 1)) for place in range(count)]


def told(town: Small, as_of: date = DAY) -> dict[str, tuple[object, ...]]:
    return {
        each.state.source.id: (each.state.state, each.deliveries, each.refused, each.age)
        for each in standings(town.centre, as_of)
    }


def program(town: Small, *words: str) -> Said:
    return run("-C", str(town.centre.workspace.path), *words)


def test_what_is_here_how_old_and_what_was_refused_stands_in_one_list(tmp_path: Path) -> None:
    town = Small(tmp_path)
    town.require({"vehicle": "required", "housing": "optional"})
    assert told(town)["vehicle"] == ("missing", 0, 0, None)
    deliver(town, people(20))
    assert told(town)["vehicle"] == ("arrived", 1, 0, 1)
    with pytest.raises(ExtractChanged):
        deliver(town, people(5), on=DAY)
    assert told(town)["vehicle"] == ("arrived", 1, 1, 1)
    deliver(town, people(21), on=DAY)
    assert told(town)["vehicle"] == ("arrived", 2, 0, 0)
    assert told(town, date(2019, 2, 1))["vehicle"][0] == "stale"
    said = program(town, "source", "list", "--as-of", "2018-12-01", "--format", "tsv")
    lines = {line.split("\t")[0]: line.split("\t")[1:] for line in said.out.splitlines()[1:]}
    assert lines["vehicle"] == ["370000", "必需", "到位", "2018-12-01", "0", "21", "0", "", ""]
    assert lines["housing"][1:3] == ["可选", "缺失"]
    assert lines["provident_fund"][1:3] == ["未签约", "未签约"]


def test_a_first_delivery_that_was_refused_is_seen(tmp_path: Path) -> None:
    town = Small(tmp_path)
    with pytest.raises(ExtractChanged):
        deliver(town, [])
    assert told(town)["vehicle"] == ("missing", 0, 1, None)


OLD, NEW = date(2018, 10, 31), date(2018, 11, 30)


def test_after_a_refused_delivery_list_and_check_say_that_the_last_good_one_is_used(tmp_path: Path) -> None:
    town = Small(tmp_path)
    town.require({"vehicle": "required"})
    town.enrol([Member("赵一", number(1))])
    deliver(town, people(20), on=OLD)
    with pytest.raises(ExtractChanged):
        deliver(town, people(5), on=NEW)
    why = "机动车本次交付（vehicle.csv，数据时点 2018-11-30）被退回，仍用 2018-10-31 的"
    (listed,) = [each for each in standings(town.centre, DAY) if each.state.source.id == "vehicle"]
    assert (listed.state.state, listed.state.reason, listed.age) == ("arrived", why, 31)
    said = program(town, "source", "list", "--as-of", "2018-12-01", "--format", "tsv")
    line = next(line for line in said.out.splitlines() if line.startswith("vehicle"))
    assert line.split("\t")[3:] == ["到位（仍用旧的）", "2018-10-31", "31", "20", "0", "1", why]
    result, _ = check_all(town.centre, "recipients", DAY)
    state = result.source_state.filter(pl.col("source") == "vehicle").row(0, named=True)
    assert (state["state"], state["data_date"], state["refused"], state["reason"]) == ("arrived", OLD, 1, why)
    assert result.coverage["state"].to_list() == ["hit"]
    assert "机动车 2018-10-31（本次交付被退回，仍用旧的）" in summarise(result, None).lines()[1]
    assert result.id != check_all(town.centre, "recipients", NEW)[0].id
    deliver(town, people(21), on=NEW)
    (listed,) = [each for each in standings(town.centre, DAY) if each.state.source.id == "vehicle"]
    assert (listed.state.reason, listed.refused) == ("", 0)


def test_a_delivery_refused_between_two_checks_of_a_day_makes_another_run(tmp_path: Path) -> None:
    town = Small(tmp_path)
    town.require({"vehicle": "required"})
    town.enrol([Member("赵一", number(1))])
    deliver(town, people(20), on=OLD)
    before = check_all(town.centre, "recipients", DAY)[0].id
    with pytest.raises(ExtractChanged):
        deliver(town, people(5), on=NEW)
    assert check_all(town.centre, "recipients", DAY)[0].id != before


def test_half_a_file_makes_nothing_gone(tmp_path: Path) -> None:
    town = Small(tmp_path)
    town.require({"vehicle": "required"})
    town.enrol([Member("赵一", number(1)), Member("赵二", number(20), "JZ2")])
    deliver(town, [*people(19), ("赵二", number(20))], on=OLD)
    before = check_all(town.centre, "recipients", OLD)[0]
    with pytest.raises(ExtractChanged):
        deliver(town, people(10), on=NEW)
    after = check_all(town.centre, "recipients", DAY)[0]
    assert sorted(after.finding["finding_id"]) == sorted(before.finding["finding_id"])
    assert after.coverage["state"].to_list() == ["hit", "hit"]


def test_an_office_whose_first_delivery_was_refused_is_listed_beside_the_others(tmp_path: Path) -> None:
    town = Small(tmp_path)
    town.require({"vehicle": "required"})
    town.vehicles(people(20))
    with pytest.raises(ExtractChanged):
        town.vehicles([], supplier="370100")
    listed = [
        (each.state.supplier, each.state.state, each.refused)
        for each in standings(town.centre, DAY)
        if each.state.source.id == "vehicle"
    ]
    assert listed == [("370000", "arrived", 0), ("370100", "missing", 1)]


def test_an_empty_delivery_is_refused_and_nobody_owns_nothing(tmp_path: Path) -> None:
    town = Small(tmp_path)
    town.require({"vehicle": "required"})
    town.enrol([Member("赵一", number(1))])
    with pytest.raises(ExtractChanged):
        deliver(town, [])
    result, _ = check_all(town.centre, "recipients", DAY)
    assert result.coverage.select("state", "reason").rows() == [
        (
            "unchecked",
            "机动车没有数据时点在 2018-12-01 及以前的数据；本次交付（vehicle.csv，数据时点 2018-11-30）被退回",
        )
    ]


def test_the_letter_names_every_row_that_should_be_mended_and_no_whole_number(tmp_path: Path) -> None:
    town = Small(tmp_path)
    shared = number(500)
    broken = number(7)[:-1] + ("0" if number(7)[-1] != "0" else "1")
    rows = [
        *people(300),
        ("张伟", shared),
        ("李娜", shared),
        ("王芳", shared),
        ("钱二", broken),
        ("孙三", "111111111111111111"),
    ]
    deliver(town, rows, more="合计,,,,,,,\n")
    found = quality(town.centre, "vehicle")
    assert found.damaged.select("source_row", "kind").rows() == [(305, "broken"), (306, "placeholder")]
    assert found.many_names.select("names", "rows", "first").rows() == [(3, 3, 302)]
    letter = program(town, "source", "quality", "vehicle")
    assert letter.code == 0
    for words in (
        "校验位不符：1 行，如第 305 行",
        "占位号码：1 行，如第 306 行",
        "1 个号码，如第 302 行",
        "合计或说明行",
    ):
        assert words in letter.out
    assert letter.out.splitlines()[0] == "公安机关交通管理部门："
    assert "[U+" not in letter.out
    assert not WHOLE_NUMBER.search(letter.out)
    book = tmp_path / "letter.xlsx"
    assert program(town, "source", "quality", "vehicle", "-o", str(book)).code == 0
    sheets = openpyxl.load_workbook(io.BytesIO(book.read_bytes()))
    assert sheets.sheetnames == ["函", "号码不可用", "一号多名", "退回的行"]
    cells = [str(cell.value) for sheet in sheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not any(WHOLE_NUMBER.search(cell) for cell in cells)
    assert [row[1].value for row in sheets["号码不可用"].iter_rows(min_row=2)] == [305, 306]
    assert oct(book.stat().st_mode)[-3:] == "600"


def test_the_letter_says_what_changed_since_the_last_delivery(tmp_path: Path) -> None:
    town = Small(tmp_path)
    car = "02,鲁Z{0:05},K33,LZZ{0:014},赵一,{1},20100101,{2}"
    file = tmp_path / "vehicle.csv"

    def send(head: str, rows: list[str], on: date) -> None:
        file.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
        take(town.centre, "vehicle", file, "", on, accept_columns=True)

    before = [car.format(place, number(place + 1), "A") for place in range(20)]
    send(VEHICLE, before, date(2018, 10, 31))
    assert "与上一次" not in program(town, "source", "quality", "vehicle").out
    ended = before[6].removesuffix("A") + "E"
    new = [car.format(place, number(place + 1), "A") for place in range(20, 22)]
    after = [row.replace(",20100101", "") + ",红" for row in [*before[:5], *before[7:], ended, *new]]
    send(VEHICLE.replace("初次登记日期,", "") + ",车身颜色", after, date(2018, 11, 30))
    letter = program(town, "source", "quality", "vehicle").out
    for words in (
        "与上一次（数据时点 2018-10-31）相比：",
        "上一次收下 20 行，这次多 1 行（5.0%）。",
        "上一次有、这次没有的：1 行，如上一次的第 7 行。",
        "这次新增的：2 行，如第 21、22 行。",
        "不再有的列：初次登记日期。",
        "新出现的列：车身颜色。",
        "机动车状态 列新出现的值「注销」：1 行，首见第 20 行。",
    ):
        assert words in letter
    book = tmp_path / "letter.xlsx"
    assert program(town, "source", "quality", "vehicle", "-o", str(book)).code == 0
    changes = openpyxl.load_workbook(book)["变化"]
    rows = [tuple(cell.value for cell in row) for row in changes.iter_rows(min_row=2)]
    assert rows[-1] == ("上一次有、这次没有的", None, 7, None, None)
    assert ("内容有改变的", None, 8, None, 20) in rows
    assert not any("新增" in row[0] for row in rows)


def test_a_delivery_of_older_data_that_comes_late_is_not_compared_as_if_it_were_the_newest(tmp_path: Path) -> None:
    town = Small(tmp_path)
    deliver(town, people(20))
    deliver(town, people(19), on=date(2018, 9, 30))
    letter = quality(town.centre, "vehicle")
    assert letter.snapshot.data_date == date(2018, 11, 30)
    assert letter.before is None


def test_the_letter_of_a_delivery_that_is_as_the_last_one_says_so(tmp_path: Path) -> None:
    town = Small(tmp_path)
    deliver(town, people(20), on=date(2018, 10, 31))
    deliver(town, people(22))
    letter = program(town, "source", "quality", "vehicle").out
    assert "上一次收下 20 行，这次多 2 行（10.0%）。" in letter
    assert "上一次有、这次没有的：0 行。\n· 内容有改变的：0 行。\n· 这次新增的：2 行" in letter
    assert "没有发现要补正的" in letter


def test_where_the_last_delivery_is_damaged_the_letter_says_that_nothing_was_compared(tmp_path: Path) -> None:
    town = Small(tmp_path)
    deliver(town, people(20), on=date(2018, 10, 31))
    next(town.centre.workspace.store_dir.glob("records/**/n0*.parquet")).write_bytes(b"x")
    deliver(town, people(22))
    assert "上一次的数据读不出来，没有逐行比较。" in program(town, "source", "quality", "vehicle").out


def test_without_a_delivery_there_is_no_letter(tmp_path: Path) -> None:
    town = Small(tmp_path)
    with pytest.raises(NotFound, match="还没有收下过数据"):
        quality(town.centre, "vehicle")
    assert program(town, "source", "quality", "vehicle", "-o", str(tmp_path / "letter.pdf")).code == 2


def test_the_letter_names_columns_by_their_headings_and_what_was_passed_over_in_words(tmp_path: Path) -> None:
    town = Small(tmp_path)
    town.require({"vehicle": "required"})
    rows = [f"02,鲁Z{place:05},K33,LZZ{place:014},赵一,{number(place + 1)},20100101,A" for place in range(300)]
    rows[5] = rows[5].removesuffix("A") + "?"
    file = tmp_path / "vehicle.zip"
    with zipfile.ZipFile(file, "w") as pack:
        pack.writestr("car.csv", "\n".join([VEHICLE, *rows]) + "\n")
        pack.writestr("readme.doc", "no table")
    folder = town.centre.workspace.connectors_dir / "vehicle"
    folder.mkdir(parents=True)
    (folder / "source.toml").write_text('[format]\nmembers = "*.csv"\n', encoding="utf-8")
    town.centre = Centre.open(town.centre.workspace.path)
    take(town.centre, "vehicle", file, "", date(2018, 11, 30))
    letter = program(town, "source", "quality", "vehicle").out
    assert "机动车状态 列代码表里没有的值「?」：1 行，首见第 7 行。" in letter
    assert "压缩包里的其他文件「readme.doc」，没有读。" in letter
