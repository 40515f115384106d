"""复核: a queue that tells nothing of the matcher's judgement, answers that outlive runs, and a sheet taken back line by line."""

import io
import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from jiuzhu_check.checks.answer_sheet import Taken, row_key
from jiuzhu_check.checks.case import check_case
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.decisions import DATASET, Answer, read_decisions
from jiuzhu_check.checks.deliveries import take, take_roster
from jiuzhu_check.checks.exports import export
from jiuzhu_check.checks.results import find, load
from jiuzhu_check.checks.review import EFFECTS, SECOND_SHARE, counted, decide, items, queue, shown, with_facts
from jiuzhu_check.checks.review_answers import REASONS, take_answers
from jiuzhu_check.checks.run import check_all
from jiuzhu_check.errors import ExtractChanged, NotFound, UsageError
from jiuzhu_check.reports.review_sheet import KEY, NOTE, OUTCOME, REVIEWER, SHEET, write_review_sheet
from tests.checks.centres import AS_OF, DATA_DATE, Member, Small, copied, number

NOW = datetime(2018, 12, 3, 9, 30, tzinfo=timezone(timedelta(hours=8)))
HE, SHE = Member("张建国", number(11)), Member("李秀英", number(22))


@pytest.fixture
def county(checked: Centre, tmp_path: Path) -> Centre:
    """The checked county, to be decided in."""
    return copied(checked, tmp_path)


@pytest.fixture
def mixed(small: Small) -> Small:
    """One car under his number and her name: which of the two has it?"""
    small.enrol([HE, SHE])
    small.require({"vehicle": "required"})
    small.vehicles([(SHE.name, HE.number)])
    check_all(small.centre, "recipients", AS_OF)
    return small


def item_of(centre: Centre, member_no: str) -> str:
    return items(centre, everything=True).filter(pl.col("member_no") == member_no)["item"].item()


def answer(centre: Centre, item: str, outcome: str, reviewer: str = "甲", note: str = "看过行驶证") -> None:
    decide(centre, Answer(item, outcome, note, reviewer), NOW)


def statuses(centre: Centre) -> dict[str, str]:
    """Each member's number → the status of the one link, after a new check."""
    check_all(centre, "recipients", AS_OF)
    return dict(export(centre, "links", "latest").select("member_no", "status").iter_rows())


def test_the_queue_is_every_link_under_review_of_every_households_newest_result(county: Centre) -> None:
    under_review = export(county, "links", "all").filter(pl.col("status") == "review")
    found = queue(county)
    assert found["records"].sum() == under_review.height > 10
    assert found["item"].n_unique() == found.height
    assert set(found["status"]) == {"review"}
    assert set(found["state"]) == {"new"}


def test_nothing_in_the_queue_says_what_the_matcher_made_of_it(county: Centre) -> None:
    told = with_facts(county, queue(county))
    assert not {"tier", "reason", "expected_namesakes"} & set(told.columns)
    book = write_review_sheet(told, {}, row_key(county), as_of=AS_OF)
    cells = [str(cell) for sheet in openpyxl.load_workbook(io.BytesIO(book)) for row in sheet.values for cell in row]
    reasons = export(county, "links", "all").filter(pl.col("status") == "review")["reason"].unique()
    assert [cell for cell in cells if cell in {"C1", "C2", "C3", "C6"} or any(why in cell for why in reasons)] == []


def test_what_the_register_says_stands_beside_the_person(county: Centre) -> None:
    cars = with_facts(county, queue(county)).filter(pl.col("source") == "vehicle")
    assert all("号牌号码：" in facts and "机动车状态：" in facts for facts in cars["facts"])
    assert all("车辆识别代号：" + vin in facts for vin, facts in cars.select("subject", "facts").iter_rows())
    assert not any("机动车所有人" in facts or "身份证" in facts for facts in cars["facts"])


def test_applicants_come_first_by_the_day_of_acceptance_then_what_would_change(tmp_path: Path, small: Small) -> None:
    heads = "家庭编号,救助类别,办理状态,行政区划代码,受理日期,姓名,身份证号码,授权书编号,授权日期,授权截止日期,申报日期,申报车辆数(户)"
    homes = [
        ("JZ1", "在保", "2015-01-01", "5"),
        ("JZ2", "在保", "2016-01-01", "0"),
        ("JZ3", "申请", "2018-11-20", "5"),
        ("JZ4", "申请", "2018-11-10", "5"),
        ("JZ5", "在保", "2016-01-01", ""),
    ]
    rows = [
        f"{home},农村低保,{stage},370000,{day},张建国,{number(place + 50)},SQ1,2018-01-01,2020-12-31,2018-02-01,{cars}"
        for place, (home, stage, day, cars) in enumerate(homes)
    ]
    file = tmp_path / "roster.csv"
    file.write_text("\n".join([heads, *rows]) + "\n", encoding="utf-8")
    take_roster(small.centre, file)
    small.require({"vehicle": "required"})
    small.vehicles([("王某某", number(place + 50)) for place in range(5)])
    for kind in ("recipients", "entrants"):
        check_all(small.centre, kind, AS_OF)
    found = queue(small.centre)
    assert found.select("household_no", "effect").rows() == [("JZ4", 2), ("JZ3", 2), ("JZ2", 0), ("JZ5", 1), ("JZ1", 2)]


def test_a_ship_to_review_is_no_car_more_than_was_declared(small: Small, tmp_path: Path) -> None:
    small.require({"vehicle": "required", "ship": "required"})
    small.enrol([Member("张建国", number(50))])
    small.vehicles([("王某某", number(50))])
    file = tmp_path / "ship.csv"
    file.write_text(f"船名,所有人,身份证号\n鲁永渔01001,王某某,{number(50)}\n", encoding="utf-8")
    take(small.centre, "ship", file, "", DATA_DATE)
    check_all(small.centre, "recipients", AS_OF)
    effects = {source: EFFECTS[effect] for source, effect in queue(small.centre).select("source", "effect").iter_rows()}
    assert effects == {"vehicle": "可能有出入", "ship": "预计无出入"}


@pytest.mark.parametrize(
    ("outcome", "status", "cars"), [("same", "accepted", 1), ("different", "vetoed", 0), ("unsure", "review", 0)]
)
def test_an_answer_counts_from_the_next_check_on(mixed: Small, outcome: str, status: str, cars: int) -> None:
    centre = mixed.centre
    before = load(find(centre.store, "latest")[0])
    answer(centre, item_of(centre, "2"), outcome)
    assert load(find(centre.store, "latest")[0]).link.equals(before.link)
    assert statuses(centre) == {"1": "review", "2": status}
    found = export(centre, "findings", "latest")
    assert found.filter(pl.col("rule") == "undeclared_vehicle").height == cars


def test_an_answer_holds_for_the_next_delivery_while_nothing_that_was_compared_has_changed(small: Small) -> None:
    small.enrol([HE])
    small.require({"vehicle": "required"})
    heads = "号牌种类,号牌号码,车辆类型,车辆识别代号,机动车所有人,身份证明号码,初次登记日期,机动车状态"

    def deliver(name: str, day: int, others: int) -> None:
        rows = [
            f"02,鲁Z1000{place},K33,LZZ9999000000010{place},赵某,{number(80)},20100101,A" for place in range(others)
        ]
        own = f"02,鲁Z99999,K33,LZZ00000000000001,{name},{HE.number},20100101,A"
        file = small.folder / f"vehicle{day}.csv"
        file.write_text("\n".join([heads, *rows, own]) + "\n", encoding="utf-8")
        take(small.centre, "vehicle", file, "", AS_OF - timedelta(days=10 - day))

    deliver("王某某", 1, others=0)
    assert statuses(small.centre) == {"1": "review"}
    item = item_of(small.centre, "1")
    answer(small.centre, item, "different")
    deliver("王某某", 2, others=1)  # on another row of a newer file
    assert statuses(small.centre) == {"1": "vetoed"}
    assert item_of(small.centre, "1") == item
    deliver("王大力", 3, others=1)
    assert statuses(small.centre) == {"1": "review"}
    assert item_of(small.centre, "1") != item
    with pytest.raises(NotFound):
        answer(small.centre, item, "same")


def test_a_decided_item_leaves_the_queue_and_one_in_doubt_stays(mixed: Small) -> None:
    one, other = item_of(mixed.centre, "1"), item_of(mixed.centre, "2")
    answer(mixed.centre, one, "different")
    answer(mixed.centre, other, "unsure")
    assert queue(mixed.centre).select("item", "state").rows() == [(other, "unsure")]
    statuses(mixed.centre)
    assert queue(mixed.centre).select("item", "state").rows() == [(other, "unsure")]


def test_readers_who_differ_and_two_owners_of_one_car_stay_in_the_queue(mixed: Small) -> None:
    one, other = item_of(mixed.centre, "1"), item_of(mixed.centre, "2")
    answer(mixed.centre, one, "different", "甲")
    answer(mixed.centre, one, "same", "乙")
    assert dict(queue(mixed.centre).select("item", "state").iter_rows()) == {one: "conflict", other: "new"}
    answer(mixed.centre, one, "same", "甲")
    answer(mixed.centre, other, "same", "甲")
    assert dict(queue(mixed.centre).select("item", "state").iter_rows()) == {one: "several", other: "several"}
    assert statuses(mixed.centre) == {"1": "review", "2": "review"}


def test_a_link_that_was_accepted_by_itself_can_be_disputed(small: Small) -> None:
    small.enrol([HE])
    small.require({"vehicle": "required"})
    small.vehicles([(HE.name, HE.number)])
    assert statuses(small.centre) == {"1": "accepted"}
    assert queue(small.centre).is_empty()
    (item,) = queue(small.centre, household="JZ1")["item"]
    answer(small.centre, item, "different")
    result = check_case(small.centre, "JZ1", "dispute", AS_OF)
    assert result.link["status"].to_list() == ["vetoed"]
    assert result.finding.is_empty()


def test_no_answer_is_ever_overwritten(mixed: Small) -> None:
    item = item_of(mixed.centre, "1")
    kept = []
    for outcome, reviewer in (("same", "甲"), ("unsure", "乙"), ("different", "甲")):
        answer(mixed.centre, item, outcome, reviewer)
        now = read_decisions(mixed.centre.store)
        assert now.head(len(kept)).rows() == kept
        kept = now.rows()
    assert read_decisions(mixed.centre.store)["decision_id"].to_list() == ["D000001", "D000002", "D000003"]
    assert len(mixed.centre.store.snapshots(DATASET)) == 3
    _, told = shown(mixed.centre, item)
    assert told.select("outcome", "reviewer", "note").row(1) == ("unsure", "乙", "看过行驶证")


def test_only_answers_change_a_runs_name(mixed: Small) -> None:
    names = [check_all(mixed.centre, "recipients", AS_OF)[0].id for _ in range(2)]
    answer(mixed.centre, item_of(mixed.centre, "1"), "unsure")
    after = [check_all(mixed.centre, "recipients", AS_OF)[0].id for _ in range(2)]
    assert names[0] == names[1] != after[0] == after[1]


def test_nobody_without_consent_is_linked_by_an_answer(mixed: Small) -> None:
    answer(mixed.centre, item_of(mixed.centre, "2"), "same")
    mixed.enrol([HE, Member(SHE.name, SHE.number, consent=("", "", ""))])
    assert "2" not in statuses(mixed.centre)


@pytest.mark.parametrize("wrong", [("甲", "核实 370199197001010016"), ("", "看过"), ("370199197001010016", "")])
def test_an_answer_needs_a_name_and_holds_no_number(mixed: Small, wrong: tuple[str, str]) -> None:
    reviewer, note = wrong
    with pytest.raises(UsageError):
        answer(mixed.centre, item_of(mixed.centre, "1"), "same", reviewer, note)
    assert read_decisions(mixed.centre.store).is_empty()


def test_a_tenth_of_what_was_decided_is_read_again_by_another(county: Centre) -> None:
    assert queue(county, "乙", second=True).is_empty()
    every = queue(county)["item"].to_list()
    for item in every:
        answer(county, item, "different")
    offered = queue(county, "乙", second=True)["item"].to_list()
    assert len(offered) == -(-len(every) // SECOND_SHARE)
    assert queue(county, "乙", second=True)["item"].to_list() == offered
    assert queue(county, "甲", second=True).is_empty(), "nobody reads an own answer again"
    for item in offered:
        answer(county, item, "different", "乙")
    assert queue(county, "丙", second=True).is_empty()


def test_the_count_of_answers_has_an_interval_and_says_how_often_two_agreed(county: Centre) -> None:
    first, second, third, *_ = queue(county).filter(pl.col("source") == "vehicle")["item"].to_list()
    for item, outcome, reviewer in (
        (first, "same", "甲"), (first, "same", "乙"), (second, "different", "甲"), (second, "same", "乙"),
        (third, "same", "甲"),
    ):  # fmt: skip
        answer(county, item, outcome, reviewer)
    groups, twice = counted(county)
    assert twice == {"second": 2, "agreed": 1}
    cars = groups.filter(pl.col("source") == "vehicle").row(0, named=True)
    assert (cars["decided"], cars["same"], cars["different"], cars["conflict"]) == (3, 2, 0, 1)
    assert cars["share"] == 1
    assert 0.3 < cars["low"] < 0.4
    by_evidence = groups.filter(pl.col("by") == "evidence")
    assert by_evidence["decided"].sum() == 3
    assert by_evidence["open"].sum() == queue(county).height


def test_everything_that_shows_or_changes_is_on_record_without_names(mixed: Small) -> None:
    centre = mixed.centre
    item = item_of(centre, "2")
    queue(centre)
    shown(centre, item)
    answer(centre, item, "same", note="本人来过")
    counted(centre)
    take_answers(centre, filled(centre, mixed.folder, {}), NOW)
    log = "".join(file.read_text("utf-8") for file in sorted(centre.workspace.audit_dir.glob("*.jsonl")))
    actions = [line["action"] for line in map(json.loads, log.splitlines()) if line["phase"] == "intent"]
    asked = [each for each in actions if each.startswith("review")]
    assert asked == [
        "review_list", "review_show", "review_decide", "review_stats", "review_list", "review_import",
    ]  # fmt: skip
    assert SHE.name not in log
    assert HE.number not in log


# The sheet.


Change = Callable[[openpyxl.worksheet.worksheet.Worksheet, int, dict[str, int]], None]


def filled(centre: Centre, folder: Path, changes: dict[str, Change]) -> Path:
    """The exported sheet, with each item's row filled in by its change."""
    told = with_facts(centre, queue(centre))
    book = openpyxl.load_workbook(io.BytesIO(write_review_sheet(told, {}, row_key(centre), as_of=AS_OF)))
    sheet = book[SHEET]
    place = {cell.value: cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        item = str(sheet.cell(row, place["编号"]).value)
        if item in changes:
            changes[item](sheet, row, place)
    file = folder / "filled.xlsx"
    book.save(file)
    return file


def fill(outcome: str, reviewer: str = "甲", note: str = "", **cells: str) -> Change:
    def change(sheet: openpyxl.worksheet.worksheet.Worksheet, row: int, place: dict[str, int]) -> None:
        for heading, value in {OUTCOME: outcome, REVIEWER: reviewer, NOTE: note, **cells}.items():
            sheet.cell(row, place[heading]).value = value

    return change


def reasons(taken: Taken) -> list[tuple[int, str]]:
    return taken.refused.select("source_row", "reason").rows()


def test_a_filled_sheet_comes_back_as_it_went_out(county: Centre, tmp_path: Path) -> None:
    every = queue(county)["item"].to_list()
    file = filled(
        county, tmp_path, {every[0]: fill("相同", note="看过原件"), every[1]: fill(" 不同 "), every[2]: fill("不确定")}
    )
    taken = take_answers(county, file, NOW)
    assert (taken.rows, taken.accepted, taken.blank, reasons(taken)) == (len(every), 3, len(every) - 3, [])
    kept = read_decisions(county.store)
    assert dict(kept.select("item", "outcome").iter_rows()) == dict(
        zip(every[:3], ["same", "different", "unsure"], strict=True)
    )
    assert kept.filter(pl.col("outcome") == "same").select("note", "reviewer").rows() == [("看过原件", "甲")]


def test_each_line_that_does_not_hold_goes_back_with_its_reason(county: Centre, tmp_path: Path) -> None:
    every = queue(county)["item"].to_list()
    wrong = [
        (fill("是"), "outcome"),
        (fill("same"), "outcome"),
        (fill("相同", reviewer=" "), "nobody"),
        (fill("相同", 家庭编号="JZ99999999"), "changed"),
        (fill("相同", **{KEY: f"{every[0]}:000000000000"}), "changed"),
        (fill("相同", **{KEY: ""}), "changed"),
        (fill("相同", note="号码是 370199197001010016"), "text"),
        (fill("相同"), None),
    ]
    given = {item: change for item, (change, _) in zip(every, wrong, strict=False)}
    taken = take_answers(county, filled(county, tmp_path, given), NOW)
    assert reasons(taken) == [(row, REASONS[why]) for row, (_, why) in enumerate(wrong, start=2) if why]
    assert taken.accepted + taken.refused.height + taken.blank == taken.rows == len(every)
    assert taken.accepted == 1
    assert "370199197001010016" not in str(read_decisions(county.store).rows())


def test_a_line_twice_or_an_answer_already_there_goes_back(county: Centre, tmp_path: Path) -> None:
    first, second = queue(county)["item"].to_list()[:2]

    def copy_of_first(sheet: openpyxl.worksheet.worksheet.Worksheet, row: int, place: dict[str, int]) -> None:
        for column in place.values():
            sheet.cell(row, column).value = sheet.cell(2, column).value
        sheet.cell(row, place[OUTCOME]).value = "不同"

    file = filled(county, tmp_path, {first: fill("相同"), second: copy_of_first})
    taken = take_answers(county, file, NOW)
    assert (taken.accepted, reasons(taken)) == (0, [(2, REASONS["twice"]), (3, REASONS["twice"])])
    once = filled(county, tmp_path, {first: fill("相同")})
    assert take_answers(county, once, NOW).accepted == 1
    again = take_answers(county, once, NOW)
    assert (again.accepted, reasons(again)) == (0, [(2, REASONS["known"])])


def test_an_item_whose_values_changed_since_goes_back(mixed: Small) -> None:
    file = filled(mixed.centre, mixed.folder, {item_of(mixed.centre, "1"): fill("相同")})
    mixed.enrol([Member("张健国", HE.number), SHE])
    check_all(mixed.centre, "recipients", AS_OF)
    assert [why for _, why in reasons(take_answers(mixed.centre, file, NOW))] == [REASONS["unknown"]]


def test_a_dry_run_says_the_same_and_keeps_nothing(county: Centre, tmp_path: Path) -> None:
    first, second = queue(county)["item"].to_list()[:2]
    file = filled(county, tmp_path, {first: fill("相同"), second: fill("也许")})
    dry = take_answers(county, file, NOW, dry_run=True)
    assert read_decisions(county.store).is_empty()
    real = take_answers(county, file, NOW)
    assert (dry.rows, dry.blank, dry.accepted, reasons(dry)) == (real.rows, real.blank, real.accepted, reasons(real))
    assert (dry.kept, real.kept) == (False, True)


def test_a_sheet_of_another_workspace_is_refused_line_by_line(county: Centre, mixed: Small) -> None:
    file = filled(mixed.centre, mixed.folder, {item_of(mixed.centre, "1"): fill("相同")})
    assert [why for _, why in reasons(take_answers(county, file, NOW))] == [REASONS["changed"]]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", "编号,结论\n".encode()])
def test_a_file_that_is_no_review_sheet_is_refused(mixed: Small, content: bytes) -> None:
    file = mixed.folder / "other.xlsx"
    file.write_bytes(content)
    with pytest.raises(ExtractChanged):
        take_answers(mixed.centre, file, NOW)
    with pytest.raises(NotFound):
        take_answers(mixed.centre, mixed.folder / "none.xlsx", NOW)


def test_before_any_check_there_is_no_queue(small: Small) -> None:
    small.enrol([HE])
    with pytest.raises(NotFound):
        queue(small.centre)
