"""Stories of the roster itself: consents, numbers typed wrongly, rows that must come back; and ordinary households."""

from datetime import date

from invented.county import County, Mark
from invented.damage import scientific, substituted
from invented.names import COMMON
from invented.people import Household, Person
from invented.rule_stories import UNDECLARED_DWELLING, UNDECLARED_VEHICLE, VEHICLE_ASKED


def tell_roster(county: County) -> None:
    """Plant every story of this page."""
    consent_expired(county)
    consent_missing(county)
    consent_open_ended(county)
    roster_number_broken(county)
    rows_returned(county)
    former_names(county)


def consent_expired(county: County) -> None:
    """The consent ran out before 1 December 2018: nothing of theirs is looked at, whatever is registered."""
    for until in ("2018-09-30", "2018-11-30", "2017-12-31"):
        household = county.enrol(county.people.couple(), consent_until=until)
        household.accepted = date(int(until[:4]) - 3, 5, 20)
        unseen(county, household, household.head, "consent_expired")
    other = county.enrol(county.people.couple(), "城市低保", consent_until="2018-06-30")
    other.accepted = date(2015, 7, 1)
    county.home([other.head], [Mark("consent_expired", "none", other.head)])
    county.expect_no(other, "consent_expired", UNDECLARED_DWELLING)


def consent_missing(county: County) -> None:
    """The wife signed nothing: her car is not looked at, her husband's motorcycle is."""
    household = county.enrol(county.people.couple(), vehicles="0")
    husband, wife = household.members
    wife.consents = False
    unseen(county, household, wife, "consent_missing")
    county.vehicle(husband, [Mark("consent_missing", "accepted", husband)], kind="M21")


def unseen(county: County, household: Household, owner: Person, story: str) -> None:
    """A car that must neither be linked nor lead to a finding."""
    county.vehicle(owner, [Mark(story, "none", owner)])
    county.expect_no(household, story, UNDECLARED_VEHICLE, VEHICLE_ASKED)


def consent_open_ended(county: County) -> None:
    """A consent that names no last day does not count: nothing is looked at."""
    household = county.enrol(county.people.couple(), vehicles="0", consent_until="")
    unseen(county, household, household.head, "consent_open_ended")


def roster_number_broken(county: County) -> None:
    """The roster has the number with one wrong digit; two of the four have records with the right one."""
    for turn in range(4):
        member = county.enrol(county.people.couple()).head
        member.typed_number = substituted(member.number)
        if turn < 2:
            county.vehicle(member, [Mark("roster_number_broken", "review", member)], kind="M21")


def rows_returned(county: County) -> None:
    """A number spoilt by a spreadsheet and a row without name: both households come back whole."""
    spoilt, nameless = county.enrol(county.people.family()), county.enrol(county.people.couple())
    spoilt.members[2].typed_number = scientific(spoilt.members[2].number)
    nameless.members[1].typed_name = ""
    county.returned += [(spoilt.members[2], "number_spoilt_by_spreadsheet"), (nameless.members[1], "name_missing")]
    unseen(county, spoilt, spoilt.head, "household_returned")


def former_names(county: County) -> None:
    """Former names that no extract uses."""
    for name, former in (("王淑兰", "王小妮"), ("张国庆", "张狗子、张庆"), ("刘芳", "刘小芳")):
        male = name == "张国庆"
        member = county.people.person(1966, male, name=name)
        member.former_names = former
        county.enrol([member])


def fill_roster(county: County, households: int) -> None:
    """Ordinary households up to that number; what some of them own is declared as it is registered."""
    shapes = (
        [county.people.alone] * 3
        + [county.people.couple] * 4
        + [county.people.family, county.people.family, lambda: county.people.family(2), county.people.with_twins]
        + [county.people.three_generations, county.people.three_generations]
        + [county.people.widow, county.people.grandmother_and_grandchild]
    )
    while len(county.households) < households:
        members = county.rng.choice(shapes)()
        alone = len(members) == 1
        place = "城市" if county.rng.random() < 0.15 else "农村"
        stage = "申请中" if county.rng.random() < 0.06 else "在保"
        household = county.enrol(members, place + ("特困" if alone else "低保"), stage=stage)
        if len(members) < 3 and county.rng.random() < 0.2:
            members[0].name = county.rng.choice([name for name in COMMON if is_mans(name) == members[0].male])
        declare(county, household)


def ordinary(owner: Person, slot: int = 1) -> Mark:
    """A record that is simply theirs."""
    return Mark("ordinary", "accepted", owner, slot)


def is_mans(name: str) -> bool:
    """Whether one of the common names is given to men."""
    return name.endswith("伟")


def declare(county: County, household: Household) -> None:
    """Incomes below the standard, and now and then a motorcycle or a home, declared as registered or left blank."""
    rng = county.rng
    limit = 560 if household.programme.startswith("城市") else 360
    earners = [member for member in household.members if 1950 < member.birth.year < 1999]
    for member in earners if household.programme.endswith("低保") else ():
        member.income = str(rng.randrange(100, limit)) if rng.random() < 0.93 else ""
    for member in household.members:
        if member.birth.year <= 1950:
            member.income = "118"  # basic pension of rural and urban residents
    chance = rng.random()
    if chance < 0.10:
        household.vehicles = "1"
        county.vehicle(household.head, [ordinary(household.head)], kind="M21", status=rng.choice("AAQ"))
    elif chance < 0.24:
        household.dwellings = "1"
        adults = [member for member in household.members if member.relation in ("户主", "配偶")]
        owners = adults if rng.random() < 0.4 else adults[:1]
        marks = [ordinary(owner, slot) for slot, owner in enumerate(owners, 1)]
        county.home(owners, marks, area=rng.randrange(4200, 9000) / 100)
    elif chance < 0.30:
        county.account(household.head, [ordinary(household.head)], status="05", paid_until="201512", balance=0)
    elif chance < 0.36:
        household.vehicles = ""
    elif chance < 0.42:
        household.dwellings = ""
    elif chance < 0.80:
        household.dwellings = "1"  # a village house without an entry in the register
