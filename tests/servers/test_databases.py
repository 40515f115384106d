"""Records come out of a department's real database: whole, as text, read-only, and with nobody's secret in an error."""

import csv
import io
import json
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import polars as pl
import psycopg
import pymysql
import pytest

from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.deliveries import take_what_came
from jiuzhu_check.errors import CredentialError, ExtractChanged, JiuzhuError, TryLater, UsageError
from jiuzhu_check.intake.fetch import fetch, reach
from jiuzhu_check.intake.source import Source, read_source
from jiuzhu_check.intake.stored import read_records
from jiuzhu_check.intake.transports.arrival import Arrival
from tests.checks.centres import Small
from tests.intake.extracts import number, taken
from tests.servers.databases import PASSWORD, Server, free_port, mariadb, postgresql
from tests.servers.left_out import ELSEWHERE, GIVEN

DAY = date(2018, 12, 1)
UPPER = ("oracle", "dameng")  # they write headings in capitals, and want to be told what is a time
ROWS = [
    ("张伟", number(1), "鲁A00001", "A", "2018-07-01", "64.10"),
    ("吾买尔·买买提", number(2), "鲁A00002", "GQ", "2018-07-02", "100000000000000001.25"),
    ('李"娜,', number(3), "鲁A00003", "A", None, None),
    ("㐂 ?", "370199********0011", "", "A", "2018-07-04", "0.00"),
]


@pytest.fixture(scope="module")
def pg(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with postgresql(tmp_path_factory.mktemp("pg")) as server:
        with psycopg.connect(**pg_address(server), autocommit=True) as connection:
            connection.execute(
                "CREATE TABLE car (syr text, sfzmhm text, hphm text, zt text, djrq date, jz numeric(20,2), gxsj timestamp)"
            )
            for place, row in enumerate(ROWS):
                connection.execute(
                    "INSERT INTO car VALUES (%s,%s,%s,%s,%s,%s,%s)", (*row, f"2018-11-{20 + place} 08:00:00")
                )
        yield server


@pytest.fixture(scope="module")
def my(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with mariadb(tmp_path_factory.mktemp("my")) as server:
        with my_connection(server) as connection, connection.cursor() as cursor:
            cursor.execute(
                "CREATE TABLE car (syr varchar(50), sfzmhm char(18), hphm varchar(10), zt varchar(4), djrq date, "
                "jz decimal(20,2), gxsj datetime) CHARACTER SET gbk"
            )
            for place, row in enumerate(ROWS):
                told = ("䶮 ?".replace("䶮", "龙"), *row[1:]) if place == 3 else row
                day = "0000-00-00" if row[4] is None else row[4]
                cursor.execute(
                    "INSERT INTO car VALUES (%s,%s,%s,%s,%s,%s,%s)",
                    (*told[:4], day, told[5], f"2018-11-{20 + place} 08:00:00"),
                )
            connection.commit()
        yield server


def pg_address(server: Server) -> dict[str, Any]:
    return {
        "host": "127.0.0.1", "port": server.port, "user": server.user, "password": server.password,
        "dbname": server.database,
    }  # fmt: skip


def my_connection(server: Server) -> pymysql.Connection:
    return pymysql.connect(
        host="127.0.0.1", port=server.port, user=server.user, password=server.password.encode(), database=server.database,
        charset="utf8mb4",
    )  # fmt: skip


COLUMNS = "syr, sfzmhm, hphm, zt, djrq, jz, gxsj"
QUERY = f"SELECT {COLUMNS} FROM car"


def department(driver: str, port: int, *, user: str = "centre", database: str = "", **settings: object) -> Source:
    query = str(settings.pop("table_query", QUERY))
    since, cursor = ("{since}", "gxsj") if driver not in UPPER else ("TO_TIMESTAMP({since}, 'YYYY-MM-DD')", "GXSJ")
    transport = {
        "kind": "database", "driver": driver, "host": "127.0.0.1", "port": port, "user": user, "credential": "dept",
        "database": database or ("dept" if driver == "mariadb" else "postgres"), "query": f"{query} ORDER BY gxsj",
        "changes": f"{query} WHERE gxsj >= {since} ORDER BY gxsj", **settings,
    }  # fmt: skip
    return read_source(
        "dept",
        {
            "title": "机动车", "department": "车管所", "table": "vehicle", "legal_basis": "条款待核实",
            "columns": {
                "owner_name_raw": ["SYR"], "owner_no_raw": ["SFZMHM"], "plate_no": ["HPHM"], "status": ["ZT"],
                "record_date": ["DJRQ"], "value": ["JZ"],
            },
            "read": {"record_date": "day", "value": "money"},
            "contract": {"required": ["owner_name_raw", "owner_no_raw"]},
            "extract": {"mode": "incremental", "key": ["plate_no"], "cursor": cursor},
            "transport": transport,
        },
    )  # fmt: skip


def secret(name: str) -> bytes:
    assert name == "dept"
    return f"{PASSWORD}\n".encode()


def fetched(source: Source, since: str | None = None) -> Arrival:
    (arrival,) = fetch(source, secret, DAY, since=since)
    return arrival


def cells(arrival: Arrival) -> list[list[str]]:
    return list(csv.reader(io.StringIO(arrival.data.decode())))


@dataclass(frozen=True)
class Cars:
    """One database that holds ROWS in a table, and how it is reached."""

    driver: str
    address: dict[str, Any]
    password: str = PASSWORD
    table: str = "car"

    @property
    def query(self) -> str:
        return f"SELECT {COLUMNS} FROM {self.table}"

    def source(self, **settings: Any) -> Source:
        return department(self.driver, **{"table_query": self.query, **self.address, **settings})

    def fetched(self, since: str | None = None, **settings: Any) -> Arrival:
        (arrival,) = fetch(self.source(**settings), lambda name: self.password.encode(), DAY, since=since)
        return arrival


def elsewhere(driver: str) -> Iterator[Cars]:
    """A table of our own in a database whose address the environment gives; it is dropped afterwards."""
    address, database, user, password = os.environ[ELSEWHERE[driver]].split("/", 3)
    host, port = address.rsplit(":", 1)
    if driver == "oracle":
        connection = import_module("oracledb").connect(
            user=user, password=password, host=host, port=int(port), service_name=database
        )
    elif driver == "dameng":
        connection = import_module("dmPython").connect(
            user=user, password=password, server=host, port=int(port), schema=database
        )
    else:
        connection = psycopg.connect(host=host, port=int(port), user=user, password=password, dbname=database)
    table = f"jz_car_{os.getpid()}"
    cursor = connection.cursor()
    cursor.execute(
        f"CREATE TABLE {table} (syr varchar(60), sfzmhm char(18), hphm varchar(12), zt varchar(4), djrq date, "
        "jz numeric(20,2), gxsj timestamp)"
    )
    try:
        for place, (name, number_, plate, state, day, value) in enumerate(ROWS):
            told = name.replace("㐂", "龙")
            born = f"DATE '{day}'" if day else "NULL"
            cursor.execute(
                f"INSERT INTO {table} VALUES ('{told}', '{number_}', '{plate}', '{state}', {born}, {value or 'NULL'}, "
                f"TIMESTAMP '2018-11-{20 + place} 08:00:00')"
            )
        connection.commit()
        settings = {"port": int(port), "user": user, "database": database, "host": host, "tls": "off"}
        yield Cars(driver, settings, password, table)
    finally:
        cursor.execute(f"DROP TABLE {table}")
        connection.commit()
        connection.close()


@pytest.fixture(params=["postgresql", "mariadb", "kingbase over PostgreSQL", *GIVEN])
def cars(request: pytest.FixtureRequest) -> Iterator[Cars]:
    """Each database in turn: one contract for all. KingbaseES speaks the protocol of PostgreSQL, and is tried with that."""
    if request.param in GIVEN:
        yield from elsewhere(request.param)
    else:
        server = request.getfixturevalue("my" if request.param == "mariadb" else "pg")
        yield Cars(request.param.split()[0], {"port": server.port})


def test_a_postgresql_table_arrives_whole_as_it_is_written(pg: Server) -> None:
    arrival = fetched(department("postgresql", pg.port))
    assert (arrival.extract, arrival.rows, arrival.data_date) == ("dept.csv", 4, DAY)
    heads, *rows = cells(arrival)
    assert heads == ["syr", "sfzmhm", "hphm", "zt", "djrq", "jz", "gxsj"]
    assert [tuple(cell or None for cell in row[:6]) for row in rows] == [
        tuple(cell or None for cell in row) for row in ROWS
    ]


def test_a_gbk_table_of_mariadb_arrives_in_utf8_with_its_zero_dates(my: Server) -> None:
    arrival = fetched(department("mariadb", my.port))
    _, *rows = cells(arrival)
    assert arrival.rows == len(rows) == 4
    assert [row[0] for row in rows] == ["张伟", "吾买尔·买买提", '李"娜,', "龙 ?"]
    assert [row[4] for row in rows] == ["2018-07-01", "2018-07-02", "0000-00-00", "2018-07-04"]
    assert rows[1][5] == "100000000000000001.25"


def test_what_a_database_hands_over_is_read_like_any_extract(cars: Cars) -> None:
    arrival = cars.fetched()
    delivery = taken(arrival.data, cars.source())
    assert delivery.delivered == arrival.rows == 4
    assert delivery.rows["owner_name_raw"].to_list()[:3] == [row[0] for row in ROWS[:3]]
    assert delivery.rows["owner_no_raw"].to_list() == [row[1] for row in ROWS]
    assert [str(day) if day else None for day in delivery.rows["record_date"]] == [row[4] for row in ROWS]
    assert [None if value is None else str(value) for value in delivery.rows["value"]] == ["64.10", None, None, "0.00"]
    assert [(note.column, note.what, note.first) for note in delivery.notes] == [("value", "unreadable", 3)]


def test_what_changed_is_asked_for_from_the_cursor_on_and_the_greatest_is_told(cars: Cars) -> None:
    whole = cars.fetched()
    assert whole.cursor == "2018-11-23 08:00:00"
    changed = cars.fetched(since="2018-11-22")
    assert [row[0] for row in cells(changed)[1:]] == [cells(whole)[place][0] for place in (3, 4)]
    nothing = cars.fetched(since="2018-12-31")
    assert (nothing.rows, nothing.cursor, len(cells(nothing))) == (0, None, 1)


def test_a_cursor_value_is_a_value_and_never_part_of_the_query(cars: Cars) -> None:
    try:
        told = len(cells(cars.fetched(since="2018-11-22' OR '1'='1"))) - 1
    except JiuzhuError:
        told = 0  # no time, says PostgreSQL; MariaDB reads the beginning as one
    assert told < len(ROWS)
    changes = cars.source().transport.settings["changes"]  # type: ignore[union-attr]
    percent = changes.replace(" WHERE ", " WHERE syr LIKE '%伟%' AND ")
    assert [row[0] for row in cells(cars.fetched(since="2018-01-01", changes=percent))[1:]] == ["张伟"]


def test_a_few_rows_show_that_the_way_is_open(cars: Cars) -> None:
    many = cars.source(query=" UNION ALL ".join([cars.query] * 20))
    (whole,) = fetch(many, lambda name: cars.password.encode(), DAY)
    assert len(cells(whole)) == 81
    assert len(cells(reach(many, lambda name: cars.password.encode(), DAY))) == 21


def test_only_questions_are_put(cars: Cars) -> None:
    for written in (f"DELETE FROM {cars.table}", f"SELECT 1; DROP TABLE {cars.table}"):
        with pytest.raises(UsageError, match="只能是一条 SELECT"):
            cars.fetched(query=written)
    assert len(cells(cars.fetched())) == 5


def test_a_wrong_password_is_a_matter_of_credentials(cars: Cars) -> None:
    with pytest.raises(CredentialError) as refused:
        list(fetch(cars.source(), lambda name: b"Wr0ng-Secret", DAY))
    assert "Wr0ng-Secret" not in str(refused.value) + refused.value.hint
    assert refused.value.__cause__ is None
    with pytest.raises(CredentialError):
        cars.fetched(user="nobody")


def test_a_missing_table_says_its_code_and_nothing_of_the_query(cars: Cars) -> None:
    with pytest.raises(ExtractChanged) as drifted:
        cars.fetched(query=f"SELECT * FROM lost WHERE sfzmhm = '{number(1)}'")
    code = {"postgresql": "42P01", "kingbase": "42P01", "mariadb": "1146", "oracle": "ORA-00942"}.get(cars.driver, "")
    assert code in drifted.value.message
    assert number(1) not in drifted.value.message + drifted.value.hint


def test_a_query_that_writes_in_disguise_is_refused_by_the_session(pg: Server) -> None:
    wiping = "WITH gone AS (DELETE FROM car RETURNING *) SELECT * FROM gone"
    for driver in ("postgresql", "kingbase"):
        with pytest.raises(ExtractChanged, match="25006"):
            fetched(department(driver, pg.port, query=wiping))
    assert len(cells(fetched(department("postgresql", pg.port)))) == 5


@pytest.mark.parametrize("driver", ["postgresql", "kingbase", "mariadb", "oracle", "dameng"])
def test_where_nobody_listens_it_is_to_be_tried_later(driver: str) -> None:
    with pytest.raises(TryLater) as later:
        fetched(department(driver, free_port(), deadline_seconds=20))
    assert PASSWORD not in later.value.message + later.value.hint


@pytest.mark.parametrize("driver", ["postgresql", "mariadb"])
def test_an_answer_that_takes_too_long_is_given_up(driver: str, pg: Server, my: Server) -> None:
    server = pg if driver == "postgresql" else my
    slow = "SELECT 'a' AS syr, pg_sleep(60)::text AS hphm" if driver == "postgresql" else "SELECT SLEEP(60) AS syr"
    begun = time.monotonic()
    with pytest.raises(TryLater):
        fetched(department(driver, server.port, query=slow, deadline_seconds=2))
    assert time.monotonic() - begun < 30


@pytest.mark.parametrize("driver", ["postgresql", "mariadb"])
def test_an_answer_that_breaks_off_is_no_answer(driver: str, tmp_path: Path) -> None:
    begin = postgresql if driver == "postgresql" else mariadb
    with begin(tmp_path) as server:
        long = (
            "SELECT 'a' || n AS syr, repeat('b', 5000) AS hphm, pg_sleep(0.001)::text AS zt FROM generate_series(1, 100000) n"
            if driver == "postgresql"
            else "SELECT seq AS syr, REPEAT('b', 5000) AS hphm, SLEEP(0.0005) AS zt FROM seq_1_to_1000000"
        )
        killer = threading.Timer(2, server.stop)
        killer.start()
        with pytest.raises(TryLater):
            fetched(department(driver, server.port, query=long, deadline_seconds=60))
        killer.join()


def test_another_host_is_spoken_to_only_encrypted(pg: Server) -> None:
    abroad = department("postgresql", pg.port, host="127.0.0.2", tls="verify")
    with pytest.raises(TryLater):
        fetched(abroad)
    with pytest.raises(UsageError, match=r"transport\.tls"):
        fetched(department("postgresql", pg.port, tls="maybe"))


def test_changes_take_the_place_of_what_they_change_and_the_rest_stands(pg: Server, tmp_path: Path) -> None:
    """A night's increment: one car sold, one new, two as they were; a full extract later forgets what was deleted."""
    town = Small(tmp_path)
    settings = department("postgresql", pg.port).transport
    assert settings is not None
    told = {"kind": "database", "credential": "dept", **settings.settings}
    query = "SELECT syr, sfzmhm, hphm, zt, djrq, jz, gxsj FROM night"
    told |= {"query": query, "changes": f"{query} WHERE gxsj >= {{since}}"}
    lines = ["[transport]", *(f"{key} = {json.dumps(value)}" for key, value in told.items())]
    lines += [
        "[extract]",
        'mode = "incremental"',
        'key = ["plate_no"]',
        'cursor = "gxsj"',
        "full_every_days = 10",
        "[contract]",
        "max_drop_pct = 100",
    ]
    home = town.centre.workspace.connectors_dir / "vehicle"
    home.mkdir(parents=True)
    (home / "source.toml").write_text("\n".join(lines), encoding="utf-8")
    town.centre = Centre.open(town.centre.workspace.path)

    def write(*statements: str) -> None:
        with psycopg.connect(**pg_address(pg), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def night(day: date) -> list[tuple[str, str, str]]:
        (taken_in,) = take_what_came(town.centre, "vehicle", day, secrets=secret)
        held = town.centre.store.snapshot("records/vehicle/370000", taken_in.snapshot)
        parts = [name for name in held.part_names() if name.startswith(("n", "loose"))]
        rows = pl.concat([read_records(held, name) for name in parts]).sort("plate_no")
        assert taken_in.delivered == taken_in.accepted + taken_in.rejected
        return rows.select("plate_no", "status", pl.col("owner_name_raw")).rows()

    write(
        "CREATE TABLE night AS SELECT * FROM car WHERE hphm <> ''",
        "INSERT INTO night SELECT '王芳', sfzmhm, '鲁A00009', 'A', djrq, jz, gxsj FROM car LIMIT 1",
    )
    first = night(date(2018, 12, 1))
    assert [plate for plate, _, _ in first] == ["鲁A00001", "鲁A00002", "鲁A00003", "鲁A00009"]
    write(
        "UPDATE night SET zt = 'E', gxsj = '2018-12-01 09:00:00' WHERE hphm = '鲁A00001'",
        "INSERT INTO night VALUES ('赵六', '', '鲁A00010', 'A', NULL, NULL, '2018-12-01 10:00:00')",
        "DELETE FROM night WHERE hphm = '鲁A00003'",
    )
    second = night(date(2018, 12, 2))
    assert [(plate, status) for plate, status, _ in second] == [
        ("鲁A00001", "E"), ("鲁A00002", "GQ"), ("鲁A00003", "A"), ("鲁A00009", "A"), ("鲁A00010", "A"),
    ]  # fmt: skip
    assert night(date(2018, 12, 3)) == second
    write("DELETE FROM night WHERE gxsj > '2018-11-30'")
    assert night(date(2018, 12, 4)) == second  # nothing is new: the department says so, and nothing goes
    full = night(date(2018, 12, 11))
    assert [plate for plate, _, _ in full] == ["鲁A00002", "鲁A00009"]
