"""HTTP: a department's service, page by page, until all of it is here; or nothing.

Only https, but for this machine itself. No proxy of the environment, no redirect: what is signed for one host goes to no
other. Records land as JSON lines with every number as it was written; a service that hands over a file lands as it is.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from jiuzhu_check.intake.shape import Shape, hold_to_shape, wrong
from jiuzhu_check.intake.transports.arrival import Arrival, Ask, Person
from jiuzhu_check.language import say

SHAPE: Shape = {
    "url": str, "method": str, "headers": dict, "query": dict, "body": dict, "auth": dict, "certificate": str,
    "paging": dict, "records": str, "rows": str, "data_date": str, "success": dict, "responses": list, "budget": dict,
    "ca_file": str, "answer": str, "name": str, "timeout_seconds": (int, float), "deadline_seconds": (int, float),
    "attempts": int, "max_megabytes": int,
}  # fmt: skip
REQUIRED = ("url",)
_INNER: Mapping[str, Shape] = {
    "auth": {
        "kind": str, "user": str, "header": str, "app": str, "algorithm": str, "canonical": list, "joiner": str,
        "encoding": str, "headers": dict, "rid": str, "sid": str, "in": str, "refresh_url": str, "secret_cipher": str,
    },
    "paging": {
        "kind": str, "in": str, "name": str, "size_name": str, "size": int, "first": int, "next": str, "stop": str,
    },
    "success": {"path": str, "equals": (str, list)},
    "budget": {"per_second": (int, float), "max_calls": int},
}  # fmt: skip
_RESPONSE: Shape = {"status": list, "code": list, "action": str}
_AUTH: Mapping[str, tuple[str, ...]] = {
    "bearer": (), "basic": ("user",), "header": ("header",), "hmac": ("canonical", "headers"),
    "gjgxjhpt": ("rid", "sid"), "mtls": (),
}  # fmt: skip
_PAGING: Mapping[str, tuple[str, ...]] = {
    "page": ("name",), "offset": ("name",), "cursor": ("name", "next"), "link": (),
}  # fmt: skip
_WORDS: Mapping[str, Collection[str]] = {
    "method": ("GET", "POST"),
    "answer": ("records", "file"),
    "auth.algorithm": ("sha256", "sm3"),
    "auth.encoding": ("base64", "hex"),
    "auth.in": ("headers", "body"),
    "auth.secret_cipher": ("aes-sha1prng", "aes-ecb", "none"),
    "paging.in": ("query", "body"),
    "paging.stop": ("total", "short", "empty"),
}
_SIGNED = ("app", "timestamp", "seconds", "nonce", "method", "path", "query", "sorted_query", "body", "body_hash")
_ACTIONS = ("retry", "refresh", "empty", "fail")
_POSITIVE = (
    "timeout_seconds", "deadline_seconds", "attempts", "max_megabytes", "paging.size", "budget.per_second",
    "budget.max_calls",
)  # fmt: skip
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_PLACE = re.compile(r"\{([^{}]*)\}")
_ADDRESS = re.compile(r"[^\s\x00-\x20\x7f<>\"{}|\\^`]+")
_HEADER = re.compile(r"[A-Za-z0-9_-]+")


def check(name: str, settings: Mapping[str, Any]) -> None:
    """Nothing, where the transport of a source fits within itself.

    raises: UsageError that names the key that does not
    """

    def refuse_unless(holds: object, key: str, why: str) -> None:
        if not holds:
            raise wrong(name, f"transport.{key}", why)

    def at(key: str) -> Any:
        table, _, inner = key.rpartition(".")
        return (settings.get(table, {}) if table else settings).get(inner)

    for table, shape in _INNER.items():
        hold_to_shape(name, f"transport.{table}.", settings.get(table, {}), shape)
    for key, known in _WORDS.items():
        refuse_unless(at(key) is None or at(key) in known, key, say("可用：{kinds}", kinds="、".join(known)))
    for key in _POSITIVE:
        refuse_unless(at(key) is None or at(key) > 0, key, say("应大于 0"))
    _check_address(refuse_unless, "url", str(settings["url"]))
    _check_headers(refuse_unless, settings.get("headers", {}))
    if "auth" in settings:
        _check_auth(refuse_unless, settings["auth"])
    _check_answer(refuse_unless, settings)
    for each in settings.get("responses", []):
        refuse_unless(isinstance(each, dict), "responses", say("写法不对：应为 {kind}", kind=say("[表]")))
        hold_to_shape(name, "transport.responses.", each, _RESPONSE)
        known = "、".join(_ACTIONS)
        refuse_unless(each.get("action") in _ACTIONS, "responses.action", say("可用：{kinds}", kinds=known))
        refuse_unless(each.get("status") or each.get("code"), "responses.status", say("缺这一项"))
        refuse_unless(not each.get("code") or settings.get("success"), "success", say("缺这一项"))
    posted = settings.get("method", "GET") == "POST"
    in_body = "body" in settings or "body" in (at("paging.in"), at("auth.in"))
    refuse_unless(posted or not in_body, "method", say("有请求体的要写 POST"))


def fetch(ask: Ask) -> Iterator[Arrival]:
    """All that the service has, as one arrival.

    It speaks of the day that the service says at `data_date`, else of the day on which it is asked.

    raises: TryLater where it cannot be reached, breaks off, is too slow or changes under our hands; CredentialError where
            it does not admit us or is not who it should be; ExtractChanged where it answers otherwise than agreed
    """
    check(ask.source, ask.settings)
    from jiuzhu_check.intake.transports.web.asking import asked

    arrival = asked(ask)
    if ask.after is None or arrival.data_date is None or arrival.data_date >= ask.after:
        yield arrival


def inquire(
    ask: Ask,
    calls: Iterable[tuple[str, Sequence[Person]]],
    keep: Callable[[str, Sequence[Person], Arrival], None],
) -> None:
    """Ask about people: each call is answered in itself, and kept before the next is made; raises as fetch.

    calls: of each call the list that it belongs to, and its people; the budget of calls may end before they do
    """
    check(ask.source, ask.settings)
    from jiuzhu_check.intake.transports.web.asking import answered

    answered(ask, calls, keep)


_Refuse = Callable[[object, str, str], None]


def _check_address(refuse_unless: _Refuse, key: str, url: str) -> None:
    try:
        address = urlsplit(url)
        known = address.port is None or address.port > 0
    except ValueError:
        known = False
    refuse_unless(known and address.hostname and _ADDRESS.fullmatch(url), key, say("不是网址"))
    safe = address.scheme == "https" or (address.scheme == "http" and address.hostname in _LOOPBACK)
    refuse_unless(safe, key, say("只用 https"))
    refuse_unless(not (address.username or address.password), key, say("地址里不写口令"))
    refuse_unless(not address.query and not address.fragment, key, say("问号后面的写在 transport.query 里"))


def _check_headers(refuse_unless: _Refuse, headers: Mapping[str, Any]) -> None:
    for name, value in headers.items():
        refuse_unless(_plain(value) and _HEADER.fullmatch(name), f"headers.{name}", say("不是请求头"))
        secret = name.lower() in ("authorization", "proxy-authorization", "cookie")
        refuse_unless(not secret, f"headers.{name}", say("凭据不写在这里，写 transport.auth 和 credential"))


def _plain(value: object) -> bool:
    return isinstance(value, str) and value.isascii() and value.isprintable()


def _check_auth(refuse_unless: _Refuse, auth: Mapping[str, Any]) -> None:
    kinds = "、".join(_AUTH)
    refuse_unless(auth.get("kind") in _AUTH, "auth.kind", say("可用：{kinds}", kinds=kinds))
    for key in _AUTH[auth["kind"]]:
        refuse_unless(auth.get(key), f"auth.{key}", say("缺这一项"))
    for part in auth.get("canonical", ()):
        refuse_unless(part in _SIGNED, "auth.canonical", say("可用：{kinds}", kinds="、".join(_SIGNED)))
    for key in ("header", "app", "rid", "sid"):
        plain = _HEADER if key == "header" else re.compile(r"[!-~]*")
        refuse_unless(plain.fullmatch(str(auth.get(key, "-"))), f"auth.{key}", say("不能放进请求头"))
    for name, value in auth.get("headers", {}).items():
        refuse_unless(_plain(value) and _HEADER.fullmatch(name), f"auth.headers.{name}", say("不是请求头"))
    places = {place for value in auth.get("headers", {}).values() for place in _PLACE.findall(str(value))}
    known = (*_SIGNED, "signature")
    refuse_unless(places <= set(known), "auth.headers", say("可用：{kinds}", kinds="、".join(known)))
    if auth["kind"] == "hmac":
        refuse_unless("signature" in places, "auth.headers", say("没有放签名的 {place}", place="{signature}"))
    if auth.get("refresh_url"):
        _check_address(refuse_unless, "auth.refresh_url", str(auth["refresh_url"]))


def _check_answer(refuse_unless: _Refuse, settings: Mapping[str, Any]) -> None:
    paging, success = settings.get("paging"), settings.get("success")
    if settings.get("answer") == "file":
        for key in ("paging", "records", "rows", "data_date"):
            refuse_unless(key not in settings, key, say("服务交来的是文件，不用这一项"))
    if success is not None:
        for key in ("path", "equals"):
            refuse_unless(key in success, f"success.{key}", say("缺这一项"))
    if paging is None:
        return
    refuse_unless(paging.get("kind") in _PAGING, "paging.kind", say("可用：{kinds}", kinds="、".join(_PAGING)))
    for key in _PAGING[paging["kind"]]:
        refuse_unless(paging.get(key), f"paging.{key}", say("缺这一项"))
    refuse_unless(paging.get("size") or paging.get("stop") != "short", "paging.size", say("缺这一项"))
    # A short page, a link that is not there: neither shows that nothing is missing.
    unsure = paging.get("stop") in ("total", "short") or paging["kind"] == "link"
    refuse_unless(settings.get("rows") or not unsure, "rows", say("缺这一项：没有总条数，少了几页看不出来"))
