"""What a rule is: a function from tables to what it found, with title, legal basis and the time it holds."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import polars as pl

Find = Callable[..., pl.DataFrame]


@dataclass(frozen=True)
class Rule:
    """One rule of the registry.

    id:       part of every finding's identity, so it never changes
    basis:    key of a legal basis in parameters/legal_basis.toml
    since:    the first day it holds; until: the last, None where no end is known
    sentence: one neutral Chinese sentence that reports print under the title
    tables:   the tables it asks for, by the names of its parameters
    unrecorded: it can find something where no record is linked at all; other rules are not run then
    """

    id: str
    title: str
    basis: str
    since: date
    until: date | None
    sentence: str
    tables: tuple[str, ...]
    unrecorded: bool
    find: Find

    def in_force(self, on: date) -> bool:
        """Whether it holds on that day."""
        return self.since <= on and (self.until is None or on <= self.until)


RULES: dict[tuple[str, date], Rule] = {}


def rule(
    *, id: str, title: str, basis: str, since: date, until: date | None = None, unrecorded: bool = False
) -> Callable[[Find], Find]:
    """Register a function as a rule; a changed law is a second rule of the same id with a later `since`."""

    def register(find: Find) -> Find:
        sentence = inspect.getdoc(find)
        assert sentence, f"{id}: a rule says in one sentence what it finds"
        assert (id, since) not in RULES, f"{id}: registered twice from {since}"
        RULES[id, since] = Rule(
            id, title, basis, since, until, sentence, tuple(inspect.signature(find).parameters), unrecorded, find
        )
        return find

    return register
