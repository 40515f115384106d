"""The shape of a spec's tables: which keys they may have, of which kind; and the error that names the one that does not fit."""

from collections.abc import Mapping
from typing import Any

from jiuzhu_check.errors import UsageError
from jiuzhu_check.language import say

Shape = Mapping[str, type | tuple[type, ...]]


class Misfit(UsageError):
    """One key of one source.toml does not fit: which, and why."""

    def __init__(self, name: str, key: str, why: str) -> None:
        super().__init__(
            say("connectors/{name}/source.toml 的 {key}：{why}。", name=name, key=key, why=why),
            hint=say("改好后运行 jiuzhu-check connector validate。"),
        )
        self.key = key
        self.why = why


def hold_to_shape(name: str, where: str, spec: Mapping[str, Any], shape: Shape) -> None:
    """Nothing, where every key of the table is known and of its kind.

    name:  the source; where: the table's place in its source.toml, such as "contract."
    raises: UsageError that names the key
    """
    for key, value in spec.items():
        if key not in shape:
            raise wrong(name, where + key, say("不认识的键；可用：{keys}", keys="、".join(sorted(shape))))
        if not isinstance(value, shape[key]) or (isinstance(value, bool) and shape[key] is not bool):
            raise wrong(name, where + key, say("写法不对：应为 {kind}", kind=kind_word(shape[key])))


def kind_word(shape: type | tuple[type, ...]) -> str:
    """What a value of this kind looks like in TOML."""
    words = {
        str: say('"文本"'), list: say("[列表]"), dict: say("[表]"), int: say("整数"), bool: say("true 或 false"),
    }  # fmt: skip
    if isinstance(shape, tuple) and str in shape:
        return " / ".join(words[kind] for kind in shape)
    return words.get(shape, say("数字")) if isinstance(shape, type) else say("数字")


def wrong(name: str, key: str, why: str) -> Misfit:
    """The error for one key of one source.toml."""
    return Misfit(name, key, why)
