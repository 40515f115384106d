"""Of make bench: a million rows from a department's database, against its library alone. It starts the servers itself."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pymysql

from tests.servers.databases import PASSWORD, Server, mariadb, postgresql

READ = """
import sys; from pathlib import Path; from datetime import date
from jiuzhu_check.intake.fetch import fetch; from jiuzhu_check.intake.shipped import shipped_connectors; from jiuzhu_check.intake.source import find_sources
source = find_sources(shipped_connectors(), Path({connectors!r}))["vehicle"]
(arrival,) = fetch(source, lambda name: {password!r}.encode(), date(2018, 12, 1))
assert arrival.rows == {rows}
"""
COPY = """
import psycopg
with psycopg.connect(host="127.0.0.1", port={port}, user="centre", password={password!r}, dbname="postgres") as connection:
    with connection.cursor() as cursor, open({file!r}, "wb") as out:
        with cursor.copy("COPY (SELECT * FROM car) TO STDOUT WITH (FORMAT csv, HEADER)") as copy:
            for piece in copy:
                out.write(piece)
"""
FETCHMANY = """
import pymysql, pymysql.cursors
connection = pymysql.connect(host="127.0.0.1", port={port}, user="centre", password={password!r}.encode(), database="dept",
    charset="utf8mb4", cursorclass=pymysql.cursors.SSCursor)
cursor = connection.cursor()
cursor.execute("SELECT * FROM car")
while cursor.fetchmany(20_000):
    pass
"""


@dataclass(frozen=True)
class Department:
    """A server with a table of vehicles, what reads it, and what its library alone does.

    connectors: a folder with the source.toml that says how to reach it
    """

    name: str
    connectors: Path
    read: str
    bare: str


def departments(folder: Path, utf8: Path, rows: int) -> Iterator[Callable[[], object]]:
    """The two servers, each to be entered in turn; utf8 is the table as CSV."""
    yield lambda: _postgresql(folder, utf8, rows)
    yield lambda: _mariadb(folder, utf8, rows)


@contextmanager
def _postgresql(folder: Path, utf8: Path, rows: int) -> Iterator[Department]:
    with postgresql(folder) as server:
        address = {"host": "127.0.0.1", "port": server.port, "user": server.user, "password": PASSWORD}
        with psycopg.connect(**address, dbname=server.database, autocommit=True) as connection:  # type: ignore[arg-type]
            columns = _columns(utf8, '"', "text")
            connection.execute(f"CREATE TABLE car ({columns})".encode())
            with (
                connection.cursor().copy("COPY car FROM STDIN WITH (FORMAT csv, HEADER)") as copy,
                utf8.open("rb") as file,
            ):
                while piece := file.read(1 << 20):
                    copy.write(piece)
            connection.execute("VACUUM ANALYZE car")
        bare = COPY.format(port=server.port, password=PASSWORD, file=str(folder / "bare.csv"))
        yield _department("PostgreSQL", "postgresql", server, folder, bare, rows)


@contextmanager
def _mariadb(folder: Path, utf8: Path, rows: int) -> Iterator[Department]:
    with mariadb(folder) as server:
        with pymysql.connect(
            host="127.0.0.1", port=server.port, user=server.user, password=PASSWORD.encode(), database=server.database,
            charset="utf8mb4", local_infile=True,
        ) as connection, connection.cursor() as cursor:  # fmt: skip
            columns = _columns(utf8, "`", "varchar(60)")
            cursor.execute(f"CREATE TABLE car ({columns}) CHARACTER SET gbk")
            cursor.execute(
                f"LOAD DATA LOCAL INFILE '{utf8}' INTO TABLE car CHARACTER SET utf8mb4 FIELDS TERMINATED BY ',' "
                "LINES TERMINATED BY '\\n' IGNORE 1 LINES"
            )
            connection.commit()
        yield _department(
            "MariaDB", "mariadb", server, folder, FETCHMANY.format(port=server.port, password=PASSWORD), rows
        )


def _columns(utf8: Path, quote: str, kind: str) -> str:
    with utf8.open(encoding="utf-8") as file:
        return ", ".join(f"{quote}{name}{quote} {kind}" for name in file.readline().strip().split(","))


def _department(name: str, driver: str, server: Server, folder: Path, bare: str, rows: int) -> Department:
    connectors = folder / f"connectors-{driver}"
    (connectors / "vehicle").mkdir(parents=True)
    (connectors / "vehicle" / "source.toml").write_text(
        f'[transport]\nkind = "database"\ndriver = "{driver}"\nhost = "127.0.0.1"\nport = {server.port}\n'
        f'database = "{server.database}"\nuser = "{server.user}"\ncredential = "dept"\nquery = "SELECT * FROM car"\n',
        encoding="utf-8",
    )
    secrets = folder / "secrets"
    secrets.mkdir(exist_ok=True)
    (secrets / "dept").write_text(PASSWORD, encoding="utf-8")
    (secrets / "dept").chmod(0o600)
    os.environ["CREDENTIALS_DIRECTORY"] = str(secrets)  # as the service manager hands a secret over
    return Department(name, connectors, READ.format(connectors=str(connectors), password=PASSWORD, rows=rows), bare)
