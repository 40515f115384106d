"""发问 asking: every page of a department's answer as one arrival, or an error and nothing; and people, call by call."""

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urljoin, urlsplit

from jiuzhu_check.errors import ExtractChanged, TryLater, UsageError
from jiuzhu_check.intake.formats import json as json_format
from jiuzhu_check.intake.transports.arrival import Arrival, Ask, Person
from jiuzhu_check.intake.transports.web import tls
from jiuzhu_check.intake.transports.web.call import Caller, Reply, Request
from jiuzhu_check.intake.transports.web.paging import Gap, Moved, Page, Pages
from jiuzhu_check.intake.transports.web.places import filled
from jiuzhu_check.intake.transports.web.reply import Absent, at
from jiuzhu_check.intake.transports.web.signing import Signer
from jiuzhu_check.language import say

_TIMEOUT, _DEADLINE = 30, 3600
_DAY = re.compile(r"(\d{4})([-/.]?)(\d{2})\2(\d{2})(?!\d)")


def asked(ask: Ask) -> Arrival:
    """All that the service has; raises as the transport's fetch."""
    found: list[Arrival] = []

    async def work(caller: Caller) -> None:
        found.append(await (_file if ask.settings.get("answer") == "file" else _records)(ask, caller))

    _in_time(ask, work)
    return found[0]


def answered(
    ask: Ask,
    calls: Iterable[tuple[str, Sequence[Person]]],
    keep: Callable[[str, Sequence[Person], Arrival], None],
) -> None:
    """Ask about people, call by call, until all are asked about or the budget of calls is used up.

    calls: of each call its list and the people on it; keep: called with what each call brought, before the next is made
    raises: as the transport's fetch; what was kept before stays
    """

    async def work(caller: Caller) -> None:
        for inquiry, people in calls:
            keep(inquiry, people, await _records(replace(ask, people=tuple(people), inquiry=inquiry), caller))
            if not caller.calls_left():
                return

    _in_time(ask, work)


def _in_time(ask: Ask, work: Callable[[Caller], Awaitable[None]]) -> None:
    """The work, with one connection to the service, before the deadline."""
    httpx, stamina = _libraries()
    seconds = float(ask.settings.get("deadline_seconds", _DEADLINE))

    async def in_time() -> None:
        # A library's own word about a broken connection would be a traceback on the screen.
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
        async with asyncio.timeout(seconds):
            await _connected(ask, httpx, stamina, asyncio.get_running_loop().time() + seconds, work)

    try:
        asyncio.run(in_time())
    except TimeoutError:
        raise TryLater(
            say("{source}：服务没有在限时 {seconds:g} 秒内答完。", source=ask.source, seconds=seconds),
            hint=say("请核对网络，稍后再试。没有收下任何数据，上一次的仍在用。"),
        ) from None


async def _connected(
    ask: Ask, httpx: Any, stamina: Any, until: float, work: Callable[[Caller], Awaitable[None]]
) -> None:
    settings = ask.settings
    auth = settings.get("auth", {})
    secret = ask.secret().rstrip(b"\r\n") if auth else b""
    certificate = secret if auth.get("kind") == "mtls" else None
    if settings.get("certificate"):
        certificate = ask.secret_named(str(settings["certificate"]))
    trust = tls.context(ask.source, str(settings.get("ca_file", "")), certificate)
    async with httpx.AsyncClient(
        verify=trust, trust_env=False, follow_redirects=False,
        timeout=float(settings.get("timeout_seconds", _TIMEOUT)), headers={"User-Agent": "jiuzhu-check"},
    ) as client:  # fmt: skip
        await work(Caller(ask, Signer(auth, secret), httpx, stamina, client, trust, until))


async def _records(ask: Ask, caller: Caller) -> Arrival:
    settings = ask.settings
    pages = Pages(settings.get("paging", {}))
    lines: list[str] = []
    nothing = False
    day: date | None = None
    greatest: str | None = None
    while pages.page is not None:
        got = await caller.call(_request(ask, caller, pages.page))
        records = _rows(ask, caller, got, pages.rows)
        new = [_line(each) for each in records]
        told = _day(ask, caller, got)
        if None not in (day, told) and day != told:
            raise _moved(ask)
        day = told or day
        lines += new
        greatest = _greatest(ask, caller, records, greatest)
        if ask.few is not None and len(lines) >= ask.few:
            break
        try:
            if got.empty:
                nothing = not lines
                pages.end()
            else:
                pages.take(new, got.body, str(got.headers.get("link", "")), _total(ask, caller, got))
        except Gap as gap:
            raise _gap(ask, gap.what, pages) from None
        except Moved:
            raise _moved(ask) from None
        ask.progress(len(lines), pages.total or 0)
    data = "".join(f"{line}\n" for line in lines).encode()
    name = str(filled(ask, settings.get("name", f"{ask.source}.jsonl")))
    return Arrival(name, data, day or ask.as_of, len(lines), greatest, nothing)


async def _file(ask: Ask, caller: Caller) -> Arrival:
    got = await caller.call(_request(ask, caller, Page({})))
    ask.progress(len(got.data), len(got.data))
    return Arrival(str(filled(ask, ask.settings.get("name", f"{ask.source}.dat"))), got.data, ask.as_of)


def _request(ask: Ask, caller: Caller, page: Page) -> Request:
    settings, url = ask.settings, str(ask.settings["url"])
    method, in_body = str(settings.get("method", "GET")), settings.get("paging", {}).get("in") == "body"
    query, body = dict(filled(ask, settings.get("query", {}))), settings.get("body")
    said = dict(page.said)
    if body is not None or in_body:
        body = {**filled(ask, body or {}), **(said if in_body else {})}
    if page.url:
        try:
            there = urljoin(url, page.url)
            same = urlsplit(there)[:2] == urlsplit(url)[:2]
        except ValueError:
            same = False
        if not same:
            raise caller.elsewhere()
        return Request(method, there, {}, body)
    return Request(method, url, {**query, **({} if in_body else said)}, body)


def _line(record: Mapping[str, Any]) -> str:
    line = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    # Half a character has no bytes: it stays as it was escaped, for the reader to refuse.
    return line if line.isascii() or not re.search("[\ud800-\udfff]", line) else json.dumps(record)


def _rows(ask: Ask, caller: Caller, got: Reply, so_far: int) -> list[Any]:
    if got.empty:
        return []
    where = str(ask.settings.get("records", ""))
    try:
        at(got.body, where.partition("[")[0])
        found = json_format.records(got.body, where)
    except Absent:
        # A key that is not there is no empty list, unless the service says that nothing more is to come.
        found = [] if ask.settings.get("rows") and _total(ask, caller, got) == so_far else [None]
    except ValueError:
        found = [None]
    if not all(isinstance(each, dict) for each in found):
        raise caller.otherwise(say("{path} 不是一列记录", path=where or "—"))
    return found


def _total(ask: Ask, caller: Caller, got: Reply) -> int | None:
    path = str(ask.settings.get("rows", ""))
    if not path:
        return None
    try:
        header = path.removeprefix("header:")
        told = got.headers.get(header, "") if header != path else at(got.body, path)
    except Absent:
        told = ""
    if not re.fullmatch(r"[0-9]{1,12}", str(told)):
        raise caller.otherwise(say("{path} 不是条数", path=path))
    return int(str(told))


def _day(ask: Ask, caller: Caller, got: Reply) -> date | None:
    path = ask.settings.get("data_date")
    if not path or got.empty:
        return None
    try:
        written = _DAY.match(str(at(got.body, str(path))))
        return date(int(written[1]), int(written[3]), int(written[4])) if written else _no_day()
    except (Absent, ValueError):
        raise caller.otherwise(say("{path} 不是日期", path=path)) from None


def _no_day() -> date:
    raise ValueError


def _greatest(ask: Ask, caller: Caller, records: list[Any], before: str | None) -> str | None:
    if not ask.cursor:
        return None
    values = [str(each[ask.cursor]) for each in records if each.get(ask.cursor) is not None]
    if len(values) < len(records):
        raise caller.otherwise(say("有的记录没有增量游标 {column}", column=ask.cursor))
    known = [*values, *([before] if before is not None else [])]
    return max(known, key=lambda each: (len(each), each) if each.isdigit() else (0, each), default=None)


def _gap(ask: Ask, what: str, pages: Pages) -> ExtractChanged:
    if what == "total":
        return ExtractChanged(
            say(
                "{source}：取到 {lines} 条，服务说有 {total} 条。",
                source=ask.source,
                lines=pages.rows,
                total=pages.total,
            ),
            hint=say("可能在取的时候变了，或翻页不对；请再取一次，仍不对的核对 transport.paging。"),
        )
    why = {
        "repeated": say("同一页来了两次，翻页没有向前"),
        "circle": say("翻页绕了回来，没有尽头"),
        "short": say("中间有一页不满，后面的页可能跳过了记录；size 不要大于服务肯给的"),
        "long": say("一页给的比要的多；size 要与服务给的相同"),
        "no_next": say("应答里没有 {path}，不知道还有没有下一页", path=str(ask.settings["paging"].get("next", ""))),
    }[what]
    return ExtractChanged(
        say("{source}：{why}。", source=ask.source, why=why), hint=say("请核对 transport.paging；没有收下任何数据。")
    )


def _moved(ask: Ask) -> TryLater:
    return TryLater(
        say("{source}：取的时候数据在变，或翻页没有尽头。", source=ask.source),
        hint=say("请换个时间再取。没有收下任何数据。"),
    )


def _libraries() -> tuple[Any, Any]:
    try:
        import httpx2
        import stamina
        import stamina.instrumentation
    except ImportError:
        raise UsageError(
            say("取 {driver} 的数据要装 {library}。", driver="HTTP", library="httpx2、stamina"),
            hint=say("运行 pip install 'jiuzhu-check[{extra}]'。", extra="http"),
        ) from None
    stamina.instrumentation.set_on_retry_hooks([])
    for name in ("httpx2", "httpcore2", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)  # addresses hold what was asked for
    return httpx2, stamina
