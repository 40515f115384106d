"""What a household is asked about a finding and may bring, and how it objects: wording that is data, beside this file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import tomli

from jiuzhu_check.reports.dossier import Matter


@dataclass(frozen=True)
class Asked:
    """What it is about, what to explain and what to bring, in plain Chinese."""

    about: str
    explain: str
    bring: str


@dataclass(frozen=True)
class Objection:
    """How a household objects on a day.

    township:      the way to the township
    reexamination: on what its re-examination rests
    remedy:        what is left against a later decision
    """

    township: str
    reexamination: str
    remedy: str


def questions(matters: Sequence[Matter]) -> list[tuple[Asked, list[Matter]]]:
    """What is asked about these findings, each question once, with the findings that it is about."""
    asked: dict[Asked, list[Matter]] = {}
    for each in matters:
        if each.rule in what_to_bring():
            asked.setdefault(what_to_bring()[each.rule], []).append(each)
    return list(asked.items())


@cache
def what_to_bring() -> dict[str, Asked]:
    """By a rule's id."""
    return {
        rule: Asked(each["about"], each["explain"], each["bring"])
        for each in _read("what_to_bring")["ask"]
        for rule in each["rules"]
    }


def objection(on: date) -> Objection:
    """The words that hold on a day; where the law of the day was not found, they say so."""
    told = _read("objection")
    return Objection(told["township"], _on(told["reexamination"], on), _on(told["remedy"], on))


def _on(dated: list[dict[str, Any]], on: date) -> str:
    known = [each["words"] for each in dated if each["from"] <= on]
    return str(known[-1]) if known else "条款待核实"


@cache
def _read(name: str) -> dict[str, Any]:
    return tomli.loads(Path(__file__).with_name(f"{name}.toml").read_text(encoding="utf-8"))
