"""来源登记 register (sources.toml): which sources the centre has signed, and which it must have for a check."""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from jiuzhu_check.errors import UsageError
from jiuzhu_check.language import say

REQUIREMENTS = {"required": "必需", "optional": "可选", "unsigned": "未签约"}
FIRST_REQUIRED = ("vehicle", "housing", "provident_fund")


def new_register(sources: Mapping[str, str]) -> str:
    """The text of a first register: the three common sources required, every other shipped one 未签约.

    sources: id → title of each shipped source
    """
    lines = [
        "# 来源登记：本中心与哪些部门签约，核对时哪些来源必须到位",
        "# requirement: required 必需（缺则退出码为 3） | optional 可选 | unsigned 未签约（报告中列明）",
        "# freshness_days: 数据时点距核对日多少天以内算新，不写则用来源自己的约定",
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
        entries = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise UsageError(
            say("来源登记 {path} 读不出来：{problem}", path=path, problem=problem), hint=say("请修正后重试。")
        ) from None
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
        if stray := set(entry) - {"requirement", "freshness_days", "contact"}:
            raise UsageError(
                say(
                    "{name} 的 [{name2}] 有不认识的键 {stray}。",
                    name=path.name,
                    name2=name,
                    stray="、".join(sorted(stray)),
                ),
                hint=say("请删去或改正。"),
            )
    return {**entries, **{name: {"requirement": "unsigned"} for name in names if name not in entries}}
