"""One world, from its size and seed to its files."""

import tomllib
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import Any

from tests.worlds import people, records
from tests.worlds.files import SHARE, STYLES, Extracts, Plan, joinable, write_people, write_roster, write_world
from tests.worlds.records import Slot, Special

RATES = Path(__file__).with_name("rates.toml")


def rates() -> dict[str, dict[str, Any]]:
    """rates.toml: damage, members, strangers."""
    return tomllib.loads(RATES.read_text(encoding="utf-8"))


def make(out: Path, persons: int, total: int, seed: int, style: str = "practice") -> dict[str, Any]:
    """Write a world of that many members and records below a folder; what it holds.

    Deterministic by seed, for one version of polars.
    """
    told, rng = rates(), Random(seed)
    for folder in ("inbox", "truth"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    roster = people.invent(rng, persons, told["members"])
    sizes = {source: int(total * share) for source, share in SHARE.items()}
    theirs = min(total * told["members"]["of_records"], len(roster.people) * told["members"]["per_member"])
    special = {
        source: _special(rng, roster, source, size, theirs * SHARE[source], told) for source, size in sizes.items()
    }
    of_members = {
        source: max(0, int(theirs * SHARE[source]) - sum(slot.pid is not None for row in special[source].rows for slot in row))
        for source in sizes
    }  # fmt: skip
    plan = Plan(sizes, of_members, told["columns"], seed)
    write_roster(out, roster, STYLES[style], rng)
    write_people(out, roster)
    extracts = Extracts(out, roster, STYLES[style], plan)
    extracts.write(special, rng)
    facts = {
        "persons": len(roster.people),
        "households": len(roster.homes),
        "seed": seed,
        "style": style,
        "links": extracts.linked,
        **{name: value for name, value in asdict(plan).items() if name == "records"},
    }
    write_world(out, facts, special)
    return facts


def _special(
    rng: Random, roster: people.Roster, source: str, size: int, theirs: float, told: dict[str, dict[str, Any]]
) -> Special:
    """The special rows of one source."""
    kinds = {
        kind: rate
        for kind, rate in told["damage"].items()
        if source == "provident_fund" or kind not in records.OWN_COLUMNS
    }
    under, numbers = records.go_betweens(rng, roster, told["strangers"]["go_betweens"])
    slots = [
        *under,
        *records.members_rows(rng, roster, round(theirs), kinds),
        *records.strangers_rows(rng, roster, size, told["strangers"], kinds),
    ]
    if source != "housing":
        return Special([[slot] for slot in slots], numbers)

    share = told["members"]["co_owned"]

    def partner() -> Slot:
        return records.clean(rng, roster) if rng.random() < 0.5 else records.stranger_slot(rng, roster)

    alone = [[slot] for slot in slots if slot.cls != "n_multi"]  # there, several names are several owners
    joined = [[*row, partner()] if joinable(row[0]) and rng.random() < share else row for row in alone]
    joined += [[records.clean(rng, roster), partner()] for _ in range(round(theirs * share))]
    return Special(joined, numbers)
