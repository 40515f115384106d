"""Everything invented so far: households, records, and the truth about both."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from random import Random
from typing import Any

from invented.people import Household, People, Person

Cell = str | float
Owner = Person | tuple[str, Cell]  # a member as they are, or the name and number as delivered
BRANDS = ("丰田牌", "五菱牌", "长城牌", "大众牌", "东风牌", "宝骏牌")
EMPLOYERS = ("永和县某某纺织有限公司", "永和县某某食品有限公司", "永和县某某物流有限公司", "永和县某某中学")


@dataclass
class Mark:
    """What is true of one owner slot of a record."""

    story: str
    expect: str  # accepted | review | none
    member: Person | None  # whose record it is, or whose it must not become; None where nobody's on the roster
    slot: int = 1


@dataclass
class Row:
    """One line of an extract; marks where something is planted in it."""

    cells: list[Cell]
    marks: list[Mark] = field(default_factory=list)
    reject: str = ""  # the story, where reading must refuse the row


@dataclass
class Expected:
    """A finding that must come out, or must not."""

    household: Household
    story: str
    rule: str
    kind: str  # empty where any kind will do
    found: bool


def as_delivered(owner: Owner) -> tuple[str, Cell]:
    """The name and number of an owner as the extract writes them."""
    return (owner.name, owner.number) if isinstance(owner, Person) else owner


class County:
    """The made-up county. A record without marks is a stranger's: nothing is said of it in the truth."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)
        self.people = People(self.rng)
        self.households: list[Household] = []
        self.extracts: dict[str, list[Row]] = {"vehicle": [], "housing": [], "provident_fund": []}
        self.expected: list[Expected] = []
        self.returned: list[tuple[Person, str]] = []  # roster rows that must come back, and why
        self._serial = count(1001)

    def enrol(self, members: Sequence[Person], programme: str = "农村低保", **declared: Any) -> Household:
        """A household on the roster."""
        household = self.people.household(members, programme, **declared)
        self.households.append(household)
        return household

    def expect(self, household: Household, story: str, rule: str, kind: str = "") -> None:
        """A finding that must come out; the kind only where it is certain."""
        self.expected.append(Expected(household, story, rule, kind, True))

    def expect_no(self, household: Household, story: str, *rules: str) -> None:
        """None of these rules may find anything here."""
        self.expected += [Expected(household, story, rule, "", False) for rule in rules]

    def vehicle(
        self,
        owner: Owner,
        marks: Sequence[Mark] = (),
        *,
        kind: str = "K33",
        status: str = "A",
        registered: date | None = None,
        vin: str = "",
        certificate: str = "A",
        phone: str = "",
    ) -> Row:
        """One registered vehicle. Motorcycles have plates of their own kind, goods vehicles a use of their own."""
        name, number = as_delivered(owner)
        serial = next(self._serial)
        plate_kind = {"M": "07", "N": "13"}.get(kind[0], "02")
        use = "F" if kind[0] == "H" else "A"
        day = registered or self.day(2006, 2016)
        brand = "钱江牌" if kind[0] == "M" else self.rng.choice(BRANDS)
        thing = [plate_kind, f"鲁Z{serial:05d}", brand, kind, use, vin or f"LYH{serial:014d}"]
        return self._add("vehicle", [*thing, name, certificate, number, f"{day:%Y%m%d}", status, phone], marks)

    def home(
        self,
        owners: Sequence[Owner],
        marks: Sequence[Mark] = (),
        *,
        use: str = "住宅",
        area: float | None = None,
        state: str = "现势",
        certificate: str = "",
        address: str = "",
    ) -> Row:
        """One registered property; several owners stand in one cell, joined by 、."""
        pairs = [as_delivered(owner) for owner in owners]
        numbers: Cell = pairs[0][1] if len(pairs) == 1 else "、".join(str(number) for _, number in pairs)
        serial, day = next(self._serial), self.day(2006, 2016)
        kind = "统一社会信用代码" if str(numbers).startswith("91") else "身份证"
        certificate = certificate or f"鲁({max(day.year, 2015)})永和县不动产权第{serial:07d}号"
        address = address or f"永和县{self.rng.choice(('东关', '南园', '柳河', '青崖'))}路{serial}号"
        size = self.rng.randrange(3600, 14500) / 100 if area is None else area
        price = round(size * self.rng.randrange(12, 60) / 100, 2)
        shared = "共同共有" if len(pairs) > 1 else "单独所有"
        names = "、".join(name for name, _ in pairs)
        when = f"{day.year}/{day.month}/{day.day}"
        cells = [names, kind, numbers, certificate, address, size, use, shared, when, state, price]
        return self._add("housing", cells, marks)

    def account(
        self,
        owner: Owner,
        marks: Sequence[Mark] = (),
        *,
        base: int | None = None,
        status: str = "01",
        paid_until: str = "201811",
        balance: int | None = None,
    ) -> Row:
        """One provident fund account; base and balance in yuan."""
        name, number = as_delivered(owner)
        base = self.rng.randrange(1900, 9000) if base is None else base
        balance = self.rng.randrange(900, 42000) if balance is None else balance
        share = self.rng.choice((5, 8, 10, 12))
        money = [f"{base}.00", f"{share}", f"{share}", f"{base * share * 2 / 100:.2f}", f"{balance}.00"]
        cells: list[Cell] = [f"370199{next(self._serial):06d}", name, "01", number, self.rng.choice(EMPLOYERS)]
        return self._add("provident_fund", [*cells, *money, status, paid_until], marks)

    def _add(self, source: str, cells: list[Cell], marks: Sequence[Mark]) -> Row:
        row = Row(cells, list(marks))
        self.extracts[source].append(row)
        return row

    def day(self, first: int, last: int) -> date:
        """A day in one of these years."""
        return date(self.rng.randrange(first, last + 1), self.rng.randrange(1, 13), self.rng.randrange(1, 29))
