"""Families on the roster: shared surnames and generation characters, twins, former names, consents."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

from tests.worlds import names, numbers

SIZES = (1, 1, 1, 2, 2, 2, 3, 3, 4, 5)
DIGITS = "0123456789"


class Person(NamedTuple):
    """One member. typed: the number as the roster has it; consent: valid | expired | none."""

    pid: int
    number: str
    typed: str
    name: str
    household: int
    relation: str
    former: str
    consent: str
    phone: str = ""

    @property
    def may_be_checked(self) -> bool:
        return self.consent == "valid"


@dataclass
class Roster:
    """Everybody under check, in the order of their households, and the numbers that nobody else may have."""

    people: list[Person] = field(default_factory=list)
    homes: list[range] = field(default_factory=list)  # the places of each household's members in people
    taken: set[str] = field(default_factory=set)
    go_betweens: set[str] = field(default_factory=set)

    def family(self, person: Person) -> list[Person]:
        """The other members of the household."""
        return [self.people[place] for place in self.homes[person.household] if place != person.pid]


def invent(rng: Random, persons: int, rates: Mapping[str, float]) -> Roster:
    """A roster of at least that many, by a few members at most more."""
    roster = Roster()
    while len(roster.people) < persons:
        _household(rng, roster, rates)
    return roster


def fresh(rng: Random, taken: set[str], county: str, birth: str, *, male: bool) -> str:
    """A number that nobody has had so far."""
    while True:
        number = numbers.number(rng, county, birth, male=male)
        if number not in taken:
            taken.add(number)
            return number


def _household(rng: Random, roster: Roster, rates: Mapping[str, float]) -> None:
    home, first = len(roster.homes), len(roster.people)
    size, county, family, generation = (
        rng.choice(SIZES),
        rng.choice(numbers.HOME),
        names.surname(rng),
        rng.choice(names.GIVEN_POOL),
    )
    own: list[tuple[str, str, str]] = []  # number, name, relation
    for place in range(size):
        relation = ("户主", "配偶", "子", "女", "母亲")[place]
        male = place == 2 or (place in (0, 1) and rng.random() < 0.5)
        born = _birth(rng, *((1990, 2017) if place in (2, 3) else (1932, 1992)))
        if place == 0:
            name = _odd(rng, rates, family) or family + names.given(rng)
        elif place in (2, 3):
            name = _odd(rng, rates, family) or family + names.given(rng, generation if rng.random() < 0.7 else "")
        else:
            name = names.name(rng)
            county_of = rng.choice(numbers.AWAY) if rng.random() < 0.15 else rng.choice(numbers.HOME)
        number = fresh(rng, roster.taken, county if place in (0, 2, 3) else county_of, born, male=male)
        if place == 3 and rng.random() < rates["twins"]:
            twin = numbers.neighbour(own[2][0], rng.choice((1, 2)))
            if twin not in roster.taken:
                roster.taken.add(twin)
                number, name = twin, family + generation + rng.choice(names.GIVEN_POOL)
        while any(name == other for _, other, _ in own):
            name = family + names.given(rng)
        own.append((number, name, relation))
    for place, (number, name, relation) in enumerate(own):
        typed = mistyped(rng, number) if rng.random() < rates["roster_typo"] else number
        former = name[0] + names.given(rng) if rng.random() < rates["former_name"] else ""
        consent = rng.choice(("expired", "none")) if rng.random() < rates["no_consent"] else "valid"
        shared = place > 0 and rng.random() < rates["shared_phone"]
        phone = roster.people[first].phone if shared else f"1{rng.randrange(10**9, 10**10)}"
        roster.people.append(Person(first + place, number, typed, name, home, relation, former, consent, phone))
    roster.homes.append(range(first, len(roster.people)))


def _odd(rng: Random, rates: Mapping[str, float], family: str) -> str:
    """Now and then a name that is hard to write down."""
    if rng.random() < rates["rare_name"]:
        return names.rare_name(rng, family)
    if rng.random() < rates["minority_name"]:
        return names.minority_name(rng)
    return ""


def _birth(rng: Random, first: int, last: int) -> str:
    return f"{rng.randrange(first, last)}{rng.randrange(1, 13):02}{rng.randrange(1, 29):02}"


def mistyped(rng: Random, number: str, place: int | None = None) -> str:
    """One wrong digit before the check character."""
    at = rng.randrange(17) if place is None else place
    return number[:at] + rng.choice(DIGITS.replace(number[at], "")) + number[at + 1 :]
