"""A story: what is given, what the policy says, and what the rule must find. Only what matters is written.

Left out, a cell has the value below; an empty text is null. Unless given, there is one household with one member.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from jiuzhu_check.parameters.file import Value
from jiuzhu_check.parameters.policy import Policy, load_policy
from jiuzhu_check.rules.run import OFFERED, run_rules
from jiuzhu_check.tables.record import RECORDS

CASES = Path(__file__).parents[1] / "cases"
ORIGIN = {
    "household_no": "H1",
    "member_no": "1",
    "supplier": "370000",
    "snapshot": "S1",
    "slot": 1,
    "owners": 1,
    "tier": "A1",
    "reason": "号码和姓名一致",
    "data_date": date(2018, 11, 30),
}
USUAL: dict[str, dict[str, Any]] = {
    "household": {"household_no": "H1", "programme": "农村低保", "region": "370683"},
    "member": {"household_no": "H1", "member_no": "1", "role": "member"},
    "declaration": {"household_no": "H1", "declared_on": date(2018, 4, 19)},
    "vehicle": {**ORIGIN, "source": "vehicle", "extract": "vehicle.csv", "vehicle_type": "K33", "status": "A"},
    "real_estate": {
        **ORIGIN,
        "source": "housing",
        "extract": "housing.xlsx",
        "sheet": "查询结果",
        "use": "residence",
        "co_ownership": "sole",
        "state": "current",
        "area": 60,
    },
    "provident_fund": {**ORIGIN, "source": "provident_fund", "extract": "provident_fund.txt", "status": "01"},
    "review_link": {
        **ORIGIN,
        "source": "vehicle",
        "extract": "vehicle.csv",
        "subject": "LSV001",
        "tier": "C2",
        "status": "review",
    },
}
KEY = {"vehicle": "vin", "real_estate": "cert_key", "provident_fund": "account_no"}
for _record in sorted(RECORDS.keys() - USUAL.keys()):  # of the others only where they stand is usual
    USUAL[_record] = {**ORIGIN, "source": _record, "extract": f"{_record}.csv"}


@dataclass(frozen=True)
class Story:
    """One file under tests/cases/<rule>/."""

    rule: str
    as_of: date
    tables: Mapping[str, pl.DataFrame]
    policy: Policy
    expect: list[dict[str, Any]]

    def told(self) -> pl.DataFrame:
        """Everything that the rules find in it."""
        limits = self.policy.limits(self.tables["household"].select("region", "programme").rows(), self.as_of)
        return run_rules(self.tables, limits, self.as_of, lambda key: self.policy.basis(key, self.as_of))


def read_story(path: Path) -> Story:
    story = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    assert story["note"], path
    given = {"household": [{}], "member": [{}], **story.get("given", {})}
    return Story(
        rule=path.parent.name,
        as_of=story.get("as_of", date(2018, 12, 1)),
        tables={name: table(name, rows) for name, rows in given.items()},
        policy=policy(story.get("policy", {})),
        expect=story["expect"],
    )


def table(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    """The rows that matter, made whole."""
    whole = []
    for number, row in enumerate(rows, start=2):
        own = {"source_row": number, **({KEY[name]: f"{name}-{number}"} if name in KEY else {})}
        cells = {**USUAL[name], **own, **row}
        whole.append({key: None if cell == "" else cell for key, cell in cells.items() if key in OFFERED[name].columns})
    shape = {key: OFFERED[name].columns[key] for row in whole for key in row}
    return OFFERED[name].fit(pl.DataFrame([_exact(row, shape) for row in whole], schema=shape))


def _exact(row: dict[str, Any], shape: Mapping[str, pl.DataType]) -> dict[str, Any]:
    numbers = {key for key, dtype in shape.items() if isinstance(dtype, pl.Decimal)}
    return {key: Decimal(str(cell)) if key in numbers and cell is not None else cell for key, cell in row.items()}


def policy(said: Mapping[str, Any]) -> Policy:
    """What ships, and a county's policy of 2018 that says this and nothing else."""
    national = load_policy()
    county = (
        Value(key, "37", date(2018, 1, 1), None, national.parameters[key].cell(raw), "虚构", True, "story")
        for key, raw in said.items()
    )
    return Policy(national.parameters, (*national.values, *county))
