"""取数 fetch: what a department has for us now, over the transport that its source.toml names."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from importlib import import_module

from jiuzhu_check.errors import TryLater, UsageError
from jiuzhu_check.intake.source import Source
from jiuzhu_check.intake.transports.arrival import Arrival, Ask
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
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Iterator[Arrival]:
    """Every file that has come since `after`, in the order of their data dates.

    secrets: the name of a credential → the secret
    raises:  UsageError where the source has no [transport]; TryLater where it cannot be reached now; CredentialError
    """
    asked = Ask(source.id, {}, lambda: b"", as_of, after=after, since=since, progress=progress)
    yield from _fetch(source, secrets, asked)


def reach(source: Source, secrets: Secrets, as_of: date) -> Arrival:
    """A few rows, to try the way; nothing is kept. Raises as fetch, and TryLater where there is nothing to read."""
    for arrival in _fetch(source, secrets, Ask(source.id, {}, lambda: b"", as_of, few=_FEW)):
        return arrival
    raise TryLater(
        say("{title}：连上了，但现在没有可取的数据。", title=source.title),
        hint=say("请核对 source.toml 的 [transport] 路径，或等部门放好数据后再试。"),
    )


def _fetch(source: Source, secrets: Secrets, ask: Ask) -> Iterator[Arrival]:
    way = source.transport
    if way is None:
        raise UsageError(
            say("{title} 没有写明怎样取数。", title=source.title),
            hint=say("用 --file 交来文件，或在 connectors/{id}/source.toml 写 [transport]。", id=source.id),
        )
    module = import_module(f"jiuzhu_check.intake.transports.{way.kind}")
    cursor = source.extract.cursor if source.extract.mode == "incremental" else ""
    asked = replace(
        ask, settings=way.settings, secret=lambda: secrets(way.credential), secret_named=secrets, cursor=cursor
    )
    yield from module.fetch(asked)
