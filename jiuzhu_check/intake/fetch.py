"""取数 fetch: what a department has for us now, and what we ask it, over the transport that its source.toml names."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from importlib import import_module
from typing import Any

from jiuzhu_check.errors import TryLater, UsageError
from jiuzhu_check.intake.source import Source
from jiuzhu_check.intake.transports.arrival import Arrival, Ask, Person
from jiuzhu_check.language import say

Secrets = Callable[[str], bytes]
_FEW = 20


def fetch(
    source: Source,
    secrets: Secrets,
    as_of: date,
    *,
    after: date | None = None,
    since: str | None = None,
    taken: frozenset[str] | None = None,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Iterator[Arrival]:
    """Every file that has come since `after`, in the order of their data dates.

    taken:   where answers are fetched, the names of those that are here: every other file is brought, whatever its day
    secrets: the name of a credential → the secret
    raises:  UsageError where the source has no [transport]; TryLater where it cannot be reached now; CredentialError
    """
    asked = Ask(source.id, {}, lambda: b"", as_of, after=after, since=since, taken=taken, progress=progress)
    yield from _fetch(source, secrets, asked)


def reach(source: Source, secrets: Secrets, as_of: date) -> Arrival:
    """A few rows, to try the way; nothing is kept. Raises as fetch, and TryLater where there is nothing to read."""
    if source.inquiry is not None and source.transport is not None and source.transport.kind == "http":
        raise UsageError(
            say("{title}只答所列的人，试取就是查询，没有试。", title=source.title),
            hint=say("到期的人用 jiuzhu-check pull {source} 查询。", source=source.id),
        )
    for arrival in _fetch(source, secrets, Ask(source.id, {}, lambda: b"", as_of, few=_FEW)):
        return arrival
    raise TryLater(
        say("{title}：连上了，但现在没有可取的数据。", title=source.title),
        hint=say("请核对 source.toml 的 [transport] 路径，或等部门放好数据后再试。"),
    )


def hand_over(source: Source, secrets: Secrets, as_of: date, name: str, data: bytes) -> None:
    """Put a list of people into the department's inbox, whole or not at all.

    name:   of the list; data: its bytes
    raises: as fetch
    """
    module, ask = _way(source, secrets, Ask(source.id, {}, lambda: b"", as_of))
    assert source.inquiry is not None
    module.put(ask, source.inquiry.inbox.replace("{inquiry}", name), source.inquiry.inbox_marker, data)


def inquire(
    source: Source,
    secrets: Secrets,
    as_of: date,
    calls: Iterable[tuple[str, Sequence[Person]]],
    keep: Callable[[str, Sequence[Person], Arrival], None],
) -> None:
    """Ask a service about people, call by call; raises as fetch, and what was kept before stays.

    calls: of each call the list that it belongs to, and its people; keep: called with what each call brought
    """
    module, ask = _way(source, secrets, Ask(source.id, {}, lambda: b"", as_of))
    module.inquire(ask, calls, keep)


def _fetch(source: Source, secrets: Secrets, ask: Ask) -> Iterator[Arrival]:
    module, asked = _way(source, secrets, ask)
    yield from module.fetch(asked)


def _way(source: Source, secrets: Secrets, ask: Ask) -> tuple[Any, Ask]:
    """The module of the source's transport, and what it is asked with its settings."""
    way = source.transport
    if way is None:
        raise UsageError(
            say("{title} 没有写明怎样取数。", title=source.title),
            hint=say("用 --file 交来文件，或在 connectors/{id}/source.toml 写 [transport]。", id=source.id),
        )
    module = import_module(f"jiuzhu_check.intake.transports.{way.kind}")
    cursor = source.extract.cursor if source.extract.mode == "incremental" else ""
    return module, replace(
        ask, settings=way.settings, secret=lambda: secrets(way.credential), secret_named=secrets, cursor=cursor
    )
