"""A TOML file becomes declared parameters or dated values; what does not fit is refused with file and parameter."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import tomli

from jiuzhu_check.errors import PolicyError
from jiuzhu_check.language import say
from jiuzhu_check.parameters.parameter import TYPES, Cell, Parameter
from jiuzhu_check.parameters.programme import PROGRAMMES

ENTRY = {"from", "until", "programmes", "value", "unit", "source"}


@dataclass(frozen=True)
class Value:
    """What one parameter is, in one region, from one day on.

    region: the leading digits that the region and everything below it share; empty: the whole country
    until:  the last day in force; None: until a newer value
    programmes: the kinds of assistance it holds for; empty: every one
    grade:  of what ships, how well its source is known: A the whole text was read, B a part of it
    local:  said by the workspace's policy, and not by what ships
    """

    parameter: str
    region: str
    since: date
    until: date | None
    cell: Cell
    source: str
    local: bool
    file: str
    programmes: tuple[str, ...] = ()
    grade: str = ""

    def in_force(self, on: date) -> bool:
        """Whether it holds on that day."""
        return self.since <= on and (self.until is None or on <= self.until)

    def holds_for(self, region: str, programme: str | None) -> bool:
        """Whether it holds in that region, for that kind of assistance."""
        return region.startswith(self.region) and (not self.programmes or programme in self.programmes)


def shipped(folder: Path) -> tuple[dict[str, Parameter], list[Value]]:
    """The parameters that the files of a folder declare, by id, and the national and provincial values they give."""
    parameters: dict[str, Parameter] = {}
    values: list[Value] = []
    for path in sorted(folder.glob("*.toml")):
        for topic, names in _content(path).items():
            for name, spec in names.items():
                parameter = _declared(f"{topic}.{name}", spec)
                parameters[parameter.id] = parameter
                values += (_shipped_value(path, parameter, entry) for entry in spec.get("values", []))
    return parameters, values


def _shipped_value(path: Path, parameter: Parameter, entry: Mapping[str, Any]) -> Value:
    """A national value, or a province's own where the entry names its region."""
    said = {key: cell for key, cell in entry.items() if key != "region"}
    return _value(path, parameter, region_prefix(entry.get("region", "000000")), said, "", local=False)


def local(folder: Path, parameters: Mapping[str, Parameter]) -> list[Value]:
    """The values that a workspace's policy files give.

    raises: PolicyError where a file cannot be read, a parameter is not declared, a value, unit, date or source does
            not fit, or two values begin on one day in one region
    """
    values, problems = look(sorted(folder.glob("*.toml")), parameters)
    if problems:
        raise problems[0]
    return values


def look(paths: Iterable[Path], parameters: Mapping[str, Parameter]) -> tuple[list[Value], list[PolicyError]]:
    """The values of some policy files, and everything in them that does not fit, in the order of the files."""
    values: list[Value] = []
    problems: list[PolicyError] = []
    for path in paths:
        for read in _local_values(path, parameters):
            if isinstance(read, PolicyError):
                problems.append(read)
            else:
                values.append(read)
    return values, [*problems, *_twins(values)]


def _twins(values: list[Value]) -> Iterator[PolicyError]:
    first: dict[tuple[str, str, date, str], Value] = {}
    for value in values:
        twins = [
            first.setdefault((value.parameter, value.region, value.since, programme), value)
            for programme in value.programmes or ("",)
        ]
        if twin := next((each for each in twins if each is not value), None):
            yield PolicyError(
                say(
                    "政策文件 {file}：{parameter} 自 {since} 起有两个值（另见 {file2}）",
                    file=value.file,
                    parameter=value.parameter,
                    since=value.since,
                    file2=twin.file,
                ),
                hint=say("同一地区同一日期只留一个值，另一个删去或改起始日期。"),
            )


def region_prefix(code: str) -> str:
    """The digits that a region shares with everything below it, by the levels of GB/T 2260 and GB/T 10114.

    >>> region_prefix("370000"), region_prefix("370200"), region_prefix("370203"), region_prefix("000000")
    ('37', '3702', '370203', '')
    """
    return next(code[:level] for level in (0, 2, 4, 6, 9, 12) if not code[level:].strip("0"))


def _content(path: Path) -> dict[str, Any]:
    try:
        return tomli.loads(path.read_bytes().decode("utf-8-sig"), parse_float=Decimal)
    except UnicodeDecodeError:
        raise PolicyError(
            say("政策文件 {name}：不是 UTF-8 编码", name=path.name), hint=say("用编辑器另存为 UTF-8 后重试。")
        ) from None
    except tomli.TOMLDecodeError as error:
        raise PolicyError(
            say("政策文件 {name}：不是正确的 TOML（{error}）", name=path.name, error=error),
            hint=say("按提示的行号改正。"),
        ) from None
    except OSError as error:
        raise PolicyError(
            say("政策文件 {name}：读不出来（{strerror}）", name=path.name, strerror=error.strerror),
            hint=say("检查文件权限。"),
        ) from None


def _declared(id_: str, spec: Mapping[str, Any]) -> Parameter:
    assert spec["type"] in TYPES, id_
    return Parameter(
        id=id_,
        title=spec["title"],
        type=spec["type"],
        unit=spec.get("unit", ""),
        choices=tuple(spec.get("choices", ())),
        needed=spec.get("needed", False),
        least=spec.get("least"),
    )


def _local_values(path: Path, parameters: Mapping[str, Parameter]) -> Iterator[Value | PolicyError]:
    """Each value of the file, or what is wrong with it; where the file as a whole does not fit, that alone."""
    try:
        content = _content(path)
    except PolicyError as problem:
        yield problem
        return
    region = content.pop("region", None)
    source = content.pop("source", "")
    if not (isinstance(region, str) and region.isascii() and region.isdigit() and len(region) in (6, 9, 12)):
        yield PolicyError(
            say("政策文件 {name}：region 应为六位行政区划代码", name=path.name),
            hint=say('在文件开头写 region = "370000" 这样的一行。'),
        )
        return
    for id_, entry in _entries(content):
        parameter = parameters.get(id_)
        if entry is None:
            yield PolicyError(
                say("政策文件 {file}：{key} 的写法不对", file=path.name, key=id_),
                hint=say("每个值写成 [[主题.参数]] 一段，下面写 from、value、unit、source。"),
            )
        elif parameter is None or parameter.type == "text":
            yield PolicyError(
                say("政策文件 {name}：没有 {id} 这个参数", name=path.name, id=id_), hint=_known(id_, parameters)
            )
        else:
            try:
                yield _value(path, parameter, region_prefix(region), entry, source, local=True)
            except PolicyError as problem:
                yield problem


def _entries(content: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any] | None]]:
    """Each entry under the name of its parameter; none in its place where it is not written as one."""
    for topic, names in content.items():
        for name, entries in names.items() if isinstance(names, dict) else [("", None)]:
            if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
                yield ".".join(each for each in (topic, name) if each), None
            else:
                yield from ((f"{topic}.{name}", entry) for entry in entries)


def _value(
    path: Path, parameter: Parameter, region: str, entry: Mapping[str, Any], source: object, *, local: bool
) -> Value:
    def refuse(what: str, hint: str) -> PolicyError:
        return PolicyError(
            say(
                "政策文件 {name}：{id}（{title}）{what}",
                name=path.name,
                id=parameter.id,
                title=parameter.title,
                what=what,
            ),
            hint=hint,
        )

    if unknown := sorted(set(entry) - ENTRY):
        raise refuse(
            say("有不认识的项 {names}", names="、".join(unknown)),
            say("可写的项：{names}。", names="、".join(sorted(ENTRY))),
        )
    since, until = entry.get("from"), entry.get("until")
    if type(since) is not date:
        raise refuse(say("没有写起始日期，或日期写法不对"), say("写 from = 2018-01-01 这样的日期，不加引号。"))
    if until is not None and (type(until) is not date or until < since):
        raise refuse(say("的截止日期不对"), say("until 写最后有效的一天，不早于 from，不加引号。"))
    if entry.get("unit", "") != parameter.unit:
        raise refuse(
            say("的单位不对或没有写"),
            say('写 unit = "{unit}"。', unit=parameter.unit) if parameter.unit else say("删去 unit。"),
        )
    try:
        cell = parameter.cell(entry.get("value"))
    except ValueError as error:
        raise refuse(say("的值不对：{error}", error=error), say("改正 value 后重试。")) from None
    programmes = entry.get("programmes", [])
    if not isinstance(programmes, list) or set(programmes) - set(PROGRAMMES):
        raise refuse(say("的救助类别不对"), say("programmes 写列表，可写：{names}。", names="、".join(PROGRAMMES)))
    text = _source(entry.get("source", source))
    if not text:
        raise refuse(say("没有写依据"), say('写 source = "文件名称和文号"。'))
    named = entry.get("source", source)
    grade = str(named.get("grade", "")) if isinstance(named, dict) else ""
    return Value(
        parameter.id, region, since, until, cell, text, local, path.name, tuple(sorted(set(programmes))), grade
    )


def _source(raw: object) -> str:
    """The document and article that a value rests on; empty where it is not said."""
    if isinstance(raw, dict):
        return f"{raw.get('document', '')}{raw.get('article', '')}".strip()
    return raw.strip() if isinstance(raw, str) else ""


def _known(id_: str, parameters: Mapping[str, Parameter]) -> str:
    from difflib import get_close_matches

    ids = [parameter.id for parameter in parameters.values() if parameter.type != "text"]
    near = get_close_matches(id_, ids, n=1)
    return say("是否应为 {name}？", name=near[0]) if near else say("可写的参数：{names}。", names="、".join(ids))
