"""Whoever is checked alone is told what a check of everybody says of the same records, whoever else they may mean."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest

from jiuzhu_check.checks import linking
from jiuzhu_check.checks.batches import close
from jiuzhu_check.checks.case import check_case
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.consent_change import withdraw
from jiuzhu_check.checks.decisions import Answer
from jiuzhu_check.checks.deliveries import take, take_roster
from jiuzhu_check.checks.night import Night
from jiuzhu_check.checks.portion import Portion
from jiuzhu_check.checks.results import Result
from jiuzhu_check.checks.review import decide, queue
from jiuzhu_check.checks.run import check_all
from jiuzhu_check.errors import IntegrityError
from tests.checks.centres import AS_OF, DATA_DATE, EXTRACTS, ROSTER, SAMPLE, VEHICLE, Member, Small, number
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


def enrol(small: Small, *members: Member, batches: bool = False, former: Mapping[str, str] | None = None) -> None:
    """JZ1 lives in one county, everybody else in another; of applicants each household is a batch.

    former: former names by household
    """
    rows = [each.row.replace("370000", "370683" if each.household == "JZ1" else "370602") for each in members]
    more = [f",{each.household if batches else ''},{(former or {}).get(each.household, '')}" for each in members]
    told = [f"{ROSTER},批次,曾用名", *(row + cells for row, cells in zip(rows, more, strict=True))]
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


@pytest.mark.parametrize(
    "apart",
    [
        lambda county: enrol(county, HE, WIFE, replace(OTHER, consent=("SQ1", "2018-01-01", "2018-12-03"))),
        lambda county: enrol(county, HE, WIFE, replace(OTHER, consent=("SQ1", "2018-12-03", "2020-12-03"))),
    ],
    ids=["ends", "begins"],
)
def test_what_the_last_night_said_stands_no_longer_than_the_consent_of_whom_it_rests_on(
    county: Small, apart: Callable[[Small], None]
) -> None:
    apart(county)
    night, _ = check_all(county.centre, "recipients", AS_OF)
    day = AS_OF + timedelta(days=4)
    asked = check_case(county.centre, "JZ1", "recheck", day)
    next_night, _ = check_all(county.centre, "recipients", day)
    whole, _ = check_all(county.centre, "recipients", day, night=Night(full=True))
    assert told(asked) == told(next_night) == told(whole)
    assert his(asked) != his(night)


@pytest.mark.parametrize("how", ["at once", "a night later", "after a change of hers"])
def test_a_consent_that_is_withdrawn_counts_for_whoever_rests_on_it(county: Small, how: str) -> None:
    check_all(county.centre, "recipients", AS_OF)
    day = AS_OF
    if how != "at once":
        if how == "after a change of hers":
            enrol(county, replace(HE, consent=("SQ2", "2018-01-02", "2020-12-31")), WIFE)
        day += timedelta(days=1)
        check_all(county.centre, "recipients", day)
    withdrawn(county)
    asked = check_case(county.centre, "JZ1", "recheck", day)
    night, _ = check_all(county.centre, "recipients", day)
    whole, _ = check_all(county.centre, "recipients", day, night=Night(full=True))
    assert told(asked) == told(night) == told(whole)
    assert his(asked) == "accepted"


def covered(one: str, other: str) -> str:
    """A number of which shows what two have in common."""
    return "".join(digit if digit == too else "*" for digit, too in zip(one, other, strict=True))


ONE, TWO = Member("欧阳建国", number(11), "JZ1"), Member("欧阳建军", number(17), "JZ2")


@pytest.mark.usefixtures("none_lends")
@pytest.mark.parametrize(
    ("one", "two", "owner"),
    [("欧阳建国", "欧阳建军", "欧阳建国、欧阳建军"), ("欧阳偉", "歐陽伟", "歐陽偉"), ("欧阳伟", "歐陽偉", "欧阳伟")],
    ids=["both in one cell", "three spellings", "one is written otherwise"],
)
@pytest.mark.parametrize("ask", [case, region])
def test_a_covered_number_that_fits_somebody_elsewhere_too_is_for_a_person_to_look_at(
    small: Small, ask: Callable[[Centre], Result], one: str, two: str, owner: str
) -> None:
    """Whether or not that other may be looked at: who is on the roster is known."""
    small.require({"vehicle": "required"})
    enrol(small, replace(ONE, name=one), replace(TWO, name=two))
    strangers = [(f"钱{name}", number(name % 900 + 50, f"19{name // 900 + 40}0203")) for name in range(9000)]
    small.vehicles([(owner, covered(ONE.number, TWO.number)), *strangers])
    asked = ask(small.centre)
    night, _ = check_all(small.centre, "recipients", AS_OF, night=Night(full=True))
    assert told(asked) == told(night)
    assert asked.link["status"].to_list() == ["review"]
    withdrawn(small)
    later = case(small.centre)
    changed, _ = check_all(small.centre, "recipients", AS_OF)
    anew, _ = check_all(small.centre, "recipients", AS_OF, night=Night(full=True))
    assert told(later) == told(changed) == told(anew)
    assert later.link["status"].to_list() == ["review"]


@pytest.mark.usefixtures("none_lends")
def test_what_was_decided_for_one_stands_though_nothing_leads_from_the_record_to_them_any_more(small: Small) -> None:
    """The link rested on a former name that the roster has no longer; a person has seen whose the car is."""
    small.require({"vehicle": "required"})
    other = replace(TWO, name="赵新民")
    enrol(small, ONE, other, former={"JZ2": ONE.name})
    small.vehicles([(ONE.name, covered(ONE.number, TWO.number))])
    check_all(small.centre, "recipients", AS_OF)
    (item,) = queue(small.centre).filter(household_no="JZ2")["item"]
    decide(small.centre, Answer(item, "same", "看过行驶证", "甲"), NOW)
    check_all(small.centre, "recipients", AS_OF)
    enrol(small, ONE, other)
    asked = [case(small.centre), region(small.centre)]
    night, _ = check_all(small.centre, "recipients", AS_OF)
    whole, _ = check_all(small.centre, "recipients", AS_OF, night=Night(full=True))
    assert told(asked[0]) == told(asked[1]) == told(night) == told(whole)
    assert [row[3] for row in told(night)] == ["review"]
    enrol(small, ONE, replace(other, stage="停保"))
    gone, _ = check_all(small.centre, "recipients", AS_OF)
    anew, _ = check_all(small.centre, "recipients", AS_OF, night=Night(full=True))
    assert told(gone) == told(anew) == told(case(small.centre))


@pytest.mark.usefixtures("none_lends")
def test_of_two_people_with_broken_numbers_none_is_accepted_for_one_record(small: Small) -> None:
    small.require({"vehicle": "required"})
    people = [
        replace(ONE, number=ONE.number[:14] + "XXXX"),
        replace(ONE, number=TWO.number[:14] + "YYYY", household="JZ2"),
    ]
    rows = [f"{each.row},1970-01-01,13800000000" for each in people]
    file = small.folder / "roster.csv"
    file.write_text("\n".join([f"{ROSTER},出生日期,联系电话", *rows]) + "\n", encoding="utf-8")
    take_roster(small.centre, file)
    car = f"02,鲁Z00001,K33,LZZ00010000000001,{ONE.name},,20100101,A,1970-01-01,13800000000"
    file = small.folder / "vehicle.csv"
    file.write_text(f"{VEHICLE},出生日期,手机号码\n{car}\n", encoding="utf-8")
    take(small.centre, "vehicle", file, "", DATA_DATE)
    night, _ = check_all(small.centre, "recipients", AS_OF)
    assert night.link.select("household_no", "status").rows() == [("JZ1", "review"), ("JZ2", "review")]


def test_sources_share_who_stands_under_what_though_somebody_stands_beside(
    county: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    county.require({"vehicle": "required", "housing": "optional", "provident_fund": "optional"})
    for source in ("housing", "provident_fund"):
        take(county.centre, source, SAMPLE / "inbox" / EXTRACTS[source], "", DATA_DATE)
    asked, find = list[int](), linking.stand_under
    monkeypatch.setattr(linking, "stand_under", lambda *people: asked.append(1) or find(*people))
    case(county.centre)
    assert len(asked) == 2


def test_a_damaged_part_of_the_roster_that_holds_who_stands_beside_is_an_error_and_no_other_answer(
    county: Small,
) -> None:
    roster = county.centre.roster_snapshot()
    households = {each: roster.read(each)["household_no"] for each in roster.part_names() if each.startswith("h")}
    (part,) = [each for each, homes in households.items() if (homes == OTHER.household).any()]
    assert not (households[part] == HE.household).any()
    (file,) = [roster.folder / each.name for each in roster.files if each.part == part]
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    with pytest.raises(IntegrityError, match=part):
        case(Centre.open(county.centre.workspace.path))
