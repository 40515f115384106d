"""One number in two households: whoever is checked alone is told what a check of everybody says of the same records."""

from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest

from jiuzhu_check.checks.batches import close
from jiuzhu_check.checks.case import check_case
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.consent_change import withdraw
from jiuzhu_check.checks.deliveries import take_roster
from jiuzhu_check.checks.night import Night
from jiuzhu_check.checks.portion import Portion
from jiuzhu_check.checks.results import Result
from jiuzhu_check.checks.run import check_all
from tests.checks.centres import AS_OF, ROSTER, Member, Small, number
from tests.checks.nights import NOW

# His number stands in two households under two names, and beside it on the register his name, his wife's and a
# stranger's: to his household alone those are two unrelated names, to both of them three, and three make a go-between.
HE = Member("赵建国", number(11), "JZ1")
WIFE = Member("李秀英", number(22), "JZ1")
OTHER = Member("孙六七", HE.number, "JZ2")
CARS = [(HE.name, HE.number), (WIFE.name, HE.number), ("吴有才", HE.number)]


def case(centre: Centre) -> Result:
    return check_case(centre, "JZ1", "recheck", AS_OF)


def region(centre: Centre) -> Result:
    return check_all(centre, "recipients", AS_OF, portion=Portion("370683"))[0]


def share(centre: Centre) -> Result:
    """A share that JZ1 is in, and JZ2 is not."""
    shares = [Portion("", (at, count)) for count in range(2, 9) for at in range(1, count + 1)]
    homes = [set(each.of(centre.roster(), centre.region)["household_no"]) for each in shares]
    return check_all(centre, "recipients", AS_OF, portion=shares[homes.index({"JZ1"})])[0]


def enrol(small: Small, *members: Member, batches: bool = False) -> None:
    """JZ1 lives in one county, everybody else in another; of applicants each household is a batch."""
    rows = [each.row.replace("370000", "370683" if each.household == "JZ1" else "370602") for each in members]
    batch = [f",{each.household if batches else ''}" for each in members]
    told = [f"{ROSTER},批次", *(row + more for row, more in zip(rows, batch, strict=True))]
    file = small.folder / "roster.csv"
    file.write_text("\n".join(told) + "\n", encoding="utf-8")
    take_roster(small.centre, file)
    small.centre = Centre.open(small.centre.workspace.path)


def told(result: Result) -> list[tuple[str, ...]]:
    mine = result.link.filter(pl.col("household_no") == "JZ1")
    return mine.select("member_no", "owner_name", "tier", "status", "reason").rows()


def his(result: Result) -> str:
    """What is said of the car under his name and number."""
    (status,) = result.link.filter(household_no="JZ1", member_no="1", owner_name=HE.name)["status"]
    return str(status)


@pytest.fixture
def county(small: Small) -> Small:
    small.require({"vehicle": "required"})
    enrol(small, HE, WIFE, OTHER)
    small.vehicles(CARS)
    return small


@pytest.mark.parametrize("ask", [case, region, share])
def test_a_number_in_two_households_is_weighed_by_both_though_one_is_asked_about(
    county: Small, ask: Callable[[Centre], Result]
) -> None:
    asked = ask(county.centre)
    night, _ = check_all(county.centre, "recipients", AS_OF, night=Night(full=True))
    assert told(asked) == told(night)
    assert his(asked) == "review"
    assert set(asked.link["household_no"]) == set(asked.household["household_no"]) == {"JZ1"}


def test_a_batch_of_applicants_is_weighed_with_those_of_the_other_open_batches(small: Small) -> None:
    small.require({"vehicle": "required"})
    enrol(small, *(replace(each, stage="申请") for each in (HE, WIFE, OTHER)), batches=True)
    small.vehicles(CARS)
    alone, _ = check_all(small.centre, "entrants", AS_OF, batch="JZ1")
    everybody, _ = check_all(small.centre, "entrants", AS_OF)
    assert told(alone) == told(everybody) == told(case(small.centre))
    assert his(alone) == "review"
    close(small.centre, "JZ2", "经办甲", "按期办结", NOW)
    assert his(case(small.centre)) == his(check_all(small.centre, "entrants", AS_OF)[0]) == "accepted"


def unsigned(county: Small) -> None:
    enrol(county, HE, WIFE, replace(OTHER, programme="城市低保"))
    county.sign('[vehicle]\nrequirement = "required"\nprogrammes = {"城市低保" = "unsigned"}')


def withdrawn(county: Small) -> None:
    withdraw(county.centre, "JZ2", "1", AS_OF, "撤1", today=AS_OF)
    county.centre = Centre.open(county.centre.workspace.path)


@pytest.mark.parametrize(
    "apart",
    [
        lambda county: enrol(county, HE, WIFE, replace(OTHER, consent=("", "", ""))),
        lambda county: enrol(county, HE, WIFE, replace(OTHER, stage="申请")),
        lambda county: enrol(county, HE, WIFE, replace(OTHER, stage="停保")),
        unsigned,
        withdrawn,
    ],
    ids=["no consent", "an applicant", "ended", "not signed for them", "withdrawn"],
)
@pytest.mark.parametrize("ask", [case, region])
def test_whom_nobody_may_look_at_weighs_nothing(
    county: Small, apart: Callable[[Small], None], ask: Callable[[Centre], Result]
) -> None:
    apart(county)
    asked = ask(county.centre)
    night, _ = check_all(county.centre, "recipients", AS_OF, night=Night(full=True))
    assert told(asked) == told(night)
    assert his(asked) == "accepted"
