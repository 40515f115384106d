"""算例 worked cases: a household, its records and a day, and what the rules should find. They ship, one folder a rule."""

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Told:
    """What a worked case is about.

    finds: whether its rule should find something
    """

    rule: str
    name: str
    note: str
    finds: bool


def shipped_cases() -> Path:
    """The folder of worked cases that comes with the program: inside the wheel, or with the tests in a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "cases"
    return inside if inside.is_dir() else package.parent / "tests" / "cases"


def cases_of(rule: str) -> list[Told]:
    """The rule's worked cases, those that find something first."""
    told = [_told(path) for path in sorted((shipped_cases() / rule).glob("*.toml"))]
    return sorted(told, key=lambda case: not case.finds)


def _told(path: Path) -> Told:
    case = tomllib.loads(path.read_text(encoding="utf-8"))
    return Told(path.parent.name, path.stem, str(case["note"]), bool(case["expect"]))
