"""调用 call: one reply that may be used, tried again as far as attempts, budget and deadline allow."""

import asyncio
import json
import ssl
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jiuzhu_check.errors import CredentialError, ExtractChanged, JiuzhuError, TryLater
from jiuzhu_check.intake.decode import decode
from jiuzhu_check.intake.formats import json as json_format
from jiuzhu_check.intake.transports.arrival import Ask
from jiuzhu_check.intake.transports.web import reply, tls
from jiuzhu_check.intake.transports.web.signing import Signed, Signer, written
from jiuzhu_check.intake.transports.web.unpacking import TooMuch, Unpacking
from jiuzhu_check.language import say

_ATTEMPTS, _MEGABYTES, _CALLS = 5, 1024, 10_000
_FIRST_WAIT, _LONGEST_WAIT, _JITTER = 0.5, 60.0, 0.5


@dataclass(frozen=True)
class Request:
    """What is asked, before it is signed. body: null where none goes out."""

    method: str
    url: str
    query: Mapping[str, Any]
    body: Mapping[str, Any] | None


@dataclass(frozen=True)
class Reply:
    """A reply that may be used.

    data:  its bytes, where a file is wanted
    body:  parsed, with every number as text; null where a file is wanted
    empty: the service says that there is nothing
    """

    data: bytes
    body: Any
    headers: Mapping[str, str]
    empty: bool = False


class _Again(Exception):
    """Worth another attempt.

    why:   told where there is none; after: seconds that the service asks for, or null
    """

    def __init__(self, why: str, after: float | None = None) -> None:
        super().__init__()
        self.why, self.after = why, after


class Caller:
    """Makes the calls of one fetch.

    trust: what the client's connections are made with; until: the loop's time at which it has to be over
    """

    def __init__(
        self, ask: Ask, signer: Signer, httpx: Any, stamina: Any, client: Any, trust: ssl.SSLContext, until: float
    ) -> None:
        self._ask, self._signer, self._httpx, self._stamina, self._client = ask, signer, httpx, stamina, client
        self._trust, self._until = trust, until
        self._calls = self._bytes = 0
        self._not_before = 0.0
        self._met = False  # whoever has answered once does not refuse us
        self._file = ask.settings.get("answer") == "file"

    def calls_left(self) -> bool:
        """Whether the budget allows another call."""
        return self._calls < int(self._ask.settings.get("budget", {}).get("max_calls", _CALLS))

    async def call(self, request: Request) -> Reply:
        """A reply to a signed request.

        raises: TryLater, CredentialError, ExtractChanged
        """

        async def once() -> Reply:
            if self._signer.wants_renewal():
                await self._renew()
            return await self._signed(request)

        return await self._tried(once)

    async def _tried(self, once: Any) -> Reply:
        try:
            async for attempt in self._stamina.retry_context(
                on=self._worth, attempts=int(self._ask.settings.get("attempts", _ATTEMPTS)), timeout=None,
                wait_initial=_FIRST_WAIT, wait_max=_LONGEST_WAIT, wait_jitter=_JITTER,
            ):  # fmt: skip
                with attempt:
                    got: Reply = await once()
            return got
        except _Again as again:
            raise TryLater(
                say("{source}：{why}。", source=self._ask.source, why=again.why),
                hint=say("请核对网络，稍后再试。没有收下任何数据，上一次的仍在用。"),
            ) from None

    def _worth(self, problem: BaseException) -> bool | float:
        if not isinstance(problem, _Again):
            return False
        if problem.after is None:
            return True
        return problem.after if problem.after < self._until - asyncio.get_running_loop().time() else False

    async def _renew(self) -> None:
        """A new secret of the national platform."""
        asking = self._signer.asking()
        url = str(self._signer.auth["refresh_url"])

        async def once() -> Reply:
            status, headers, data = await self._sent("POST", url, {}, written(asking), asking)
            return self._meant(status, headers, data, {}, [], as_file=False)

        got = await self._tried(once)
        try:
            self._signer.renew(got.body)
        except (ValueError, LookupError, TypeError, AttributeError):
            raise _no_secret(self._ask) from None

    async def _signed(self, request: Request) -> Reply:
        settings = self._ask.settings
        body = request.body
        if self._signer.in_body:
            body = {**(body or {}), **self._signer.parameters()}
        content = b"" if body is None else written(body)
        own = {str(name): str(value) for name, value in settings.get("headers", {}).items()}
        status, headers, data = await self._sent(request.method, request.url, request.query, content, own, sign=True)
        success, responses = settings.get("success", {}), settings.get("responses", [])
        return self._meant(status, headers, data, success, responses, as_file=self._file)

    async def _sent(
        self, method: str, url: str, query: Mapping[str, Any], content: bytes, headers: Mapping[str, str],
        *, sign: bool = False,
    ) -> tuple[int, Mapping[str, str], bytes]:  # fmt: skip
        await self._pace()
        plain = {"Accept": "*/*", "Accept-Encoding": "gzip"}
        if content:
            plain["Content-Type"] = "application/json; charset=utf-8"
        try:
            request = self._client.build_request(
                method, url, params=dict(query) or None, content=content or None, headers={**plain, **headers}
            )
        except self._httpx.InvalidURL:  # of a link: our own address is checked
            raise self.elsewhere() from None
        if sign:
            path, _, asked = request.url.raw_path.decode().partition("?")
            try:
                request.headers.update(self._signer.headers(Signed(method, path, asked, content)))
            except ValueError:
                raise _unfit(self._ask) from None
        try:
            response = await self._client.send(request, stream=True)
            self._met = True
            try:
                return int(response.status_code), response.headers, await self._read(response)
            finally:
                await response.aclose()
        except (self._httpx.TransportError, OSError) as problem:  # a refusal by TLS comes bare
            refused = not self._met and await self._turned_away(problem, request.url)
            raise self._broken(problem, refused=refused) from None

    async def _turned_away(self, problem: Exception, url: Any) -> bool:
        cut = isinstance(problem, self._httpx.ReadError | self._httpx.WriteError | self._httpx.RemoteProtocolError)
        return cut and url.scheme == "https" and await tls.turns_away(url.host, url.port or 443, self._trust)

    async def _pace(self) -> None:
        """Wait until the budget allows another call; raises TryLater where there is none left."""
        budget = self._ask.settings.get("budget", {})
        if not self.calls_left():
            raise TryLater(
                say("{source}：已用完约定的 {calls} 次调用，还没有取完。", source=self._ask.source, calls=self._calls),
                hint=say("与部门商定更大的页或更多的次数，再改 transport.budget。没有收下任何数据。"),
            )
        clock = asyncio.get_running_loop().time
        if budget.get("per_second"):
            await asyncio.sleep(self._not_before - clock())
            self._not_before = clock() + 1 / float(budget["per_second"])
        self._calls += 1

    async def _read(self, response: Any) -> bytes:
        """The body, whole; raises _Again where it is cut, ExtractChanged where that could not be seen, or it is too much."""
        good = 200 <= response.status_code < 300
        framed = "content-length" in response.headers or "transfer-encoding" in response.headers
        if good and not framed and response.status_code != 204:
            raise self.otherwise(say("没有写明长度，断没断看不出来"))
        encoding = response.headers.get("content-encoding", "identity").strip().lower()
        if encoding not in ("", "identity", "gzip"):
            raise self.otherwise(say("不认识的压缩方式"))
        megabytes = int(self._ask.settings.get("max_megabytes", _MEGABYTES))
        body = Unpacking(encoding, (megabytes << 20) - self._bytes)
        try:
            async for piece in response.aiter_raw():
                body.take(piece)
        except TooMuch:
            raise self.otherwise(say("超过 {megabytes} MB", megabytes=megabytes)) from None
        except zlib.error:
            raise _Again(say("传来的数据损坏")) from None
        if not body.whole():
            raise _Again(say("传到一半断了"))
        data = b"".join(body.pieces)
        self._bytes += len(data)
        return data

    def _meant(
        self, status: int, headers: Mapping[str, str], data: bytes, success: Mapping[str, Any],
        responses: list[Mapping[str, Any]], *, as_file: bool,
    ) -> Reply:  # fmt: skip
        """The reply, where it is one that may be used; raises what it means otherwise."""
        if 300 <= status < 400:
            raise self.elsewhere()
        body = self._parsed(data, headers, strict=200 <= status < 300 and not as_file)
        if as_file and 200 <= status < 300 and body is None:
            if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:9].lower().startswith((b"<!doctype", b"<html")):
                raise self.otherwise(say("是网页，不是文件"))
            success = {}
        meant = reply.meaning(status, body, success, responses)
        if meant.action == "empty":
            return Reply(b"", None, headers, empty=True)
        if meant.action == "take":
            if as_file and body is not None:
                raise self.otherwise(say("是一段 JSON，不是文件"))
            return Reply(data, body, headers)
        if meant.action == "refresh":
            self._signer.forget()
            raise _Again(say("服务一再不认新换的密钥（{code}）", code=meant.code), after=0.0)
        if meant.action == "retry":
            after = reply.retry_after(str(headers.get("retry-after", "")))
            raise _Again(say("服务一再说忙（{code}）", code=meant.code), after)
        if meant.action == "denied":
            raise CredentialError(
                say("{source}：服务不接受我们的凭据（{code}）。", source=self._ask.source, code=meant.code),
                hint=say("用 jiuzhu-check credential set 重设，并核对 transport.auth。"),
            )
        raise self.otherwise(say("代码 {code}", code=meant.code))

    def _parsed(self, data: bytes, headers: Mapping[str, str], *, strict: bool) -> Any:
        """The body as JSON; null where it is none, and need not be."""
        if not strict and data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"["):
            return None
        try:
            return json_format.parsed(decode(data, self._ask.source).decode())
        except ValueError as problem:
            broken = isinstance(problem, json.JSONDecodeError)
            what = say("不是 JSON") if broken else say("JSON 里有重复的键，或不是数的数")
        except JiuzhuError:
            what = say("不是 JSON")
        if strict:
            raise self.otherwise(what)
        return None

    def _broken(self, problem: Exception, *, refused: bool) -> Exception:
        if tls.is_other(problem):
            return CredentialError(
                say("{source}：服务器的证书不可信，或与地址不符。", source=self._ask.source),
                hint=say("请核对 transport.url 和 ca_file，并向部门核实。没有发送凭据。"),
            )
        if refused or tls.is_refused(problem):
            return CredentialError(
                say("{source}：与服务没有建成加密连接。", source=self._ask.source),
                hint=say("它可能要客户端证书（transport.certificate），或只支持 TLS 1.2 以前的版本、国密 TLS。"),
            )
        slow = isinstance(problem, self._httpx.TimeoutException)
        connecting = isinstance(problem, self._httpx.ConnectError | self._httpx.ConnectTimeout)
        if connecting:
            return _Again(say("连不上服务"))
        return _Again(say("服务迟迟不答") if slow else say("传到一半断了"))

    def otherwise(self, what: str) -> ExtractChanged:
        """The error for an answer that is not as agreed."""
        return ExtractChanged(
            say("{source}：服务的应答与约定不同：{what}。", source=self._ask.source, what=what),
            hint=say("请与部门核对接口说明后改 source.toml 的 [transport]。上一次的数据仍在用。"),
        )

    def elsewhere(self) -> ExtractChanged:
        """The error for a service that sends us to another address."""
        return ExtractChanged(
            say("{source}：服务要我们转到别的地址，没有照办。", source=self._ask.source),
            hint=say("请向部门核实；确实换了地址的，改 transport.url。"),
        )


def _no_secret(ask: Ask) -> CredentialError:
    return CredentialError(
        say("{source}：换不到签名用的密钥。", source=ask.source),
        hint=say("请核对凭据、transport.auth 的 rid、sid 和 secret_cipher。"),
    )


def _unfit(ask: Ask) -> CredentialError:
    return CredentialError(
        say("{source}：凭据里有不能放进请求头的字符。", source=ask.source),
        hint=say("用 jiuzhu-check credential set 重设，并核对 transport.auth。"),
    )
