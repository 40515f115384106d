"""PostgreSQL and MariaDB, started on loopback for the tests, without systemd, and stopped."""

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pymysql

PASSWORD = "p w'd \\口令"


@dataclass(frozen=True)
class Server:
    """A running database server."""

    port: int
    user: str
    password: str
    database: str
    stop: Callable[[], None]
    start: Callable[[], None]


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def program(name: str, package: str, *folders: str) -> str:
    """A server's program; where it is missing the test fails and says what to install."""
    found = shutil.which(name) or next((str(each) for folder in folders for each in Path("/").glob(folder)), None)
    assert found, f"{name} is missing: apt-get install {package}"
    return found


def _as(user: str) -> list[str]:
    return ["runuser", "-u", user, "--"] if os.geteuid() == 0 else []


def _wait(ready: Callable[[], object], process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        if process.poll() is not None:
            break
        try:
            ready()
        except Exception:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(log.read_text(errors="replace")[-2000:])


@contextmanager
def postgresql(folder: Path) -> Iterator[Server]:
    """A PostgreSQL of its own with an empty database, its user and password."""
    initdb = program("initdb", "postgresql", "usr/lib/postgresql/*/bin/initdb")
    postgres = str(Path(initdb).parent / "postgres")
    data, port = folder / "pg", free_port()
    owner = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    folder.chmod(0o755)
    for parent in folder.parents[:4]:
        if parent.stat().st_uid == os.geteuid() and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o011)
    data.mkdir()
    secret = folder / "pg.secret"
    secret.write_text(PASSWORD)
    if os.geteuid() == 0:
        shutil.chown(data, owner)
        shutil.chown(secret, owner)
    made = [initdb, "-D", str(data), "-U", "centre", "-A", "scram-sha-256", "--pwfile", str(secret), "-E", "UTF8"]
    subprocess.run([*_as(owner), *made, "--no-sync"], check=True, capture_output=True)
    log = folder / "pg.log"
    running: list[subprocess.Popen[bytes]] = []

    def connect() -> None:
        psycopg.connect(
            host="127.0.0.1", port=port, user="centre", password=PASSWORD, dbname="postgres", connect_timeout=3
        ).close()

    def start() -> None:
        command = [postgres, "-D", str(data), "-p", str(port), "-h", "127.0.0.1", "-k", "", "-F"]
        with log.open("ab") as out:
            running.append(subprocess.Popen([*_as(owner), *command], stdout=out, stderr=out))
        _wait(connect, running[-1], log)

    def stop() -> None:
        pid = int((data / "postmaster.pid").read_text().split()[0])
        os.kill(pid, 2)
        running[-1].wait(30)

    start()
    try:
        yield Server(port, "centre", PASSWORD, "postgres", stop, start)
    finally:
        if running[-1].poll() is None:
            stop()


@contextmanager
def mariadb(folder: Path) -> Iterator[Server]:
    """A MariaDB of its own with a gbk database, its user and password."""
    server, install = program("mariadbd", "mariadb-server"), program("mariadb-install-db", "mariadb-server")
    data, port, log = folder / "my", free_port(), folder / "my.log"
    socket_file = folder / "my.sock"
    user = pwd.getpwuid(os.geteuid()).pw_name
    common = ["--no-defaults", f"--datadir={data}", f"--user={user}"]
    made = [install, *common, "--auth-root-authentication-method=normal", "--skip-test-db"]
    subprocess.run(made, check=True, capture_output=True)
    running: list[subprocess.Popen[bytes]] = []

    def listening() -> None:
        with socket.create_connection(("127.0.0.1", port), 1):
            pass

    def root() -> pymysql.Connection:
        return pymysql.connect(unix_socket=str(socket_file), user="root", connect_timeout=3)

    def start() -> None:
        options = [
            f"--port={port}",
            "--bind-address=127.0.0.1",
            f"--socket={socket_file}",
            "--sql-mode=",
            "--skip-name-resolve",
        ]
        with log.open("ab") as out:
            running.append(subprocess.Popen([server, *common, *options], stdout=out, stderr=out))
        _wait(listening, running[-1], log)

    def stop() -> None:
        running[-1].terminate()
        running[-1].wait(30)

    start()
    try:
        with root() as connection, connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE dept CHARACTER SET gbk")
            cursor.execute("CREATE USER centre@'127.0.0.1' IDENTIFIED BY %s", (PASSWORD,))
            cursor.execute("GRANT SELECT, INSERT, CREATE, DROP, UPDATE, DELETE ON dept.* TO centre@'127.0.0.1'")
        yield Server(port, "centre", PASSWORD, "dept", stop, start)
    finally:
        if running[-1].poll() is None:
            stop()
