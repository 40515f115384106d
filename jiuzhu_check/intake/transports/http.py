"""HTTP: a department's service, page by page, until all of it is here; or nothing.

Only https, but for this machine itself. No proxy of the environment, no redirect: what is signed for one host goes to no
other. Records land as JSON lines with every number as it was written; a service that hands over a file lands as it is.
"""

import json
import logging
import os
import ssl
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from jiuzhu_check.errors import CredentialError, ExtractChanged, JiuzhuError, TryLater, UsageError
from jiuzhu_check.intake.shape import Shape, hold_to_shape, wrong
from jiuzhu_check.intake.transports.arrival import Arrival, Ask
from jiuzhu_check.intake.transports.web import paging, reply, signing
from jiuzhu_check.language import say

SHAPE: Shape = {
    "url": str, "method": str, "headers": dict, "query": dict, "body": dict, "auth": dict, "paging": dict,
    "records": str, "rows": str, "success": dict, "responses": list, "budget": dict, "ca_file": str, "answer": str,
    "name": str, "timeout_seconds": (int, float), "deadline_seconds": (int, float), "attempts": int,
    "max_megabytes": int,
}  # fmt: skip
REQUIRED = ("url",)
_BUDGET: Shape = {"per_second": (int, float), "max_calls": int}
_TIMEOUT, _DEADLINE, _ATTEMPTS, _MEGABYTES, _PAGES = 30, 3600, 5, 2048, 100_000
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_LONGEST_WAIT = 60.0


class _Again(Exception):
    """Worth another attempt; `after`: not before so many seconds."""

    def __init__(self, after: float | None = None) -> None:
        super().__init__()
        self.after = after


class _OutOfTime(Exception):
    """The deadline has passed."""


@dataclass
class _Caller:
    """Makes calls to one service within its budget and deadline."""

    ask: Ask
    library: Any
    client: Any
    signer: signing.Signer
    deadline: float
    calls: int = 0
    last: float = 0.0
    bytes: int = 0
    problem: JiuzhuError | None = field(default=None)

    def left(self) -> float:
        seconds = self.deadline - time.monotonic()
        if seconds <= 0:
            raise _OutOfTime
        return seconds

    def pace(self) -> None:
        """Wait until the budget allows another call; raises TryLater where there is none left."""
        budget = self.ask.settings.get("budget", {})
        if self.calls >= int(budget.get("max_calls", 10**9)):
            raise TryLater(
                say("{source}：已用完约定的 {calls} 次调用，还没有取完。", source=self.ask.source, calls=self.calls),
                hint=say("与部门商定更大的页或更多的次数，再改 transport.budget。没有收下任何数据。"),
            )
        wait = self.last + 1 / float(budget["per_second"]) - time.monotonic() if budget.get("per_second") else 0.0
        if wait > 0:
            time.sleep(min(wait, self.left()))
        self.calls, self.last = self.calls + 1, time.monotonic()


def fetch(ask: Ask) -> Iterator[Arrival]:
    """All that the service has, as one arrival that speaks of the day on which it is asked.

    raises: TryLater where it cannot be reached, breaks off, is too slow or changes under our hands; CredentialError where
            it does not admit us; ExtractChanged where it answers otherwise than agreed
    """
    checked(ask)
    httpx = _library()
    settings = ask.settings
    deadline = time.monotonic() + float(settings.get("deadline_seconds", _DEADLINE))
    secret = ask.secret().rstrip(b"\r\n") if settings.get("auth") else b""
    with httpx.Client(
        verify=_tls(settings, secret), trust_env=False, follow_redirects=False,
        timeout=float(settings.get("timeout_seconds", _TIMEOUT)), headers={"User-Agent": "jiuzhu-check"},
    ) as client:  # fmt: skip
        signer = signing.Signer(settings.get("auth", {}), secret)
        caller = _Caller(ask, httpx, client, signer, deadline)
        signer.fetch = lambda url, headers: _call(caller, "POST", url, {}, None, headers).text
        if settings.get("answer") == "file":
            yield _file(caller)
        else:
            yield _records(caller)


def checked(ask: Ask) -> None:
    """Nothing, where the inner tables of the transport fit; raises UsageError that names the key that does not."""
    settings, name = ask.settings, ask.source
    address = urlsplit(str(settings["url"]))
    if address.scheme != "https" and not (address.scheme == "http" and address.hostname in _LOOPBACK):
        raise wrong(name, "transport.url", say("只用 https"))
    if address.username or address.password:
        raise wrong(name, "transport.url", say("地址里不写口令"))
    for key, shape in (
        ("auth", signing.SHAPE),
        ("paging", paging.SHAPE),
        ("success", reply.SUCCESS),
        ("budget", _BUDGET),
    ):
        hold_to_shape(name, f"transport.{key}.", settings.get(key, {}), shape)
    for each in settings.get("responses", []):
        hold_to_shape(name, "transport.responses.", each, reply.RESPONSE)
        _one_of(name, "responses.action", each.get("action"), reply.ACTIONS)
    auth, pages = settings.get("auth", {}), settings.get("paging", {})
    if auth:
        _one_of(name, "auth.kind", auth.get("kind"), signing.KINDS)
        _needs(name, "auth", auth, signing.NEEDED.get(auth["kind"], ()))
        _one_of(name, "auth.algorithm", auth.get("algorithm", "sha256"), signing.ALGORITHMS)
        _one_of(name, "auth.encoding", auth.get("encoding", "base64"), signing.ENCODINGS)
        _one_of(name, "auth.secret_cipher", auth.get("secret_cipher", "aes-ecb"), signing.CIPHERS)
        for part in auth.get("canonical", ()):
            _one_of(name, "auth.canonical", part, signing.PARTS)
    if pages:
        _one_of(name, "paging.kind", pages.get("kind"), paging.KINDS)
        _one_of(name, "paging.stop", pages.get("stop", "total"), paging.STOPS)
        _one_of(name, "paging.in", pages.get("in", "query"), ("query", "body"))
        needed = {"page": ("name",), "offset": ("name",), "cursor": ("name", "next")}.get(pages["kind"], ())
        _needs(name, "paging", pages, (*needed, *(("size",) if pages.get("stop") == "short" else ())))
        if pages.get("stop") == "total" and not settings.get("rows"):
            raise wrong(name, "transport.rows", say("缺这一项"))
    _one_of(name, "method", settings.get("method", "GET"), ("GET", "POST"))
    _one_of(name, "answer", settings.get("answer", "records"), ("records", "file"))
    if settings.get("success"):
        _needs(name, "success", settings["success"], ("path", "equals"))


def _records(caller: _Caller) -> Arrival:
    ask, settings = caller.ask, caller.ask.settings
    lines: list[str] = []
    seen: set[int] = set()
    page: paging.Page | None = paging.first(settings.get("paging", {}))
    total: int | None = None
    greatest: str | None = None
    while page is not None:
        answer = _asked(caller, page)
        records = [] if answer is None else _rows(ask, answer.body)
        told = None if answer is None else _total(ask, answer.body)
        if total is not None and told is not None and told != total:
            raise _changed(ask)
        total = told if told is not None else total
        new = [json.dumps(each, ensure_ascii=False) for each in records]
        if new and (mark := hash(tuple(new))) in seen:
            raise ExtractChanged(
                say("{source}：同一页来了两次，翻页没有向前。", source=ask.source),
                hint=say("请核对 transport.paging；没有收下任何数据。"),
            )
        seen.update({mark} if new else ())
        lines += new
        greatest = _greatest(ask, records, greatest)
        ask.progress(len(lines), total or 0)
        if answer is None or (ask.few is not None and len(lines) >= ask.few):
            break
        if len(seen) > _PAGES:
            raise _changed(ask)
        page = paging.following(settings.get("paging", {}), page, records, answer.body, answer.link, len(lines), total)
    if total is not None and ask.few is None and total != len(lines):
        raise ExtractChanged(
            say("{source}：取到 {lines} 条，服务说有 {total} 条。", source=ask.source, lines=len(lines), total=total),
            hint=say("可能在取的时候变了，或翻页不对；请再取一次，仍不对的核对 transport.paging。"),
        )
    data = "".join(f"{line}\n" for line in lines).encode()
    return Arrival(str(settings.get("name", f"{ask.source}.jsonl")), data, ask.as_of, len(lines), greatest)


@dataclass(frozen=True)
class _Answer:
    """One page: its parsed body and its Link header."""

    body: Any
    link: str


def _asked(caller: _Caller, page: paging.Page) -> _Answer | None:
    """One page; null where the service says that there is nothing."""
    settings = caller.ask.settings
    place = str(settings.get("paging", {}).get("in", "query"))
    query, body = _filled(caller.ask, settings.get("query", {})), settings.get("body")
    if page.url:
        url = urljoin(str(settings["url"]), page.url)
        if urlsplit(url)[:2] != urlsplit(str(settings["url"]))[:2]:
            raise _elsewhere(caller.ask)
        query = {}
    else:
        url = str(settings["url"])
    if place == "query" and not page.url:
        query = {**query, **page.said}
    if body is not None or place == "body":
        body = {**_filled(caller.ask, body or {}), **(page.said if place == "body" else {})}
    got = _call(caller, str(settings.get("method", "GET")), url, query, body, None)
    return None if got.empty else _Answer(got.body, got.link)


def _file(caller: _Caller) -> Arrival:
    ask, settings = caller.ask, caller.ask.settings
    body = settings.get("body")
    query = _filled(ask, settings.get("query", {}))
    got = _call(caller, str(settings.get("method", "GET")), str(settings["url"]), query, body, None, raw=True)
    return Arrival(str(settings.get("name", f"{ask.source}.dat")), got.data, ask.as_of)


@dataclass(frozen=True)
class _Got:
    """One reply that may be used."""

    data: bytes
    text: str
    body: Any
    link: str
    empty: bool = False


def _call(
    caller: _Caller, method: str, url: str, query: Mapping[str, Any], body: Any, headers: Mapping[str, str] | None,
    *, raw: bool = False,
) -> _Got:  # fmt: skip
    """One reply, tried again as far as attempts and deadline allow.

    headers: of a request that is signed already; null: the signer signs each attempt
    """
    ask, httpx = caller.ask, caller.library
    attempts = int(ask.settings.get("attempts", _ATTEMPTS))
    content = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
    for attempt in range(1, attempts + 1):
        try:
            caller.pace()
            return _once(caller, method, url, query, content, headers, raw=raw)
        except _Again as again:
            wait = min(again.after if again.after is not None else 0.5 * 2 ** (attempt - 1), _LONGEST_WAIT)
        except httpx.TransportError as problem:
            if _untrusted(problem):
                raise CredentialError(
                    say("{source}：服务器的证书不可信，或与地址不符。", source=ask.source),
                    hint=say("请核对 transport.url 和 ca_file，并向部门核实。没有发送凭据。"),
                ) from None
            wait = min(0.5 * 2 ** (attempt - 1), _LONGEST_WAIT)
        except _OutOfTime:
            raise _late(ask) from None
        if attempt == attempts or time.monotonic() + wait > caller.deadline:
            raise _late(ask)
        time.sleep(wait)
    raise _late(ask)


def _once(
    caller: _Caller, method: str, url: str, query: Mapping[str, Any], content: bytes, headers: Mapping[str, str] | None,
    *, raw: bool,
) -> _Got:  # fmt: skip
    ask, settings = caller.ask, caller.ask.settings
    plain = {"Accept": "*/*", **({"Content-Type": "application/json; charset=utf-8"} if content else {})}
    request = caller.client.build_request(
        method, url, params=dict(query) or None, content=content or None,
        headers={**plain, **{str(name): str(value) for name, value in settings.get("headers", {}).items()}},
    )  # fmt: skip
    address = request.url
    try:
        signed = headers or caller.signer.headers(method, address.path, address.query.decode(), content)
    except (ValueError, KeyError, TypeError):
        raise _no_secret(ask) from None
    request.headers.update(signed)
    response = caller.client.send(request, stream=True)
    try:
        data = _body(caller, response)
    finally:
        response.close()
    status, link = int(response.status_code), str(response.headers.get("link", ""))
    if 300 <= status < 400:
        raise _elsewhere(ask)
    if raw and 200 <= status < 300 and not settings.get("success"):
        return _Got(data, "", None, link)
    text = data.decode("utf-8", "replace")
    try:
        body = reply.parsed(text)
    except reply.NotJson:
        body = None
    meant = reply.meaning(status, body, settings.get("success", {}), settings.get("responses", []))
    if meant.action == "take" and body is None and not raw and headers is None:
        raise _otherwise(ask, say("不是 JSON"))
    if meant.action in ("take", "empty"):
        return _Got(data, text, body, link, empty=meant.action == "empty")
    if meant.action == "refresh":
        caller.signer.forget()
    if meant.action in ("retry", "refresh"):
        raise _Again(_retry_after(response))
    if meant.action == "denied":
        raise CredentialError(
            say("{source}：服务不接受我们的凭据（{code}）。", source=ask.source, code=meant.code),
            hint=say("用 jiuzhu-check credential set 重设，并核对 transport.auth。"),
        )
    if headers is not None:
        raise _no_secret(ask)
    raise _otherwise(ask, say("代码 {code}", code=meant.code if len(meant.code) <= 20 else "…"))


def _body(caller: _Caller, response: Any) -> bytes:
    """The body, whole; raises _OutOfTime where it drips beyond the deadline, ExtractChanged where it is beyond measure."""
    ask, headers = caller.ask, response.headers
    known = "content-length" in headers or "chunked" in headers.get("transfer-encoding", "").lower()
    if not known and 200 <= response.status_code < 300 and response.status_code != 204:
        raise _otherwise(ask, say("没有写明长度，断没断看不出来"))
    most = int(ask.settings.get("max_megabytes", _MEGABYTES)) << 20
    pieces: list[bytes] = []
    for piece in response.iter_bytes():  # as they arrive: a drip must not hide behind a buffer
        caller.left()
        caller.bytes += len(piece)
        if caller.bytes > most:
            raise _otherwise(ask, say("超过 {megabytes} MB", megabytes=most >> 20))
        pieces.append(piece)
    return b"".join(pieces)


def _rows(ask: Ask, body: Any) -> list[Any]:
    found = reply.at(body, str(ask.settings.get("records", "")))
    if found is None:
        found = []
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise _otherwise(ask, say("{path} 不是一列记录", path=str(ask.settings.get("records", "")) or "—"))
    return found


def _total(ask: Ask, body: Any) -> int | None:
    path = ask.settings.get("rows")
    if not path:
        return None
    told = reply.at(body, str(path))
    if not str(told).isdigit():
        raise _otherwise(ask, say("{path} 不是条数", path=str(path)))
    return int(str(told))


def _greatest(ask: Ask, records: list[Any], before: str | None) -> str | None:
    if not ask.cursor:
        return None
    values = [str(each[ask.cursor]) for each in records if each.get(ask.cursor) is not None]
    if len(values) < len(records):
        raise _otherwise(ask, say("有的记录没有增量游标 {column}", column=ask.cursor))
    known = [*values, *([before] if before is not None else [])]
    return max(known, key=lambda each: (len(each), each) if each.isdigit() else (0, each), default=None)


def _filled(ask: Ask, said: Mapping[str, Any]) -> dict[str, Any]:
    """Query or body with {as_of} and {since} in their places; what needs {since} is left out where all is asked for."""
    places = {"{as_of}": ask.as_of.isoformat(), "{since}": ask.since}
    filled = {}
    for name, value in said.items():
        if isinstance(value, str) and "{since}" in value and ask.since is None:
            continue
        text = value
        for place, told in places.items():
            text = text.replace(place, told or "") if isinstance(text, str) else text
        filled[name] = text
    return filled


def _retry_after(response: Any) -> float | None:
    said = str(response.headers.get("retry-after", ""))
    return float(said) if said.isdigit() else None


def _untrusted(problem: BaseException | None) -> bool:
    while problem is not None:
        if isinstance(problem, ssl.SSLCertVerificationError):
            return True
        problem = problem.__cause__ or problem.__context__
    return False


def _tls(settings: Mapping[str, Any], secret: bytes) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=settings.get("ca_file") or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if settings.get("auth", {}).get("kind") == "mtls":
        try:
            _with_pem(secret, context.load_cert_chain)
        except (ssl.SSLError, OSError):
            raise CredentialError(
                say("凭据里的客户端证书读不出来。"), hint=say("要 PEM 格式，证书和没有口令的私钥放在一起。")
            ) from None
    return context


def _with_pem(secret: bytes, load: Callable[[str], None]) -> None:
    """The library takes a certificate only from a file: one in memory, which no folder ever shows."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("certificate")
        try:
            os.write(descriptor, secret)
            load(f"/proc/self/fd/{descriptor}")
        finally:
            os.close(descriptor)
        return
    with tempfile.NamedTemporaryFile() as file:
        file.write(secret)
        file.flush()
        load(file.name)


def _one_of(name: str, key: str, value: object, known: Any) -> None:
    if value not in known:
        raise wrong(name, f"transport.{key}", say("可用：{kinds}", kinds="、".join(known)))


def _needs(name: str, table: str, spec: Mapping[str, Any], keys: tuple[str, ...]) -> None:
    for key in keys:
        if key not in spec:
            raise wrong(name, f"transport.{table}.{key}", say("缺这一项"))


def _no_secret(ask: Ask) -> CredentialError:
    return CredentialError(
        say("{source}：换不到签名用的密钥。", source=ask.source),
        hint=say("请核对凭据、transport.auth 的 rid、sid 和 secret_cipher。"),
    )


def _late(ask: Ask) -> TryLater:
    return TryLater(
        say("{source}：服务连不上、一再说忙，或没有在限时内答完。", source=ask.source),
        hint=say("请核对网络，稍后再试。上一次的数据仍在用。"),
    )


def _changed(ask: Ask) -> TryLater:
    return TryLater(
        say("{source}：取的时候数据在变，或翻页没有尽头。", source=ask.source),
        hint=say("请换个时间再取。没有收下任何数据。"),
    )


def _elsewhere(ask: Ask) -> ExtractChanged:
    return ExtractChanged(
        say("{source}：服务要我们转到别的地址，没有照办。", source=ask.source),
        hint=say("请向部门核实；确实换了地址的，改 transport.url。"),
    )


def _otherwise(ask: Ask, what: str) -> ExtractChanged:
    return ExtractChanged(
        say("{source}：服务的应答与约定不同：{what}。", source=ask.source, what=what),
        hint=say("请与部门核对接口说明后改 source.toml 的 [transport]。上一次的数据仍在用。"),
    )


def _library() -> Any:
    try:
        import httpx2
    except ImportError:
        raise UsageError(
            say("取 {driver} 的数据要装 {library}。", driver="HTTP", library="httpx2"),
            hint=say("运行 pip install 'jiuzhu-check[{extra}]'。", extra="http"),
        ) from None
    for name in ("httpx2", "httpcore2", "httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)  # addresses hold what was asked for
    return httpx2
