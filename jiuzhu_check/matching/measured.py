"""实测准确率 measured: how often each tier was right where the truth is known."""

from functools import cache
from importlib.resources import files
from typing import Any

import tomli

from jiuzhu_check.matching.interval import interval


def measured(tier: str) -> str:
    """How many links of a tier were right, with the 95 % interval, the world and the day, in one sentence.

    >>> measured("A1").partition("，95 %")[0]
    '虚构世界里 271833 条，对 271833 条'
    """
    table = _table()
    world = f"{table['persons']} 名成员、{table['records']} 条记录，{table['measured_on']} 测"
    if tier not in table["tiers"]:
        return f"虚构世界里没有这一层级的关联，未测（{world}）"
    links, right = table["tiers"][tier]
    low, high = (f"{100 * bound:.3f}".rstrip("0").rstrip(".") for bound in interval(right, links))
    return f"虚构世界里 {links} 条，对 {right} 条，95 % 区间 {low} %—{high} %（{world}）"


@cache
def _table() -> dict[str, Any]:
    return tomli.loads((files("jiuzhu_check.matching") / "measured.toml").read_text(encoding="utf-8"))
