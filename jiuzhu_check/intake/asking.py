"""怎样取数 asking: what source.toml says of how a department is reached, and how much it is asked for each time."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from jiuzhu_check.intake.shape import Shape, hold_to_shape, wrong
from jiuzhu_check.language import say

TRANSPORTS: tuple[str, ...] = ()  # each a module in transports/
MODES = ("snapshot", "incremental")
_COMMON: Shape = {"kind": str, "credential": str}
_EXTRACT: Shape = {"mode": str, "key": list, "cursor": str, "lookback_days": int, "full_every_days": int}


@dataclass(frozen=True)
class Transport:
    """How a department is reached.

    kind:       one of TRANSPORTS
    credential: the name of a secret in the credential store; empty where none is needed. Never a secret
    settings:   the kind's own keys, as its module's SHAPE has them
    """

    kind: str
    credential: str
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class Extract:
    """How much is asked for.

    mode:            snapshot: the whole table each time; incremental: what changed since the last time
    key:             canonical columns that name one record, by which a newer one takes an older one's place
    cursor:          the department's column by which it says what changed
    lookback_days:   asked for again each time, because rows arrive late
    full_every_days: after so many days the whole table is asked for, so that what was deleted goes
    """

    mode: str = "snapshot"
    key: tuple[str, ...] = ()
    cursor: str = ""
    lookback_days: int = 3
    full_every_days: int = 30


def read_transport(name: str, spec: Mapping[str, Any]) -> Transport | None:
    """The [transport] of a source, or null where it has none.

    raises: UsageError that names the key that does not fit
    """
    if not spec:
        return None
    kind = spec.get("kind")
    if kind not in TRANSPORTS:
        raise wrong(name, "transport.kind", say("可用：{kinds}", kinds="、".join(TRANSPORTS)))
    module = import_module(f"jiuzhu_check.intake.transports.{kind}")
    hold_to_shape(name, "transport.", spec, {**_COMMON, **module.SHAPE})
    if missing := [key for key in module.REQUIRED if key not in spec]:
        raise wrong(name, f"transport.{missing[0]}", say("缺这一项"))
    settings = {key: value for key, value in spec.items() if key not in _COMMON}
    return Transport(str(kind), str(spec.get("credential", "")), settings)


def read_extract(name: str, spec: Mapping[str, Any], named: set[str]) -> Extract:
    """The [extract] of a source; a snapshot where it has none.

    named:  the canonical columns that the source has
    raises: UsageError that names the key that does not fit
    """
    hold_to_shape(name, "extract.", spec, _EXTRACT)
    if spec.get("mode", "snapshot") not in MODES:
        raise wrong(name, "extract.mode", say("可用：{kinds}", kinds="、".join(MODES)))
    if stray := sorted(set(spec.get("key", ())) - named):
        raise wrong(name, "extract.key", say("没有 {column} 这一列", column=stray[0]))
    if spec.get("mode") == "incremental":
        for key in ("key", "cursor"):
            if not spec.get(key):
                raise wrong(name, f"extract.{key}", say("缺这一项"))
    return Extract(**{**spec, "key": tuple(spec.get("key", ()))})
