"""What was not taken in is listed, goes back to the department, and is released once confirmed or once it can be read."""

import csv
import io
import json
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.deliveries import take
from jiuzhu_check.checks.rejects import release, returned
from jiuzhu_check.checks.run import check_all
from jiuzhu_check.checks.source_list import quality, standings
from jiuzhu_check.errors import ExtractChanged, NotFound, Refused, UsageError
from jiuzhu_check.intake.pull import Handed, take_in
from jiuzhu_check.intake.stored import read_records
from tests.checks.centres import VEHICLE, Member, Small, number
from tests.cli.program import WHOLE_NUMBER, Said, run

OLD, NEW = date(2018, 10, 31), date(2018, 11, 30)
PLACE = "records/vehicle/370000"
NO_PLATE = f"备注：补录,,K33,LZZ{999:014},钱二,{number(999)},20100101,A"  # looks like a remark, and is a car
SHIFTED = f"02,鲁Z,77777,K33,LZZ{777:014},孙三,{number(777)},20100101,A"


def cars(count: int, *more: str, head: str = VEHICLE) -> str:
    rows = [f"02,鲁Z{place:05},K33,LZZ{place:014},赵一,{number(place + 1)},20100101,A" for place in range(count)]
    return "\n".join([head, *rows, *more]) + "\n"


@pytest.fixture
def town(tmp_path: Path) -> Small:
    small = Small(tmp_path)
    small.require({"vehicle": "required"})
    return small


def deliver(town: Small, text: str, on: date = NEW) -> None:
    file = town.folder / "car.csv"
    file.write_text(text, encoding="utf-8")
    take(town.centre, "vehicle", file, "", on)


def mend(town: Small, text: str) -> None:
    """The workspace's addition to the source.toml of vehicles."""
    folder = town.centre.workspace.connectors_dir / "vehicle"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "source.toml").write_text(text, encoding="utf-8")
    town.centre = Centre.open(town.centre.workspace.path)


def program(town: Small, *words: str) -> Said:
    return run("-C", str(town.centre.workspace.path), *words)


def files(town: Small) -> list[str]:
    return sorted(str(path) for path in town.centre.workspace.store_dir.rglob("*"))


def last(town: Small) -> tuple[int, int, int]:
    held = town.centre.store.latest(PLACE)
    assert held is not None
    return tuple(held.facts[name] for name in ("delivered", "accepted", "rejected"))


def logged(town: Small) -> list[dict[str, object]]:
    audit = sorted(town.centre.workspace.audit_dir.glob("*.jsonl"))
    return [json.loads(line) for file in audit for line in file.read_text("utf-8").splitlines()]


def test_what_was_not_taken_in_is_counted_by_source_file_and_code(town: Small) -> None:
    deliver(town, cars(300, SHIFTED, NO_PLATE, "合计,,,,,,,", *cars(1).splitlines()[1:]))
    said = program(town, "reject", "list", "--format", "json")
    told = [(each["来源"], each["文件"], each["代码"], each["行数"]) for each in json.loads(said.out)]
    assert told == [("vehicle", "car.csv", "columns", 1), ("vehicle", "car.csv", "footer", 2)]
    rows = program(town, "reject", "list", "vehicle", "--format", "tsv").out.splitlines()[1:]
    assert [line.split("\t")[4:6] for line in rows] == [["302", "columns"], ["303", "footer"], ["304", "footer"]]
    assert rows[0].endswith("应有 8 列，实有 9 列")


def test_a_refused_delivery_is_listed_with_why_and_its_rows_can_be_looked_at(town: Small) -> None:
    deliver(town, cars(300), OLD)
    with pytest.raises(ExtractChanged, match="超过约定"):
        deliver(town, cars(300, *[SHIFTED] * 9, cars(1).splitlines()[1]))
    (listed,) = returned(town.centre)
    assert listed.whole is not None
    said = program(town, "reject", "list", "vehicle", "--format", "tsv").out.splitlines()
    assert len(said) == 2
    assert said[1].split("\t")[5] == "refused"
    assert "有 9 行读不出来" in said[1]
    rows = program(town, "reject", "list", "vehicle", "--delivery", listed.delivery, "--format", "tsv").out
    assert [line.split("\t")[4] for line in rows.splitlines() if "columns" in line] == [
        str(row) for row in range(302, 311)
    ]


def test_the_list_for_the_department_holds_the_cells_as_delivered_with_numbers_masked(town: Small) -> None:
    deliver(town, cars(300, SHIFTED, "=1+1：,合计", cars(1).splitlines()[1]))
    out = town.folder / "rejects.csv"
    assert program(town, "reject", "export", "vehicle", "-o", str(out)).code == 0
    text = out.read_text("utf-8")
    assert not WHOLE_NUMBER.search(text)
    (shifted, formula) = csv.DictReader(io.StringIO(text))
    assert (shifted["行"], shifted["问题"], shifted["第6格"]) == ("302", "列数与表头不符", "孙三")
    assert shifted["第7格"].endswith(number(777)[-4:])
    assert formula["第1格"] == "'=1+1："
    book = town.folder / "rejects.xlsx"
    assert program(town, "reject", "export", "vehicle", "-o", str(book)).code == 0
    sheet = openpyxl.load_workbook(book)["退回的行"]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert [row[5] for row in cells] == ["302", "303"]
    assert cells[1][8] == "=1+1："
    assert sheet["I3"].data_type == "s"
    assert oct(book.stat().st_mode)[-3:] == "600"


def test_whole_numbers_need_a_reason_and_are_audited(town: Small) -> None:
    deliver(town, cars(300, SHIFTED, cars(1).splitlines()[1]))
    out = town.folder / "rejects.csv"
    assert program(town, "reject", "export", "vehicle", "-o", str(out), "--reveal").code == 5
    assert not out.exists()
    said = program(town, "reject", "export", "vehicle", "-o", str(out), "--reveal", "--reason", "交警支队核对")
    assert said.code == 0
    assert number(777) in out.read_text("utf-8")
    assert ("reveal", "交警支队核对") in [(each.get("action"), each.get("reason")) for each in logged(town)]


def test_a_row_that_the_department_confirms_is_taken_in_and_the_counts_still_add_up(town: Small) -> None:
    town.enrol([Member("钱二", number(999))])
    deliver(town, cars(300, NO_PLATE, "合计,,,,,,,"))
    assert last(town) == (302, 300, 2)
    before = files(town)
    tried = release(town.centre, "vehicle", confirmed=[("", 302)], dry_run=True)
    assert (tried.rows["source_row"].to_list(), tried.still["source_row"].to_list()) == ([302], [303])
    assert tried.taken is not None
    assert tried.taken.changes is not None
    assert (tried.taken.changes.added, tried.taken.changes.gone) == (1, 0)
    assert files(town) == before
    done = release(town.centre, "vehicle", confirmed=[("", 302)], reason="交警支队电话确认")
    assert done.rows["source_row"].to_list() == [302]
    assert last(town) == (302, 301, 1)
    held = town.centre.store.latest(PLACE)
    assert held is not None
    assert held.data_date == NEW
    result = check_all(town.centre, "recipients", date(2018, 12, 1))[0]
    assert result.coverage["state"].to_list() == ["hit"]
    intent = next(each for each in reversed(logged(town)) if each.get("action") == "release")
    assert intent["reason"] == "交警支队电话确认"
    assert intent["operator"]


def test_a_release_a_second_time_changes_nothing(town: Small) -> None:
    deliver(town, cars(300, NO_PLATE, "合计,,,,,,,"))
    release(town.centre, "vehicle", confirmed=[("", 302)], reason="已确认")
    taken = [entry.id for entry in town.centre.store.snapshots(PLACE)]
    with pytest.raises(UsageError, match="不在退回的行里"):
        release(town.centre, "vehicle", confirmed=[("", 302)], reason="已确认")
    assert release(town.centre, "vehicle", reason="再来一次").taken is None
    assert [entry.id for entry in town.centre.store.snapshots(PLACE)] == taken


def test_what_was_confirmed_stays_confirmed_when_more_is_released(town: Small) -> None:
    other = NO_PLATE.replace("999", "998")
    deliver(town, cars(300, NO_PLATE, other))
    release(town.centre, "vehicle", confirmed=[("", 302)], reason="已确认")
    release(town.centre, "vehicle", confirmed=[("", 303)], reason="已确认")
    assert last(town) == (302, 302, 0)


def test_a_released_delivery_is_one_delivery_and_the_letter_compares_with_the_one_before(town: Small) -> None:
    deliver(town, cars(290), OLD)
    deliver(town, cars(300, NO_PLATE))
    release(town.centre, "vehicle", confirmed=[("", 302)], reason="已确认")
    assert [each.deliveries for each in standings(town.centre, NEW) if each.state.snapshot] == [2]
    before = quality(town.centre, "vehicle").before
    assert before is not None
    assert before.data_date == OLD


def test_the_first_delivery_is_still_the_first_after_a_release(town: Small) -> None:
    deliver(town, cars(300, NO_PLATE))
    release(town.centre, "vehicle", confirmed=[("", 302)], reason="已确认")
    assert [each.deliveries for each in standings(town.centre, NEW) if each.state.snapshot] == [1]
    assert quality(town.centre, "vehicle").before is None


@pytest.mark.parametrize(
    ("row", "says"),
    [(302, "第 302 行读不出来（columns）"), (5, "第 5 行不在退回的行里"), (999, "第 999 行不在退回的行里")],
)
def test_no_row_is_guessed_at_and_none_released_that_was_not_rejected(town: Small, row: int, says: str) -> None:
    deliver(town, cars(300, SHIFTED, cars(1).splitlines()[1]))
    before = files(town)
    with pytest.raises(UsageError) as refused:
        release(town.centre, "vehicle", confirmed=[("", row)], reason="已确认")
    assert says in refused.value.message
    assert files(town) == before


def test_a_release_without_a_reason_is_refused(town: Small) -> None:
    deliver(town, cars(300, NO_PLATE))
    with pytest.raises(Refused):
        release(town.centre, "vehicle", confirmed=[("", 302)])
    assert program(town, "reject", "release", "vehicle", "--rows", "302").code == 5
    assert program(town, "reject", "release", "vehicle", "--rows", "302-1", "--reason", "x").code == 2


def test_a_row_that_a_mended_source_toml_reads_is_released_without_a_new_delivery(town: Small) -> None:
    mend(town, '[format]\nfooters = ["旧"]\n')
    deliver(town, cars(300, "旧车,,K33,LZZ00000000000555,钱二,,20100101,A"))
    assert last(town) == (301, 300, 1)
    assert release(town.centre, "vehicle", reason="试").taken is None
    mend(town, "")
    said = program(town, "reject", "release", "vehicle", "--reason", "旧车不是合计行，已改读法")
    assert said.code == 0
    assert "放行 1 行，仍退回 0 行" in said.err
    assert last(town) == (301, 301, 0)


def test_a_delivery_refused_for_its_headings_is_taken_in_once_they_are_known(town: Small) -> None:
    deliver(town, cars(300), OLD)
    renamed = VEHICLE.replace("机动车所有人", "车主人名称")
    with pytest.raises(ExtractChanged, match="没有找到表头"):
        deliver(town, cars(310, head=renamed))
    (listed,) = returned(town.centre)
    with pytest.raises(ExtractChanged, match="没有找到表头"):
        release(town.centre, "vehicle", delivery=listed.delivery, reason="试")
    mend(town, '[columns]\nowner_name_raw = ["车主人名称"]\n')
    done = release(town.centre, "vehicle", delivery=listed.delivery, reason="已补新列名")
    assert done.taken is not None
    assert (last(town), done.taken.data_date) == ((310, 310, 0), NEW)
    assert returned(town.centre) == []
    assert [each.deliveries for each in standings(town.centre, NEW) if each.state.snapshot] == [2]


def test_a_delivery_refused_for_a_drop_is_taken_in_once_the_department_has_confirmed_it(town: Small) -> None:
    deliver(town, cars(300), OLD)
    with pytest.raises(ExtractChanged, match="少了"):
        deliver(town, cars(100))
    (listed,) = returned(town.centre)
    with pytest.raises(ExtractChanged, match="少了"):
        release(town.centre, "vehicle", delivery=listed.delivery, reason="试")
    release(town.centre, "vehicle", delivery=listed.delivery, reason="报废车已清理，支队确认", accept_drop=True)
    assert last(town) == (100, 100, 0)
    assert returned(town.centre) == []


def test_a_release_by_which_accepted_rows_would_be_lost_is_refused(town: Small) -> None:
    deliver(town, cars(300, NO_PLATE, "赠车,,K33,LZZ00000000000555,钱二,,20100101,A"))
    mend(town, '[format]\nfooters = ["赠"]\n')
    before = files(town)
    with pytest.raises(ExtractChanged, match="原先收下的 1 行会读不出来（如第 303 行）"):
        release(town.centre, "vehicle", confirmed=[("", 302)], reason="已确认")
    assert files(town) == before


def test_only_the_newest_delivery_is_released(town: Small) -> None:
    deliver(town, cars(300, NO_PLATE), OLD)
    older = town.centre.store.snapshots(PLACE)[0].id
    deliver(town, cars(301, NO_PLATE))
    with pytest.raises(UsageError, match="已有更新的交付"):
        release(town.centre, "vehicle", delivery=older, confirmed=[("", 302)], reason="已确认")
    with pytest.raises(NotFound):
        release(town.centre, "vehicle", delivery="20181130-000000000000", reason="已确认")


def test_an_old_delivery_that_comes_late_does_not_hide_what_the_newest_rejected(town: Small) -> None:
    deliver(town, cars(300, NO_PLATE))
    deliver(town, cars(301), OLD)
    assert [(each.data_date, each.rejects.height) for each in returned(town.centre)] == [(NEW, 1)]
    release(town.centre, "vehicle", confirmed=[("", 302)], reason="已确认")
    newest = town.centre.store.newest(PLACE, date(2018, 12, 1))
    assert newest is not None
    assert (newest.data_date, newest.facts["accepted"]) == (NEW, 301)


def test_what_several_increments_rejected_is_listed_and_the_last_can_be_released(town: Small) -> None:
    mend(town, '[extract]\nmode = "incremental"\nkey = ["plate_no"]\ncursor = "gxsj"\n')
    source = town.centre.sources["vehicle"]
    for serial, (day, more) in enumerate(((date(2018, 11, 1), ""), (date(2018, 11, 2), "1"), (date(2018, 11, 3), "2"))):
        text = cars(300, NO_PLATE) if not more else cars(2, NO_PLATE.replace("999", f"99{more}"))
        handed = Handed(f"car{serial}.csv", text.encode(), day, changes=serial > 0, cursor=str(day))
        take_in(town.centre.store, source, handed, supplier="370000")
    assert [each.rejects.height for each in returned(town.centre)] == [1, 1, 1]
    held = town.centre.store.latest(PLACE)
    assert held is not None
    records = held.facts["records"]
    release(town.centre, "vehicle", confirmed=[("", 4)], reason="已确认")
    after = town.centre.store.latest(PLACE)
    assert after is not None
    assert (last(town), after.facts["records"]) == ((3, 3, 0), records + 1)
    assert after.facts["cursor"] == "2018-11-03"
    assert release(town.centre, "vehicle", reason="再来").taken is None


def test_the_accepted_records_are_the_same_before_and_after(town: Small) -> None:
    deliver(town, cars(300, NO_PLATE))

    def records() -> set[tuple[str, int]]:
        held = town.centre.store.latest(PLACE)
        assert held is not None
        parts = [read_records(held, name) for name in held.part_names() if name.startswith(("n", "loose"))]
        return {row for part in parts for row in part.select("owner_no", "source_row").iter_rows()}

    before = records()
    release(town.centre, "vehicle", confirmed=[("", 302)], reason="已确认")
    assert records() == before | {(number(999), 302)}


def test_where_the_original_is_damaged_nothing_is_released(town: Small) -> None:
    deliver(town, cars(300, NO_PLATE))
    next(town.centre.workspace.store_dir.glob("landed/**/*.enc")).write_bytes(b"x")
    said = program(town, "reject", "release", "vehicle", "--rows", "302", "--reason", "已确认")
    assert said.code == 15
    assert last(town) == (301, 300, 1)


def test_where_nothing_stands_rejected_that_is_said(town: Small) -> None:
    deliver(town, cars(30))
    said = program(town, "reject", "list")
    assert (said.code, "没有退回的行" in said.err) == (0, True)
    assert program(town, "reject", "export", "vehicle", "-o", str(town.folder / "r.csv")).code == 4
