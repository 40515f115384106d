"""source.toml → Source: how one department's extract is read. The folder is the registry."""

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jiuzhu_check.errors import NotFound, UsageError
from jiuzhu_check.language import say
from jiuzhu_check.tables.record import RECORDS
from jiuzhu_check.tables.roster import ROSTER_ROW

READERS = ("text", "money", "area", "day", "month", "plate", "vin", "certificate", "flag", "sex")
OWNER_COLUMNS = ("owner_no_raw", "owner_name_raw", "record_date")
_KEYS = {
    "title", "department", "table", "legal_basis", "status", "format", "columns", "also", "read", "units", "owners",
    "lookups", "contract", "notes",
}  # fmt: skip


@dataclass(frozen=True)
class Lookup:
    """One column's code table: what a department writes, and the code that it means.

    values:  raw value → code
    letters: the cell holds several one-letter codes at once
    known:   a pattern of codes that stand as they are
    """

    values: Mapping[str, str]
    letters: bool = False
    known: str = ""

    def code(self, raw: str) -> str | None:
        """The code, or null where the table does not know the value: the caller keeps the raw text and reports it."""
        text = raw.strip()
        for candidate in (text, *reversed(re.split(r"[:：]", text)), re.split(r"[/；;]", text)[-1].strip()):
            candidate = candidate.strip()
            if candidate in self.values:
                return self.values[candidate]
            if candidate and (
                candidate in self.values.values() or (self.known and re.fullmatch(self.known, candidate))
            ):
                return candidate
        if self.letters and text and all(letter in self.values.values() for letter in text):
            return text
        return None


@dataclass(frozen=True)
class Contract:
    """What a delivery must hold to be taken; past a limit it is refused and the last good snapshot stays."""

    required: tuple[str, ...]
    min_rows: int = 1
    max_drop_pct: float = 20.0
    max_reject_pct: float = 1.0
    freshness_days: int = 40
    final_newline: bool = True


@dataclass(frozen=True)
class Source:
    """One department's extract: which headings mean which column, which codes which value, and its contract."""

    id: str
    title: str
    department: str
    table: str
    legal_basis: str
    status: str
    columns: Mapping[str, tuple[str, ...]]
    also: Mapping[str, str]
    readers: Mapping[str, str]
    units: Mapping[str, str]
    owner_separators: str
    lookups: Mapping[str, Lookup]
    contract: Contract
    footers: tuple[str, ...]
    fingerprint: str
    notes: Mapping[str, Any] = field(default_factory=dict)


def find_sources(*folders: Path) -> dict[str, Source]:
    """Every source in the folders, by id; a later folder adds to an earlier one: tables merge, synonyms unite.

    raises: UsageError that names the file and the key where a source.toml does not fit
    """
    merged: dict[str, dict[str, Any]] = {}
    for folder in folders:
        for path in sorted(folder.glob("[a-z]*/source.toml")):
            merged[path.parent.name] = merge(merged.get(path.parent.name, {}), _load(path))
    return {name: read_source(name, spec) for name, spec in sorted(merged.items())}


def shipped_connectors() -> Path:
    """The folder of connectors that comes with the program: inside the wheel, or beside the package in a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "connectors"
    return inside if inside.is_dir() else package.parent / "connectors"


def pick(sources: Mapping[str, Source], name: str) -> Source:
    """The source of that name.

    raises: NotFound, with the names there are
    """
    if name not in sources:
        raise NotFound(
            say("没有名为 {name} 的来源。", name=name),
            hint=say(
                "已有：{sources}。新部门请在 connectors/{name}/source.toml 写明。",
                sources="、".join(sources),
                name=name,
            ),
        )
    return sources[name]


def merge(base: Mapping[str, Any], extra: Mapping[str, Any]) -> dict[str, Any]:
    """Both specs as one: tables merge, lists unite in order, scalars of the second replace."""
    result = dict(base)
    for key, value in extra.items():
        old = result.get(key)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            result[key] = merge(old, value)
        elif isinstance(old, list) and isinstance(value, list):
            result[key] = old + [item for item in value if item not in old]
        else:
            result[key] = value
    return result


def read_source(name: str, spec: Mapping[str, Any]) -> Source:
    """The spec as a Source.

    raises: UsageError that names the key that does not fit
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,63}", name):
        raise _wrong(name, "文件夹名", say("只用小写字母、数字和下划线"))
    unknown = set(spec) - _KEYS
    if unknown:
        raise _wrong(name, "、".join(sorted(unknown)), say("不认识的键；可用：{keys}", keys="、".join(sorted(_KEYS))))
    for key in ("title", "department", "table", "legal_basis", "columns", "contract"):
        if key not in spec:
            raise _wrong(name, key, say("缺这一项"))
    table = str(spec["table"])
    tables = {**{key: value.columns for key, value in RECORDS.items()}, "roster": ROSTER_ROW.columns}
    if table not in tables:
        raise _wrong(name, "table", say("没有 {table} 这种记录；可用：{tables}", table=table, tables="、".join(tables)))
    named = {*spec["columns"], *spec.get("also", {})}
    for column in sorted(named - set(tables[table])):
        raise _wrong(name, f"columns.{column}", say("{table} 表没有这一列", table=table))
    for column, reader in spec.get("read", {}).items():
        if reader not in READERS or column not in named:
            raise _wrong(name, f"read.{column}", say("可用的读法：{readers}", readers="、".join(READERS)))
    contract = dict(spec["contract"])
    if missing := sorted(set(contract.get("required", ())) - named):
        raise _wrong(name, "contract.required", say("要求的列没有写法：{missing}", missing="、".join(missing)))
    try:
        promised = Contract(**{**contract, "required": tuple(contract.get("required", ()))})
    except TypeError:
        raise _wrong(name, "contract", say("有不认识的键")) from None
    canonical = json.dumps(spec, ensure_ascii=False, sort_keys=True, default=str)
    return Source(
        id=name,
        title=str(spec["title"]),
        department=str(spec["department"]),
        table=table,
        legal_basis=str(spec["legal_basis"]),
        status=str(spec.get("status", "active")),
        columns={column: tuple(names) for column, names in spec["columns"].items()},
        also=dict(spec.get("also", {})),
        readers=dict(spec.get("read", {})),
        units=dict(spec.get("units", {})),
        owner_separators=str(spec.get("owners", {}).get("separators", "")),
        lookups={
            column: Lookup(
                {str(key): str(value) for key, value in entry.get("values", {}).items()},
                letters=bool(entry.get("letters", False)),
                known=str(entry.get("known", "")),
            )
            for column, entry in spec.get("lookups", {}).items()
        },
        contract=promised,
        footers=tuple(spec.get("format", {}).get("footers", ())),
        fingerprint=hashlib.sha256(canonical.encode()).hexdigest(),
        notes=dict(spec.get("notes", {})),
    )


def _load(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise UsageError(
            say("{path} 不是有效的 TOML：{problem}", path=path, problem=problem), hint=say("请按行号修改后重试。")
        ) from None


def _wrong(name: str, key: str, why: str) -> UsageError:
    return UsageError(
        say("connectors/{name}/source.toml 的 {key}：{why}。", name=name, key=key, why=why),
        hint=say("改好后运行 jiuzhu-check connector validate。"),
    )
