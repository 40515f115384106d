"""检验 lint: everything in the folders of connectors that does not fit, all at once.

A run stops at the first mistake (intake/source.py). Whoever writes a source.toml wants to hear of all of them, and of
what a run would take without a word and read otherwise than it was meant.
"""

import copy
import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl
import tomli

from jiuzhu_check.errors import JiuzhuError
from jiuzhu_check.intake.cells import read_cells
from jiuzhu_check.intake.delivery import read_delivery
from jiuzhu_check.intake.heading import Header
from jiuzhu_check.intake.shape import Misfit, kind_word
from jiuzhu_check.intake.source import Source, merge, read_source
from jiuzhu_check.intake.spelling import normal
from jiuzhu_check.language import say
from jiuzhu_check.parameters.policy import load_policy
from jiuzhu_check.tables.record import RECORDS
from jiuzhu_check.tables.roster import ROSTER_ROW
from jiuzhu_check.tables.schema import AREA, DATE, FLAG, MONEY, POWER, TEXT, WHOLE

BASIS_OPEN = "条款待核实"
_STAND_IN = "lint"  # a name that fits, for a folder whose own does not
_EMPTY: dict[str, Any] = {
    "title": "?", "department": "?", "legal_basis": BASIS_OPEN, "columns": {}, "contract": {}
}  # fmt: skip
_NAMING = ("columns", "also", "constant", "by_heading")  # tables whose keys are columns that are filled
_TEXTS = ("also", "read", "units")  # tables in which every value is a text
_READERS_OF = {
    DATE: "day、month", MONEY: "money", AREA: "area", FLAG: "flag", POWER: "power", WHOLE: "count",
}  # fmt: skip


@dataclass(frozen=True)
class Problem:
    """One thing in one source.toml.

    file: as the folder was named; key: dotted, empty where the file as a whole is meant
    why:  what does not fit; todo: what to do about it
    stops: whether it must be mended: otherwise it is only to be known
    """

    file: str
    key: str
    why: str
    todo: str
    stops: bool = True


@dataclass(frozen=True)
class _Spec:
    """One source as its files say it together: the later adds to the earlier."""

    name: str
    files: tuple[tuple[Path, Mapping[str, Any]], ...]

    @property
    def merged(self) -> dict[str, Any]:
        whole: dict[str, Any] = {}
        for _, spec in self.files:
            whole = merge(whole, spec)
        return copy.deepcopy(whole)

    def file_of(self, key: str) -> str:
        """The last file that says something under this key; the first where none does."""
        saying = [path for path, spec in self.files if _says(spec, key)]
        return str(saying[-1] if saying else self.files[0][0])


def lint(*folders: Path) -> list[Problem]:
    """Every problem of every source in the folders, by source and in the order in which a run would meet them."""
    files: dict[str, list[tuple[Path, Mapping[str, Any]]]] = {}
    problems: list[Problem] = []
    for folder in folders:
        for home in sorted(each for each in folder.glob("[!._]*") if each.is_dir()):
            path = home / "source.toml"
            if not path.is_file():
                problems.append(
                    Problem(str(home), "", say("文件夹里没有 source.toml，不会被读到"), say("补上，或删去文件夹"))
                )
                continue
            try:
                spec = tomli.loads(path.read_text(encoding="utf-8"))
            except (OSError, tomli.TOMLDecodeError, UnicodeDecodeError, RecursionError) as problem:
                why = say("不是有效的 TOML：{problem}", problem=problem)
                problems.append(Problem(str(path), "", why, say("按行号修改；同一个键只能写一次")))
            else:
                files.setdefault(home.name, []).append((path, spec))
    for name, held in sorted(files.items()):
        problems += _problems(_Spec(name, tuple(held)))
    return problems


def _problems(spec: _Spec) -> list[Problem]:
    told = [Problem(spec.file_of(key), key, why, todo, stops) for key, why, todo, stops in _every(spec)]
    return list(dict.fromkeys(told))


_Told = tuple[str, str, str, bool]  # key, why, what to do, whether it stops


def _every(spec: _Spec) -> Iterator[_Told]:
    told = list(_of_the_spec(spec))
    yield from told
    if not any(stops for *_, stops in told):
        yield from _samples(read_source(spec.name, spec.merged), spec)


def _of_the_spec(spec: _Spec) -> Iterator[_Told]:
    whole = spec.merged
    stray = list(_stray(whole))
    yield from stray
    yield from _headings(whole)
    misfits, source = _misfits(spec.name, whole)
    for key, why in misfits:
        yield key, why, _todo(key, why, spec.merged), True
    yield from _basis(spec.merged)
    if source is not None:
        unread = {key.removeprefix("read.") for key in (*(key for key, *_ in stray), *(key for key, _ in misfits))}
        yield from _unheard(source, unread)


def _misfits(name: str, spec: dict[str, Any]) -> tuple[list[tuple[str, str]], Source | None]:
    """What a run would stop at, one after the other: each is taken out of the spec, and it is read again."""
    found: list[tuple[str, str]] = []
    while len(found) < 500:
        try:
            return found, read_source(name, spec)
        except Misfit as misfit:
            found.append((misfit.key, misfit.why))
            if misfit.key == "文件夹名":
                name = _STAND_IN
            elif not _without(spec, misfit.key):
                break
    return found, None


def _without(spec: dict[str, Any], key: str) -> bool:
    """Take out of the spec what does not fit, so that the rest can be read; false where nothing can be."""
    top, _, rest = key.partition(".")
    if top not in spec:
        spec.update({top: copy.deepcopy(_EMPTY[top])} if top in _EMPTY else {})
        return top in _EMPTY
    columns = spec.get("columns")
    if rest and top == "columns" and isinstance(columns, dict):
        if rest in columns and rest in _columns(spec):
            columns[rest] = [f"\ue000{rest}"]  # still a column, under a heading that nobody writes
            return True
        tables = [table for table in spec.values() if isinstance(table, dict)]
        return sum(_forget(table, rest) for table in tables) > 0
    if key == "contract.required":
        said = spec["contract"].get("required")
        there = list(columns) if isinstance(columns, dict) else []
        kept = [each for each in said if each in there] if isinstance(said, list) else []
        spec["contract"]["required"] = kept or there[:1]
        return bool(there)
    inner = spec[top]
    if rest and isinstance(inner, dict) and (_forget(inner, rest) or _forget_deep(inner, rest)):
        return True
    if top == "table":
        return False
    spec.pop(top)
    if top in _EMPTY:
        spec[top] = copy.deepcopy(_EMPTY[top])
    return True


def _forget(table: dict[str, Any], key: str) -> bool:
    return table.pop(key, None) is not None


def _forget_deep(table: dict[str, Any], key: str) -> bool:
    first, _, rest = key.partition(".")
    inner = table.get(first)
    return isinstance(inner, dict) and rest in inner and _forget(inner, rest)


def _columns(spec: Mapping[str, Any]) -> Mapping[str, Any]:
    """The columns of the table that the spec names; none where there is no such table."""
    table = spec.get("table")
    if table == "roster":
        return ROSTER_ROW.columns
    return RECORDS[table].columns if isinstance(table, str) and table in RECORDS else {}


def _todo(key: str, why: str, spec: Mapping[str, Any]) -> str:
    """What to do about a key that a run would stop at; why names what could stand there instead."""
    top, _, rest = key.partition(".")
    said = spec.get(top)
    meant = difflib.get_close_matches(key.rpartition(".")[2], re.findall("[a-z_]+", why), 1, 0.6)
    if key == "文件夹名":
        return say("给文件夹改名")
    if not _says(spec, key):
        return say("补上 {key}", key=key)
    if meant and top not in ("columns", "read", "units", "lookups"):
        return say("是不是 {close}？", close=meant[0])
    if top == "columns" and isinstance(said, Mapping) and rest not in _columns(spec):
        close = difflib.get_close_matches(rest, list(_columns(spec)), 1, 0.6)
        return say("是不是 {close}？", close=close[0]) if close else say("删去，或改成表里有的列")
    if top == "columns":
        return say("只在一列里留这个写法")
    return say("改正，或删去 {key}", key=key)


def _stray(spec: dict[str, Any]) -> Iterator[_Told]:
    """Values that are no text where a text belongs, and words about columns that there are not; they are taken out."""
    named = [spec.get(top) for top in _NAMING]
    columns = {column for table in named if isinstance(table, dict) for column in table}
    for top in _TEXTS:
        table = spec.get(top)
        if not isinstance(table, dict):
            continue
        for key, value in list(table.items()):
            if not isinstance(value, str):
                yield f"{top}.{key}", say("写法不对：应为 {kind}", kind=kind_word(str)), say("加上引号"), True
            elif top != "also" and key not in columns:
                yield f"{top}.{key}", say("[columns] 里没有这一列"), say("在 [columns] 写上表头，或删去这一行"), True
            else:
                continue
            del table[key]
    contract = spec.get("contract")
    if not isinstance(contract, dict):
        return
    for key in ("required", "one_of"):
        listed = contract.get(key)
        if isinstance(listed, list) and not all(isinstance(each, str) for each in listed):
            yield f"contract.{key}", say("写法不对：应为 {kind}", kind='["…"]'), say("每一项写列名，加上引号"), True
            contract[key] = [each for each in listed if isinstance(each, str)]


def _headings(spec: Mapping[str, Any]) -> Iterator[_Told]:
    """Headings that would be taken for two columns, or for a blank cell."""
    columns = spec.get("columns")
    listed = {
        column: [each for each in headings if isinstance(each, str)]
        for column, headings in (columns.items() if isinstance(columns, Mapping) else ())
        if isinstance(headings, list)
    }
    own = {normal(column): column for column in listed}
    meant: dict[str, str] = {}
    for column, headings in listed.items():
        for heading in headings:
            told = normal(heading)
            if not told:
                why = say("写法「{heading}」去掉括号后是空的，会把空白表头当作这一列", heading=heading)
                yield f"columns.{column}", why, say("删去，或写括号外的字"), True
            elif (other := meant.setdefault(told, column)) != column or (other := own.get(told, column)) != column:
                why = say("「{heading}」也是 {other} 的写法", heading=heading, other=other)
                yield f"columns.{column}", why, say("只在一列里留这个写法"), True


def _basis(spec: Mapping[str, Any]) -> Iterator[_Told]:
    basis = spec.get("legal_basis")
    known = {str(value.cell) for value in load_policy().values if value.parameter.startswith("legal_basis.")}
    if isinstance(basis, str) and BASIS_OPEN not in basis and basis not in known:
        why = say("parameters/legal_basis.toml 里没有这条依据")
        yield "legal_basis", why, say("照抄其中一条；没有核实的写“{open}”", open=BASIS_OPEN), True


def _unheard(source: Source, unread: set[str]) -> Iterator[_Told]:
    """What a run takes without a word.

    unread: columns whose reader was wrong, and taken out: what they hold is not known
    """
    dtypes = ROSTER_ROW.columns if source.table == "roster" else RECORDS[source.table].columns
    for column, lookup in source.lookups.items():
        key = f"lookups.{column}"
        for one, other in lookup.contradictions():
            why = say("「{one}」和「{other}」是同一个值，却有两个代码", one=one, other=other)
            yield f"{key}.values", why, say("只留一个"), True
        if blank := [value for value, code in lookup.values.items() if not code.strip()]:
            why = say("「{values}」没有代码，这些单元格会变成空白", values="」「".join(blank[:5]))
            yield f"{key}.values", why, say("填上代码；还不知道的整行删去，原文照存并报告"), True
        if column in source.readers:
            why = say("这一列有代码表，read.{column} 用不到", column=column)
            yield key, why, say("两样只留一样"), True
        if dtypes[column] != TEXT:
            yield key, say("这一列不是文本，代码存不进去"), say("删去代码表，用 read"), True
    for column in (*source.columns, *source.also):
        if column in source.lookups or column in unread:
            continue
        given = _given(source, column)
        whole = dtypes[column] == WHOLE and source.readers.get(column) == "count"
        if given != dtypes[column] and not whole:
            fitting = _READERS_OF.get(dtypes[column], "text")
            why = say(
                "这一列要用 {readers} 来读，现在是 {reader}", readers=fitting, reader=source.readers.get(column, "text")
            )
            yield f"read.{column}", why, say("在 [read] 写 {column} = …", column=column), True
    for column in source.units:
        if column not in unread and _given(source, column) not in (MONEY, POWER):
            yield f"units.{column}", say("这一列不是金额，也不是功率，单位用不到"), say("删去；面积一律是平方米"), True
    yield from _contract(source)


def _given(source: Source, column: str) -> pl.DataType | None:
    """The type that the source's reader gives this column, tried on no rows; null where nothing is read."""
    origin = next((filler for filler in source.fillers(column) if filler in source.columns), None)
    if origin is None:
        return None
    alone = replace(
        source,
        columns={origin: source.columns[origin]},
        also={column: origin} if origin != column else {},
        lookups={},
    )
    header = Header(1, (origin,), {origin: 0}, {})
    nothing = pl.DataFrame(schema={"0": pl.String, "source_row": pl.Int64})
    return read_cells(alone, header, nothing)[0].schema[column]


def _contract(source: Source) -> Iterator[_Told]:
    contract = source.contract
    for key, columns in (("required", contract.required), ("one_of", contract.one_of)):
        unheaded = [each for each in columns if not source.columns.get(each)]
        if not unheaded:
            continue
        why = say("必需的列没有表头写法：{columns}，每份文件都会被拒收", columns="、".join(unheaded))
        yield f"contract.{key}", why, say("在 [columns] 写上表头，或不列为必需"), True
    if not {"owner_name_raw", "owner_no_raw", "name", "person_no"} & {*source.columns, *source.also}:
        why = say("没有姓名，也没有号码：谁的记录都认不出来")
        yield "columns", why, say("接上 owner_name_raw、owner_no_raw"), True
    for footer in source.footers:
        if pl.Series([""]).str.contains(f"^(?:{footer})").any():
            why = say("页脚写法「{footer}」什么都符合，缺必需列的行会全部退回", footer=footer)
            yield "format.footers", why, say("删去，或写页脚开头的字"), True


def _samples(source: Source, spec: _Spec) -> Iterator[_Told]:
    """A sample beside source.toml is read as a delivery: it shows that the two fit."""
    samples = [found for path, _ in spec.files for found in sorted(path.parent.glob("sample.*"))]
    if not samples and source.table != "roster":
        yield (
            "",
            say("没有样本文件"),
            say("放一个虚构的 sample.csv（或 .xlsx 等），validate 会试读；不要放真实数据"),
            False,
        )
    for sample in samples:
        try:
            read_delivery(source, sample.read_bytes(), sample.name)
        except JiuzhuError as problem:
            yield "", say("样本读不通：{why}", why=problem.message), problem.hint, True


def _says(spec: Mapping[str, Any], key: str) -> bool:
    """Whether a spec says something at the place that a dotted key names."""
    said: Any = spec
    while key:
        if not isinstance(said, Mapping):
            return True  # the place ends here, in a list or a text
        if key in said:
            return True
        first, _, key = key.partition(".")
        if first not in said:
            return False
        said = said[first]
    return True
