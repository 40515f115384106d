"""Whoever asks about one household is told what the last night found, while that is what checking it anew would find."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from jiuzhu_check.checks import part_code, rests_on, results, run_decoys
from jiuzhu_check.checks.case import check_case
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.consent_change import withdraw
from jiuzhu_check.checks.decisions import Answer, read_decisions
from jiuzhu_check.checks.keeping import Checked
from jiuzhu_check.checks.kept_run import ENDS
from jiuzhu_check.checks.last_night import as_last_night
from jiuzhu_check.checks.night import Night
from jiuzhu_check.checks.part_code import program_code, program_files
from jiuzhu_check.checks.portion import Portion
from jiuzhu_check.checks.progress import silent
from jiuzhu_check.checks.results import last_complete, last_night
from jiuzhu_check.checks.review import decide, queue
from jiuzhu_check.checks.run import check_all, check_households
from jiuzhu_check.tables import grouped
from tests.checks.centres import AS_OF, EXTRACTS, Member, Small, copied, number
from tests.checks.nights import (
    CHANGES,
    NOW,
    Nights,
    a_finding_is_answered,
    an_increment,
    an_item_is_decided,
    another_policy,
    delivered_whole,
    enrolled_anew,
)

TABLES = ("roster", "link", "finding", "coverage", "account", "account_line")


def checked_anew(centre: Centre, home: str, day: date) -> Checked:
    roster = centre.household(home)
    return check_households(
        centre, "case", roster, day, centre.on_roster, silent, Night(), None, centre.roster, None, some=True
    ).at_hand()


def stood(nights: Nights, home: str) -> bool:
    """Whether the last night can say it; then it says what checking the household anew says, row for row."""
    centre = Centre.open(nights.centre.workspace.path)
    run = last_night(centre.store)
    with ThreadPoolExecutor(2) as pool:
        told = as_last_night(centre, run, home, nights.day, run.asked_for(home, pool)) if run else None
    if told is None:
        return False
    mine, theirs = told.result, checked_anew(centre, home, nights.day).result
    assert mine.run.rows() == theirs.run.rows()
    assert mine.source_state.equals(theirs.source_state)
    assert mine.decoy.equals(theirs.decoy)
    for table in TABLES:
        assert mine.read(table).equals(theirs.read(table)), (home, table)
    return True


def recipients(nights: Nights) -> list[str]:
    run = last_complete(nights.centre.store, "recipients")
    assert run is not None
    return run.read("roster", ["household_no"])["household_no"].unique().sort().to_list()


@pytest.mark.parametrize("nights", range(4), indirect=True)
def test_whatever_has_changed_since_the_night_the_household_is_told_as_if_it_were_checked_anew(nights: Nights) -> None:
    nights.night()
    told = []
    for _ in range(3):
        for change in nights.chance.sample(CHANGES, nights.chance.randrange(3)):
            change(nights)
        nights.day += timedelta(days=nights.chance.choice((0, 1, 3)))
        told += [stood(nights, home) for home in nights.chance.sample(recipients(nights), 6)]
        nights.night()
        told += [stood(nights, home) for home in nights.chance.sample(recipients(nights), 6)]
    assert any(told)


def test_after_every_night_that_stands_upon_another_each_household_is_told_from_where_its_rows_lie(
    nights: Nights,
) -> None:
    nights.night()
    for _ in range(3):
        an_increment(nights, "vehicle")
        nights.night()
    run = last_complete(nights.centre.store, "recipients")
    assert run is not None
    assert run.depth == 3
    lie = {home: run.holding(home).id for home in recipients(nights)}
    assert len(set(lie.values())) > 2
    for one in set(lie.values()):
        homes = [home for home, run in lie.items() if run == one]
        assert all(stood(nights, home) for home in homes[:3])


def test_of_a_night_kept_by_groups_of_households_each_is_told_from_its_own(
    nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grouped, "TOGETHER", 40)
    nights.night()
    run = last_complete(nights.centre.store, "recipients")
    assert run is not None
    ends = run.snapshot.read(ENDS)["household_no"]
    assert ends.len() > 5
    homes = recipients(nights)
    first = [homes[homes.index(end) + 1] for end in ends]
    assert all(stood(nights, home) for home in [homes[0], homes[-1], *ends[:3], *first[:3]])


@pytest.mark.parametrize(
    "change",
    [
        enrolled_anew,
        another_policy,
        lambda nights: an_increment(nights, "vehicle"),
        lambda nights: delivered_whole(nights, "housing"),
        lambda nights: setattr(nights, "day", date(2019, 1, 1)),
        lambda nights: setattr(nights, "day", AS_OF - timedelta(days=1)),
    ],
)
def test_what_may_change_anything_has_the_household_checked_anew(
    nights: Nights, change: Callable[[Nights], None]
) -> None:
    nights.night()
    home = recipients(nights)[0]
    assert stood(nights, home)
    change(nights)
    assert not stood(nights, home)


def test_an_answer_has_its_household_checked_anew_and_no_other(nights: Nights) -> None:
    nights.night()
    a_finding_is_answered(nights)
    (answered,) = rests_on.said_since(
        nights.centre, results.find(nights.centre.store, "latest")[0].facts[results.RESTS_ON], nights.day, nights.day
    )
    assert not stood(nights, answered)
    assert stood(nights, next(home for home in recipients(nights) if home != answered))


def test_a_withdrawal_has_its_household_checked_anew_and_no_other(nights: Nights) -> None:
    nights.night()
    home, other = recipients(nights)[:2]
    withdraw(nights.centre, home, "1", date(2018, 11, 20), "CH1", today=AS_OF)
    assert not stood(nights, home)
    assert stood(nights, other)


def test_a_decision_has_its_households_checked_anew_and_no_other(nights: Nights) -> None:
    """Those of everybody whom a record may mean of which somebody has said whose it is."""
    nights.night()
    before = {home: stood(nights, home) for home in recipients(nights)[::20]}
    assert all(before.values())
    an_item_is_decided(nights)
    decisions = read_decisions(nights.centre.store)
    run = last_complete(nights.centre.store, "recipients")
    assert run is not None
    things = decisions.select("source", "supplier", "subject")
    meant = run.read("link").join(things, on=things.columns, how="semi", nulls_equal=True)["household_no"].unique()
    assert meant.len()
    assert not any(stood(nights, home) for home in {*meant, *decisions["household_no"]})
    assert all(stood(nights, home) for home in set(before) - {*meant, *decisions["household_no"]})


def test_another_program_finds_for_itself(nights: Nights, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is known by where its files lie and since when; laid elsewhere, by what they say."""
    nights.night()
    home = recipients(nights)[0]
    monkeypatch.setattr(rests_on, "program_files", lambda: "laid anew")
    assert stood(nights, home)
    monkeypatch.setattr(rests_on, "program_code", lambda: "of another version")
    assert not stood(nights, home)


@pytest.mark.parametrize("told", [program_files, program_code])
@pytest.mark.parametrize("name", ["code.py", "table.toml", "table.tsv"])
def test_a_file_of_the_program_that_is_written_again_is_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: Any, name: str
) -> None:
    for room in part_code.OF_CHECK:
        (tmp_path / room / "inner").mkdir(parents=True)
        for each in ("code.py", "table.toml", "table.tsv"):
            (tmp_path / room / "inner" / each).write_text("1", "utf-8")
    monkeypatch.setattr(part_code, "files", lambda _: tmp_path)
    before = told.__wrapped__()
    assert told.__wrapped__() == before
    (tmp_path / "rules" / "inner" / name).write_text("2", "utf-8")
    assert told.__wrapped__() != before


@pytest.mark.parametrize("part", ["link", "finding", "roster", "turn"])
def test_a_damaged_night_tells_nothing(nights: Nights, part: str) -> None:
    nights.night()
    home = recipients(nights)[0]
    run = last_complete(nights.centre.store, "recipients")
    assert run is not None
    (run.snapshot.folder / f"{part}.parquet").write_bytes(b"")
    assert not stood(nights, home)


def test_a_household_of_applicants_is_checked(checked: Centre, tmp_path: Path) -> None:
    """And the recipients' tiers are closed as the newest check of many has closed them: the entrants' came after it."""
    nights = Nights(copied(checked, tmp_path), tmp_path, None)  # type: ignore[arg-type]
    roster = nights.centre.roster()
    applicant = roster.filter(pl.col("stage") == "applicant")["household_no"][0]
    assert not stood(nights, applicant)
    assert stood(nights, roster.filter(pl.col("stage") == "recipient")["household_no"][0])


def test_a_finding_that_a_question_about_an_earlier_day_has_found_is_as_old_as_that(nights: Nights) -> None:
    nights.day = AS_OF + timedelta(days=3)
    nights.night()
    findings = results.load(results.find(nights.centre.store, "latest")[0]).finding
    home = str(findings["household_no"][0])
    assert stood(nights, home)
    check_case(Centre.open(nights.centre.workspace.path), home, "recheck", AS_OF)
    assert not stood(nights, home)
    told = check_case(Centre.open(nights.centre.workspace.path), home, "recheck", nights.day)
    assert told.finding["first_seen"].unique().to_list() == [AS_OF]
    assert stood(nights, next(each for each in recipients(nights) if each != home))


@pytest.mark.parametrize("source", [*EXTRACTS])
def test_a_source_that_is_too_old_now_has_everybody_checked_anew(nights: Nights, source: str) -> None:
    nights.night()
    register = nights.centre.workspace.sources_toml
    text = register.read_text("utf-8")
    register.write_text(text.replace(f"[{source}]", f"[{source}]\nfreshness_days = 0"), "utf-8")
    assert register.read_text("utf-8") != text
    assert not stood(nights, recipients(nights)[0])


def test_what_was_said_of_another_households_member_stands_when_one_household_is_asked_about(small: Small) -> None:
    """Two of one name; a record is taken for the first until a reader says that it is the second's."""
    number_of = number(11)
    small.require({"vehicle": "required"})
    small.enrol([Member("欧阳测试", number_of, "JZ1"), Member("欧阳测试", number(12), "JZ2")])
    small.vehicles([("欧阳测试", number_of[:-1] + ("1" if number_of[-1] != "1" else "2"))])
    first, _ = check_all(small.centre, "recipients", AS_OF)
    assert dict(first.link.select("household_no", "status").rows()) == {"JZ1": "accepted", "JZ2": "review"}
    (item,) = queue(small.centre).filter(pl.col("household_no") == "JZ2")["item"]
    decide(small.centre, Answer(item, "same", "看过行驶证", "甲"), NOW)
    settled = {"JZ1": "review", "JZ2": "accepted"}
    centre = Centre.open(small.centre.workspace.path)
    for home, status in settled.items():
        assert checked_anew(centre, home, AS_OF).result.link["status"].to_list() == [status]
    night, _ = check_all(centre, "recipients", AS_OF)
    assert dict(night.link.select("household_no", "status").rows()) == settled
    portions = [Portion(share=(each, 3)) for each in (2, 3)]
    alone = [check_all(centre, "recipients", AS_OF, portion=each)[0].link for each in portions]
    assert sorted(pl.concat(alone).select("household_no", "status").rows()) == sorted(settled.items())
    assert min(links.height for links in alone) == 1
    assert "undeclared_vehicle" not in checked_anew(centre, "JZ1", AS_OF).result.finding["rule"]


NOT_FOR_LONG = ("SQ1", "2018-01-01", "2018-12-03")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, "review"),
        ({"consent": NOT_FOR_LONG}, "accepted"),
        ({"stage": "停保"}, "accepted"),
        ({"stage": "申请"}, "accepted"),
        ({"name": "欧阳测"}, "accepted"),
        ({"number": number(13)}, "accepted"),
    ],
    ids=["as she was", "consent ended", "left", "applies", "renamed", "another in her place"],
)
def test_what_was_said_of_another_stands_while_a_night_would_look_for_her(
    small: Small, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], status: str
) -> None:
    """As a night of everybody has it, which knows nobody but those under check."""
    monkeypatch.setattr(run_decoys, "SAMPLE", 0)
    number_of = number(11)
    small.require({"vehicle": "required"})
    he, she = Member("欧阳测试", number_of, "JZ1"), Member("欧阳测试", number(12), "JZ2")
    small.enrol([he, she])
    small.vehicles([("欧阳测试", number_of[:-1] + ("1" if number_of[-1] != "1" else "2"))])
    check_all(small.centre, "recipients", AS_OF)
    (item,) = queue(small.centre).filter(pl.col("household_no") == "JZ2")["item"]
    decide(small.centre, Answer(item, "same", "看过行驶证", "甲"), NOW)
    small.enrol([he, replace(she, **change)])
    day = date(2018, 12, 4)
    centre = Centre.open(small.centre.workspace.path)
    asked = checked_anew(centre, "JZ1", day).result.link
    assert asked["status"].to_list() == [status]
    night, _ = check_all(centre, "recipients", day)
    assert night.link.filter(pl.col("household_no") == "JZ1")["status"].to_list() == [status]


def test_what_was_said_of_another_does_not_stand_where_her_programme_has_not_signed_the_source(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_decoys, "SAMPLE", 0)
    number_of = number(11)
    small.require({"vehicle": "required"})
    small.enrol([Member("欧阳测试", number_of, "JZ1"), Member("欧阳测试", number(12), "JZ2", programme="城市低保")])
    small.vehicles([("欧阳测试", number_of[:-1] + ("1" if number_of[-1] != "1" else "2"))])
    check_all(small.centre, "recipients", AS_OF)
    (item,) = queue(small.centre).filter(pl.col("household_no") == "JZ2")["item"]
    decide(small.centre, Answer(item, "same", "看过行驶证", "甲"), NOW)
    small.sign('[vehicle]\nrequirement = "required"\nprogrammes = {"城市低保" = "unsigned"}')
    centre = Centre.open(small.centre.workspace.path)
    assert checked_anew(centre, "JZ1", AS_OF).result.link["status"].to_list() == ["accepted"]
    night, _ = check_all(centre, "recipients", AS_OF)
    assert night.link.select("household_no", "status").rows() == [("JZ1", "accepted")]
