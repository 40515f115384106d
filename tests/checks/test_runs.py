"""Runs: the same inputs give the same bytes; what was first seen stays; a run is found again."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from jiuzhu_check.checks.case import check_case
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.exports import export, export_bytes
from jiuzhu_check.checks.run import check_all
from jiuzhu_check.errors import NotFound
from tests.checks.centres import AS_OF, TABLES, Member, Small, number, sample_centre

HE, SHE = Member("张建国", number(11)), Member("李秀英", number(22), "JZ2")


@pytest.fixture
def centre(small: Small) -> Small:
    small.require({"vehicle": "required"})
    small.enrol([HE, SHE])
    small.vehicles([(HE.name, HE.number)])
    return small


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_the_same_inputs_in_two_workspaces_give_the_same_bytes(checked: Centre, again: Centre, form: str) -> None:
    assert checked.store.bucket_key != again.store.bucket_key
    for table in TABLES:
        for run in ("latest", "all"):
            one, rows = export_bytes(checked, table, run, form)
            assert one == export_bytes(again, table, run, form)[0], (table, run)
            assert rows > 0 or table == "rejects"


@pytest.fixture(scope="module")
def again(tmp_path_factory: pytest.TempPathFactory) -> Centre:
    """The county a second time, with another key, and its entrants checked first."""
    centre = sample_centre(tmp_path_factory.mktemp("again"))
    for kind in ("recipients", "entrants"):
        check_all(centre, kind, AS_OF)
    return centre


def test_a_run_has_the_same_name_whenever_the_same_is_checked(centre: Small) -> None:
    first, again = (check_all(centre.centre, "recipients", AS_OF)[0] for _ in range(2))
    assert first.id == again.id
    assert first.finding.equals(again.finding)


@pytest.mark.parametrize("change", ["day", "roster", "delivery", "policy"])
def test_a_run_has_another_name_when_what_it_rests_on_changes(centre: Small, change: str) -> None:
    before = check_all(centre.centre, "recipients", AS_OF)[0]
    day = AS_OF
    if change == "day":
        day = date(2018, 12, 2)
    elif change == "roster":
        centre.enrol([Member("王芳", number(33), "JZ3")])
    elif change == "delivery":
        centre.vehicles([(HE.name, HE.number), (SHE.name, SHE.number)])
    else:
        policy = '[[vehicle.allowed]]\nfrom = 2018-01-01\nvalue = 1\nunit = "辆"\n'
        file = centre.centre.workspace.policy_dir / "370000.toml"
        file.write_text(f'region = "370000"\nsource = "虚构"\n\n{policy}', encoding="utf-8")
    after = check_all(Centre.open(centre.centre.workspace.path), "recipients", day)[0]
    assert after.id != before.id


def test_what_was_first_seen_stays_with_the_finding_from_delivery_to_delivery(centre: Small) -> None:
    first = check_all(centre.centre, "recipients", date(2018, 12, 1))[0]
    centre.vehicles([("赵大海", number(77)), (HE.name, HE.number), (SHE.name, SHE.number)], on=date(2018, 12, 5))
    later = check_all(centre.centre, "recipients", date(2018, 12, 9))[0]
    assert first.finding.height > 0
    assert set(first.finding["first_seen"]) == {date(2018, 12, 1)}
    hers = later.finding.filter(pl.col("household_no") == "JZ2")
    assert set(hers["first_seen"]) == {date(2018, 12, 9)}
    same = later.finding.join(first.finding, on="finding_id", how="semi")
    assert set(same["first_seen"]) <= {date(2018, 12, 1)}


def test_the_run_before_comes_with_the_new_one(centre: Small) -> None:
    first, nothing = check_all(centre.centre, "recipients", date(2018, 12, 1))
    _, before = check_all(centre.centre, "recipients", date(2018, 12, 2))
    assert nothing is None
    assert before is not None
    assert before.id == first.id


def test_latest_is_the_last_run_of_many_and_never_a_case(centre: Small) -> None:
    run = check_all(centre.centre, "recipients", AS_OF)[0]
    check_case(centre.centre, "JZ1", "recheck", AS_OF)
    assert set(export(centre.centre, "coverage", "latest")["run"]) == {run.id}


def test_all_is_the_newest_of_every_household_whichever_run_made_it(centre: Small) -> None:
    centre.enrol([Member("王芳", number(33), "JZ3", stage="申请中")])
    recipients = check_all(centre.centre, "recipients", AS_OF)[0]
    entrants = check_all(centre.centre, "entrants", AS_OF)[0]
    case = check_case(centre.centre, "JZ2", "dispute", AS_OF)
    rows = export(centre.centre, "coverage", "all").select("household_no", "run").rows()
    assert rows == [("JZ1", recipients.id), ("JZ2", case.id), ("JZ3", entrants.id)]


def test_a_run_is_found_by_its_name(centre: Small) -> None:
    first = check_all(centre.centre, "recipients", date(2018, 12, 1))[0]
    check_all(centre.centre, "recipients", date(2018, 12, 2))
    assert set(export(centre.centre, "links", first.id)["run"]) == {first.id}


@pytest.mark.parametrize("run", ["latest", "all", "recipients-20181201-0000000000"])
def test_a_run_that_never_was_is_not_found(centre: Small, run: str) -> None:
    with pytest.raises(NotFound):
        export(centre.centre, "links", run)


def test_recipients_and_entrants_are_checked_apart(checked: Centre) -> None:
    recipients = checked.roster().filter(pl.col("stage") == "recipient")["household_no"].unique()
    entrants = checked.roster().filter(pl.col("stage") == "applicant")["household_no"].unique()
    latest = set(export(checked, "coverage", "latest")["household_no"])
    everybody = set(export(checked, "coverage", "all")["household_no"])
    assert latest == set(entrants)
    assert everybody == set(recipients) | set(entrants)
    assert set(recipients) & set(entrants) == set()


def test_nobody_to_check_is_said_and_not_an_empty_run(centre: Small) -> None:
    with pytest.raises(NotFound):
        check_all(centre.centre, "entrants", AS_OF)


def test_a_household_whose_assistance_ended_is_in_neither_run(centre: Small) -> None:
    centre.enrol([Member("王芳", number(33), "JZ3", stage="停保")])
    result = check_all(centre.centre, "recipients", AS_OF)[0]
    assert sorted(result.household["household_no"]) == ["JZ1", "JZ2"]


def test_a_cell_that_a_spreadsheet_would_take_for_a_formula_is_disarmed(centre: Small, tmp_path: Path) -> None:
    centre.vehicles([("=HYPERLINK(1)", HE.number)])
    check_all(centre.centre, "recipients", AS_OF)
    data, _ = export_bytes(centre.centre, "links", "latest", "csv")
    assert b",=HYPERLINK" not in data
    assert b",'=HYPERLINK(1)" in data
