"""Stories of the rules: what a household declared, what is registered, and what must come of it.

Each story is a function whose name is the story's name in the truth.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from invented.county import County, Mark, Owner
from invented.people import Household, Person

UNDECLARED_VEHICLE, VEHICLE_ASKED = "undeclared_vehicle", "vehicle_asked_about"
UNDECLARED_DWELLING, DWELLINGS_OVER = "undeclared_dwelling", "dwellings_over_policy"
PREMISES, WAGE, INCOME = "commercial_premises", "undeclared_wage", "income_over_standard"
ENDED = "registration_ended"


class Teller:
    """Plants one story: every record it adds is a true one of its member, every expectation bears the story's name."""

    def __init__(self, county: County, story: str) -> None:
        self.county, self.people, self.story = county, county.people, story

    def enrol(self, members: Sequence[Person], programme: str = "农村低保", **declared: Any) -> Household:
        """A household on the roster."""
        return self.county.enrol(members, programme, **declared)

    def vehicle(self, owner: Person, kind: str = "K33", status: str = "A", **more: Any) -> None:
        """A vehicle of this member."""
        self.county.vehicle(owner, [self.mark(owner)], kind=kind, status=status, **more)

    def home(self, *owners: Owner, **more: Any) -> None:
        """A property of these members; an owner given as name and number is a stranger."""
        marks = [self.mark(owner, slot) for slot, owner in enumerate(owners, 1) if isinstance(owner, Person)]
        self.county.home(owners, marks, **more)

    def account(self, owner: Person, base: int, **more: Any) -> None:
        """A provident fund account of this member."""
        self.county.account(owner, [self.mark(owner)], base=base, **more)

    def mark(self, owner: Person, slot: int = 1) -> Mark:
        """A link that must be accepted."""
        return Mark(self.story, "accepted", owner, slot)

    def finds(self, household: Household, rule: str, kind: str = "") -> None:
        """A finding that must come out."""
        self.county.expect(household, self.story, rule, kind)

    def silent(self, household: Household, *rules: str) -> None:
        """Rules that may find nothing here."""
        self.county.expect_no(household, self.story, *rules)


def tell_rules(county: County) -> None:
    """Plant every story of this page, in the order in which they stand."""
    stories = [name for name in globals() if name.startswith(("vehicle_", "home_", "fund_", "income_"))]
    for name in stories:
        globals()[name](Teller(county, name))


# Vehicles: the county policy asks about every live vehicle but motorcycles.


def vehicle_registered_declared_none(tell: Teller) -> None:
    """Two recipients and an applicant with one car each and none declared."""
    for stage in ("在保", "在保", "申请中"):
        household = tell.enrol(tell.people.family(), vehicles="0", stage=stage)
        tell.vehicle(household.head)
        tell.finds(household, UNDECLARED_VEHICLE, "difference")
        tell.finds(household, VEHICLE_ASKED, "question")


def vehicle_declared_one_registered_two(tell: Teller) -> None:
    """Nobody can say which of the two was declared."""
    household = tell.enrol(tell.people.family(), vehicles="1")
    tell.vehicle(household.head)
    tell.vehicle(household.members[1], "K31")
    tell.finds(household, UNDECLARED_VEHICLE, "difference")
    tell.finds(household, VEHICLE_ASKED, "question")


def vehicle_declared_and_registered(tell: Teller) -> None:
    """What is declared is what is registered; the policy asks all the same."""
    household = tell.enrol(tell.people.couple(), vehicles="1")
    tell.vehicle(household.head)
    tell.silent(household, UNDECLARED_VEHICLE)
    tell.finds(household, VEHICLE_ASKED, "question")


def vehicle_declaration_blank(tell: Teller) -> None:
    """Blank is unknown, not zero."""
    household = tell.enrol(tell.people.couple(), vehicles="")
    tell.vehicle(household.head)
    tell.finds(household, UNDECLARED_VEHICLE, "question")


def vehicle_motorcycle(tell: Teller) -> None:
    """A two-wheel motorcycle is exempt."""
    household = tell.enrol(tell.people.couple(), vehicles="0")
    tell.vehicle(household.head, "M21")
    tell.silent(household, UNDECLARED_VEHICLE, VEHICLE_ASKED)


def vehicle_for_a_living(tell: Teller) -> None:
    """A light goods vehicle and a three-wheeler, both declared."""
    for kind in ("H31", "N11"):
        household = tell.enrol(tell.people.family(), vehicles="1")
        tell.vehicle(household.head, kind)
        tell.silent(household, UNDECLARED_VEHICLE)
        tell.finds(household, VEHICLE_ASKED, "question")


def vehicle_cancelled(tell: Teller) -> None:
    """E, M and P end a registration, alone or among other letters."""
    for status in ("E", "M", "P", "GE"):
        household = tell.enrol(tell.people.couple(1960), vehicles="0")
        tell.vehicle(household.head, status=status)
        tell.silent(household, UNDECLARED_VEHICLE, VEHICLE_ASKED)


def vehicle_declared_but_cancelled(tell: Teller) -> None:
    """The household declared a car that is no longer registered."""
    household = tell.enrol(tell.people.couple(), vehicles="1")
    tell.vehicle(household.head, status="E")
    tell.silent(household, UNDECLARED_VEHICLE, VEHICLE_ASKED)
    tell.finds(household, ENDED, "favourable")


def vehicle_live_with_several_letters(tell: Teller) -> None:
    """GQ: unpaid offences and an overdue inspection do not end a registration."""
    household = tell.enrol(tell.people.family(), vehicles="0")
    tell.vehicle(household.head, status="GQ")
    tell.finds(household, UNDECLARED_VEHICLE, "difference")


def vehicle_status_uncertain(tell: Teller) -> None:
    """Y is in no code table, B was moved away, C was stolen: questions."""
    for status in ("Y", "B", "C"):
        household = tell.enrol(tell.people.couple(), vehicles="0")
        tell.vehicle(household.head, status=status)
        tell.finds(household, UNDECLARED_VEHICLE, "question")


def vehicle_listed_twice(tell: Teller) -> None:
    """One car in two rows, under its old plate and its new one, counts once: one is declared."""
    household = tell.enrol(tell.people.couple(), vehicles="1")
    for _ in range(2):
        tell.vehicle(household.head, vin="LYH99000000000001", registered=date(2012, 5, 9))
    tell.silent(household, UNDECLARED_VEHICLE)


def vehicle_registered_after_declaration(tell: Teller) -> None:
    """What came later was not concealed."""
    household = tell.enrol(tell.people.family(), vehicles="0")
    tell.vehicle(household.head, registered=date(2018, 11, 5))
    tell.finds(household, UNDECLARED_VEHICLE, "question")


# Homes: the policy allows one, or more while a member has less than 20 square metres.


def home_two_declared_one(tell: Teller) -> None:
    """More than declared, and more than the policy allows."""
    household = tell.enrol(tell.people.family(), "城市低保", dwellings="1")
    tell.home(household.head, area=88.4)
    tell.home(household.members[1], area=102.3, use="成套住宅")
    tell.finds(household, UNDECLARED_DWELLING, "difference")
    tell.finds(household, DWELLINGS_OVER, "difference")


def home_two_small_ones(tell: Teller) -> None:
    """Two homes with 17.3 square metres a member, both declared."""
    household = tell.enrol(tell.people.three_generations(), "城市低保", dwellings="2")
    tell.home(household.head, area=35.2)
    tell.home(household.members[3], area=34.1)
    tell.silent(household, UNDECLARED_DWELLING, DWELLINGS_OVER)


def home_of_husband_and_wife(tell: Teller) -> None:
    """A home that both own counts once."""
    household = tell.enrol(tell.people.couple(), "城市低保", dwellings="1")
    tell.home(household.head, household.members[1], area=76.5)
    tell.silent(household, UNDECLARED_DWELLING, DWELLINGS_OVER)


def home_shared_with_stranger(tell: Teller) -> None:
    """Part of it belongs to someone outside the household."""
    household = tell.enrol(tell.people.widow(), "城市低保", dwellings="0")
    stranger = tell.people.person(1961, True)
    tell.home(household.head, (stranger.name, stranger.number), area=91.2)
    tell.finds(household, UNDECLARED_DWELLING, "question")


def home_not_declared(tell: Teller) -> None:
    """One home registered and none declared: a recipient and an applicant."""
    for stage in ("在保", "申请中"):
        household = tell.enrol(tell.people.couple(), dwellings="0", stage=stage)
        tell.home(household.head, area=67.8)
        tell.finds(household, UNDECLARED_DWELLING, "difference")


def home_declaration_blank(tell: Teller) -> None:
    """Blank is unknown, not zero."""
    household = tell.enrol(tell.people.couple(), dwellings="")
    tell.home(household.head, area=58.6)
    tell.finds(household, UNDECLARED_DWELLING, "question")


def home_and_garage(tell: Teller) -> None:
    """A garage is no dwelling and nobody asks about it."""
    household = tell.enrol(tell.people.family(), "城市低保", dwellings="1")
    tell.home(household.head, area=83.0)
    tell.home(household.head, area=21.5, use="车库")
    tell.silent(household, UNDECLARED_DWELLING, DWELLINGS_OVER, PREMISES)


def home_and_shop(tell: Teller) -> None:
    """Commercial premises beside the declared home."""
    household = tell.enrol(tell.people.family(), "城市低保", dwellings="1")
    tell.home(household.head, area=79.0)
    tell.home(household.members[1], area=38.7, use="商业")
    tell.silent(household, UNDECLARED_DWELLING, DWELLINGS_OVER)
    tell.finds(household, PREMISES, "difference")


def home_tekun_with_shop(tell: Teller) -> None:
    """Property rules apply to 特困, the income comparison does not."""
    household = tell.enrol(tell.people.alone(1944, income="900"), "农村特困")
    tell.home(household.head, area=26.4, use="商业")
    tell.finds(household, PREMISES, "difference")
    tell.silent(household, INCOME)


def home_sold_long_ago(tell: Teller) -> None:
    """A historical registration is never an asset."""
    household = tell.enrol(tell.people.couple(), dwellings="0")
    tell.home(household.head, area=70.1, state="历史")
    tell.silent(household, UNDECLARED_DWELLING, DWELLINGS_OVER)


def home_declared_but_sold(tell: Teller) -> None:
    """The household declared a home that is no longer registered."""
    household = tell.enrol(tell.people.couple(), "城市低保", dwellings="1")
    tell.home(household.head, area=62.9, state="历史")
    tell.silent(household, UNDECLARED_DWELLING)
    tell.finds(household, ENDED, "favourable")


def home_state_unknown(tell: Teller) -> None:
    """待核 is in no code table."""
    household = tell.enrol(tell.people.couple(), dwellings="0")
    tell.home(household.head, area=66.0, state="待核")
    tell.finds(household, UNDECLARED_DWELLING, "question")


def home_certificate_spelt_two_ways(tell: Teller) -> None:
    """Two rows with one certificate in half-width and full-width brackets are one home."""
    household = tell.enrol(tell.people.couple(), "城市低保", dwellings="1")
    for certificate in ("鲁(2016)永和县不动产权第0000077号", "鲁（2016）永和县不动产权第0000077号"):
        tell.home(household.head, area=74.0, certificate=certificate, address="永和县文昌路77号")
    tell.silent(household, UNDECLARED_DWELLING, DWELLINGS_OVER)


# Provident fund: account 01 paid in the last three months shows a wage.


def fund_wage_not_declared(tell: Teller) -> None:
    """A wage of 3200 yuan a month, none declared; an applicant with 2900."""
    for stage, base in (("在保", 3200), ("申请中", 2900)):
        household = tell.enrol(tell.people.family(), "城市低保", stage=stage)
        tell.account(household.head, base)
        tell.finds(household, WAGE, "difference")
        tell.finds(household, INCOME)


def fund_wage_declared_lower(tell: Teller) -> None:
    """A wage of 2600 yuan, 1500 declared."""
    household = tell.enrol(tell.people.family(), "城市低保")
    household.head.income = "1500"
    tell.account(household.head, 2600)
    tell.finds(household, WAGE, "difference")


def fund_wage_declared(tell: Teller) -> None:
    """Five members live on a wage that is declared as it is; four such households."""
    for base in (2250, 2300, 2380, 2460):
        household = tell.enrol(tell.people.family(3), "城市低保")
        household.head.income = f"{base}"
        tell.account(household.head, base, paid_until="201810")
        tell.silent(household, WAGE, INCOME)


def fund_declaration_blank(tell: Teller) -> None:
    """A wage of 2100 yuan beside a blank declaration."""
    household = tell.enrol(tell.people.family(3), "城市低保")
    household.head.income = ""
    tell.account(household.head, 2100)
    tell.finds(household, WAGE, "question")


def fund_sealed(tell: Teller) -> None:
    """A sealed account with a balance shows no wage."""
    household = tell.enrol(tell.people.couple(), "城市低保")
    tell.account(household.head, 3100, status="02", paid_until="201702")
    tell.finds(household, WAGE, "question")
    tell.silent(household, INCOME)


def fund_stale(tell: Teller) -> None:
    """A normal account that nobody has paid into since March 2017."""
    household = tell.enrol(tell.people.couple())
    tell.account(household.head, 2700, paid_until="201703")
    tell.finds(household, WAGE, "question")
    tell.silent(household, INCOME)


def fund_state_uncertain(tell: Teller) -> None:
    """06 is frozen, 07 is in no code table."""
    for status in ("06", "07"):
        household = tell.enrol(tell.people.couple(), "城市低保")
        tell.account(household.head, 2800, status=status)
        tell.finds(household, WAGE, "question")


def fund_closed(tell: Teller) -> None:
    """05: withdrawn and closed."""
    household = tell.enrol(tell.people.couple(1957))
    tell.account(household.head, 3300, status="05", paid_until="201706", balance=0)
    tell.silent(household, WAGE, INCOME)


def fund_two_accounts(tell: Teller) -> None:
    """Two employers one after the other; the wage of the newer one is declared."""
    household = tell.enrol(tell.people.family(3), "城市低保")
    household.head.income = "2600"
    tell.account(household.head, 2000, paid_until="201809")
    tell.account(household.head, 2600, paid_until="201811")
    tell.silent(household, WAGE, INCOME)


# Income per head: 616 yuan a month in town, 4800 yuan a year in the country.


def income_over_with_declared_wage(tell: Teller) -> None:
    """The wage is declared as it is, and the three of them have 1000 yuan each a month."""
    household = tell.enrol(tell.people.family(), "城市低保")
    household.head.income = "3000"
    tell.account(household.head, 3000)
    tell.silent(household, WAGE)
    tell.finds(household, INCOME)


def income_over_by_declaration(tell: Teller) -> None:
    """What the two declared themselves is 6600 yuan a year a head."""
    household = tell.enrol(tell.people.couple())
    household.head.income, household.members[1].income = "600", "500"
    tell.finds(household, INCOME)


def income_equal_to_standard(tell: Teller) -> None:
    """Exactly 4800 yuan is not above 4800 yuan."""
    household = tell.enrol(tell.people.couple())
    household.head.income, household.members[1].income = "400", "400"
    tell.silent(household, INCOME)


def income_of_one_member_unknown(tell: Teller) -> None:
    """Where one member's income is unknown there is no figure, high as the other's wage may be."""
    household = tell.enrol(tell.people.couple(), "城市低保")
    household.head.income, household.members[1].income = "3500", ""
    tell.account(household.head, 3500)
    tell.silent(household, INCOME)
