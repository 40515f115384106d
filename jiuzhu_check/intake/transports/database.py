"""数据库 database: one query against a department's database or exchange table becomes one CSV extract.

Everything arrives as text, as the database writes it: dates, zero dates and amounts are read later, by source.toml.
The session can only read. PostgreSQL hands over the whole answer by COPY, MariaDB and MySQL in a stream.
"""

import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from jiuzhu_check.errors import CredentialError, ExtractChanged, TryLater, UsageError
from jiuzhu_check.intake.shape import Shape
from jiuzhu_check.intake.transports.arrival import Arrival, Ask
from jiuzhu_check.language import say

SHAPE: Shape = {
    "driver": str, "host": str, "port": int, "database": str, "user": str, "query": str, "changes": str, "name": str,
    "tls": str, "ca_file": str, "deadline_seconds": int,
}  # fmt: skip
REQUIRED = ("driver", "host", "database", "user", "query")
# driver → its module in databases/, the library that it needs, and its usual port
DRIVERS = {
    "postgresql": ("postgresql", "psycopg", 5432),
    "kingbase": ("postgresql", "psycopg", 54321),
    "mariadb": ("mysql", "pymysql", 3306),
    "mysql": ("mysql", "pymysql", 3306),
    "oracle": ("oracle", "oracledb", 1521),
    "dameng": ("dameng", "dmPython", 5236),
}
TLS = ("verify", "off")
EXTRAS_OF = {"psycopg": "postgresql", "pymysql": "mysql", "oracledb": "oracle", "dmPython": "dameng"}
_PLACE = re.compile(r"\{(since|as_of)\}")
_DEADLINE = 3600
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Unreachable(Exception):
    """The database cannot be reached, or broke off; the same question may go through later."""


class NotAdmitted(Exception):
    """The database does not admit this user with this password."""


class NotAnswered(Exception):
    """The database does not understand the question: a table or column is missing, or the user may not read it.

    code: its error code; its words are not told, for they can hold what stands in a row
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Question:
    """What a driver is asked.

    pieces:   the query, cut where a value stands; values: those values, one fewer than pieces
    few:      at most so many rows; null: all
    deadline: when the answer must be whole, by time.monotonic()
    """

    driver: str
    host: str
    port: int
    database: str
    user: str
    password: str
    ca_file: str
    encrypted: bool
    pieces: tuple[str, ...]
    values: tuple[str, ...]
    few: int | None
    deadline: float

    def left(self) -> int:
        """Seconds until the deadline, at least 1; raises Unreachable where it has passed."""
        seconds = self.deadline - time.monotonic()
        if seconds <= 0:
            raise Unreachable
        return max(1, int(seconds))


def fetch(ask: Ask) -> Iterator[Arrival]:
    """The answer to the query, as one CSV in UTF-8 under the database's column names.

    A database says what holds now, so the answer speaks of the day on which it is asked.

    raises: TryLater where the database cannot be reached or does not finish in time, CredentialError where it does not
            admit us, ExtractChanged where table or column are not there, UsageError where the library is missing
    """
    settings = ask.settings
    driver, where = str(settings["driver"]), f"{settings['host']}:{_port(settings)}"
    question = _question(ask)
    read = _driver(driver).read
    chunks: list[bytes] = []
    arrived = 0
    try:
        answer = read(question)
        for chunk in answer:
            chunks.append(chunk)
            arrived += len(chunk)
            ask.progress(arrived, 0)
            question.left()
    except Unreachable:
        raise TryLater(
            say("{source}：连不上数据库 {where}，或没有在限时内答完。", source=ask.source, where=where),
            hint=say("请核对网络和 source.toml 的 [transport]，稍后再试。上一次的数据仍在用。"),
        ) from None
    except NotAdmitted:
        raise CredentialError(
            say("{source}：数据库 {where} 不接受这个用户或口令。", source=ask.source, where=where),
            hint=say("用 jiuzhu-check credential set 重设口令，并核对 user。"),
        ) from None
    except NotAnswered as problem:
        raise ExtractChanged(
            say("{source}：数据库 {where} 不能执行查询（{code}）。", source=ask.source, where=where, code=problem.code),
            hint=say("表或列可能改了名、或没有授权读取；请与部门核对后改 source.toml 的 query。"),
        ) from None
    data = b"".join(chunks)
    rows = None if ask.few else answer.rows
    name = str(settings.get("name", f"{ask.source}.csv"))
    yield Arrival(name, data, ask.as_of, rows, _greatest(data, ask.cursor) if ask.cursor else None)


def _question(ask: Ask) -> Question:
    settings = ask.settings
    text = str(settings["query"])
    if ask.since is not None:
        text = str(settings.get("changes", ""))
        if "{since}" not in text:
            raise _wrong(ask, "changes", say("增量取数要写 changes，其中有 {since}"))
    if not re.match(r"\s*(select|with)\b", text, re.IGNORECASE) or ";" in text:
        raise _wrong(ask, "query", say("只能是一条 SELECT 查询，不带分号"))
    tls = settings.get("tls", "off" if settings["host"] in _LOOPBACK else "verify")
    if tls not in TLS:
        raise _wrong(ask, "tls", say("可用：{kinds}", kinds="、".join(TLS)))
    said: Mapping[str, str | None] = {"since": ask.since, "as_of": ask.as_of.isoformat()}
    values = [said[name] for name in _PLACE.findall(text)]
    if None in values:
        raise _wrong(ask, "query", say("{since} 只能写在 changes 里"))
    return Question(
        driver=str(settings["driver"]),
        host=str(settings["host"]),
        port=_port(settings),
        database=str(settings["database"]),
        user=str(settings["user"]),
        password=ask.secret().decode().rstrip("\r\n"),
        ca_file=str(settings.get("ca_file", "")),
        encrypted=tls == "verify",
        pieces=tuple(_PLACE.split(text)[::2]),
        values=tuple(str(value) for value in values),
        few=ask.few,
        deadline=time.monotonic() + float(settings.get("deadline_seconds", _DEADLINE)),
    )


def _port(settings: Mapping[str, Any]) -> int:
    known = DRIVERS.get(str(settings["driver"]))
    return int(settings.get("port", known[2] if known else 0))


def _driver(driver: str) -> Any:
    if driver not in DRIVERS:
        raise UsageError(
            say("没有名为 {driver} 的数据库驱动。", driver=driver),
            hint=say("可用：{drivers}。", drivers="、".join(DRIVERS)),
        )
    module, library, _ = DRIVERS[driver]
    try:
        import_module(library)
    except ImportError:
        raise UsageError(
            say("取 {driver} 的数据要装 {library}。", driver=driver, library=library),
            hint=say("运行 pip install 'jiuzhu-check[{extra}]'。", extra=EXTRAS_OF[library]),
        ) from None
    return import_module(f"jiuzhu_check.intake.transports.databases.{module}")


def _greatest(data: bytes, column: str) -> str | None:
    """The greatest value of the cursor's column, as text compares: days and times as databases write them do so rightly."""
    import polars as pl

    try:
        values = pl.read_csv(data, columns=[column], infer_schema=False)[column]
    except pl.exceptions.ColumnNotFoundError:
        raise ExtractChanged(
            say("查询结果里没有增量游标列 {column}。", column=column), hint=say("请在 query 和 changes 里选出这一列。")
        ) from None
    numbers = values.cast(pl.Int64, strict=False)
    if numbers.null_count() == values.null_count():
        return None if numbers.max() is None else str(numbers.max())
    greatest = values.max()
    return None if greatest is None else str(greatest)


def _wrong(ask: Ask, key: str, why: str) -> UsageError:
    return UsageError(
        say("connectors/{name}/source.toml 的 {key}：{why}。", name=ask.source, key=f"transport.{key}", why=why),
        hint=say("改好后运行 jiuzhu-check connector validate。"),
    )
