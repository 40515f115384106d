"""Persons, families and the roster's households."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from invented.names import given_name, surname
from invented.numbers import HOME_AREA, OTHER_AREAS, citizen_number

TOWNSHIPS = {
    "城关街道": ("东关社区", "南园社区", "文昌社区", "新街社区"),
    "柳河镇": ("柳河东村", "柳河西村", "大槐树村", "小杨庄村"),
    "石桥镇": ("石桥村", "北岭村", "王家湾村", "前刘村"),
    "青崖镇": ("青崖村", "上崖村", "枣林村", "后沟村"),
    "永安镇": ("永安村", "三官庙村", "赵家铺村", "河口村"),
}
RURAL = tuple(TOWNSHIPS)[1:]


@dataclass(eq=False)
class Person:
    """One person: who they are (name, number) and what the roster says of them where that differs."""

    name: str
    number: str
    birth: date
    male: bool
    relation: str = "户主"
    income: str = "0"  # 申报月收入, empty where left blank
    former_names: str = ""
    phone: str = ""
    consents: bool = True
    typed_name: str | None = None
    typed_number: str | None = None

    @property
    def roster_name(self) -> str:
        """The name as the roster has it."""
        return self.name if self.typed_name is None else self.typed_name

    @property
    def roster_number(self) -> str:
        """The number as the roster has it."""
        return self.number if self.typed_number is None else self.typed_number


@dataclass(eq=False)
class Household:
    """One household on the roster, with what it declared; an empty declaration was left blank."""

    members: list[Person]
    programme: str
    township: str
    village: str
    accepted: date
    stage: str
    vehicles: str = "0"
    dwellings: str = "0"
    consent_until: str | None = None  # None: three years from the day it was signed
    number: str = field(default="", init=False)  # given when all households are known

    @property
    def head(self) -> Person:
        """The person whom the household is named for."""
        return self.members[0]

    @property
    def declared_on(self) -> date:
        """Three days after the application was accepted."""
        return self.accepted + timedelta(days=3)


class People:
    """Invents persons and families; no number is given out twice."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.numbers: set[str] = set()

    def person(
        self,
        year: int,
        male: bool,
        *,
        name: str | None = None,
        family: str | None = None,
        relation: str = "户主",
        income: str = "0",
        ends_in: str = "",
    ) -> Person:
        """A person born in that year; `family` is the surname, `ends_in` the wanted last character of the number."""
        birth = date(year, 1, 1) + timedelta(days=self.rng.randrange(365))
        name = name or (family or surname(self.rng)) + given_name(self.rng, year, male)
        phone = f"100{self.rng.randrange(10**8):08d}"
        return Person(name, self._number(birth, male, ends_in), birth, male, relation, income, phone=phone)

    def _number(self, birth: date, male: bool, ends_in: str = "") -> str:
        area = HOME_AREA if self.rng.random() < 0.85 else self.rng.choice(OTHER_AREAS)
        while True:
            number = citizen_number(area, birth, self.rng.randrange(1, 498) * 2 - (1 if male else 0))
            if number.endswith(ends_in) and number not in self.numbers:
                self.numbers.add(number)
                return number

    def twin(self, first: Person) -> Person:
        """The twin of that person: the same area and day, the next sequence number of the same sex."""
        sequence = int(first.number[14:17]) + 2
        number = citizen_number(first.number[:6], first.birth, sequence if sequence < 996 else sequence - 4)
        assert number not in self.numbers
        self.numbers.add(number)
        name = first.name
        while name == first.name:
            name = first.name[0] + given_name(self.rng, first.birth.year, first.male)
        return Person(name, number, first.birth, first.male, first.relation, phone=first.phone)

    def alone(self, year: int = 0, **more: Any) -> list[Person]:
        """One elderly person."""
        return [self.person(self._year(year, 1932, 1956), self.rng.random() < 0.7, **more)]

    def couple(self, year: int = 0) -> list[Person]:
        """Husband and wife."""
        year = self._year(year, 1950, 1986)
        return [self.person(year, True), self.person(year + self.rng.randrange(-3, 4), False, relation="配偶")]

    def family(self, children: int = 1, year: int = 0) -> list[Person]:
        """Husband, wife and children, who have the father's surname."""
        year = self._year(year, 1968, 1988)
        members = self.couple(year)
        return members + [self.child(members[0], year + 25 + 2 * turn) for turn in range(children)]

    def child(self, parent: Person, year: int) -> Person:
        """A son or daughter."""
        son = self.rng.random() < 0.5
        return self.person(year, son, family=parent.name[0], relation="子" if son else "女")

    def with_twins(self, year: int = 0) -> list[Person]:
        """Husband, wife and grown-up twins."""
        members = self.family(1, self._year(year, 1962, 1973))
        return [*members, self.twin(members[2])]

    def widow(self, year: int = 0) -> list[Person]:
        """A widow and a grown-up child with the surname of the father."""
        year, son = self._year(year, 1948, 1968), self.rng.random() < 0.5
        return [self.person(year, False), self.person(year + 26, son, relation="子" if son else "女")]

    def three_generations(self, year: int = 0) -> list[Person]:
        """A couple, a child and the husband's mother, a widow with a surname of her own."""
        year = self._year(year, 1964, 1984)
        return [*self.family(1, year), self.person(year - 26, False, relation="母亲")]

    def grandmother_and_grandchild(self, year: int = 0) -> list[Person]:
        """A grandmother who brings up her son's child."""
        year, boy = self._year(year, 1944, 1958), self.rng.random() < 0.5
        return [self.person(year, False), self.person(year + 55, boy, relation="孙子" if boy else "孙女")]

    def _year(self, wanted: int, first: int, last: int) -> int:
        return wanted or self.rng.randrange(first, last + 1)

    def household(
        self, members: Sequence[Person], programme: str = "农村低保", stage: str = "在保", **declared: Any
    ) -> Household:
        """A household in a township that fits the programme; applicants came in the last weeks, the others earlier."""
        township = "城关街道" if programme.startswith("城市") else self.rng.choice(RURAL)
        village = self.rng.choice(TOWNSHIPS[township])
        first, days = (date(2018, 10, 20), 36) if stage == "申请中" else (date(2017, 1, 5), 600)
        accepted = first + timedelta(days=self.rng.randrange(days))
        return Household(list(members), programme, township, village, accepted, stage, **declared)
