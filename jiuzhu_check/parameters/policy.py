"""The policy in force: for each region and day, what every parameter is, and the legal basis of the day."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path

import polars as pl

from jiuzhu_check.parameters.file import Value, local, shipped
from jiuzhu_check.parameters.parameter import BAND, TYPES, Parameter

BASIS_UNKNOWN = "依据待核实"
KEPT = "retention."
_TEXT: Mapping[str, pl.DataType] = {name: pl.String() for name in ("money", "area", "rate")}
_GIVEN = {**TYPES, **_TEXT, "bands": pl.List(pl.Struct({**BAND, "rate": pl.String()}))}


@dataclass(frozen=True)
class Policy:
    """What ships together with what the workspace's policy files say."""

    parameters: Mapping[str, Parameter]
    values: tuple[Value, ...]

    def limits(self, places: Iterable[tuple[str | None, str | None]], on: date) -> pl.DataFrame:
        """One row a place and programme: `region`, `programme`, and one typed column a parameter, as dibao_standard_urban.

        places:  region and programme (救助类别, null where it is not known) of the households, repeated or not
        returns: a value holds in its region and everything below it. The more specific region wins, then a value for
                 the programme over one for every programme, then the workspace over what ships, then the newest.
                 Null: nothing is in force on that day. Unknown regions (None) have no row.
        """
        asked = sorted({(region, programme or "") for region, programme in places if region is not None})
        told = [each for each in self.parameters.values() if each.type != "text"]
        regions, programmes = [region for region, _ in asked], [programme or None for _, programme in asked]
        columns = [self._column(each, regions, programmes, on) for each in told]
        given = {"region": pl.String(), "programme": pl.String(), **{each.column: _GIVEN[each.type] for each in told}}
        rows = list(zip(regions, programmes, *columns, strict=True))  # row by row: far fewer rows than columns
        return pl.DataFrame(rows, schema=given, orient="row").with_columns(
            pl.col(each.column).cast(TYPES[each.type]) for each in told if _GIVEN[each.type] != TYPES[each.type]
        )

    def missing(self, places: Iterable[tuple[str | None, str | None]], on: date) -> list[str]:
        """Titles of the parameters that a rule needs and that nothing gives on that day, in the order declared.

        Where only some of the regions lack one, the title says which: 城市低保标准（370683）.
        """
        asked = sorted({(region, programme or "") for region, programme in places if region is not None})
        regions = {region for region, _ in asked}
        titles = []
        for parameter in self.parameters.values():
            if not parameter.needed:
                continue
            lacking = sorted(
                {region for region, programme in asked if self.told(parameter.id, region, programme, on) is None}
            )
            if lacking:
                titles.append(parameter.title + (_named(lacking) if len(lacking) < len(regions) else ""))
        return titles

    def told(self, parameter: str, region: str, programme: str | None, on: date) -> Value | None:
        """What holds for one parameter in that region, for that programme, on that day; None where nothing does."""
        return max(
            (
                value
                for value in self._by_parameter.get(parameter, ())
                if value.in_force(on) and value.holds_for(region, programme)
            ),
            key=lambda value: (len(value.region), bool(value.programmes), value.local, value.since),
            default=None,
        )

    def basis(self, key: str, on: date) -> str:
        """The legal basis in force on that day, in Chinese: 《社会救助暂行办法》第五十八条.

        raises: KeyError where no such basis is declared
        """
        value = self.told(self.parameters[f"legal_basis.{key}"].id, "", None, on)
        return str(value.cell) if value else BASIS_UNKNOWN

    def fingerprint(self, on: date) -> str:
        """SHA-256 of every value in force on that day: the same policy has the same one, however its files are cut.

        How long something is kept decides nothing that is checked, and is left out.
        """
        said = sorted(
            (
                value.parameter,
                value.region,
                value.programmes,
                value.local,
                str(value.since),
                str(value.until),
                _plain(value),
            )
            for value in self.values
            if value.in_force(on) and not value.parameter.startswith(KEPT)
        )
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()

    def _column(self, parameter: Parameter, regions: list[str], programmes: list[str | None], on: date) -> list[object]:
        places = zip(regions, programmes, strict=True)
        found = (self.told(parameter.id, region, programme, on) for region, programme in places)
        return [None if value is None else _cell(value, parameter) for value in found]

    @cached_property
    def _by_parameter(self) -> Mapping[str, list[Value]]:
        values: dict[str, list[Value]] = {}
        for value in self.values:
            values.setdefault(value.parameter, []).append(value)
        return values


def load_policy(policy_dir: Path | None = None) -> Policy:
    """The shipped parameters, and over them the workspace's `policy/*.toml`.

    policy_dir: None, or a folder without such files: what ships alone
    raises: PolicyError that says file, parameter and what to do
    """
    parameters, national = shipped(Path(__file__).parent)
    return Policy(parameters, (*national, *(local(policy_dir, parameters) if policy_dir else [])))


def _cell(value: Value, parameter: Parameter) -> object:
    """The value as its column is given it: what has decimals as text, for polars would load numpy to read a Decimal."""
    if parameter.type == "bands":
        cells = [dict(zip(BAND, band, strict=True)) for band in value.cell]  # type: ignore[union-attr]
        return [{**cell, "rate": str(cell["rate"])} for cell in cells]
    if isinstance(value.cell, Decimal):
        return str(value.cell)
    return list(value.cell) if isinstance(value.cell, tuple) else value.cell


def _plain(value: Value) -> str:
    return "|".join(str(each) for each in value.cell) if isinstance(value.cell, tuple) else str(value.cell)


def _named(regions: list[str]) -> str:
    return f"（{regions[0]}）" if len(regions) == 1 else f"（{regions[0]} 等 {len(regions)} 地）"
