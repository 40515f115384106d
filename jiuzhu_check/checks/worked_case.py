"""算例 worked cases: a household, its records, a policy and a day, and what the rules should find of it.

A case is a TOML file. Only what matters is written: a cell that is left out has its usual value (worked_case.toml), an
empty text is unknown. Columns go by their names, or by any heading under which a department sends them; codes by what
departments write. The project's own cases ship, one folder a rule; a county writes its own, and tries them on its policy.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import tomli

from jiuzhu_check.errors import UsageError
from jiuzhu_check.intake.shipped import shipped_connectors
from jiuzhu_check.intake.source import Source, find_sources
from jiuzhu_check.intake.spelling import normal
from jiuzhu_check.language import say
from jiuzhu_check.parameters.file import Value
from jiuzhu_check.parameters.policy import Policy, load_policy
from jiuzhu_check.rules.income.account import income_account
from jiuzhu_check.rules.run import OFFERED, run_rules, whole
from jiuzhu_check.tables import roster as rosters
from jiuzhu_check.tables.account import ACCOUNT, Account

DAY = date(2018, 12, 1)  # of a case that names none
_FORM = tomli.loads((Path(__file__).parent / "worked_case.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Case:
    """One worked case, made whole.

    rule:    the one whose findings count; empty: those of all rules
    tables:  by the names that rules ask for
    expect:  each finding that there should be, by the columns that matter
    expect_account: what the income account should say, by the columns of ACCOUNT that matter
    """

    path: Path
    note: str
    rule: str
    as_of: date
    tables: Mapping[str, pl.DataFrame]
    policy: Policy
    expect: list[dict[str, Any]] = field(default_factory=list)
    expect_account: Mapping[str, str] = field(default_factory=dict)

    def findings(self) -> pl.DataFrame:
        """FINDING: everything that the rules find in it."""
        return run_rules(self.tables, self._limits(), self.as_of, self._basis)

    def account(self) -> Account:
        """The income account of its household."""
        return income_account(whole(self.tables), self._limits(), self.as_of, self._basis)

    def account_differences(self) -> list[str]:
        """What of the account comes out otherwise than expected, in words."""
        if not self.expect_account:
            return []
        row = self.account().households.row(0, named=True)
        return [
            say("核算应为 {column} {expected}，是 {found}", column=column, expected=expected, found=row[column])
            for column, expected in self.expect_account.items()
            if not _agrees(row, {column: expected})
        ]

    def _limits(self) -> pl.DataFrame:
        return self.policy.limits(self.tables["household"].select("region", "programme").rows(), self.as_of)

    def _basis(self, key: str) -> str:
        return self.policy.basis(key, self.as_of)

    def differences(self) -> list[str]:
        """What comes out otherwise than expected, in words; none where all is as it should be."""
        found = self.findings()
        told = found.filter(pl.col("rule") == self.rule).to_dicts() if self.rule else found.to_dicts()
        left = list(told)
        missing = []
        for expected in self.expect:
            twin = next((row for row in left if _agrees(row, expected)), None)
            if twin is None:
                missing.append(say("应有而没有：{what}", what=_words(expected)))
            else:
                left.remove(twin)
        extra = [say("没有料到的发现：{rule} {sentence}", rule=row["rule"], sentence=row["sentence"]) for row in left]
        return [*missing, *extra, *self.account_differences()]


@dataclass(frozen=True)
class Told:
    """What a shipped case is about; finds: whether its rule should find something."""

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
    """The rule's shipped cases, those that find something first."""
    told = []
    for path in sorted((shipped_cases() / rule).glob("*.toml")):
        said = _keys(_toml(path), path)
        told.append(Told(rule, path.stem, said["note"], bool(said["expect"])))
    return sorted(told, key=lambda case: not case.finds)


def read_case(path: Path, county: Policy | None = None, region: str = "") -> Case:
    """The case in a file.

    county: the policy that it is tried on, and over which it may say values of its own; default what ships
    region: of a household that names none; default the one of the shipped cases
    raises: UsageError that names the file and what does not fit
    """
    said = _keys(_toml(path), path)
    if not said.get("note") or "expect" not in said:
        raise _wrong(path, say("要写 note（说明）和 expect（应有发现；没有的写 expect = []）"))
    rule = str(said.get("rule", path.parent.name if path.resolve().is_relative_to(shipped_cases()) else ""))
    given = {_FORM["tables"].get(name, name): rows for name, rows in said.get("given", {}).items()}
    if unknown := sorted(given.keys() - {*OFFERED, "roster"}):
        raise _wrong(path, say("没有 {name} 这种表", name=unknown[0]))
    place = {"region": said.get("region") or region} if said.get("region") or region else {}
    return Case(
        path=path,
        note=str(said["note"]),
        rule=rule,
        as_of=said.get("as_of", DAY),
        tables=_tables(given, place, path),
        policy=with_values(county, said.get("policy", {})) if county else invented_county(said.get("policy", {})),
        expect=[_expected(row, path) for row in said["expect"]],
        expect_account=_expected_account(said.get("account", {}), path),
    )


def invented_county(said: Mapping[str, Any]) -> Policy:
    """What ships, and a county's policy of 2018, of region 37 and below, that says this besides: that of the shipped cases."""
    return with_values(load_policy(), said, "37", date(2018, 1, 1))


def with_values(county: Policy, said: Mapping[str, Any], region: str = "", since: date = date(1949, 10, 1)) -> Policy:
    """A policy in which these values hold in that region and below from that day on, and no others of their parameters."""
    over = []
    for key, raw in said.items():
        if key not in county.parameters or county.parameters[key].type == "text":
            raise UsageError(say("没有 {key} 这个参数。", key=key), hint=say("用 jiuzhu-check policy show 看有哪些。"))
        cell = county.parameters[key].cell(raw)
        over.append(Value(key, region, since, None, cell, str(say("算例")), True, "case"))
    return Policy(
        county.parameters, (*(each for each in county.values if not each.local or each.parameter not in said), *over)
    )


def table(name: str, rows: Iterable[Mapping[str, Any]], place: Mapping[str, str] | None = None) -> pl.DataFrame:
    """Rows of one table, made whole by the usual values."""
    usual, key = _usual(name), _FORM["key"].get(name)
    whole = []
    for number, row in enumerate(rows, start=2):
        own = {"source_row": number, **({key: f"{name}-{number}"} if key else {})}
        cells = {**usual, **((place or {}) if name == "household" else {}), **own, **row}
        whole.append({column: None if cell == "" else cell for column, cell in cells.items() if column in OFFERED[name].columns})  # fmt: skip
    shape = {column: OFFERED[name].columns[column] for row in whole for column in row}
    return OFFERED[name].fit(pl.DataFrame([_exact(row, shape) for row in whole], schema=shape))


def _usual(name: str) -> dict[str, Any]:
    own = _FORM["usual"].get(name, {})
    if name in OFFERED and "source" in OFFERED[name].columns:
        return {**_FORM["usual"]["record"], "source": name, "extract": f"{name}.csv", **own}
    return dict(own)


def _tables(given: Mapping[str, Any], place: Mapping[str, str], path: Path) -> dict[str, pl.DataFrame]:
    named = {name: [_columns(name, row, path) for row in rows] for name, rows in given.items()}
    if "roster" in named:
        whole = _roster(named.pop("roster"), place)
        base = {
            "household": rosters.households(whole),
            "member": rosters.members(whole),
            "declaration": rosters.declarations(whole),
        }
    else:
        base = {name: table(name, named.get(name, [{}]), place) for name in ("household", "member")}
    return {**{name: table(name, rows, place) for name, rows in named.items()}, **base}


def _roster(rows: list[dict[str, Any]], place: Mapping[str, str]) -> pl.DataFrame:
    """ROSTER rows: members are numbered as they stand."""
    usual = {**_FORM["usual"]["roster"], **place}
    whole = [
        {**usual, "member_no": str(number), "source_row": number + 1, **row} for number, row in enumerate(rows, start=1)
    ]
    cells = [{key: None if cell == "" else cell for key, cell in row.items()} for row in whole]
    shape = {key: rosters.ROSTER.columns[key] for row in cells for key in row}
    return rosters.ROSTER.fit(pl.DataFrame([_exact(row, shape) for row in cells], schema=shape))


def _columns(name: str, row: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """A row by the names of the table's columns, with the codes that its values mean."""
    columns = rosters.ROSTER.columns if name == "roster" else OFFERED[name].columns
    told: dict[str, Any] = {}
    source = str(row.get("source", _usual(name).get("source", "")))
    for said, cell in row.items():
        column = (
            said if said in columns else _FORM["columns"].get(said) or _headings(name, source).get(normal(said), "")
        )
        if column not in columns:
            raise _wrong(path, say("{table} 表没有「{column}」这一列", table=name, column=said))
        told[column] = _coded(name, source, column, cell)
    return told


def _coded(name: str, source: str, column: str, cell: Any) -> Any:
    if not isinstance(cell, str) or not cell:
        return cell
    if column == "sex":
        return {"男": "male", "女": "female"}.get(cell, cell)
    codes = (each.lookups[column].code(cell) for each in _sources(name, source) if column in each.lookups)
    return next((code for code in codes if code is not None), cell)


@cache
def _sources(name: str, source: str) -> list[Source]:
    """The source of that name; without one, all that send that kind of record: 正常 is another code of a ship than of a car."""
    every = [each for each in find_sources(shipped_connectors()).values() if each.table == name]
    return [each for each in every if each.id == source] or every


@cache
def _headings(name: str, source: str) -> dict[str, str]:
    """Every heading that means one column in the department's extracts, or in those of all that send that kind."""
    meant: dict[str, set[str]] = {}
    for each in _sources(name, source):
        for column, headings in each.columns.items():
            for heading in headings:
                meant.setdefault(normal(heading), set()).add(column)
    return {heading: next(iter(columns)) for heading, columns in meant.items() if len(columns) == 1}


def _expected(row: Mapping[str, Any], path: Path) -> dict[str, Any]:
    told = {}
    for said, cell in row.items():
        column = _FORM["expect"].get(said, said)
        if column not in {*_FORM["expect"].values(), "evidence", "data_date", "basis", "title"}:
            raise _wrong(path, say("发现没有「{column}」这一项", column=said))
        told[column] = (
            _FORM["kinds"].get(cell) or _FORM["statuses"].get(cell) or cell if isinstance(cell, str) else cell
        )
    return told


def _expected_account(row: Mapping[str, Any], path: Path) -> dict[str, Any]:
    told = {_FORM["account"].get(said, said): cell for said, cell in row.items()}
    if unknown := sorted(told.keys() - set(ACCOUNT.columns)):
        raise _wrong(path, say("核算没有「{column}」这一项", column=unknown[0]))
    return told


def _agrees(row: Mapping[str, Any], expected: Mapping[str, Any]) -> bool:
    return all(str(row[column]) == str(cell if cell != "" else None) for column, cell in expected.items())


def _words(expected: Mapping[str, Any]) -> str:
    return "，".join(f"{column} {cell}" for column, cell in expected.items())


def _exact(row: Mapping[str, Any], shape: Mapping[str, pl.DataType]) -> dict[str, Any]:
    numbers = {key for key, dtype in shape.items() if isinstance(dtype, pl.Decimal)}
    texts = {key for key, dtype in shape.items() if dtype == pl.String()}
    return {
        key: cell if cell is None else Decimal(str(cell)) if key in numbers else str(cell) if key in texts else cell
        for key, cell in row.items()
    }


def _keys(said: Mapping[str, Any], path: Path) -> dict[str, Any]:
    tables = {key: value for key, value in said.items() if key in _FORM["tables"]}
    told = {_FORM["keys"].get(key, key): value for key, value in said.items() if key not in tables}
    told["given"] = {**told.get("given", {}), **tables}
    if unknown := sorted(told.keys() - set(_FORM["keys"].values())):
        raise _wrong(path, say("不认识的项「{key}」", key=unknown[0]))
    return told


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomli.loads(path.read_bytes().decode("utf-8-sig"), parse_float=Decimal)
    except (tomli.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise _wrong(path, say("不是正确的 TOML（{problem}）", problem=problem)) from None


def _wrong(path: Path, why: str) -> UsageError:
    return UsageError(
        say("算例 {name}：{why}", name=path.name, why=why),
        hint=say("写法见 docs/policy.md，例子见 sample_data/cases。"),
    )
