"""Whose record each special row is: a member's, one under a go-between's number, or that of a stranger who comes near."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from tests.worlds import names, numbers
from tests.worlds.damage import KINDS
from tests.worlds.people import Person, Roster, fresh

OWN_COLUMNS = ("birth_other", "sex_other")  # damage that only a source with these columns can have
TRIES = 400  # members looked at until one is found whom this damage can happen to


class Slot(NamedTuple):
    """One owner as delivered.

    pid:   whose the record really is, null where nobody's on the roster
    true:  the whole number of a stranger whose record it is, blank where nobody knows
    birth, sex: what the row's own columns say where that is not true
    """

    number: str
    name: str
    pid: int | None = None
    cls: str = ""
    true: str = ""
    birth: str = ""
    sex: str = ""


@dataclass
class Special:
    """The special rows of one source: each has one owner, or two who own together.

    go_betweens: numbers that stand with many unrelated names here
    """

    rows: list[list[Slot]] = field(default_factory=list)
    go_betweens: list[str] = field(default_factory=list)


def members_rows(rng: Random, roster: Roster, records: int, rates: Mapping[str, float]) -> list[Slot]:
    """The damaged records of members among so many of theirs, each kind at its rate and at least once."""
    found = []
    for kind, rate in rates.items():
        for _ in range(max(1, round(records * rate / 10_000))):
            make = _damaged if kind in KINDS else _contradicted if kind in OWN_COLUMNS else _whose
            slot = make(rng, roster, kind)
            if slot is not None:
                found.append(slot)
    return found


def strangers_rows(
    rng: Random, roster: Roster, records: int, rates: Mapping[str, float], kinds: Mapping[str, float]
) -> list[Slot]:
    """Strangers who come near a member, firms, other papers, and strangers whose records are damaged."""
    found = _near(rng, roster, rates)
    for _ in range(round(records * rates["firms"])):
        found.append(Slot(numbers.credit_code(rng), names.name(rng)[:2] + rng.choice(names.FIRMS)))
    for _ in range(round(records * rates["other_papers"])):
        found.append(Slot(numbers.other_paper(rng), names.name(rng)))
    listed, weights = list(kinds), list(kinds.values())
    for kind in rng.choices(listed, weights, k=round(records * rates["damaged"])):
        stranger = _stranger(rng, roster)
        written = KINDS[kind](rng, stranger) if kind in KINDS else None
        found.append(Slot(*(written or (stranger.number, stranger.name)), true=stranger.number))
    return found


def go_betweens(rng: Random, roster: Roster, count: int) -> tuple[list[Slot], list[str]]:
    """Records under the numbers of people who registered for others: a member every second one, his own among them."""
    found, theirs = [], []
    for turn in range(count):
        own = _sound(rng, roster) if turn % 2 else _stranger(rng, roster)
        theirs.append(own.number)
        roster.go_betweens.add(own.number)
        found.append(Slot(own.number, own.name, own.pid if turn % 2 else None, "agent_own" if turn % 2 else ""))
        surnames = {own.name[0]}
        while len(surnames) < rng.randrange(5, 12):
            client = _sound(rng, roster) if rng.random() < 0.4 else _stranger(rng, roster)
            if client.name[0] in surnames:
                continue
            surnames.add(client.name[0])
            on_roster = client.pid >= 0
            found.append(Slot(own.number, client.name, client.pid if on_roster else None, "agent" if on_roster else ""))
    return found, theirs


def clean(rng: Random, roster: Roster) -> Slot:
    """A member's record without fault."""
    person = _sound(rng, roster)
    return Slot(person.number, person.name, person.pid, "clean")


def stranger_slot(rng: Random, roster: Roster) -> Slot:
    """The whole number and name of somebody who is not on the roster."""
    stranger = _stranger(rng, roster)
    return Slot(stranger.number, stranger.name, true=stranger.number)


def _damaged(rng: Random, roster: Roster, kind: str) -> Slot | None:
    for _ in range(TRIES):
        person = _sound(rng, roster)
        written = KINDS[kind](rng, person)
        if written is not None:
            return Slot(*written, person.pid, kind)
    return None


def _contradicted(rng: Random, roster: Roster, kind: str) -> Slot:
    """A member's own number and name in a row whose birth date or sex is another."""
    person = _sound(rng, roster)
    born = date.fromisoformat(person.number[6:14])
    if kind == "sex_other":
        return Slot(person.number, person.name, person.pid, kind, sex="女" if int(person.number[16]) % 2 else "男")
    other = born + rng.choice((-1, 1)) * timedelta(days=rng.choice((1, 10, 28, 31, 365, 3652)))
    return Slot(person.number, person.name, person.pid, kind, birth=f"{other:%Y%m%d}")


def _whose(rng: Random, roster: Roster, kind: str) -> Slot | None:
    """A member's own name with a number that is another's: a relative's, or a stranger's by a slip that stays valid."""
    for _ in range(TRIES):
        person = _sound(rng, roster)
        if kind == "wrong_valid":
            return Slot(_stranger(rng, roster).number, person.name, person.pid, kind)
        family = [other for other in roster.family(person) if other.name != person.name]
        if family:
            return Slot(rng.choice(family).number, person.name, person.pid, kind)
    return None


def _sound(rng: Random, roster: Roster) -> Person:
    """A member whose number the roster has right, and who registers for nobody else."""
    while True:
        person = rng.choice(roster.people)
        if person.number == person.typed and person.number not in roster.go_betweens:
            return person


def _stranger(rng: Random, roster: Roster) -> Person:
    """Somebody who is not on the roster."""
    birth = f"{rng.randrange(1935, 2005)}{rng.randrange(1, 13):02}{rng.randrange(1, 29):02}"
    male = rng.random() < 0.5
    county = rng.choice(numbers.AWAY) if rng.random() < 0.1 else rng.choice(numbers.HOME)
    number = fresh(rng, roster.taken, county, birth, male=male)
    return Person(-1, number, number, names.name(rng), -1, "", "", "none")


def _near(rng: Random, roster: Roster, rates: Mapping[str, float]) -> list[Slot]:
    """Strangers of a member's county and day of birth, some with the member's name; twins whom the roster does not have."""
    found = []
    for _ in range(round(len(roster.people) * rates["near"])):
        person = _sound(rng, roster)
        if rng.random() < 0.5:
            number = numbers.neighbour(person.number, rng.choice((1, 2, 10)))
        else:
            number = numbers.number(rng, person.number[:6], person.number[6:14], male=rng.random() < 0.5)
        if number in roster.taken:
            continue
        roster.taken.add(number)
        name = person.name
        if rng.random() >= rates["near_named"]:
            same_generation = len(person.name) == 3 and rng.random() < 0.5
            name = person.name[:2] + rng.choice(names.GIVEN_POOL) if same_generation else names.name(rng)
        found.append(Slot(number, name, true=number))
    return found
