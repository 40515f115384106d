"""来源登记的改动 register change: one entry of sources.toml, written anew with everybody's comments kept, and audited."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from jiuzhu_check.audit.reason import clean
from jiuzhu_check.checks.audited import audited
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.register import REQUIREMENTS, Entry, parse_register
from jiuzhu_check.errors import UsageError
from jiuzhu_check.intake.source import pick
from jiuzhu_check.language import say
from jiuzhu_check.parameters.programme import PROGRAMMES
from jiuzhu_check.store.durable import write_file
from jiuzhu_check.store.lock import workspace_lock

AS_SOURCE = "default"  # what a programme or a freshness has when nothing of its own is written


@dataclass(frozen=True)
class Wanted:
    """What an entry is to be; null leaves a thing as it is.

    requirement:    of the programmes where there are any, else of the source; AS_SOURCE takes a programme's own away
    freshness_days: AS_SOURCE takes the register's own away
    contact:        empty takes it away
    """

    requirement: str | None = None
    programmes: tuple[str, ...] = ()
    freshness_days: str | None = None
    contact: str | None = None


@dataclass(frozen=True)
class Change:
    """One thing of an entry, before and after; null where nothing is written."""

    what: str
    before: str | None
    after: str | None


def change_register(centre: Centre, source: str, wanted: Wanted) -> list[Change]:
    """Write what is wanted into the register, and say what is otherwise now; nothing is written where nothing is.

    raises: NotFound where there is no such source, UsageError where a programme or a value is none
    """
    title = pick(centre.sources, source).title
    new = _entry_of(wanted)
    path = centre.workspace.sources_toml
    with workspace_lock(centre.workspace.path, "source register set"):
        import tomlkit  # of all commands only this one writes the register

        text = path.read_text(encoding="utf-8")
        before = dict(parse_register(path, text, centre.sources)[source])
        after = _changed(before, new, wanted)
        changes = _differences(before, after)
        if not changes:
            return []
        document = tomlkit.parse(text)
        if source not in document:
            table = tomlkit.table()
            table.comment(title)
            document[source] = table
        _write(document[source], after)
        written = tomlkit.dumps(document)
        assert parse_register(path, written, centre.sources)[source] == after, (
            "the register does not say what was meant"
        )
        told = [[each.what, each.before, each.after] for each in changes if each.what != "contact"]
        facts = {"source": source, "changes": told, "contact": any(each.what == "contact" for each in changes)}
        with audited(centre.audit, "register", facts=facts):
            write_file(path, written.encode())
    return changes


def _entry_of(wanted: Wanted) -> dict[str, Any]:
    """The values as they may be written; raises UsageError."""
    held, days = wanted.requirement, wanted.freshness_days
    if held is None and days is None and wanted.contact is None:
        raise UsageError(
            say("没有写要改什么。"), hint=say("加 --requirement、--freshness-days 或 --contact，可以同时写。")
        )
    if wanted.programmes and held is None:
        raise UsageError(
            say("写了 --programme，没有写 --requirement。"),
            hint=say("例：--programme 农村特困 --requirement unsigned。"),
        )
    if unknown := [each for each in wanted.programmes if each not in PROGRAMMES]:
        raise UsageError(
            say("没有这个救助类别：{name}。", name=clean("、".join(unknown))),
            hint=say("可写：{names}。", names="、".join(PROGRAMMES)),
        )
    allowed = (*REQUIREMENTS, *([AS_SOURCE] if wanted.programmes else []))
    if held is not None and held not in allowed:
        raise UsageError(
            say("{name} 的值不对。", name="--requirement"),
            hint=say("可用：{requirements}。", requirements="、".join(allowed)),
        )
    if days not in (None, AS_SOURCE) and not (
        str(days).isascii() and str(days).isdigit() and 0 < int(str(days)) < 10_000
    ):
        raise UsageError(
            say("{name} 的值不对。", name="--freshness-days"), hint=say("写天数，如 40；default 用来源自己的约定。")
        )
    return {
        "freshness_days": int(str(days)) if days not in (None, AS_SOURCE) else None,
        "contact": clean(wanted.contact) or None if wanted.contact is not None else None,
    }


def _changed(before: Mapping[str, Any], new: Mapping[str, Any], wanted: Wanted) -> dict[str, Any]:
    after = {**before, "programmes": dict(before.get("programmes", {}))}
    for programme in wanted.programmes:
        after["programmes"][programme] = wanted.requirement
        if wanted.requirement in (AS_SOURCE, before["requirement"]):
            del after["programmes"][programme]
    if wanted.requirement is not None and not wanted.programmes:
        after["requirement"] = wanted.requirement
    for name, given in (("freshness_days", wanted.freshness_days), ("contact", wanted.contact)):
        if given is not None:
            after[name] = new[name]
    return {name: value for name, value in after.items() if value not in (None, {})}


def _differences(before: Entry, after: Entry) -> list[Change]:
    one, two = (
        {
            **{name: each[name] for name in ("requirement", "freshness_days", "contact") if name in each},
            **each.get("programmes", {}),
        }
        for each in (before, after)
    )
    names = [name for name in ("requirement", *PROGRAMMES, "freshness_days", "contact") if name in {**one, **two}]
    text = [[None if name not in each else str(each[name]) for each in (one, two)] for name in names]
    return [Change(name, *said) for name, said in zip(names, text, strict=True) if said[0] != said[1]]


def _write(entry: Any, after: Entry) -> None:
    """Bring a table of the document to what it is to say; what is the same stays untouched, with its comments."""
    import tomlkit

    for name in ("requirement", "freshness_days", "contact"):
        _set(entry, name, after.get(name))
    own: Mapping[str, str] = after.get("programmes", {})
    if own and "programmes" not in entry:
        entry["programmes"] = tomlkit.inline_table()
    if not own:
        _set(entry, "programmes", None)
        return
    for name in _all_of(entry["programmes"], own):
        _set(entry["programmes"], name, own.get(name))


def _all_of(table: Collection[str], own: Collection[str]) -> list[str]:
    return [name for name in PROGRAMMES if name in table or name in own]


def _set(table: Any, name: str, value: object) -> None:
    if value is None:
        table.pop(name, None)
    elif name not in table or table[name] != value:
        table[name] = value
