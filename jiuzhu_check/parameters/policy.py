"""The policy in force: for each region and day, what every parameter is, and the legal basis of the day."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from jiuzhu_check.parameters.file import Value, local, shipped
from jiuzhu_check.parameters.parameter import TYPES, Parameter

BASIS_UNKNOWN = "依据待核实"


@dataclass(frozen=True)
class Policy:
    """What ships together with what the workspace's policy files say."""

    parameters: Mapping[str, Parameter]
    values: tuple[Value, ...]

    def limits(self, regions: Iterable[str | None], on: date) -> pl.DataFrame:
        """One row a region: `region`, and one typed column a parameter, named dibao_standard_urban.

        A value holds in its region and everything below it. The more specific region wins, then the workspace over
        what ships, then the newest. Null: nothing is in force on that day. Unknown regions (None) have no row.
        """
        asked = sorted({region for region in regions if region is not None})
        told = [each for each in self.parameters.values() if each.type != "text"]
        return pl.DataFrame(
            {"region": asked, **{each.column: self._column(each, asked, on) for each in told}},
            schema={"region": pl.String(), **{each.column: TYPES[each.type] for each in told}},
        )

    def missing(self, regions: Iterable[str | None], on: date) -> list[str]:
        """Titles of the parameters that a rule needs and that nothing gives on that day, in the order declared.

        Where only some of the regions lack one, the title says which: 城市低保标准（370683）.
        """
        asked = sorted({region for region in regions if region is not None})
        titles = []
        for parameter in self.parameters.values():
            lacking = [region for region in asked if self._newest(parameter.id, region, on) is None]
            if parameter.needed and lacking:
                titles.append(parameter.title + (_named(lacking) if len(lacking) < len(asked) else ""))
        return titles

    def basis(self, key: str, on: date) -> str:
        """The legal basis in force on that day, in Chinese: 《社会救助暂行办法》第五十八条.

        raises: KeyError where no such basis is declared
        """
        value = self._newest(self.parameters[f"legal_basis.{key}"].id, "", on)
        return str(value.cell) if value else BASIS_UNKNOWN

    def fingerprint(self, on: date) -> str:
        """SHA-256 of every value in force on that day: the same policy has the same one, however its files are cut."""
        said = sorted(
            (value.parameter, value.region, value.local, str(value.since), str(value.until), _plain(value))
            for value in self.values
            if value.in_force(on)
        )
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()

    def _column(self, parameter: Parameter, regions: list[str], on: date) -> list[object]:
        found = (self._newest(parameter.id, region, on) for region in regions)
        return [None if value is None else _cell(value) for value in found]

    def _newest(self, parameter: str, region: str, on: date) -> Value | None:
        return max(
            (
                value
                for value in self.values
                if value.parameter == parameter and value.in_force(on) and region.startswith(value.region)
            ),
            key=lambda value: (len(value.region), value.local, value.since),
            default=None,
        )


def load_policy(policy_dir: Path | None = None) -> Policy:
    """The shipped parameters, and over them the workspace's `policy/*.toml`.

    policy_dir: None, or a folder without such files: what ships alone
    raises: PolicyError that says file, parameter and what to do
    """
    parameters, national = shipped(Path(__file__).parent)
    return Policy(parameters, (*national, *(local(policy_dir, parameters) if policy_dir else [])))


def _cell(value: Value) -> object:
    return list(value.cell) if isinstance(value.cell, tuple) else value.cell


def _plain(value: Value) -> str:
    return "|".join(value.cell) if isinstance(value.cell, tuple) else str(value.cell)


def _named(regions: list[str]) -> str:
    return f"（{regions[0]}）" if len(regions) == 1 else f"（{regions[0]} 等 {len(regions)} 地）"
