"""A department's service over TLS: every page or nothing, each request signed anew, and no host but the agreed one."""

import base64
import contextlib
import hashlib
import hmac
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import trustme
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from jiuzhu_check.errors import CredentialError, ExtractChanged, JiuzhuError, TryLater, UsageError
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

    def source(self, **settings: Any) -> Source:
        said = {
            "url": self.url, "ca_file": str(self.folder / "ca.pem"), "records": "data.rows", "deadline_seconds": 20,
            "timeout_seconds": 5, "attempts": 4, **settings,
        }  # fmt: skip
        if "auth" in said:
            said["credential"] = "fund"
        home = self.folder / "connectors" / "fund"
        home.mkdir(parents=True, exist_ok=True)
        (home / "source.toml").write_text(
            SPEC + "\n".join(f"{key} = {toml(value)}" for key, value in said.items()), "utf-8"
        )
        return find_sources(home.parent)["fund"]

    def fetched(self, secret: bytes = SECRET, since: str | None = None, **settings: Any) -> Arrival:
        (came,) = fetch(self.source(**settings), lambda name: secret, TODAY, since=since)
        return came


def toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f'"{key}" = {toml(each)}' for key, each in value.items()) + " }"
    return "[" + ", ".join(map(toml, value)) + "]" if isinstance(value, list) else json.dumps(value)


def handler(service: Service) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

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


def serving(folder: Path, host: str = "localhost", *, client_ca: trustme.CA | None = None) -> Iterator[Service]:
    ca = trustme.CA()
    ca.cert_pem.write_to_path(str(folder / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(host).configure_cert(context)
    if client_ca is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        client_ca.configure_trust(context)
    server = Quiet(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    made = Service(server, folder, ca)
    server.RequestHandlerClass = handler(made)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
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
         lambda asked: {"rows": PEOPLE[int(asked.query["from"]) : int(asked.query["from"]) + 20]}),
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
    assert [each["zjh"] for each in rows(service.fetched(paging=paging))] == [each["zjh"] for each in PEOPLE]


def test_a_link_leads_to_the_next_page_of_the_same_host_only(service: Service) -> None:
    def linked(asked: Asked) -> Reply:
        at = int(asked.query.get("at", "0"))
        more = {"Link": f'</api/fund?at={at + 50}>; rel="next"'} if at + 50 < 95 else {}
        return Reply({"data": {"rows": PEOPLE[at : at + 50]}}, headers=more)

    service.answer = linked
    assert len(rows(service.fetched(paging={"kind": "link"}))) == 95
    service.answer = lambda asked: Reply(
        {"data": {"rows": PEOPLE[:5]}}, headers={"Link": '<https://127.0.0.1/x>; rel="next"'}
    )
    with pytest.raises(ExtractChanged, match="转到别的地址"):
        service.fetched(paging={"kind": "link"})


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
    first = iter([Reply({}, status=429, headers={"Retry-After": "2"})])
    service.answer = lambda asked: next(first, Reply({"data": {"rows": PEOPLE[:1]}}))
    service.fetched()
    assert service.asked[1].at - service.asked[0].at >= 2


def test_a_line_that_breaks_in_the_middle_of_a_page_is_no_page(service: Service) -> None:
    service.answer = lambda asked: Reply({"data": {"rows": PEOPLE}}, cut=200)
    with pytest.raises(TryLater):
        service.fetched(attempts=2)


def test_an_answer_without_length_could_be_cut_and_is_not_taken(service: Service) -> None:
    service.answer = lambda asked: Reply({"data": {"rows": PEOPLE}}, bare=True)
    with pytest.raises(ExtractChanged, match="没有写明长度"):
        service.fetched()


def test_a_service_that_drips_is_given_up_at_the_deadline(service: Service) -> None:
    service.answer = lambda asked: Reply({"data": {"rows": PEOPLE}}, drip=0.2)
    begun = time.monotonic()
    with pytest.raises(TryLater):
        service.fetched(deadline_seconds=3, timeout_seconds=2)
    assert time.monotonic() - begun < 15


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
        with pytest.raises(JiuzhuError):
            service.fetched(attempts=1)
        with pytest.raises(CredentialError, match="证书读不出来"):
            service.fetched(b"nonsense", auth={"kind": "mtls"})


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


def test_the_national_platforms_secret_is_fetched_opened_and_renewed(service: Service) -> None:
    issued: list[bytes] = []

    def platform(asked: Asked) -> Reply:
        said = asked.headers
        rid, sid, rtime, sign = (said[f"gjgxjhpt_{name}"] for name in ("rid", "sid", "rtime", "sign"))
        key = SECRET if asked.path == "/refresh" else issued[-1]
        right = base64.b64encode(hmac.new(key, f"{sid}{rid}{rtime}".encode(), hashlib.sha256).digest()).decode()
        if sign != right:
            return Reply({"code": "401"})
        if asked.path == "/refresh":
            issued.append(f"secret number {len(issued)}".encode())
            padder = padding.PKCS7(128).padder()
            block = padder.update(issued[-1]) + padder.finalize()
            sealer = Cipher(algorithms.AES(SECRET), modes.ECB()).encryptor()
            sealed = base64.b64encode(sealer.update(block) + sealer.finalize()).decode()
            return Reply({"code": "0", "data": {"secret": sealed, "secretEndTime": int((time.time() + 600) * 1000)}})
        if asked.query["page"] == "5" and len(issued) == 1:
            return Reply({"code": "EXPIRED"})
        return pages(asked)

    service.answer = platform
    auth = {"kind": "gjgxjhpt", "rid": "R1", "sid": "S1", "refresh_url": service.url.replace("/api/fund", "/refresh")}
    responses = [{"code": ["EXPIRED"], "action": "refresh"}]
    assert service.fetched(auth=auth, responses=responses, **PAGED).rows == 95
    assert len(issued) == 2
    with pytest.raises(CredentialError):
        service.fetched(b"another key 1234", auth=auth, responses=responses, **PAGED)


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
    import gzip

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
    ],
)
def test_a_mistake_in_the_transport_is_named_by_its_key(service: Service, settings: dict[str, Any], key: str) -> None:
    with pytest.raises(UsageError, match=key.replace(".", "[.]")):
        service.fetched(**settings)
    assert service.asked == []
