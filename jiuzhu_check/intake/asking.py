"""怎样取数 asking: what source.toml says of how a department is reached, and how much it is asked for each time."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import PurePosixPath
from typing import Any

from jiuzhu_check.intake.shape import Shape, hold_to_shape, wrong
from jiuzhu_check.intake.transports.web.places import names_people
from jiuzhu_check.language import say

TRANSPORTS: tuple[str, ...] = ("folder", "sftp", "http", "database")  # each a module in transports/
MODES = ("snapshot", "incremental")
_COMMON: Shape = {"kind": str, "credential": str}
SILENCE = ("unanswered", "nothing")
LISTS = (".csv", ".xlsx")
_INQUIRY: Shape = {
    "batch": int, "headings": list, "silence": str, "wait_days": int, "inbox": str, "inbox_marker": str,
}  # fmt: skip
_HANDED_OVER = ("folder", "sftp")  # transports that put a list into an inbox
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


@dataclass(frozen=True)
class Inquiry:
    """A department that answers only for the people we name.

    batch:     how many people one list may name
    headings:  of the list that goes out: serial number, name, number
    silence:   what it means that an answer does not mention somebody: unanswered, or nothing where the department
               says that it leaves out whom it has no record of
    wait_days: after so many days without an answer a person is asked about again
    inbox:     where lists are put at the department that [transport] names, such as /in/{inquiry}.xlsx; empty: a person
               hands them over
    inbox_marker: the ending of the empty file that says that a list is whole; empty: none is wanted
    """

    batch: int = 1000
    headings: tuple[str, str, str] = ("序号", "姓名", "身份证号")
    silence: str = "unanswered"
    wait_days: int = 15
    inbox: str = ""
    inbox_marker: str = ""


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
    if hasattr(module, "check"):
        module.check(name, settings)
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


def read_inquiry(name: str, spec: Mapping[str, Any] | None) -> Inquiry | None:
    """The [inquiry] of a source, or null where the department hands over its table.

    raises: UsageError that names the key that does not fit
    """
    if spec is None:
        return None
    hold_to_shape(name, "inquiry.", spec, _INQUIRY)
    headings = spec.get("headings", list(Inquiry.headings))
    if len(headings) != len(Inquiry.headings) or not all(isinstance(each, str) and each for each in headings):
        raise wrong(name, "inquiry.headings", say("写序号、姓名、号码三个表头"))
    if spec.get("silence", "unanswered") not in SILENCE:
        raise wrong(name, "inquiry.silence", say("可用：{kinds}", kinds="、".join(SILENCE)))
    if spec.get("batch", 1) < 1:
        raise wrong(name, "inquiry.batch", say("至少 1"))
    inbox = PurePosixPath(spec.get("inbox", "{inquiry}.csv"))
    if "{inquiry}" not in inbox.name or inbox.suffix not in LISTS:
        raise wrong(name, "inquiry.inbox", say("文件名里写 {place}，后缀为 .csv 或 .xlsx", place="{inquiry}"))
    return Inquiry(**{**spec, "headings": tuple(headings)})


def hold_together(
    name: str, transport: Transport | None, extract: Extract, inquiry: Inquiry | None, columns: Container[str]
) -> None:
    """Nothing, where the way to a department and what it is asked fit each other.

    columns: the canonical columns that have headings
    raises: UsageError that names the key that does not
    """
    named = transport is not None and transport.kind == "http" and names_people(transport.settings)
    if inquiry is None:
        if named:
            raise wrong(name, "inquiry", say("[transport] 写了要查询的人，缺 [inquiry]"))
        return
    if extract.mode != "snapshot":
        raise wrong(name, "extract.mode", say("逐人查询的来源不用增量"))
    if inquiry.inbox and (transport is None or transport.kind not in _HANDED_OVER):
        raise wrong(name, "inquiry.inbox", say("只用于 {kinds}", kinds="、".join(_HANDED_OVER)))
    if transport is None or transport.kind in _HANDED_OVER:
        return
    if transport.kind != "http":
        raise wrong(name, "transport.kind", say("逐人查询可用：{kinds}", kinds="、".join((*_HANDED_OVER, "http"))))
    if not named:
        raise wrong(name, "transport.body", say("没有写要查询的人：{places}", places="{person_no}、{name}"))
    for column in ("owner_no_raw", "owner_name_raw"):
        if column not in columns:
            raise wrong(name, f"columns.{column}", say("缺这一项"))
    if transport.settings.get("answer") == "file":
        raise wrong(name, "transport.answer", say("逐人查询只收记录，不收文件"))
