"""Every story under tests/cases is told, and no rule is without one that finds and one that must not."""

import json
import re
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from jiuzhu_check.parameters.policy import load_policy
from jiuzhu_check.rules.income.account import income_account
from jiuzhu_check.rules.run import OFFERED, all_rules, run_rules
from jiuzhu_check.tables.account import ACCOUNT, ACCOUNT_LINE, CLASSES, Account
from jiuzhu_check.tables.finding import EVIDENCE, FINDING, KINDS, STATUSES
from jiuzhu_check.tables.grouped import Grouped, ends
from tests.rules.story import CASES, Story, read_story

SAMPLE = Path(__file__).parents[2] / "sample_data" / "policy"
STORIES = sorted(CASES.glob("*/*.toml"))
FORBIDDEN = ("欺诈", "骗", "拒绝", "取消资格", "不予", "嫌疑", "不符合条件", "违规", "违法", "虚假", "瞒报", "隐瞒")


@cache
def telling(path: Path) -> tuple[Story, pl.DataFrame]:
    story = read_story(path)
    return story, story.findings()


@cache
def world() -> dict[str, pl.DataFrame]:
    """The households of all stories in one place, under one policy."""
    told = [(label(path), telling(path)[0].tables) for path in STORIES]
    return {
        name: pl.concat(
            [
                table.empty(),
                *(tables[name].with_columns(household_no=pl.lit(story)) for story, tables in told if name in tables),
            ]
        )
        for name, table in OFFERED.items()
    }


def found_in(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    day, county = date(2018, 12, 1), load_policy(SAMPLE)
    limits = county.limits(tables["household"].select("region", "programme").rows(), day)
    return run_rules(tables, limits, day, lambda key: county.basis(key, day))


def account_in(tables: dict[str, pl.DataFrame]) -> Account:
    day, county = date(2018, 12, 1), load_policy(SAMPLE)
    limits = county.limits(tables["household"].select("region", "programme").rows(), day)
    return income_account(tables, limits, day, lambda key: county.basis(key, day))


def label(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@pytest.mark.parametrize("path", STORIES, ids=label)
def test_a_story_ends_as_it_says(path: Path) -> None:
    story, told = telling(path)
    found = told.filter(pl.col("rule") == story.rule).to_dicts()
    assert [{key: str(row[key]) for key in expect} for row, expect in zip(found, story.expect, strict=False)] == [
        {key: str(cell or None) for key, cell in expect.items()} for expect in story.expect
    ]
    assert len(found) == len(story.expect)


@pytest.mark.parametrize("path", [path for path in STORIES if read_story(path).expect_account], ids=label)
def test_an_account_comes_out_as_its_story_says(path: Path) -> None:
    story = telling(path)[0]
    ACCOUNT.check(story.account().households)
    assert story.account_differences() == []


@pytest.mark.parametrize("path", STORIES, ids=label)
def test_the_lines_of_an_account_say_where_they_come_from(path: Path) -> None:
    account = telling(path)[0].account()
    for line in ACCOUNT_LINE.check(account.lines).iter_rows(named=True):
        assert line["class"] in CLASSES
        assert line["basis"].startswith("《")
        assert line["what"].endswith("。")
        assert not re.search(r"None|null", line["formula"] + line["what"])
        assert not any(word in line["item"] + line["what"] for word in FORBIDDEN)
        assert line["evidence"] or not line["shown"]


@pytest.mark.parametrize("path", STORIES, ids=label)
def test_a_finding_keeps_every_promise(path: Path) -> None:
    told = FINDING.check(telling(path)[1])
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


def test_rows_in_another_order_give_the_same_findings() -> None:
    turned = {name: frame.sample(fraction=1, shuffle=True, seed=7) for name, frame in world().items()}
    assert found_in(turned).equals(found_in(world()))


def test_the_next_delivery_keeps_the_identity_of_every_finding() -> None:
    next_row = (pl.col("source_row") + 100, pl.lit("S2").alias("snapshot"), pl.lit("next").alias("extract"))
    later = {
        name: frame.with_columns(next_row) if "source_row" in frame.columns else frame
        for name, frame in world().items()
    }
    assert found_in(later)["finding_id"].to_list() == found_in(world())["finding_id"].to_list()


def test_nothing_given_is_nothing_found() -> None:
    policy, day = load_policy(), date(2018, 12, 1)
    found = run_rules({}, policy.limits([], day), day, lambda key: policy.basis(key, day))
    assert FINDING.check(found).is_empty()


def changes() -> list[date]:
    """Every day on which a value begins or has just ended, and the day before, from the first day of any rule on."""
    packs = [load_policy(pack) for pack in sorted((SAMPLE.parent / "policies").iterdir())]
    values = [value for policy in (load_policy(SAMPLE), *packs) for value in policy.values]
    days = {value.since for value in values} | {value.until + timedelta(days=1) for value in values if value.until}
    return sorted({each for day in days for each in (day - timedelta(days=1), day) if each >= date(2014, 5, 1)})


@pytest.mark.parametrize("day", changes(), ids=str)
def test_on_every_day_on_which_a_value_changes_all_households_are_judged_by_what_holds_that_day(day: date) -> None:
    county = load_policy(SAMPLE)
    tables = world()
    limits = county.limits(tables["household"].select("region", "programme").rows(), day)
    found = FINDING.check(run_rules(tables, limits, day, lambda key: county.basis(key, day)))
    bases = {rule.id: county.basis(rule.basis, day) for rule in all_rules() if rule.in_force(day)}
    assert all(basis.startswith("《") for basis in bases.values())
    assert {(rule, basis) for rule, basis in found.select("rule", "basis").iter_rows()} <= set(bases.items())


def test_a_value_holds_on_its_first_and_last_day_and_neither_before_nor_after() -> None:
    policy, one_day = load_policy(SAMPLE), timedelta(days=1)
    for value in policy.values:
        region, programme = value.region.ljust(6, "0"), next(iter(value.programmes), None)
        assert policy.told(value.parameter, region, programme, value.since) is value
        assert policy.told(value.parameter, region, programme, value.since - one_day) is not value
        if value.until:
            assert policy.told(value.parameter, region, programme, value.until) is value
            assert policy.told(value.parameter, region, programme, value.until + one_day) is not value


def test_before_the_regulation_was_in_force_no_rule_was() -> None:
    assert not [rule for rule in all_rules() if rule.in_force(date(2014, 4, 30))]


def test_households_gone_through_by_the_group_are_found_the_same_of() -> None:
    behind = ends(world()["household"]["household_no"].sort(), 40)
    tables = {name: Grouped(table, behind) for name, table in world().items()}
    groups = [{name: table.of(group) for name, table in tables.items()} for group in range(behind.len() + 1)]
    assert len(groups) > 2
    accounts, whole = [account_in(each) for each in groups], account_in(world())
    for by_group, at_once in (
        ([found_in(each) for each in groups], found_in(world())),
        ([each.lines for each in accounts], whole.lines),
        ([each.households for each in accounts], whole.households),
    ):
        assert (
            pl.concat(by_group)
            .sort("household_no", maintain_order=True)
            .equals(at_once.sort("household_no", maintain_order=True))
        )
