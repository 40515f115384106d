"""A household disputes a finding: the time, the evidence, how it ends, and what the end does."""

from datetime import date, timedelta

import polars as pl
import pytest

from jiuzhu_check.checks import disputes
from jiuzhu_check.checks.case import case_sheet
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.decisions import read_decisions
from jiuzhu_check.checks.disputes import Closing, add_evidence, open_dispute
from jiuzhu_check.checks.findings import Wanted
from jiuzhu_check.checks.findings import listed as findings
from jiuzhu_check.checks.outcomes import counted, own_precision
from jiuzhu_check.checks.reexaminations import read_reexaminations
from jiuzhu_check.checks.source_list import quality
from jiuzhu_check.errors import JiuzhuError, NotFound, UsageError
from jiuzhu_check.reports.quality_letter import Letter, letter_book, letter_text
from tests.checks.centres import Small, number
from tests.checks.townships import (
    HE,
    NOW,
    SHE,
    SOLD,
    declare,
    deliver,
    fill,
    listed,
    night,
    statuses,
    take_back,
    worklist,
)

OPENED, RECEIVED, CLOSED = date(2018, 12, 5), date(2018, 12, 6), date(2018, 12, 18)
POLICY = """region = "370000"
source = "虚构"

[[deadline.reexamination]]
from = 2018-01-01
value = 10
unit = "个工作日"
"""


def disputed(town: Small, *, policy: bool = True) -> str:
    """A checked car that its household disputes; the finding."""
    if policy:
        (town.centre.workspace.policy_dir / "370000.toml").write_text(POLICY, encoding="utf-8")
        town.centre = Centre.open(town.centre.workspace.path)
    deliver(town, date(2018, 11, 30))
    first, _ = night(town, date(2018, 12, 1))
    finding: str = first.finding["finding_id"].item()
    open_dispute(town.centre, "JZ1", finding, "车已卖给亲戚", "赵核实", OPENED, NOW)
    return finding


def close(town: Small, outcome: str, cause: str = "", note: str = "看过过户协议", records: tuple[int, ...] = ()) -> int:
    closing = Closing(outcome, cause, note, "永民复〔2018〕3号", "赵核实", CLOSED, records)
    return disputes.close(town.centre, "Y000001", closing, NOW)[1]


def test_the_time_runs_in_working_days_from_the_first_evidence(town: Small) -> None:
    disputed(town)
    (opened,) = disputes.listed(town.centre).iter_rows(named=True)
    assert (opened["due_on"], opened["evidence"]) == (None, None)
    for day, thing in ((RECEIVED, "过户协议"), (date(2018, 12, 10), "收款凭证")):
        add_evidence(town.centre, "Y000001", [thing], day, NOW)
    (now,) = disputes.listed(town.centre).iter_rows(named=True)
    assert (now["evidence"], now["evidence_on"], now["due_on"]) == ("过户协议、收款凭证", RECEIVED, date(2018, 12, 20))
    assert disputes.shown(town.centre, "Y000001")["event"].to_list() == ["opened", "evidence", "evidence"]


def test_a_case_tells_what_became_of_its_finding_step_by_step(town: Small) -> None:
    disputed(town)
    add_evidence(town.centre, "Y000001", ["过户协议"], RECEIVED, NOW)
    night(town, date(2018, 12, 10))
    close(town, "explained")
    _, sheet = case_sheet(town.centre, "JZ1", "dispute", date(2018, 12, 20))
    told = next(part.rows for part in sheet.sections if part.title == "发现经过")
    assert told.select("日期", "事情").rows() == [
        ("2018-12-01", "首次发现"), ("2018-12-01", "核对仍有"), ("2018-12-05", "异议提出"),
        ("2018-12-06", "异议收到材料"), ("2018-12-10", "核对仍有"), ("2018-12-18", "答复"), ("2018-12-18", "异议办结"),
    ]  # fmt: skip
    assert told["内容"][1].endswith("待核实")
    assert told["内容"][4].endswith("异议办理中")
    assert "看过过户协议" in told["内容"][-1]
    _, earlier = case_sheet(town.centre, "JZ1", "dispute", date(2018, 12, 5))
    before = next(part.rows for part in earlier.sections if part.title == "发现经过")
    assert before["事情"].to_list() == ["首次发现", "核对仍有", "异议提出"]


def test_where_the_policy_gives_no_time_it_says_so_and_invents_none(town: Small) -> None:
    disputed(town, policy=False)
    kept = add_evidence(town.centre, "Y000001", ["过户协议"], RECEIVED, NOW)
    assert kept["due_on"].to_list() == [None]
    second, _ = night(town, date(2018, 12, 7))
    assert second.finding["answer"].item() == "异议 Y000001 办理中（2018-12-05 提出，政策没有规定复查期限）"


def test_an_open_dispute_is_shown_with_its_finding_and_has_it_on_the_list(town: Small) -> None:
    disputed(town)
    add_evidence(town.centre, "Y000001", ["过户协议"], RECEIVED, NOW)
    second, told = night(town, date(2018, 12, 7))
    assert statuses(second) == {"undeclared_vehicle": "disputed"}
    assert sum(told.new.values()) == 0
    assert second.finding["answer"].item() == "异议 Y000001 办理中（2018-12-05 提出，2018-12-20 前办结）"
    (asked,) = listed(worklist(town, second))
    assert "异议 Y000001 办理中" in asked
    assert findings(town.centre, Wanted(state="disputed"), date(2018, 12, 7)).height == 1


def test_a_dispute_reopens_what_was_answered_and_its_end_is_the_answer(town: Small) -> None:
    deliver(town, date(2018, 11, 30))
    first, _ = night(town, date(2018, 12, 1))
    take_back(town, fill(worklist(town, first), {"处理": "仍不一致", "经办人": "赵核实", "日期": "2018-12-03"}))
    open_dispute(town.centre, "JZ1", first.finding["finding_id"].item(), "车已卖", "赵核实", OPENED, NOW)
    assert statuses(night(town, date(2018, 12, 7))[0]) == {"undeclared_vehicle": "disputed"}
    assert close(town, "explained") == 0
    after, told = night(town, date(2018, 12, 19))
    assert statuses(after) == {"undeclared_vehicle": "explained"}
    assert after.finding["answer"].item() == (
        "已说明（赵核实，2018-12-18，文号 永民复〔2018〕3号）：异议 Y000001 复查：看过过户协议"
    )
    assert told.settled == 1
    assert disputes.listed(town.centre).is_empty()
    assert disputes.listed(town.centre, everything=True)["outcome"].to_list() == ["explained"]


def test_a_link_that_proved_wrong_does_not_come_back(town: Small) -> None:
    disputed(town)
    assert close(town, "cleared", "wrong_person", "车主是同名的邻居") == 1
    assert read_decisions(town.centre.store).select("outcome", "reviewer").rows() == [("different", "赵核实")]
    after, _ = night(town, date(2018, 12, 19))
    assert after.finding.is_empty()
    assert after.link["status"].to_list() == ["vetoed"]
    deliver(town, date(2018, 12, 20), before=2)
    later, _ = night(town, date(2018, 12, 21))
    assert later.finding.is_empty()


def test_a_link_that_proved_wrong_stays_away_although_the_car_was_missing_from_the_last_delivery(town: Small) -> None:
    disputed(town)
    town.vehicles([("赵某", number(80))], on=date(2018, 12, 7))
    assert night(town, date(2018, 12, 8))[0].link.is_empty()
    assert close(town, "cleared", "wrong_person", "车主是同名的邻居") == 1
    deliver(town, date(2018, 12, 20), before=2)
    later, _ = night(town, date(2018, 12, 21))
    assert later.link["status"].to_list() == ["vetoed"]
    assert later.finding.is_empty()


def test_of_several_records_only_those_that_are_named_are_answered(town: Small) -> None:
    declare(town, "1")
    town.vehicles([(HE.name, HE.number)] * 3)
    first, _ = night(town, date(2018, 12, 1))
    open_dispute(town.centre, "JZ1", first.finding["finding_id"].item(), "有一辆不是我的", "赵核实", OPENED, NOW)
    for records in ((), (4,)):
        with pytest.raises(UsageError):
            close(town, "cleared", "wrong_person", records=records)
    assert read_reexaminations(town.centre.store).is_empty()
    assert close(town, "cleared", "wrong_person", records=(2,)) == 1
    after, _ = night(town, date(2018, 12, 19))
    assert sorted(after.link["status"]) == ["accepted", "accepted", "vetoed"]
    assert statuses(after) == {"undeclared_vehicle": "asked_again"}


def test_a_wrong_person_lowers_the_tier_and_the_source_and_the_rest_counts_as_right(town: Small) -> None:
    town.vehicles([(HE.name, HE.number), (SHE.name, SHE.number)])
    first, _ = night(town, date(2018, 12, 1))
    take_back(town, fill(worklist(town, first), {}, SOLD))
    assert counted(town.centre).select("by", "name", "answered", "told", "share").rows() == [
        ("source", "vehicle", 1, 1, 1.0), ("tier", "A1", 1, 1, 1.0),
    ]  # fmt: skip
    his = first.finding.filter(pl.col("household_no") == "JZ1")["finding_id"].item()
    open_dispute(town.centre, "JZ1", his, "不是我的", "赵核实", OPENED, NOW)
    close(town, "cleared", "wrong_person")
    (source, tier) = counted(town.centre).iter_rows(named=True)
    assert (source["answered"], source["explained"], source["cleared"], source["wrong_person"]) == (2, 1, 1, 1)
    assert (tier["share"], tier["told"]) == (0.5, 2)
    assert list(own_precision(town.centre.store)) == ["A1"]
    assert own_precision(town.centre.store)["A1"].startswith("；本中心复查 2 条，非本人 1 条，95 % 区间 ")


@pytest.mark.parametrize(
    ("outcome", "cause", "said"),
    [
        ("cleared", "outdated", "登记内容已过时：1 行，vehicle.csv 第 4 行"),
        ("corrected", "source_error", "登记内容有误：1 行，vehicle.csv 第 4 行"),
        ("cleared", "wrong_person", "登记内容所指的不是本人（号码或姓名可能有误）：1 行，vehicle.csv 第 2 行"),
    ],
)
def test_the_letter_to_the_department_names_the_rows_that_a_reexamination_found_wrong(
    town: Small, outcome: str, cause: str, said: str
) -> None:
    disputed(town)
    close(town, outcome, cause)
    deliver(town, date(2018, 12, 17), before=2)
    night(town, date(2018, 12, 19))
    found = quality(town.centre, "vehicle")
    letter = Letter(
        "机动车", "交警", "vehicle.csv", date(2018, 12, 17), found.snapshot.facts, None, found.damaged, found.many_names,
        found.rejects, (), fallen=found.fallen,
    )  # fmt: skip
    assert said in letter_text(letter)
    assert HE.number not in letter_text(letter)
    assert letter_book(letter)[:2] == b"PK"


@pytest.mark.parametrize(
    ("outcome", "cause", "note"),
    [
        ("cleared", "", "看过"),
        ("upheld", "outdated", "看过"),
        ("corrected", "wrong_person", "看过"),
        ("cleared", "outdated", ""),
    ],
)
def test_an_end_that_does_not_fit_is_refused_and_nothing_is_kept(
    town: Small, outcome: str, cause: str, note: str
) -> None:
    disputed(town)
    with pytest.raises(UsageError):
        close(town, outcome, cause, note)
    assert disputes.listed(town.centre)["event"].to_list() == ["opened"]


def test_no_step_of_a_dispute_is_dated_ahead(town: Small) -> None:
    finding = disputed(town)
    ahead = NOW.date() + timedelta(days=1)
    add_evidence(town.centre, "Y000001", ["过户协议"], RECEIVED, NOW)
    for step in (
        lambda: open_dispute(town.centre, "JZ1", finding, "车已卖给亲戚", "赵核实", ahead, NOW),
        lambda: add_evidence(town.centre, "Y000001", ["证明"], ahead, NOW),
        lambda: disputes.close(town.centre, "Y000001", Closing("upheld", "", "", "", "赵核实", ahead), NOW),
    ):
        with pytest.raises(UsageError, match="之后"):
            step()
    assert disputes.shown(town.centre, "Y000001")["event"].to_list() == ["opened", "evidence"]


def test_what_may_not_be_disputed(town: Small) -> None:
    finding = disputed(town)
    refused: list[tuple[str, str, str, type[JiuzhuError]]] = [
        ("JZ1", finding, "再说一次", UsageError),
        ("JZ2", finding, "不是我家的", NotFound),
        ("JZ1", "0" * 16, "没有的发现", NotFound),
        ("JZ1", finding, "", UsageError),
        ("JZ1", finding, f"我的号码是 {number(11)}", UsageError),
    ]
    for household, which, ground, error in refused:
        with pytest.raises(error):
            open_dispute(town.centre, household, which, ground, "赵核实", OPENED, NOW)
    close(town, "explained")
    with pytest.raises(UsageError):
        close(town, "explained")
    with pytest.raises(UsageError):
        add_evidence(town.centre, "Y000001", ["过户协议"], RECEIVED, NOW)
    open_dispute(town.centre, "JZ1", finding, "仍然不服", "赵核实", date(2018, 12, 19), NOW)
    assert disputes.listed(town.centre)["dispute_no"].to_list() == ["Y000002"]
