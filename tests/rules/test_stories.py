"""Every story under tests/cases is told, and no rule is without one that finds and one that must not."""

import json
import re
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from jiuzhu_check.parameters.policy import load_policy
from jiuzhu_check.rules.run import all_rules, run_rules
from jiuzhu_check.tables.finding import EVIDENCE, FINDING, KINDS, STATUSES
from tests.rules.story import CASES, read_story

STORIES = sorted(CASES.glob("*/*.toml"))
FORBIDDEN = ("欺诈", "骗", "拒绝", "取消资格", "不予", "嫌疑", "不符合条件", "违规", "违法", "虚假", "瞒报", "隐瞒")


def label(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@pytest.mark.parametrize("path", STORIES, ids=label)
def test_a_story_ends_as_it_says(path: Path) -> None:
    story = read_story(path)
    found = story.found()
    assert [{key: str(row[key]) for key in expect} for row, expect in zip(found, story.expect, strict=False)] == [
        {key: str(cell or None) for key, cell in expect.items()} for expect in story.expect
    ]
    assert len(found) == len(story.expect)


@pytest.mark.parametrize("path", STORIES, ids=label)
def test_a_finding_keeps_every_promise(path: Path) -> None:
    told = FINDING.check(read_story(path).told())
    assert told["finding_id"].is_unique().all()
    for row in told.iter_rows(named=True):
        assert row["kind"] in KINDS
        assert row["status"] in STATUSES
        assert row["found"]
        assert row["unit"]
        assert row["basis"].startswith("《")
        assert row["sentence"].endswith("。")
        assert not re.search(r"\d{15}|None|null", row["sentence"])
        assert not any(word in row["title"] + row["sentence"] for word in FORBIDDEN)
        pieces = json.loads(row["evidence"])
        assert all(tuple(piece) == EVIDENCE for piece in pieces)
        assert row["tier"] == max((piece["tier"] for piece in pieces), default=None)
        assert str(row["data_date"]) == min((piece["data_date"] for piece in pieces), default="None")


def test_every_rule_has_a_story_that_finds_and_one_that_must_not() -> None:
    told = {(path.parent.name, bool(read_story(path).expect)) for path in STORIES}
    assert told == {(rule.id, finds) for rule in all_rules() for finds in (True, False)}


def test_no_rule_speaks_as_if_it_decided() -> None:
    for rule in all_rules():
        assert rule.sentence.endswith("。")
        assert "\n" not in rule.sentence
        assert not any(word in rule.title + rule.sentence for word in FORBIDDEN)


@pytest.mark.parametrize("path", STORIES, ids=label)
def test_rows_in_another_order_give_the_same_findings(path: Path) -> None:
    story = read_story(path)
    limits = story.policy.limits(["370683"], story.as_of)
    turned = {name: frame.reverse() for name, frame in story.tables.items()}
    again = run_rules(turned, limits, story.as_of, lambda key: story.policy.basis(key, story.as_of))
    assert again.equals(story.told())


@pytest.mark.parametrize("path", STORIES, ids=label)
def test_the_next_delivery_keeps_the_identity_of_a_finding(path: Path) -> None:
    story = read_story(path)
    later = {
        name: frame.with_columns(pl.col("source_row") + 100, snapshot=pl.lit("S2"), extract=pl.lit("next"))
        if "source_row" in frame.columns
        else frame
        for name, frame in story.tables.items()
    }
    limits = story.policy.limits(["370683"], story.as_of)
    again = run_rules(later, limits, story.as_of, lambda key: story.policy.basis(key, story.as_of))
    assert again["finding_id"].to_list() == story.told()["finding_id"].to_list()


def test_nothing_given_is_nothing_found() -> None:
    policy, day = load_policy(), date(2018, 12, 1)
    found = run_rules({}, policy.limits([], day), day, lambda key: policy.basis(key, day))
    assert FINDING.check(found).is_empty()


def test_on_every_day_on_which_a_parameter_changes_every_rule_runs_and_has_its_basis() -> None:
    story = next(read_story(path) for path in STORIES if path.parent.name == "undeclared_vehicle")
    policy = load_policy()
    ends = {value.until + timedelta(days=1) for value in policy.values if value.until}
    for day in sorted({value.since for value in policy.values} | ends):
        rules = [rule for rule in all_rules() if rule.in_force(day)]
        assert all(policy.basis(rule.basis, day).startswith("《") for rule in rules)
        run_rules(story.tables, policy.limits(["370683"], day), day, lambda key, day=day: policy.basis(key, day))


def test_before_the_regulation_was_in_force_no_rule_was() -> None:
    assert not [rule for rule in all_rules() if rule.in_force(date(2014, 4, 30))]
