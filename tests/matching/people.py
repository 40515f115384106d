"""Invented people, their records as a department sends them, and what matching says of them. No number is anybody's."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from jiuzhu_check.matching.candidates import stand_under
from jiuzhu_check.matching.decide import decide
from jiuzhu_check.matching.engines.local import work_through
from jiuzhu_check.tables.record import VEHICLE
from jiuzhu_check.values import identity_number, person_name

NOWHERE = "370199"  # a code that no county has
MEMBERS = {
    "household_no": pl.String,
    "member_no": pl.String,
    "person_no": pl.String,
    "number": pl.String,
    "name_key": pl.String,
    "former_names": pl.String,
    "birth_date": pl.Date,
    "phone": pl.String,
    "home_address": pl.String,
    "workplace": pl.String,
}


def number(birth: str = "19700101", sequence: int = 1) -> str:
    """A number that passes the checksum, by its definition: the weighted sum of all 18 characters leaves 1 modulo 11."""
    body = f"{NOWHERE}{birth}{sequence:03}"
    weighted = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(body))
    return body + "0123456789X"[(1 - weighted) % 11]


@dataclass(frozen=True)
class Person:
    name: str
    number: str
    household: str = "JZ1"
    former: str = ""
    phone: str = ""
    address: str = ""
    workplace: str = ""

    @property
    def record(self) -> tuple[str, str]:
        return self.name, self.number


def members(people: Sequence[Person]) -> pl.DataFrame:
    """The member index of these people, as a run makes it from the roster."""
    places = [
        1 + sum(other.household == each.household for other in people[:place]) for place, each in enumerate(people)
    ]
    rows = [
        (
            *(each.household, str(place), each.number, each.former or None),
            *(each.phone or None, each.address or None, each.workplace or None),
        )
        for place, each in zip(places, people, strict=True)
    ]
    said = ["household_no", "member_no", "person_no", "former_names", "phone", "home_address", "workplace"]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(said, pl.String), orient="row")
    read = identity_number.read(frame["person_no"])["number"]
    names = person_name.read(pl.Series([each.name for each in people], dtype=pl.String))
    return frame.with_columns(number=read, name_key=names, birth_date=pl.lit(None, pl.Date)).select(
        pl.col(name).cast(dtype) for name, dtype in MEMBERS.items()
    )


def records(*owners: tuple[str | None, str | None]) -> pl.DataFrame:
    """Vehicle records of these owners (name, number), read as pull reads them, one row each from row 2."""
    names = pl.Series([name for name, _ in owners], dtype=pl.String)
    numbers = pl.Series([number for _, number in owners], dtype=pl.String)
    read = identity_number.read(numbers)
    rows = pl.DataFrame({"owner_name_raw": names, "owner_no_raw": numbers}).with_columns(
        source=pl.lit("vehicle"),
        supplier=pl.lit("370000"),
        snapshot=pl.lit("20181130-0"),
        extract=pl.lit("vehicle.csv"),
        sheet=pl.lit(""),
        source_row=pl.int_range(2, names.len() + 2),
        slot=pl.lit(1),
        owner_no=read["number"],
        owner_no_kind=read["kind"],
        owner_name=person_name.read(names),
    )
    return VEHICLE.fit(rows)


def link(parts: Sequence[pl.DataFrame], people: Sequence[Person], consenting: Sequence[Person] = ()) -> pl.DataFrame:
    """LINK rows of the records in these parts; everybody consents unless some are named."""
    everybody = members(people)
    index = everybody.filter(pl.col("person_no").is_in([each.number for each in consenting or people]))
    homes = everybody.select("household_no", "member_no", "name_key")
    usable = pl.col("owner_no").is_not_null()
    loose = [part.filter(~usable) for part in parts]
    on_roster = set(everybody["number"].drop_nulls()).intersection
    standing = stand_under(index, on_roster)
    keyed = [("n000", part.filter(usable), standing) for part in parts]
    found = work_through(loose, keyed, index, homes, on_roster).candidates
    return decide(found, index)


def told(links: pl.DataFrame) -> list[tuple[str, str, str]]:
    """tier, status and member's number of each link."""
    return links.select("tier", "status", "person_no").rows()
