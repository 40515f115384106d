"""来源登记 register (sources.toml): which sources the centre has signed, and which it must have for a check."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import tomli

from jiuzhu_check.errors import UsageError
from jiuzhu_check.language import say
from jiuzhu_check.parameters.programme import PROGRAMMES

Entry = Mapping[str, Any]

REQUIREMENTS = {"required": "必需", "optional": "可选", "unsigned": "未签约"}  # the strongest first
FIRST_REQUIRED = ("vehicle", "housing", "provident_fund")


def new_register(sources: Mapping[str, str]) -> str:
    """The text of a first register: the three common sources required, every other shipped one 未签约.

    sources: id → title of each shipped source
    """
    lines = [
        "# 来源登记：本中心与哪些部门签约，核对时哪些来源必须到位",
        "# requirement: required 必需（缺则退出码为 3） | optional 可选 | unsigned 未签约（报告中列明）",
        "# freshness_days: 数据时点距核对日多少天以内算新，不写则用来源自己的约定",
        '# programmes: 某些救助类别不同的，逐类写，如 programmes = { "农村特困" = "unsigned" }；没有写到的类别用 requirement',
        "# 用 jiuzhu-check source register show 查看，source register set 改动（记入审计）",
    ]
    for name, title in sources.items():
        requirement = "required" if name in FIRST_REQUIRED else "unsigned"
        lines += ["", f"[{name}]  # {title}", f'requirement = "{requirement}"']
    return "\n".join(lines) + "\n"


def read_register(path: Path, known: Iterable[str]) -> dict[str, dict[str, object]]:
    """Each source's entry, in the order of the file; shipped sources that it does not name are 未签约.

    raises: UsageError where the file does not read or names an unknown source, key or requirement
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise _unreadable(path, problem) from None
    return parse_register(path, text, known)


def parse_register(path: Path, text: str, known: Iterable[str]) -> dict[str, dict[str, object]]:
    """As read_register, of a text that is to stand there."""
    try:
        entries = tomli.loads(text)
    except tomli.TOMLDecodeError as problem:
        raise _unreadable(path, problem) from None
    names = list(known)
    for name, entry in entries.items():
        if name not in names:
            raise UsageError(
                say("{name} 登记了没有的来源 {name2}。", name=path.name, name2=name),
                hint=say("已有：{names}。", names="、".join(names)),
            )
        if not isinstance(entry, dict) or entry.get("requirement") not in REQUIREMENTS:
            raise UsageError(
                say("{name} 的 [{name2}] 缺 requirement。", name=path.name, name2=name),
                hint=say("可用：{requirements}。", requirements="、".join(REQUIREMENTS)),
            )
        _refuse_misfits(path.name, name, entry)
    return {**entries, **{name: {"requirement": "unsigned"} for name in names if name not in entries}}


def requirement(entry: Entry, programme: str | None) -> str:
    """What a source is for a household of that programme: required, optional or unsigned."""
    return str(entry.get("programmes", {}).get(programme, entry["requirement"]))


def strongest(entry: Entry, programmes: Iterable[str | None] | None = None) -> str:
    """The strongest of what a source is for these programmes, or, where none are given, for any."""
    if programmes is None:
        held = {entry["requirement"], *entry.get("programmes", {}).values()}
    else:
        held = {requirement(entry, each) for each in programmes} or {entry["requirement"]}
    return next(each for each in REQUIREMENTS if each in held)


def by_programme(entry: Entry, programmes: Iterable[str | None]) -> dict[str, str]:
    """Programme → requirement, where these programmes differ; nothing where they are all alike."""
    order = {name: place for place, name in enumerate(PROGRAMMES)}
    told = sorted({each for each in programmes if each}, key=lambda name: (order.get(name, len(order)), name))
    held = {each: requirement(entry, each) for each in told}
    return held if len(set(held.values())) > 1 else {}


def in_words(entry: Entry) -> str:
    """必需；农村特困 未签约: what a source is, and for which programmes it is something else."""
    own: dict[str, list[str]] = {}
    for programme, held in entry.get("programmes", {}).items():
        if held != entry["requirement"]:
            own.setdefault(held, []).append(programme)
    told = [f"{'、'.join(names)} {REQUIREMENTS[held]}" for held, names in own.items()]
    return "；".join([REQUIREMENTS[str(entry["requirement"])], *told])


def _unreadable(path: Path, problem: Exception) -> UsageError:
    return UsageError(
        say("来源登记 {path} 读不出来：{problem}", path=path, problem=problem), hint=say("请修正后重试。")
    )


def _refuse_misfits(file: str, name: str, entry: Entry) -> None:
    if stray := set(entry) - {"requirement", "freshness_days", "contact", "programmes"}:
        raise UsageError(
            say("{name} 的 [{name2}] 有不认识的键 {stray}。", name=file, name2=name, stray="、".join(sorted(stray))),
            hint=say("请删去或改正。"),
        )
    if not re.fullmatch(r"\d{1,5}", str(entry.get("freshness_days", 0))):
        raise UsageError(
            say("{name} 的 [{name2}] 的 freshness_days 不对。", name=file, name2=name),
            hint=say("写天数，如 40；不写则用来源自己的约定。"),
        )
    if not isinstance(entry.get("contact", ""), str):
        raise UsageError(
            say("{name} 的 [{name2}] 的 contact 不对。", name=file, name2=name), hint=say("写一段文字，加引号。")
        )
    own = entry.get("programmes", {})
    if not isinstance(own, dict) or set(own) - set(PROGRAMMES):
        raise UsageError(
            say("{name} 的 [{name2}] 写了没有的救助类别。", name=file, name2=name),
            hint=say("可写：{names}。", names="、".join(PROGRAMMES)),
        )
    if set(map(str, own.values())) - set(REQUIREMENTS):
        raise UsageError(
            say("{name} 的 [{name2}] 的 programmes 里有不认识的要求。", name=file, name2=name),
            hint=say("可用：{requirements}。", requirements="、".join(REQUIREMENTS)),
        )
