"""Since when a finding is known: the earliest day of all kept runs, whatever was checked and asked between two nights."""

from datetime import timedelta

import polars as pl
import pytest

from jiuzhu_check.checks import results
from jiuzhu_check.checks.case import check_case
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.kept_run import DATASET, KeptRun
from jiuzhu_check.checks.portion import Portion
from jiuzhu_check.checks.results import SEEN, Result, earliest, find, first_seen, last_complete, seen_since
from jiuzhu_check.checks.run import check_all
from jiuzhu_check.store.purge import purge
from tests.checks.centres import AS_OF
from tests.checks.nights import Nights, an_increment

LATER = AS_OF + timedelta(days=5)


def looked_through(centre: Centre) -> pl.DataFrame:
    """SEEN as all kept runs say it, each finding of each looked at."""
    return earliest(run.read("finding", list(SEEN.columns)) for run in find(centre.store, "all"))


def asked(nights: Nights, days: int = 0) -> Result:
    """Somebody asks about a household of which something was found, for a day that may lie behind the last night's."""
    found = results.load(find(nights.centre.store, "latest")[0]).finding
    home = nights.chance.choice(found["household_no"].unique().sort().to_list())
    return check_case(nights.centre, home, "recheck", nights.day + timedelta(days))


def a_question(nights: Nights) -> None:
    asked(nights)


def a_question_about_an_earlier_day(nights: Nights) -> None:
    asked(nights, -4)


def the_entrants(nights: Nights) -> None:
    check_all(nights.centre, "entrants", nights.day)


def a_share(nights: Nights) -> None:
    check_all(nights.centre, "recipients", nights.day, portion=Portion("", (nights.chance.randrange(3) + 1, 3)))


BETWEEN = (a_question, a_question, a_question_about_an_earlier_day, the_entrants, a_share)


@pytest.mark.parametrize("nights", range(3), indirect=True)
def test_a_finding_is_known_since_the_first_run_that_found_it(nights: Nights) -> None:
    nights.day = LATER
    nights.night()
    for _ in range(2):
        for between in (a_question_about_an_earlier_day, *nights.chance.choices(BETWEEN, k=2)):
            an_increment(nights, nights.chance.choice(("vehicle", "provident_fund")), spoilt=0.3)
            between(nights)
        nights.day += timedelta(days=1)
        whole = nights.whole()
        night = nights.night()
        assert nights.plan.get("upon")
        assert first_seen(nights.centre.store).equals(looked_through(nights.centre))
        assert (night.finding["first_seen"] < LATER).any()
        assert first_seen(whole.centre.store).equals(first_seen(nights.centre.store))
        anew = results.load(find(whole.centre.store, "latest")[0])
        assert night.finding.drop("run").equals(anew.finding.drop("run"))


def test_a_night_after_questions_goes_through_no_list_of_all_findings(
    nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    nights.night()
    for between in (a_question, the_entrants, a_question):
        between(nights)
    nights.day += timedelta(days=1)
    read = KeptRun.read

    def few(run: KeptRun, name: str, columns: object = None, **asked: object) -> pl.DataFrame:
        few_of_it = run.name.startswith("case-") or asked.get("where") is not None
        assert name != SEEN.name or few_of_it, "all that was ever found was read"
        return read(run, name, columns, **asked)  # type: ignore[arg-type]

    monkeypatch.setattr(KeptRun, "read", few)
    nights.night()
    assert nights.plan.get("upon")


def test_where_a_run_since_is_kept_no_more_what_it_found_is_still_known(nights: Nights) -> None:
    nights.day = LATER
    home = nights.night().finding["household_no"][0]
    store = nights.centre.store
    question = check_case(nights.centre, home, "recheck", AS_OF)
    check_all(nights.centre, "entrants", LATER)
    (entry,) = [each.id for each in store.snapshots(DATASET) if each.id[7:] == question.id]
    assert purge(Centre.open(nights.centre.workspace.path).store, DATASET, [entry], "result_retention", LATER)
    run = last_complete(store, "recipients")
    assert run is not None
    assert seen_since(store, run) is None
    assert AS_OF in nights.night().finding.filter(household_no=home)["first_seen"]
    assert nights.plan.get("upon")
