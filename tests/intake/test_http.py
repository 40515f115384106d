"""A department's service over TLS: every page or nothing, each request signed anew, and no host but the agreed one."""

import base64
import contextlib
import gzip
import hashlib
import hmac
import json
import logging
import socket
import ssl
import struct
import sys
import threading
import time
import tomllib
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest
import trustme
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from jiuzhu_check.errors import CredentialError, ExitCode, ExtractChanged, JiuzhuError, TryLater, UsageError
from jiuzhu_check.intake.asking import read_transport
from jiuzhu_check.intake.fetch import fetch, reach
from jiuzhu_check.intake.source import Source, find_sources
from jiuzhu_check.intake.transports.arrival import Arrival
from tests.intake.extracts import number, taken

TODAY = date(2018, 12, 1)
SECRET = b"0123456789abcdef"
SPEC = """
title = "公积金"
department = "公积金中心"
table = "provident_fund"
legal_basis = "条款待核实"
[format]
kind = "jsonl"
[columns]
owner_name_raw = ["xm"]
owner_no_raw = ["zjh"]
balance = ["ye"]
[read]
balance = "money"
[contract]
required = ["owner_name_raw", "owner_no_raw"]
[transport]
kind = "http"
"""
PEOPLE = [{"xm": f"赵{place}", "zjh": number(place + 1), "ye": place + 0.5} for place in range(95)]


@dataclass
class Asked:
    """One request as the service saw it."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    at: float


@dataclass
class Reply:
    """What the service says: a value is JSON; bytes are sent as they are."""

    body: Any = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    drip: float = 0.0
    cut: int | None = None
    bare: bool = False
    slow_head: bool = False


@dataclass
class Service:
    """A service on loopback, over TLS with its own authority."""

    server: ThreadingHTTPServer
    folder: Path
    ca: trustme.CA
    answer: Callable[[Asked], Reply] = lambda asked: Reply([])
    asked: list[Asked] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"https://localhost:{self.server.server_address[1]}/api/fund"

    def platform(self) -> dict[str, Any]:
        refresh = self.url.replace("/api/fund", "/sysapi/auth/refreshappsecret")
        return {"kind": "gjgxjhpt", "rid": "R1", "sid": "S1", "refresh_url": refresh}

    def source(self, **settings: Any) -> Source:
        said = {
            "url": self.url, "ca_file": str(self.folder / "ca.pem"), "records": "data.rows", "deadline_seconds": 20,
            "timeout_seconds": 5, "attempts": 4, **settings,
        }  # fmt: skip
        if "auth" in said:
            said["credential"] = "fund"
        if said.get("answer") == "file":
            del said["records"]
        home = self.folder / "connectors" / "fund"
        home.mkdir(parents=True, exist_ok=True)
        (home / "source.toml").write_text(
            SPEC + "\n".join(f"{key} = {toml(value)}" for key, value in said.items()), "utf-8"
        )
        return find_sources(home.parent)["fund"]

    def fetched(
        self, secret: bytes = SECRET, second: bytes = b"", since: str | None = None, **settings: Any
    ) -> Arrival:
        secrets = {"fund": secret, "second": second}
        (came,) = fetch(self.source(**settings), secrets.__getitem__, TODAY, since=since)
        return came


def toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f'"{key}" = {toml(each)}' for key, each in value.items()) + " }"
    return "[" + ", ".join(map(toml, value)) + "]" if isinstance(value, list) else json.dumps(value)


def handler(service: Service) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self.speak()

        def do_POST(self) -> None:
            self.speak()

        def speak(self) -> None:
            address = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            query = {name: values[0] for name, values in parse_qs(address.query).items()}
            asked = Asked(self.command, address.path, query, dict(self.headers), body, time.monotonic())
            service.asked.append(asked)
            reply = service.answer(asked)
            data = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body, ensure_ascii=False).encode()
            if reply.slow_head:
                with contextlib.suppress(OSError):
                    for byte in b"HTTP/1.1 200 OK\r\nX-Wait: " + b"." * 200:
                        self.wfile.write(bytes([byte]))
                        self.wfile.flush()
                        time.sleep(0.1)
                self.close_connection = True
                return
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if not reply.bare:
                self.send_header("Content-Length", str(len(data)))
            else:
                self.close_connection = True
            self.end_headers()
            try:
                if reply.drip:
                    for place in range(len(data)):
                        self.wfile.write(data[place : place + 1])
                        self.wfile.flush()
                        time.sleep(reply.drip)
                elif reply.cut is not None:
                    self.wfile.write(data[: reply.cut])
                    self.wfile.flush()
                    self.close_connection = True
                    self.connection.close()
                else:
                    self.wfile.write(data)
            except OSError:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

        def finish(self) -> None:
            with contextlib.suppress(OSError, ValueError):
                super().finish()

    return Handler


class Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        pass


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    yield from serving(tmp_path)


def serving(
    folder: Path,
    host: str = "localhost",
    *,
    client_ca: trustme.CA | None = None,
    until: datetime | None = None,
    newest_tls: ssl.TLSVersion | None = None,
) -> Iterator[Service]:
    ca = trustme.CA()
    ca.cert_pem.write_to_path(str(folder / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(host, not_after=until).configure_cert(context)
    if newest_tls is not None:
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = newest_tls
    if client_ca is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        client_ca.configure_trust(context)
    server = Quiet(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    made = Service(server, folder, ca)
    server.RequestHandlerClass = handler(made)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


def pages(asked: Asked, size: int = 10) -> Reply:
    """The people by pages, and how many there are in all."""
    page = int(asked.query.get("page", "1"))
    return Reply({"code": "0", "data": {"rows": PEOPLE[(page - 1) * size : page * size], "total": len(PEOPLE)}})


PAGED: dict[str, Any] = {
    "paging": {"kind": "page", "name": "page", "size_name": "size", "size": 10}, "rows": "data.total",
    "success": {"path": "code", "equals": ["0"]},
}  # fmt: skip


def rows(came: Arrival) -> list[dict[str, Any]]:
    return [json.loads(line) for line in came.data.decode().splitlines()]


def test_every_page_arrives_and_every_number_as_it_was_written(service: Service) -> None:
    service.answer = pages
    came = service.fetched(**PAGED)
    assert came.rows == len(PEOPLE)
    assert [each["xm"] for each in rows(came)] == [each["xm"] for each in PEOPLE]
    assert [asked.query["page"] for asked in service.asked] == [str(page) for page in range(1, 11)]
    assert {asked.query["size"] for asked in service.asked} == {"10"}
    delivery = taken(came.data, service.source(**PAGED))
    assert delivery.delivered == len(PEOPLE)
    assert str(delivery.rows["balance"][94]) == "94.50"


def test_large_numbers_keep_their_last_digits(service: Service) -> None:
    text = '{"data": {"rows": [{"xm": "赵", "zjh": 370199198001010016, "ye": 64.10}]}}'
    service.answer = lambda asked: Reply(text.encode())
    assert rows(service.fetched()) == [{"xm": "赵", "zjh": "370199198001010016", "ye": "64.10"}]


@pytest.mark.parametrize(
    ("paging", "reply"),
    [
        ({"kind": "offset", "name": "from", "stop": "short", "size": 20, "size_name": "n"},
         lambda asked: {"rows": PEOPLE[int(asked.query["from"]) : int(asked.query["from"]) + 20], "total": 95}),
        ({"kind": "page", "name": "p", "first": 0, "stop": "empty"},
         lambda asked: {"rows": PEOPLE[int(asked.query["p"]) * 30 : int(asked.query["p"]) * 30 + 30]}),
        ({"kind": "cursor", "name": "after", "next": "data.next"},
         lambda asked: {"rows": PEOPLE[(at := int(asked.query.get("after", "0"))) : at + 40],
                        "next": at + 40 if at + 40 < 95 else None}),
    ],
    ids=["offset", "page from 0", "cursor"],
)  # fmt: skip
def test_services_turn_their_pages_in_several_ways(service: Service, paging: dict[str, Any], reply: Any) -> None:
    service.answer = lambda asked: Reply({"data": reply(asked)})
    told = {"rows": "data.total"} if paging.get("stop") == "short" else {}
    assert [each["zjh"] for each in rows(service.fetched(paging=paging, **told))] == [each["zjh"] for each in PEOPLE]


def test_a_link_leads_to_the_next_page_of_the_same_host_only(service: Service) -> None:
    def linked(asked: Asked) -> Reply:
        at = int(asked.query.get("at", "0"))
        more = {"Link": f'</api/fund?at=0>; rel="first", </api/fund?at={at + 50}>; rel="next"'} if at + 50 < 95 else {}
        return Reply({"data": {"rows": PEOPLE[at : at + 50]}}, headers={**more, "X-Total": "95"})

    service.answer = linked
    by_link: dict[str, Any] = {"paging": {"kind": "link"}, "rows": "header:X-Total"}
    assert len(rows(service.fetched(**by_link))) == 95
    service.answer = lambda asked: Reply({"data": {"rows": PEOPLE[:50]}}, headers={"X-Total": "95"})
    with pytest.raises(ExtractChanged, match="取到 50 条，服务说有 95 条"):
        service.fetched(**by_link)
    service.answer = lambda asked: Reply(
        {"data": {"rows": PEOPLE[:5]}}, headers={"X-Total": "9", "Link": '<https://127.0.0.1/x>; rel="next"'}
    )
    with pytest.raises(ExtractChanged, match="转到别的地址"):
        service.fetched(**by_link)
    for broken in ("https://[", "/a\tb\x7f", f"https://{urlsplit(service.url).netloc}/\u0001", "https://localhost:x/"):
        link = {"X-Total": "9", "Link": f'<{broken}>; rel="next"'}
        service.answer = lambda asked, link=link: Reply({"data": {"rows": PEOPLE[:5]}}, headers=link)
        with pytest.raises(ExtractChanged):
            service.fetched(**by_link)


def test_pages_may_be_asked_for_in_the_body(service: Service) -> None:
    def posted(asked: Asked) -> Reply:
        said = json.loads(asked.body)
        assert said["region"] == "370100"
        return pages(Asked("", "", {"page": str(said["page"])}, {}, b"", 0))

    service.answer = posted
    in_body = {**PAGED, "paging": {**PAGED["paging"], "in": "body"}}
    came = service.fetched(**in_body, method="POST", body={"region": "370100"})
    assert came.rows == 95


def test_a_busy_service_is_asked_again_and_a_lost_page_makes_nothing(service: Service) -> None:
    busy = iter([503, 0, 429, 0, 0, 500] + [0] * 20)

    def sometimes(asked: Asked) -> Reply:
        status = next(busy)
        return Reply({}, status=status, headers={"Retry-After": "0"}) if status else pages(asked)

    service.answer = sometimes
    assert service.fetched(**PAGED).rows == 95
    service.answer = lambda asked: pages(asked) if asked.query["page"] != "7" else Reply({}, status=503)
    with pytest.raises(TryLater):
        service.fetched(**{**PAGED, "attempts": 2})


def test_the_time_a_service_asks_for_is_given_to_it(service: Service) -> None:
    first = iter([Reply({}, status=429, headers={"Retry-After": "1"})])
    service.answer = lambda asked: next(first, Reply({"data": {"rows": PEOPLE[:1]}}))
    service.fetched()
    assert service.asked[1].at - service.asked[0].at >= 1


def test_a_line_that_breaks_in_the_middle_of_a_page_is_no_page(service: Service) -> None:
    service.answer = lambda asked: Reply({"data": {"rows": PEOPLE}}, cut=200)
    with pytest.raises(TryLater):
        service.fetched(attempts=2)


def test_forty_pages_come_whole_over_a_bad_line_or_not_at_all(service: Service) -> None:
    """Page 7 is cut and page 20 is refused twice, each once more signed; where page 7 is always cut, nothing comes."""
    everybody = [{"xm": f"钱{place}", "zjh": number(place % 90 + 1), "ye": place} for place in range(4_000)]
    nonces: list[str] = []
    bad = {"7": [Reply({}, cut=1)], "20": [Reply({}, status=503, headers={"Retry-After": "0"})] * 2}

    def answer(asked: Asked) -> Reply:
        said = asked.headers
        text = f"{said['X-Time']}\nGET\n/api/fund\nn=100&page={asked.query['page']}"
        right = base64.b64encode(hmac.digest(SECRET, text.encode(), "sha256")).decode()
        assert said["X-Sign"] == right
        nonces.append(said["X-Nonce"])
        page = int(asked.query["page"])
        whole = Reply({"data": {"rows": everybody[(page - 1) * 100 : page * 100], "total": 4_000}})
        wrong = bad.get(asked.query["page"], [])
        spoilt = wrong.pop(0) if wrong else whole
        return replace(whole, cut=2_000) if spoilt.cut else spoilt

    service.answer = answer
    auth = {
        "kind": "hmac", "canonical": ["seconds", "method", "path", "sorted_query"],
        "headers": {"X-Time": "{seconds}", "X-Nonce": "{nonce}", "X-Sign": "{signature}"},
    }  # fmt: skip
    asking: dict[str, Any] = {
        "auth": auth, "rows": "data.total",
        "paging": {"kind": "page", "name": "page", "size_name": "n", "size": 100},
    }  # fmt: skip
    came = service.fetched(**asking)
    assert (came.rows, len(rows(came))) == (4_000, 4_000)
    assert len(nonces) == len(set(nonces)) == 43
    bad["7"] = [Reply({}, cut=1)] * 9
    with pytest.raises(TryLater, match="传到一半断了"):
        service.fetched(**asking, attempts=2)


def test_an_answer_without_length_could_be_cut_and_is_not_taken(service: Service) -> None:
    service.answer = lambda asked: Reply({"data": {"rows": PEOPLE}}, bare=True)
    with pytest.raises(ExtractChanged, match="没有写明长度"):
        service.fetched()


@pytest.mark.parametrize("slow", [{"drip": 0.1}, {"slow_head": True}], ids=["body", "head"])
def test_a_service_that_drips_is_given_up_at_the_deadline(service: Service, slow: dict[str, Any]) -> None:
    """Each byte comes within the time for one read, and all of them would take far longer than all may take."""
    service.answer = lambda asked: Reply({"data": {"rows": PEOPLE}}, **slow)
    with pytest.raises(TryLater, match=r"没有在限时 1 秒内答完"):
        service.fetched(deadline_seconds=1, timeout_seconds=10)
    assert len(service.asked) == 1


def test_a_service_that_falls_silent_within_its_answer_is_given_up(service: Service) -> None:
    service.answer = lambda asked: Reply({"data": {"rows": PEOPLE}}, drip=3)
    with pytest.raises(TryLater):
        service.fetched(timeout_seconds=0.5, attempts=1)


def test_a_port_that_never_speaks_is_given_up(service: Service) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(TryLater):
            service.fetched(url=f"https://localhost:{silent.getsockname()[1]}/", timeout_seconds=0.3, attempts=1)


def test_a_total_that_is_not_reached_or_changes_refuses_all(service: Service) -> None:
    service.answer = lambda asked: Reply({"data": {"rows": PEOPLE, "total": 96}})
    with pytest.raises(ExtractChanged, match="取到 95 条，服务说有 96 条"):
        service.fetched(rows="data.total")
    turned = iter(range(95, 200))
    service.answer = lambda asked: Reply(
        {"code": "0", "data": {"rows": PEOPLE[(int(asked.query["page"]) - 1) * 10 :][:10], "total": next(turned)}}
    )
    with pytest.raises(TryLater, match="数据在变"):
        service.fetched(**PAGED)


def test_the_same_page_again_and_again_is_noticed(service: Service) -> None:
    service.answer = lambda asked: Reply({"data": {"rows": PEOPLE[:10]}})
    with pytest.raises(ExtractChanged, match="同一页来了两次"):
        service.fetched(paging={"kind": "page", "name": "page"})


def test_a_good_status_with_a_bad_code_is_no_data(service: Service) -> None:
    service.answer = lambda asked: Reply({"code": "E1002", "data": {"rows": []}})
    success = {"path": "code", "equals": ["0"]}
    with pytest.raises(ExtractChanged, match="代码 E1002"):
        service.fetched(success=success)
    several = iter([{"code": "BUSY"}, {"code": 0, "data": {"rows": PEOPLE[:3]}}])
    service.answer = lambda asked: Reply(next(several))
    responses = [{"code": ["BUSY"], "action": "retry"}, {"code": ["NONE"], "action": "empty"}]
    assert service.fetched(success=success, responses=responses).rows == 3
    service.answer = lambda asked: Reply({"code": "NONE"})
    assert service.fetched(success=success, responses=responses).rows == 0
    service.answer = lambda asked: Reply({"msg": "no code at all"})
    with pytest.raises(ExtractChanged):
        service.fetched(success=success)


@pytest.mark.parametrize(
    "body", [b"<html>login</html>", b'{"data": ', b'{"data": {"rows": "none"}}', b'{"data": {"rows": [1]}}']
)
def test_what_is_no_list_of_records_is_refused(service: Service, body: bytes) -> None:
    service.answer = lambda asked: Reply(body)
    with pytest.raises(ExtractChanged, match="与约定不同"):
        service.fetched()


@pytest.mark.parametrize("status", [401, 403])
def test_a_service_that_does_not_admit_us_says_so_as_a_matter_of_credentials(service: Service, status: int) -> None:
    service.answer = lambda asked: Reply({"secret": "leak"}, status=status)
    with pytest.raises(CredentialError) as refused:
        service.fetched(auth={"kind": "bearer"})
    told = refused.value.message + refused.value.hint
    assert SECRET.decode() not in told
    assert "leak" not in told
    assert len(service.asked) == 1


def test_nobody_else_is_spoken_to(service: Service, tmp_path: Path) -> None:
    service.answer = lambda asked: Reply(b"", status=302, headers={"Location": "https://localhost:1/"})
    with pytest.raises(ExtractChanged, match="转到别的地址"):
        service.fetched(auth={"kind": "bearer"})
    service.asked.clear()
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "other.pem"))
    with pytest.raises(CredentialError, match="证书不可信"):
        service.fetched(ca_file=str(tmp_path / "other.pem"), auth={"kind": "bearer"})
    with pytest.raises(CredentialError, match="证书不可信"):
        service.fetched(url=service.url.replace("localhost", "127.0.0.1"), auth={"kind": "bearer"})
    assert service.asked == []
    with pytest.raises(UsageError, match="只用 https"):
        service.fetched(url="http://gjj.example/api")
    with pytest.raises(UsageError, match="不写口令"):
        service.fetched(url="https://user:word@localhost/")


def test_a_certificate_that_is_over_is_not_trusted(tmp_path: Path) -> None:
    for service in serving(tmp_path, until=datetime(2018, 1, 1, tzinfo=UTC)):
        with pytest.raises(CredentialError, match="证书不可信"):
            service.fetched()
        assert service.asked == []


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("old", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1], ids=["1.0", "1.1"])
def test_an_old_tls_is_not_spoken(tmp_path: Path, old: ssl.TLSVersion) -> None:
    for service in serving(tmp_path, newest_tls=old):
        with pytest.raises((CredentialError, TryLater)):
            service.fetched(attempts=1, deadline_seconds=5)
        assert service.asked == []


def test_a_proxy_of_the_environment_does_not_see_the_data(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "ALL_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    service.answer = lambda asked: Reply({"data": {"rows": PEOPLE[:1]}})
    assert service.fetched().rows == 1


def test_a_client_certificate_is_shown_where_it_is_demanded(tmp_path: Path) -> None:
    ca = trustme.CA()
    mine = ca.issue_cert("centre@jiuzhu.example")
    pem = mine.private_key_pem.bytes() + b"".join(each.bytes() for each in mine.cert_chain_pems)
    for service in serving(tmp_path, client_ca=ca):
        service.answer = lambda asked: Reply({"data": {"rows": PEOPLE[:2]}})
        assert service.fetched(pem, auth={"kind": "mtls"}).rows == 2
        assert service.fetched(SECRET, second=pem, auth={"kind": "bearer"}, certificate="second").rows == 2
        assert service.asked[-1].headers["Authorization"] == f"Bearer {SECRET.decode()}"
        with pytest.raises(CredentialError, match="没有建成加密连接"):
            service.fetched()
        with pytest.raises(CredentialError, match="证书读不出来"):
            service.fetched(b"nonsense", auth={"kind": "mtls"})


@pytest.mark.parametrize("refuses", [True, False])
def test_a_refusal_whose_word_is_lost_on_a_cut_line_is_heard_when_we_only_greet(tmp_path: Path, refuses: bool) -> None:
    """With TLS 1.3 the server asks for our certificate after our side is done; who speaks by then finds the line cut."""
    ca = trustme.CA()
    ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    cuts, next_time = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    for context in (cuts, next_time):
        ca.issue_cert("localhost").configure_cert(context)
    if refuses:
        next_time.verify_mode = ssl.CERT_REQUIRED
        ca.configure_trust(next_time)

    def serve() -> None:
        speaker, _ = server.accept()
        with cuts.wrap_socket(speaker, server_side=True) as line:
            line.recv(1)
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        speaker, _ = server.accept()
        with contextlib.suppress(OSError), next_time.wrap_socket(speaker, server_side=True) as line:
            heard.append(line.recv(1))

    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        service = Service(
            cast("ThreadingHTTPServer", SimpleNamespace(server_address=server.getsockname())), tmp_path, ca
        )
        with pytest.raises(CredentialError if refuses else TryLater, match="没有建成加密连接" if refuses else "断了"):
            service.fetched(attempts=1)
        thread.join()
    assert heard == ([] if refuses else [b""])


@pytest.mark.parametrize(
    ("auth", "header", "value"),
    [
        ({"kind": "bearer"}, "Authorization", "Bearer 0123456789abcdef"),
        (
            {"kind": "basic", "user": "centre"},
            "Authorization",
            "Basic " + base64.b64encode(b"centre:" + SECRET).decode(),
        ),
        ({"kind": "header", "header": "X-Key"}, "X-Key", "0123456789abcdef"),
    ],
)
def test_simple_credentials_stand_in_their_header(
    service: Service, auth: dict[str, Any], header: str, value: str
) -> None:
    service.answer = lambda asked: Reply({"data": {"rows": PEOPLE[:1]}})
    service.fetched(auth=auth)
    assert service.asked[0].headers[header] == value


@pytest.mark.parametrize("algorithm", ["sha256", "sm3"])
def test_each_attempt_is_signed_anew(service: Service, algorithm: str) -> None:
    """The service works the signature out for itself, and takes no once-used word twice."""
    nonces: set[str] = set()
    busy = iter([True, True])

    def guarded(asked: Asked) -> Reply:
        said = asked.headers
        text = "&".join(
            [
                said["X-App"],
                said["X-Time"],
                said["X-Nonce"],
                asked.method,
                asked.path,
                hashlib.new(algorithm, asked.body).hexdigest(),
            ]
        )
        right = hmac.new(SECRET, text.encode(), algorithm).hexdigest()
        fresh = said["X-Nonce"] not in nonces and abs(int(said["X-Time"]) / 1000 - time.time()) < 60
        nonces.add(said["X-Nonce"])
        if said["X-Sign"] != right or not fresh:
            return Reply({}, status=403)
        return (
            Reply({}, status=503, headers={"Retry-After": "0"})
            if next(busy, False)
            else Reply({"data": {"rows": PEOPLE[:4]}})
        )

    service.answer = guarded
    auth = {
        "kind": "hmac", "app": "jz", "algorithm": algorithm, "encoding": "hex", "joiner": "&",
        "canonical": ["app", "timestamp", "nonce", "method", "path", "body_hash"],
        "headers": {"X-App": "{app}", "X-Time": "{timestamp}", "X-Nonce": "{nonce}", "X-Sign": "{signature}"},
    }  # fmt: skip
    assert service.fetched(auth=auth, method="POST", body={"区划": "370100"}).rows == 4
    assert len(nonces) == 3


@dataclass
class Platform:
    """The national platform: issues a sealed secret, takes each signature once, and forgets an old secret."""

    sealing_key: bytes
    life: float = 600.0
    issued: list[bytes] = field(default_factory=list)
    signs: set[str] = field(default_factory=set)

    def answer(self, asked: Asked) -> Reply:
        said = {**asked.headers, **(json.loads(asked.body) if asked.body else {})}
        rid, sid, rtime, sign = (said[f"gjgxjhpt_{name}"] for name in ("rid", "sid", "rtime", "sign"))
        refreshing = asked.path == "/sysapi/auth/refreshappsecret"
        key = SECRET if refreshing else self.issued[-1]
        right = base64.b64encode(hmac.new(key, f"{sid}{rid}{rtime}".encode(), hashlib.sha256).digest()).decode()
        if sign != right or abs(int(rtime) / 1000 - time.time()) > 60:
            return Reply({"code": "-1", "data": "", "message": "接口调用失败"})
        if refreshing:
            assert json.loads(asked.body)["gjgxjhpt_sign"] == asked.headers["gjgxjhpt_sign"]
            self.issued.append(hashlib.md5(b"%d" % len(self.issued)).hexdigest().encode())
            ends = int((time.time() + self.life) * 1000)
            return Reply({"code": "0", "data": {"secret": self.sealed(self.issued[-1]), "secretEndTime": ends}})
        if said.get("page", asked.query.get("page")) in ("5", 5) and len(self.issued) == 1:
            return Reply({"code": "EXPIRED"})
        return pages(Asked("", "", {"page": str(said.get("page", asked.query.get("page")))}, {}, b"", 0))

    def sealed(self, secret: bytes) -> str:
        padder = padding.PKCS7(128).padder()
        block = padder.update(secret) + padder.finalize()
        sealer = Cipher(algorithms.AES(self.sealing_key), modes.ECB()).encryptor()
        return base64.b64encode(sealer.update(block) + sealer.finalize()).decode()


JAVA_KEY = hashlib.sha1(hashlib.sha1(SECRET).digest()).digest()[:16]


@pytest.mark.parametrize(
    ("sealing_key", "auth", "asking"),
    [
        (JAVA_KEY, {}, {}),
        (SECRET, {"secret_cipher": "aes-ecb"}, {}),
        (JAVA_KEY, {"in": "body"}, {"method": "POST", "paging": {**PAGED["paging"], "in": "body"}}),
    ],
    ids=["as public clients do", "by the key itself", "in the body"],
)
def test_the_national_platforms_secret_is_fetched_opened_and_renewed(
    service: Service, sealing_key: bytes, auth: dict[str, Any], asking: dict[str, Any]
) -> None:
    platform = Platform(sealing_key)
    service.answer = platform.answer
    auth = {**service.platform(), **auth}
    responses = [{"code": ["EXPIRED"], "action": "refresh"}]
    assert service.fetched(**{**PAGED, "auth": auth, "responses": responses, **asking}).rows == 95
    assert len(platform.issued) == 2
    with pytest.raises(CredentialError, match="换不到签名用的密钥"):
        service.fetched(b"another key 1234", **{**PAGED, "auth": auth, **asking})


def test_a_secret_that_is_nearly_over_is_renewed_before_it_fails(service: Service) -> None:
    platform = Platform(JAVA_KEY, life=30)
    service.answer = lambda asked: (time.sleep(0.12), platform.answer(asked))[1]
    responses = [{"code": ["EXPIRED"], "action": "fail"}]
    platform.issued.append(b"an old one")
    assert service.fetched(**PAGED, auth=service.platform(), responses=responses).rows == 95
    assert len(platform.issued) > 2


def test_the_budget_of_calls_is_kept(service: Service) -> None:
    service.answer = pages
    with pytest.raises(TryLater, match="已用完约定的 4 次调用"):
        service.fetched(**PAGED, budget={"max_calls": 4})
    assert len(service.asked) == 4
    service.asked.clear()
    service.fetched(**PAGED, budget={"per_second": 20})
    gaps = [later.at - before.at for before, later in zip(service.asked, service.asked[1:], strict=False)]
    assert min(gaps) > 0.03


def test_an_answer_beyond_measure_is_not_unpacked(service: Service) -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    service.answer = lambda asked: Reply(bomb, headers={"Content-Encoding": "gzip"})
    with pytest.raises(ExtractChanged, match="超过 1 MB"):
        service.fetched(max_megabytes=1)


def test_what_changed_is_asked_for_from_the_cursor_on(service: Service) -> None:
    def changed(asked: Asked) -> Reply:
        return Reply({"data": {"rows": [{**PEOPLE[0], "gxsj": "2018-11-20"}, {**PEOPLE[1], "gxsj": "2018-11-22"}]}})

    service.answer = changed
    source = service.source(query={"day": "{as_of}", "from": "{since}"})
    text = (service.folder / "connectors" / "fund" / "source.toml").read_text(encoding="utf-8")
    more = '\n[extract]\nmode = "incremental"\nkey = ["owner_no_raw"]\ncursor = "gxsj"\n'
    (service.folder / "connectors" / "fund" / "source.toml").write_text(text + more, encoding="utf-8")
    source = find_sources(service.folder / "connectors")["fund"]
    (whole,) = fetch(source, lambda name: SECRET, TODAY)
    (part,) = fetch(source, lambda name: SECRET, TODAY, since="2018-11-19")
    assert [asked.query for asked in service.asked] == [
        {"day": "2018-12-01"},
        {"day": "2018-12-01", "from": "2018-11-19"},
    ]
    assert whole.cursor == part.cursor == "2018-11-22"


def test_a_service_may_hand_over_a_file(service: Service) -> None:
    service.answer = lambda asked: Reply("姓名,证件号\n".encode("gb18030"))
    came = service.fetched(answer="file", name="gjj.csv")
    assert (came.extract, came.data, came.data_date) == ("gjj.csv", "姓名,证件号\n".encode("gb18030"), TODAY)


def test_a_few_rows_show_that_the_way_is_open(service: Service) -> None:
    service.answer = pages
    came = reach(service.source(**PAGED), lambda name: SECRET, TODAY)
    assert (came.rows, len(service.asked)) == (20, 2)


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ({"auth": {"kind": "magic"}}, "auth.kind"),
        ({"auth": {"kind": "hmac"}}, "auth.canonical"),
        ({"auth": {"kind": "bearer", "token": "x"}}, "auth.token"),
        ({"paging": {"kind": "page"}}, "paging.name"),
        ({"paging": {"kind": "page", "name": "p", "stop": "total"}}, "transport.rows"),
        ({"responses": [{"status": [500], "action": "ignore"}]}, "responses.action"),
        ({"budget": {"per_minute": 3}}, "budget.per_minute"),
        ({"method": "PUT"}, "method"),
        ({"body": {"a": 1}}, "method"),
        ({"url": "https://localhost/a?b=1"}, "transport.url"),
        ({"url": "https://localhost:port/"}, "transport.url"),
        ({"url": "https://local host/"}, "transport.url"),
        ({"auth": {"kind": "gjgxjhpt", "rid": "甲", "sid": "S"}}, "auth.rid"),
        ({"auth": {"kind": "header", "header": "X Key"}}, "auth.header"),
        ({"headers": {"Authorization": "Bearer x"}}, "headers.Authorization"),
        ({"headers": {"X-名": "x"}}, "headers.X-名"),
        ({"deadline_seconds": 0}, "deadline_seconds"),
        ({"budget": {"per_second": 0}}, "budget.per_second"),
        ({"responses": ["503"]}, "transport.responses"),
        ({"responses": [{"code": ["9"], "action": "retry"}]}, "transport.success"),
        ({"success": {"path": "code"}}, "success.equals"),
        ({"success": {"path": "code", "equals": 0}}, "success.equals"),
        ({"paging": {"kind": "page", "name": "p", "stop": "short"}}, "paging.size"),
        ({"paging": {"kind": "link"}}, "transport.rows"),
        ({"answer": "file", "paging": {"kind": "page", "name": "p"}}, "transport.paging"),
        ({"auth": {"kind": "hmac", "canonical": ["app"], "headers": {"X": "{app}"}}}, "auth.headers"),
        ({"auth": {"kind": "hmac", "canonical": ["app"], "headers": {"X": "{sign}"}}}, "auth.headers"),
        (
            {"auth": {"kind": "gjgxjhpt", "rid": "R", "sid": "S", "refresh_url": "http://a.example/"}},
            "auth.refresh_url",
        ),
    ],
)
def test_a_mistake_in_the_transport_is_named_by_its_key(service: Service, settings: dict[str, Any], key: str) -> None:
    with pytest.raises(UsageError, match=key.replace(".", "[.]")):
        service.source(**settings)


def test_a_key_that_is_gone_is_no_last_page(service: Service) -> None:
    """Page 7 says 200 and holds no list: the rest would be missing without a word."""

    def tired(asked: Asked) -> Reply:
        return Reply({"message": "busy"}) if asked.query["page"] == "7" else pages(asked)

    service.answer = tired
    with pytest.raises(ExtractChanged, match=r"data.rows 不是一列记录"):
        service.fetched(paging=PAGED["paging"])
    for nothing in ([], {}, None):
        service.answer = lambda asked, nothing=nothing: (
            pages(asked) if int(asked.query["page"]) < 11 else Reply({"data": {"rows": nothing}})
        )
        assert service.fetched(paging=PAGED["paging"]).rows == 95


def test_an_empty_answer_may_leave_out_the_list_where_it_says_that_there_is_none(service: Service) -> None:
    service.answer = lambda asked: Reply({"code": "0", "data": {"total": 0}})
    assert service.fetched(**PAGED).rows == 0


def test_one_record_may_stand_for_a_list_of_one_and_parts_of_a_record_stay_within_it(service: Service) -> None:
    one = {"xm": "赵甲", "ye": {"元": 1.50}, "b": True, "a": None}
    service.answer = lambda asked: Reply({"data": {"rows": one}})
    assert service.fetched().data.decode() == '{"xm":"赵甲","ye":{"元":"1.5"},"b":true,"a":null}\n'


def test_a_service_that_gives_smaller_pages_than_it_was_asked_for_is_noticed(service: Service) -> None:
    """It counts pages of its own size, or of ours: the rows between would be lost."""
    service.answer = lambda asked: Reply({"data": {"rows": PEOPLE[(int(asked.query["page"]) - 1) * 10 :][:8]}})
    with pytest.raises(ExtractChanged, match="中间有一页不满"):
        service.fetched(paging=PAGED["paging"])


@pytest.mark.parametrize(
    ("says", "told"),
    [
        (lambda asked: {"rows": [], "next": "x"}, "绕了回来"),
        (lambda asked: {"rows": [PEOPLE[len(asked.query.get("after", ""))]], "next": "xx"}, "绕了回来"),
        (lambda asked: {"rows": PEOPLE[:5]}, "不知道还有没有下一页"),
    ],
    ids=["empty pages", "the same cursor", "no word of a cursor"],
)
def test_a_cursor_has_an_end(service: Service, says: Any, told: str) -> None:
    service.answer = lambda asked: Reply({"data": says(asked)})
    with pytest.raises(ExtractChanged, match=told):
        service.fetched(paging={"kind": "cursor", "name": "after", "next": "data.next"})


def test_a_cursor_that_never_ends_is_stopped_by_the_budget(service: Service) -> None:
    service.answer = lambda asked: Reply({"data": {"rows": [], "next": len(service.asked)}})
    with pytest.raises(TryLater, match="已用完约定的 30 次调用"):
        service.fetched(paging={"kind": "cursor", "name": "after", "next": "data.next"}, budget={"max_calls": 30})


def test_text_in_gb18030_is_read_and_damaged_text_is_not(service: Service) -> None:
    service.answer = lambda asked: Reply(json.dumps({"data": {"rows": PEOPLE[:3]}}, ensure_ascii=False).encode("gbk"))
    assert [each["xm"] for each in rows(service.fetched())] == [each["xm"] for each in PEOPLE[:3]]
    service.answer = lambda asked: Reply('{"data": {"rows": [{"xm": "赵'.encode() + b'\xff"}]}}')
    with pytest.raises(ExtractChanged, match="不是 JSON"):
        service.fetched()


@pytest.mark.parametrize(
    "body",
    [b'{"data": {"rows": [{"xm": "A", "xm": "B"}]}}', b'{"data": {"rows": [{"ye": NaN}]}}', b"[" * 100_000],
    ids=["a key twice", "no number", "too deep"],
)
def test_what_could_be_read_in_two_ways_is_not_read(service: Service, body: bytes) -> None:
    service.answer = lambda asked: Reply(body)
    with pytest.raises(ExtractChanged, match="与约定不同"):
        service.fetched()


def test_what_arrives_packed_is_unpacked_to_its_end(service: Service) -> None:
    whole = json.dumps({"data": {"rows": PEOPLE}}).encode()
    packed = gzip.compress(whole)
    zipped = {"Content-Encoding": "gzip"}
    service.answer = lambda asked: Reply(packed, headers=zipped)
    assert service.fetched().rows == 95
    service.answer = lambda asked: Reply(gzip.compress(whole[:90]) + gzip.compress(whole[90:]), headers=zipped)
    assert service.fetched().rows == 95
    service.answer = lambda asked: Reply(packed[:-9], headers=zipped)
    with pytest.raises(TryLater, match="断了"):
        service.fetched(attempts=1)
    service.answer = lambda asked: Reply(packed[:40] + b"spoilt" + packed[46:], headers=zipped)
    with pytest.raises(TryLater, match="损坏"):
        service.fetched(attempts=1)
    for encoding in ("gzip, gzip", "br", "deflate"):
        service.answer = lambda asked, encoding=encoding: Reply(packed, headers={"Content-Encoding": encoding})
        with pytest.raises(ExtractChanged, match="压缩方式"):
            service.fetched()


def test_a_file_that_was_packed_on_the_way_and_cut_is_not_taken(service: Service) -> None:
    packed = gzip.compress("姓名,证件号\n赵,1\n".encode() * 900)
    service.answer = lambda asked: Reply(packed[:-20], headers={"Content-Encoding": "gzip"})
    with pytest.raises(TryLater):
        service.fetched(answer="file", attempts=1)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'{"code": "E9", "msg": "no file today"}', "代码 E9"),
        (b"<!DOCTYPE html><html>login</html>", "是网页"),
        (b'{"code": "0", "data": []}', "不是文件"),
    ],
)
def test_an_error_in_the_place_of_a_file_is_no_file(service: Service, body: bytes, told: str) -> None:
    service.answer = lambda asked: Reply(body)
    with pytest.raises(ExtractChanged, match=told):
        service.fetched(answer="file", success={"path": "code", "equals": "0"})


def test_a_file_is_called_by_its_day(service: Service) -> None:
    service.answer = lambda asked: Reply(b"PK")
    assert service.fetched(answer="file", name="gjj_{date:%Y%m%d}.zip").extract == "gjj_20181201.zip"


def test_a_service_may_say_of_which_day_its_data_is(service: Service) -> None:
    said = {"rows": PEOPLE[:2], "day": "2018-11-30 23:59:59"}
    service.answer = lambda asked: Reply({"data": said})
    assert service.fetched(data_date="data.day").data_date == date(2018, 11, 30)
    assert service.fetched().data_date == TODAY
    older = fetch(service.source(data_date="data.day"), lambda name: SECRET, TODAY, after=date(2018, 12, 1))
    assert list(older) == []
    said["day"] = "yesterday"
    with pytest.raises(ExtractChanged, match="不是日期"):
        service.fetched(data_date="data.day")


def test_a_service_that_asks_for_longer_than_there_is_time_is_left_alone(service: Service) -> None:
    for wait in ("3600", formatdate(time.time() + 3600, usegmt=True)):
        service.asked.clear()
        service.answer = lambda asked, wait=wait: Reply({}, status=503, headers={"Retry-After": wait})
        with pytest.raises(TryLater, match="一再说忙（503）"):
            service.fetched()
        assert len(service.asked) == 1


def test_nothing_that_the_service_says_or_we_know_stands_in_an_error_or_a_log(
    service: Service, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    person = number(7)
    replies = [
        Reply({"code": person, "msg": "赵一"}), Reply({"code": "赵一"}), Reply({"code": SECRET.decode()}, status=400),
        Reply({"code": person}, status=403), Reply({"code": "0", "data": {"rows": [person]}}),
        Reply({"code": "0", "data": {"rows": [], "total": person}}), Reply(f"赵一{person}".encode(), status=500),
        Reply({}, status=302, headers={"Location": f"https://localhost:9/{person}"}), Reply(PEOPLE, cut=9),
    ]  # fmt: skip
    for said in replies:
        service.answer = lambda asked, said=said: said
        with pytest.raises(JiuzhuError) as failed:
            service.fetched(**{**PAGED, "auth": {"kind": "bearer"}, "query": {"sfz": person}, "attempts": 1})
        told = "".join(traceback.format_exception(failed.value, chain=True)) + failed.value.hint
        assert failed.value.__cause__ is None
        assert failed.value.__suppress_context__ or failed.value.__context__ is None
        for hidden in (person, "赵一", SECRET.decode()):
            assert hidden not in told
    shown = caplog.text + "".join(capfd.readouterr())
    for hidden in (person, SECRET.decode(), "sfz", "retry"):
        assert hidden not in shown


def test_a_secret_that_fits_no_header_is_a_matter_of_credentials(service: Service) -> None:
    for secret in (b"one\ntwo", "口令".encode(), b""):
        with pytest.raises(CredentialError, match="不能放进请求头"):
            service.fetched(secret, auth={"kind": "bearer"})
    assert service.asked == []


def test_without_its_library_the_transport_says_what_to_install(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "httpx2", None)
    with pytest.raises(UsageError, match="httpx2") as lacking:
        service.fetched()
    assert "jiuzhu-check[http]" in lacking.value.hint
    assert lacking.value.exit_code == ExitCode.USAGE


def test_an_authority_that_cannot_be_read_is_named(service: Service, tmp_path: Path) -> None:
    (tmp_path / "no.pem").write_text("nonsense")
    for file in ("no.pem", "none.pem"):
        with pytest.raises(UsageError, match=r"transport.ca_file"):
            service.fetched(ca_file=str(tmp_path / file))


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_example_of_the_manual_is_one(readme: str) -> None:
    text = (Path(__file__).parents[2] / readme).read_text(encoding="utf-8")
    example = text[text.index("```toml\n[transport]") :].split("```")[1].removeprefix("toml\n")
    way = read_transport("fund", tomllib.loads(example)["transport"])
    assert way is not None
    assert (way.kind, way.settings["auth"]["kind"]) == ("http", "gjgxjhpt")
