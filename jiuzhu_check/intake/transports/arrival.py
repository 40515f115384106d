"""到达 arrival: what a transport is asked for, and one file that it brought."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Person:
    """Somebody who is asked about: a usable number, and the name as the roster has it."""

    number: str
    name: str


@dataclass(frozen=True)
class Ask:
    """What is wanted of a department now.

    settings: the [transport] of its source.toml
    secret:   reads the credential that the transport names; raises CredentialError
    secret_named: the same for a second one, by its name
    as_of:    today
    after:    the data date of the newest snapshot that is here; null: there is none. Older files are not brought again
    since:    incremental only: rows whose cursor is at or after this; null: all rows
    cursor:   incremental only: the department's column whose greatest value the arrival must tell
    few:      only about so many rows, to try the way; null: all
    taken:    names of files that are here already: they are not brought again, and any other is, whatever its day
    people:   who is asked about, where a department answers only for those; inquiry: the list that they stand on
    progress: called with what has arrived so far (bytes, rows or calls) and the whole, 0 where it is not known
    """

    source: str
    settings: Mapping[str, Any]
    secret: Callable[[], bytes]
    as_of: date
    secret_named: Callable[[str], bytes] = lambda name: b""
    after: date | None = None
    since: str | None = None
    cursor: str = ""
    few: int | None = None
    taken: frozenset[str] | None = None
    people: tuple[Person, ...] = ()
    inquiry: str = ""
    progress: Callable[[int, int], None] = lambda done, of: None


@dataclass(frozen=True)
class Arrival:
    """One file, whole.

    extract:   its name, by which evidence will call it; no secret, no person's number
    data:      its bytes, in a form that the source's [format] reads
    data_date: the day that it speaks of; null where the transport cannot tell
    rows:      how many rows the department said it holds; null where it did not say. Another count refuses the delivery
    cursor:    incremental only: the greatest cursor value in it
    nothing:   the department said in so many words that it has nothing
    """

    extract: str
    data: bytes
    data_date: date | None
    rows: int | None = None
    cursor: str | None = None
    nothing: bool = False
