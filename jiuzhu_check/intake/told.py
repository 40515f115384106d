"""口头答复 told: what a service said of people, call by call, written down as one answer that can be read like any file."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import polars as pl

from jiuzhu_check.intake.formats import json as json_format
from jiuzhu_check.intake.source import Source
from jiuzhu_check.intake.spelling import normal
from jiuzhu_check.intake.transports.arrival import Arrival, Person
from jiuzhu_check.values import identity_number

_WHO = ("owner_no_raw", "owner_name_raw")


@dataclass(frozen=True)
class Told:
    """What a service said in one call.

    inquiry: the list that the call belongs to; people: number and name of everybody asked about
    asked_on: the day of the call; data_date: the day that it speaks of
    records: JSON objects, as text
    nothing: it said in so many words that there is nothing
    """

    inquiry: str
    people: tuple[tuple[str, str], ...]
    asked_on: str
    data_date: str
    records: tuple[str, ...]
    nothing: bool

    @classmethod
    def of(cls, inquiry: str, people: Sequence[Person], arrival: Arrival, as_of: date) -> "Told":
        """What an arrival tells of the people of its call."""
        records = tuple(arrival.data.decode().splitlines())
        day = (arrival.data_date or as_of).isoformat()
        named = tuple((each.number, each.name) for each in people)
        return cls(inquiry, named, as_of.isoformat(), day, records, arrival.nothing)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Told":
        """The same again, from what as_bytes gave."""
        said = json.loads(data)
        said["people"] = tuple(map(tuple, said["people"]))
        return cls(**{**said, "records": tuple(said["records"])})

    def as_bytes(self) -> bytes:
        """Everything, to be kept until it is taken in."""
        return json.dumps(asdict(self), ensure_ascii=True).encode()


def written_down(source: Source, told: Sequence[Told], silence: str) -> bytes:
    """The answer as JSON lines: every record, and with number and name alone each person of whom there is none.

    A service that was asked about one person need not repeat who that is: its records are about that person where they
    name nobody. Nobody is said to have nothing but where the service says so, or leaves out whom it has no record of
    (silence) and every record of the call is of somebody who was asked about.
    """
    records = [[json.loads(record) for record in each.records] for each in told]
    seen = {normal(key): key for each in records for record in each for key, _ in json_format.flat(record)}
    keys = {
        column: next((seen[normal(heading)] for heading in headings if normal(heading) in seen), headings[0])
        for column, headings in source.columns.items()
    }
    lines: list[dict[str, Any]] = []
    for each, found in zip(told, records, strict=True):
        if len(each.people) == 1:
            found = [_of_whom(record, keys, each.people[0]) for record in found]
        lines += found
        about = _numbers([dict(json_format.flat(record)).get(keys["owner_no_raw"]) for record in found])
        if each.nothing or (silence == "nothing" and about <= {number for number, _ in each.people}):
            lines += [_with_nothing(keys, person) for person in each.people if person[0] not in about]
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


def _of_whom(record: Mapping[str, Any], keys: Mapping[str, str], person: tuple[str, str]) -> dict[str, Any]:
    """The record, with whom it is about where it names no number, and no other name."""
    cells = dict(json_format.flat(record))
    number, name = (keys[column] for column in _WHO)
    if cells.get(number) or cells.get(name) not in (None, person[1]):
        return dict(record)
    return {**record, number: person[0], name: person[1]}


def _with_nothing(keys: Mapping[str, str], person: tuple[str, str]) -> dict[str, Any]:
    return {**dict.fromkeys(keys.values()), **{keys[column]: text for column, text in zip(_WHO, person, strict=True)}}


def _numbers(cells: Sequence[Any]) -> set[str | None]:
    """Whose they are; null among them where one is not usable."""
    read = identity_number.read(pl.Series("number", [None if each is None else str(each) for each in cells], pl.String))
    return set(read["number"])
