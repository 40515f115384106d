"""source.toml → Source: how one department's extract is read. The folder is the registry."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache, reduce
from pathlib import Path
from typing import Any

import polars as pl
import tomli

from jiuzhu_check.errors import NotFound, UsageError
from jiuzhu_check.intake.asking import (
    Extract,
    Inquiry,
    Transport,
    hold_together,
    read_extract,
    read_inquiry,
    read_transport,
)
from jiuzhu_check.intake.format_spec import KEYS, Format, misfits, read_format
from jiuzhu_check.intake.shape import hold_to_shape, kind_word, wrong
from jiuzhu_check.intake.spelling import normal
from jiuzhu_check.language import say
from jiuzhu_check.tables.record import RECORDS
from jiuzhu_check.tables.roster import ROSTER_ROW
from jiuzhu_check.values import money, power

READERS = (
    "text", "money", "count", "area", "power", "day", "month", "first_month", "last_month", "plate", "vin", "identifier",
    "certificate", "flag", "sex",
    "disability_certificate", "disability_holder",
)  # fmt: skip
_SHAPES: dict[str, type | tuple[type, ...]] = {
    "title": str, "department": str, "table": str, "legal_basis": str, "status": str, "format": dict, "columns": dict,
    "also": dict, "read": dict, "units": dict, "constant": dict, "by_heading": dict, "owners": dict, "lookups": dict, "contract": dict,
    "transport": dict, "extract": dict, "inquiry": dict, "notes": dict,
}  # fmt: skip
_INNER: dict[str, dict[str, type | tuple[type, ...]]] = {
    "format": KEYS,
    "owners": {"separators": str, "both": bool},
    "contract": {
        "required": list, "one_of": list, "min_rows": int, "max_drop_pct": (int, float), "max_reject_pct": (int, float),
        "freshness_days": int, "final_newline": bool,
    },
}  # fmt: skip
_LIMITS = {"max_drop_pct": (0, 100), "max_reject_pct": (0, 100), "min_rows": (1, 1_000_000_000), "freshness_days": (1, 36_500)}  # fmt: skip
_LOOKUP: dict[str, type | tuple[type, ...]] = {"values": dict, "letters": bool, "known": str, "ignore": str}
_NOT_READING = ("transport", "extract", "inquiry")
_ID = re.compile(r"[a-z][a-z0-9_]{0,63}")
_LONGEST_PATTERN = 200
_SEVERAL = r"[/;,、|+]"


@dataclass(frozen=True)
class Lookup:
    """One column's code table: what a department writes, and the code that it means.

    values:  raw value → code
    letters: the cell holds several one-letter codes at once
    known:   a pattern of codes that stand as they are
    ignore:  a pattern of parts that say nothing of this column (the land beside the house)
    """

    values: Mapping[str, str]
    letters: bool = False
    known: str = ""
    ignore: str = ""

    def code(self, raw: str) -> str | None:
        """The code, or null where the table does not know the value: the caller keeps the raw text and reports it.

        A cell may say it all (轿车, K33), code and label (K33:轿车, K33 轿车), with a remark in brackets, or several
        things at once: the latter are one code only where all its parts agree, or where letters may stand together.
        """
        text = _narrow(raw)
        if (whole := self._one(text)) is not None:
            return whole
        parts = [
            part for part in re.split(_SEVERAL, text) if part and not (self.ignore and _matches(self.ignore, part))
        ]
        codes = [self._one(part) for part in parts]
        told = list(dict.fromkeys(code for code in codes if code is not None))
        if not told or None in codes:
            return None
        return "".join(told) if self.letters else told[0] if len(told) == 1 else None

    def _one(self, text: str) -> str | None:
        bare = re.sub(r"\(.*\)$", "", text)
        halves = re.fullmatch(r"\(?([0-9A-Z]+)[):\-_.]?([^0-9A-Z/;,、|+].*)", bare)
        code_and_label = list(halves.groups()) if halves else bare.split(":", 1)
        said_once = not re.search(_SEVERAL, text)
        cuts: list[str] = [text, bare, code_and_label[-1], *(code_and_label[:1] if said_once else ())]
        for said in cuts:
            if (code := self._table.get(said)) is not None:
                return code
            if said and self.known and _matches(f"^(?:{self.known})$", said):
                return said
            if self.letters and said and all(letter in self._codes for letter in said):
                return said
        return None

    def contradictions(self) -> list[tuple[str, str]]:
        """Pairs of raw values that are one and the same once written narrowly, and have different codes."""
        first: dict[str, str] = {}
        pairs = [(first.setdefault(_narrow(value), value), value) for value in self.values]
        return [(one, other) for one, other in pairs if self.values[one] != self.values[other]]

    @cached_property
    def _table(self) -> Mapping[str, str]:
        return {_narrow(code): code for code in self.values.values()} | {
            _narrow(value): code for value, code in self.values.items()
        }

    @cached_property
    def _codes(self) -> frozenset[str]:
        return frozenset(self.values.values())


@lru_cache(maxsize=4096)  # sources share their footers, and a delivery its codes
def _matches(pattern: str, text: str) -> bool:
    """By polars, whose time grows with the text alone: no pattern of a source.toml can hold a pull up."""
    return bool(pl.Series([text]).str.contains(pattern)[0])


def _narrow(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()


@dataclass(frozen=True)
class Contract:
    """What a delivery must hold to be taken; past a limit it is refused and the last good snapshot stays.

    one_of: columns of which one at least must be there, such as a balance or the bare answer whether a limit is passed
    """

    required: tuple[str, ...]
    one_of: tuple[str, ...] = ()
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
    both_parties: bool
    constants: Mapping[str, str]
    by_heading: Mapping[str, Mapping[str, str]]  # column → heading → what standing under it says, where no column does
    transport: Transport | None
    extract: Extract
    inquiry: Inquiry | None
    lookups: Mapping[str, Lookup]
    contract: Contract
    footers: tuple[str, ...]
    fingerprint: str
    format: Format = field(default_factory=Format)
    notes: Mapping[str, Any] = field(default_factory=dict)

    def fillers(self, column: str) -> list[str]:
        """The columns by whose cells this one is filled: its own, then those that [also] names, one behind the other."""
        return [column, *behind(self.also, column)]


class Sources(Mapping[str, Source]):
    """Every source in some folders, by id, each read when it is asked for: a question about one is not about all.

    A later folder adds to an earlier one: tables merge, synonyms unite. Asking raises UsageError that names the file and
    the key where a source.toml does not fit.
    """

    def __init__(self, *folders: Path, without: Collection[str] = ()) -> None:
        self._files: dict[str, list[Path]] = {}
        for path in (path for folder in folders for path in sorted(folder.glob("[!._]*/source.toml"))):
            if path.parent.name not in without:
                self._files.setdefault(path.parent.name, []).append(path)
        self._read: dict[str, Source] = {}

    def __getitem__(self, name: str) -> Source:
        if name not in self._read:
            self._read[name] = read_source(name, reduce(merge, map(_load, self._files[name])))
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._files))

    def __len__(self) -> int:
        return len(self._files)

    def __contains__(self, name: object) -> bool:
        return name in self._files

    def outline(self, name: str) -> Source:
        """A source as far as the first lines of its file say: what it is called and whose it is, and nothing of how to read it."""
        if name in self._read:
            return self._read[name]
        said = reduce(merge, (_load(path, head=True) for path in self._files[name]))
        return replace(
            _NO_COLUMNS, id=name, title=str(said.get("title", name)), department=str(said.get("department", ""))
        )


_NO_COLUMNS = Source(
    id="", title="", department="", table="", legal_basis="", status="active", columns={}, also={}, readers={}, units={},
    owner_separators="", both_parties=False, constants={}, by_heading={}, transport=None, extract=Extract(), inquiry=None,
    lookups={}, contract=Contract(()), footers=(), fingerprint="",
)  # fmt: skip


def find_sources(*folders: Path) -> dict[str, Source]:
    """Every source in the folders, read; see Sources.

    raises: UsageError that names the file and the key where a source.toml does not fit
    """
    return dict(Sources(*folders))


def pick(sources: Mapping[str, Source], name: str) -> Source:
    """The source of that name.

    raises: NotFound, with the names there are
    """
    if name not in sources:
        raise NotFound(
            say(
                "没有名为 {name} 的来源。", name=name if _ID.fullmatch(name) else "…"
            ),  # what is no name is not repeated
            hint=say(
                "已有：{sources}。新部门请在 connectors/{name}/source.toml 写明。",
                sources="、".join(sources),
                name=name if _ID.fullmatch(name) else "…",
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
    if not _ID.fullmatch(name):
        raise wrong(name, "文件夹名", say("只用小写字母、数字和下划线"))
    hold_to_shape(name, "", spec, _SHAPES)
    for key, shape in _INNER.items():
        hold_to_shape(name, f"{key}.", spec.get(key, {}), shape)
    for key in ("title", "department", "table", "legal_basis", "columns", "contract"):
        if key not in spec:
            raise wrong(name, key, say("缺这一项"))
    _refuse_other_than_texts(name, spec)
    table = str(spec["table"])
    tables = {**{key: value.columns for key, value in RECORDS.items()}, "roster": ROSTER_ROW.columns}
    if table not in tables:
        raise wrong(name, "table", say("没有 {table} 这种记录；可用：{tables}", table=table, tables="、".join(tables)))
    named = {*spec["columns"], *spec.get("also", {}), *spec.get("constant", {}), *spec.get("by_heading", {})}
    for column in sorted(named - set(tables[table])):
        raise wrong(name, f"columns.{column}", say("{table} 表没有这一列", table=table))
    for column, reader in spec.get("read", {}).items():
        if reader not in READERS or column not in named:
            raise wrong(name, f"read.{column}", say("可用的读法：{readers}", readers="、".join(READERS)))
    _refuse_unclear(name, spec, named)
    contract = dict(spec["contract"])
    if not contract.get("required"):
        raise wrong(name, "contract.required", say("没有必需的列：文件的第一行总会被当作表头"))
    for key in ("required", "one_of"):
        contract[key] = tuple(contract.get(key, ()))
        if missing := sorted(set(contract[key]) - named):
            raise wrong(name, f"contract.{key}", say("要求的列没有写法：{missing}", missing="、".join(missing)))
    for key, (low, high) in _LIMITS.items():
        if not low <= contract.get(key, low) <= high:  # nan is neither
            raise wrong(name, f"contract.{key}", say("应在 {low} 到 {high} 之间", low=low, high=high))
    promised = Contract(**contract)
    read_by = {
        key: value for key, value in spec.items() if key not in _NOT_READING
    }  # a new address reads no row otherwise
    canonical = json.dumps(read_by, ensure_ascii=False, sort_keys=True, default=str)
    transport, extract = (
        read_transport(name, spec.get("transport", {})),
        read_extract(name, spec.get("extract", {}), named),
    )
    inquiry = read_inquiry(name, spec.get("inquiry"))
    hold_together(name, transport, extract, inquiry, spec["columns"])
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
        both_parties=bool(spec.get("owners", {}).get("both", False)),
        constants=dict(spec.get("constant", {})),
        by_heading={column: dict(codes) for column, codes in spec.get("by_heading", {}).items()},
        transport=transport,
        extract=extract,
        inquiry=inquiry,
        lookups={
            column: Lookup(
                {str(key): str(value) for key, value in entry.get("values", {}).items()},
                letters=bool(entry.get("letters", False)),
                known=str(entry.get("known", "")),
                ignore=str(entry.get("ignore", "")),
            )
            for column, entry in spec.get("lookups", {}).items()
        },
        contract=promised,
        footers=tuple(spec.get("format", {}).get("footers", ())),
        fingerprint=hashlib.sha256(canonical.encode()).hexdigest(),
        format=read_format(spec.get("format", {})),
        notes=dict(spec.get("notes", {})),
    )


def _refuse_unclear(name: str, spec: Mapping[str, Any], named: set[str]) -> None:
    """Whatever would be read otherwise than its writer meant, without a word."""
    meant: dict[str, str] = {}
    for column, headings in spec["columns"].items():
        if not isinstance(headings, list) or not all(isinstance(heading, str) for heading in headings):
            raise wrong(name, f"columns.{column}", say("写法不对：应为 {kind}", kind=kind_word(list)))
        for heading in headings:
            if meant.setdefault(normal(heading), column) != column:
                other = meant[normal(heading)]
                raise wrong(
                    name, f"columns.{column}", say("「{heading}」也是 {other} 的写法", heading=heading, other=other)
                )
    for column, value in spec.get("constant", {}).items():
        if column in spec["columns"] or not isinstance(value, str):
            raise wrong(name, f"constant.{column}", say("写法不对：应为 {kind}", kind=kind_word(str)))
    for column, codes in spec.get("by_heading", {}).items():
        if column in spec.get("constant", {}) or not isinstance(codes, dict):
            raise wrong(name, f"by_heading.{column}", say("写法不对：应为 {kind}", kind=kind_word(dict)))
        for heading, code in codes.items():
            if normal(heading) not in meant or not isinstance(code, str):
                raise wrong(name, f"by_heading.{column}", say("[columns] 里没有「{heading}」", heading=heading))
    if spec.get("owners", {}).get("both") and not {"other_no_raw", "other_name_raw"} <= named:
        raise wrong(name, "owners.both", say("缺 {column} 这一列", column="other_no_raw、other_name_raw"))
    if spec.get("owners", {}).get("both") and spec["owners"].get("separators"):
        raise wrong(name, "owners.both", say("不能与 separators 同用"))
    for column, source in spec.get("also", {}).items():
        if source not in spec["columns"]:
            raise wrong(name, f"also.{column}", say("没有 {column} 这一列", column=source))
    for column in (also := spec.get("also", {})):
        if column in behind(also, column):
            raise wrong(name, f"also.{column}", say("绕回了自己"))
    for column, unit in spec.get("units", {}).items():
        units = power.UNITS if spec.get("read", {}).get(column) == "power" else money.UNITS
        if unit not in units or column not in named:
            raise wrong(name, f"units.{column}", say("可用的单位：{units}", units="、".join(units)))
    for column, entry in spec.get("lookups", {}).items():
        if column not in named or not isinstance(entry, dict):
            raise wrong(name, f"lookups.{column}", say("没有 {column} 这一列", column=column))
        hold_to_shape(name, f"lookups.{column}.", entry, _LOOKUP)
        if not all(isinstance(code, str) for code in entry.get("values", {}).values()):
            raise wrong(name, f"lookups.{column}.values", say("写法不对：应为 {kind}", kind=kind_word(str)))
        for key in ("known", "ignore"):
            _try_pattern(name, f"lookups.{column}.{key}", entry.get(key, ""))
    for key, why in misfits(spec.get("format", {})):
        raise wrong(name, f"format.{key}", why)
    footers = spec.get("format", {}).get("footers", ())
    for footer in footers:
        _try_length(name, "format.footers", footer)
    _try_compiled(name, "format.footers", footer_pattern(footers))


def _refuse_other_than_texts(name: str, spec: Mapping[str, Any]) -> None:
    """Numbers and lists where a text belongs."""
    for top in ("also", "read", "units"):
        for key, value in spec.get(top, {}).items():
            if not isinstance(value, str):
                raise wrong(name, f"{top}.{key}", say("写法不对：应为 {kind}", kind=kind_word(str)))
    for top, key in (("contract", "required"), ("contract", "one_of"), ("format", "footers"), ("extract", "key")):
        listed = spec.get(top, {}).get(key, [])
        if isinstance(listed, list) and not all(isinstance(each, str) for each in listed):
            raise wrong(name, f"{top}.{key}", say("写法不对：应为 {kind}", kind='["…"]'))


def behind(also: Mapping[str, str], column: str) -> list[str]:
    """The columns that fill this one where it has no heading of its own, one behind the other."""
    told: list[str] = []
    while column in also and also[column] not in told:
        column = also[column]
        told.append(column)
    return told


def footer_pattern(footers: Collection[str]) -> str:
    """How a cell begins that stands in no row of data."""
    return rf"^\s*(?:{'|'.join(f'(?:{each})' for each in footers) or chr(0)})"


def _try_pattern(name: str, key: str, pattern: object) -> None:
    _try_length(name, key, pattern)
    if not str(pattern).isalnum():  # plain words, as most are, need no trial
        _try_compiled(name, key, f"^(?:{pattern})$")


def _try_length(name: str, key: str, pattern: object) -> None:
    if len(str(pattern)) > _LONGEST_PATTERN:
        raise wrong(name, key, say("正则表达式最长 {longest} 个字符", longest=_LONGEST_PATTERN))


def _try_compiled(name: str, key: str, pattern: str) -> None:
    """As it will be used: what is right alone may not be right among others."""
    try:
        _matches(pattern, "")
    except pl.exceptions.ComputeError as problem:
        why = str(problem).partition("\n\n")[0].splitlines()[-1].removeprefix("regex ").removeprefix("error: ")
        raise wrong(name, key, say("不是有效的正则表达式：{problem}", problem=why)) from None


def _load(path: Path, *, head: bool = False) -> dict[str, Any]:
    """What a source.toml says; head: above its first table alone."""
    try:
        text = path.read_text(encoding="utf-8")
        return tomli.loads(text.split("\n[", 1)[0] if head else text)
    except (tomli.TOMLDecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise UsageError(
            say("{path} 不是有效的 TOML：{problem}", path=path, problem=problem), hint=say("请按行号修改后重试。")
        ) from None
