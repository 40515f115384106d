"""Files come from a real SSH server, whose key is the one that was agreed; half a file is no file."""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

import pytest

from jiuzhu_check.checks.inquiry_round import Round, go_round
from jiuzhu_check.errors import CredentialError, TryLater, UsageError
from jiuzhu_check.intake.fetch import fetch, reach
from jiuzhu_check.intake.source import Source, find_sources
from jiuzhu_check.intake.transports.arrival import Arrival
from tests.checks.centres import Small
from tests.checks.test_inquiry import BANK, HEADS, QIAN, SUN, ZHAO, bank_town
from tests.servers.databases import free_port, program

TODAY = date(2018, 12, 1)
SPEC = """
title = "公积金"
department = "公积金中心"
table = "provident_fund"
legal_basis = "条款待核实"
[columns]
owner_name_raw = ["姓名"]
[contract]
required = ["owner_name_raw"]
[transport]
kind = "sftp"
credential = "gjj"
"""


@dataclass
class Machine:
    """A department's front-end machine: an sshd on loopback and the folder that it serves."""

    port: int
    fingerprint: str
    folder: Path
    key: bytes
    home: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        sshd = program("sshd", "openssh-server", "usr/sbin/sshd")
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        command = [sshd, "-D", "-e", "-f", str(self.home / "sshd_config")]
        with (self.home / "sshd.log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError((self.home / "sshd.log").read_text())

    def stop(self) -> None:
        assert self.process is not None
        for pid in [self.process.pid, *_children(self.process.pid)]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def put(self, name: str, data: bytes | str, *, settled: bool = True) -> None:
        file = self.folder / name
        file.write_bytes(data.encode() if isinstance(data, str) else data)
        if settled:
            os.utime(file, (1e9, 1e9))

    def source(self, path: str = "gjj_{date:%Y%m%d}*.csv", **settings: object) -> Source:
        said = {
            "host": "127.0.0.1", "port": self.port, "user": pwd.getpwuid(os.geteuid()).pw_name,
            "path": f"{self.folder}/{path}", "host_key": self.fingerprint, "deadline_seconds": 30, "attempts": 2,
            **settings,
        }  # fmt: skip
        folder = self.home / "connectors" / "fund"
        folder.mkdir(parents=True, exist_ok=True)
        lines = [f"{key} = {value!r}".replace("'", '"') for key, value in said.items()]
        (folder / "source.toml").write_text(SPEC + "\n".join(lines), encoding="utf-8")
        return find_sources(folder.parent)["fund"]

    def brought(self, source: Source | None = None, after: date | None = None) -> list[Arrival]:
        return list(fetch(source or self.source(), lambda name: self.key, TODAY, after=after))


def _children(pid: int) -> list[int]:
    """Every process below one: a session runs in a child's child of its own."""
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False).stdout.split()
    return [each for child in map(int, found) for each in (child, *_children(child))]


def keypair(file: Path, kind: str = "ed25519") -> bytes:
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-f", str(file)], check=True)
    return file.read_bytes()


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys")


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    program("ssh-keygen", "openssh-client")
    keypair(tmp_path / "host")
    key = keypair(tmp_path / "centre")
    shutil.copy(tmp_path / "centre.pub", tmp_path / "authorized_keys")
    shown = subprocess.run(
        ["ssh-keygen", "-lf", str(tmp_path / "host.pub")], check=True, capture_output=True, text=True
    )
    port = free_port()
    (tmp_path / "out").mkdir()
    (tmp_path / "sshd_config").write_text(
        f"ListenAddress 127.0.0.1:{port}\nHostKey {tmp_path}/host\nAuthorizedKeysFile {tmp_path}/authorized_keys\n"
        f"PidFile {tmp_path}/pid\nStrictModes no\nPermitRootLogin yes\nPasswordAuthentication yes\n"
        "UsePAM no\nSubsystem sftp internal-sftp\n"
    )
    served = Machine(port, shown.stdout.split()[1], tmp_path / "out", key, tmp_path)
    served.start()
    yield served
    served.stop()


def test_new_files_come_whole_and_oldest_first(machine: Machine) -> None:
    big = Random(20181130).randbytes(5_000_000)
    machine.put("gjj_20181001.csv", "old")
    machine.put("gjj_20181130_全市.csv", big)
    machine.put("gjj_20181101.csv", "new")
    came = machine.brought(after=date(2018, 10, 1))
    assert [(each.extract, each.data_date, len(each.data)) for each in came] == [
        ("gjj_20181101.csv", date(2018, 11, 1), 3),
        ("gjj_20181130_全市.csv", date(2018, 11, 30), len(big)),
    ]
    assert came[1].data == big
    assert machine.brought(after=date(2018, 11, 30)) == []


def test_a_server_with_another_key_gets_no_credential(machine: Machine) -> None:
    machine.put("gjj_20181130.csv", "data")
    other = machine.source(host_key="SHA256:" + "A" * 43)
    with pytest.raises(CredentialError, match="主机密钥与约定的不同") as refused:
        machine.brought(other)
    assert machine.fingerprint in refused.value.message
    assert "Accepted" not in (machine.home / "sshd.log").read_text()


def test_a_key_or_password_that_is_not_admitted_is_a_matter_of_credentials(machine: Machine, keys: Path) -> None:
    machine.put("gjj_20181130.csv", "data")
    for secret in (keypair(keys / "stranger"), b"Wr0ng-Secret"):
        with pytest.raises(CredentialError, match="不接受这个用户或凭据") as refused:
            list(fetch(machine.source(), lambda name, secret=secret: secret, TODAY))
        assert secret.decode() not in refused.value.message + refused.value.hint + repr(refused.value)
        assert refused.value.__cause__ is None
    with pytest.raises(CredentialError, match="私钥读不出来"):
        list(fetch(machine.source(), lambda name: b"-----BEGIN OPENSSH PRIVATE KEY-----\nnonsense", TODAY))


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_other_kinds_of_keys_are_admitted_too(machine: Machine, tmp_path: Path, kind: str) -> None:
    key = keypair(tmp_path / kind, kind)
    shutil.copy(tmp_path / f"{kind}.pub", machine.home / "authorized_keys")
    machine.put("gjj_20181130.csv", "data")
    assert [each.data for each in fetch(machine.source(), lambda name: key, TODAY)] == [b"data"]


def test_a_file_is_taken_once_its_marker_lies_beside_it(machine: Machine) -> None:
    machine.put("gjj_20181130.csv", "half")
    marked = machine.source(done_marker=".ok")
    with pytest.raises(TryLater, match="还没有传完"):
        machine.brought(marked)
    machine.put("gjj_20181130.csv.ok", "")
    assert [each.data for each in machine.brought(marked)] == [b"half"]
    machine.put("gjj_20181129.csv", "just now", settled=False)
    machine.put("gjj_20181128.csv", "settled")
    assert [each.data for each in machine.brought()] == [b"settled", b"half"]


def test_a_file_that_grows_while_it_is_brought_is_not_taken(machine: Machine) -> None:
    machine.put("gjj_20181130.csv", b"x" * 40_000_000)
    growing = threading.Event()

    def grow() -> None:
        while not growing.is_set():
            with (machine.folder / "gjj_20181130.csv").open("ab") as file:
                file.write(b"more")
            time.sleep(0.01)

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        with pytest.raises(TryLater, match=r"还没有传完|传输中断"):
            machine.brought(machine.source(settle_seconds=0))
    finally:
        growing.set()
        writer.join()


def test_a_line_that_breaks_is_tried_again_and_at_last_given_up(machine: Machine) -> None:
    machine.put("gjj_20181130.csv", b"x" * 200_000_000)
    source = machine.source(deadline_seconds=20)
    threading.Timer(0.7, machine.stop).start()
    with pytest.raises(TryLater, match="传输中断"):
        machine.brought(source)
    machine.start()
    (came,) = machine.brought()
    assert len(came.data) == 200_000_000


def test_a_missing_folder_is_to_be_tried_later_and_a_few_rows_need_a_file(machine: Machine) -> None:
    gone = machine.source(path="gone/gjj_{date:%Y%m%d}.csv")
    with pytest.raises(TryLater, match="没有这个文件夹或文件"):
        machine.brought(gone)
    with pytest.raises(TryLater, match="现在没有可取的数据"):
        reach(machine.source(), lambda name: machine.key, TODAY)
    machine.put("gjj_20181130.csv", "data")
    assert reach(machine.source(), lambda name: machine.key, TODAY).data == b"data"


def test_old_algorithms_are_off_unless_they_are_named(machine: Machine) -> None:
    with pytest.raises(UsageError, match=r"transport\.allow"):
        machine.brought(machine.source(allow=["rot13"]))
    with (machine.home / "sshd_config").open("a") as config:
        config.write("Ciphers aes128-cbc\n")
    machine.stop()
    machine.start()
    machine.put("gjj_20181130.csv", "data")
    with pytest.raises(TryLater):
        machine.brought()
    allowed = machine.source(allow=["aes128-cbc"])
    assert [each.data for each in machine.brought(allowed)] == [b"data"]


def asked_town(machine: Machine, folder: Path) -> Small:
    """A town whose bank takes lists in an inbox of its front-end machine and puts answers beside it."""
    (machine.folder / "in").mkdir()
    lines = {
        "kind": "sftp", "host": "127.0.0.1", "port": machine.port, "user": pwd.getpwuid(os.geteuid()).pw_name,
        "path": f"{machine.folder}/answer_{{date:%Y%m%d}}*.csv", "host_key": machine.fingerprint, "credential": "bank",
        "deadline_seconds": 30, "attempts": 2, "settle_seconds": 0,
    }  # fmt: skip
    transport = "\n".join(f"{key} = {value!r}".replace("'", '"') for key, value in lines.items())
    inbox = f'inbox = "{machine.folder}/in/cx_{{inquiry}}.csv"\ninbox_marker = ".ok"\n'
    return bank_town(folder, ZHAO, QIAN, SUN, spec=f"{BANK}{inbox}[transport]\n{transport}\n")


def test_lists_are_put_into_the_inbox_whole_and_each_answer_is_fetched_once(machine: Machine, tmp_path: Path) -> None:
    town = asked_town(machine, tmp_path / "town")

    def night(day: int) -> Round:
        return go_round(town.centre, "bank", date(2018, 12, day), secrets=lambda name: machine.key)

    first = night(1)
    assert (first.asked, first.left, first.problems) == (3, 0, [])
    lists = machine.folder / "in"
    assert sorted(each.name for each in lists.iterdir()) == [
        "cx_bank-20181201-001.csv", "cx_bank-20181201-001.csv.ok", "cx_bank-20181201-002.csv",
        "cx_bank-20181201-002.csv.ok",
    ]  # fmt: skip
    told = (lists / "cx_bank-20181201-001.csv").read_text("utf-8-sig").splitlines()
    assert told == ["序号,姓名,身份证号", f"1,赵一,{ZHAO.number}", f"2,钱二,{QIAN.number}"]
    machine.put("answer_20181202.csv", f"{HEADS}\n赵一,{ZHAO.number},9,某行,1\n")
    machine.put("answer_20181201.csv", f"{HEADS}\n钱二,{QIAN.number},,,0\n")
    second = night(3)
    assert ([each.extract for each in second.taken], second.asked) == (
        ["answer_20181201.csv", "answer_20181202.csv"],
        0,
    )
    assert night(3).taken == []


def test_a_server_that_replaces_no_file_gets_the_list_too(machine: Machine, tmp_path: Path) -> None:
    config = machine.home / "sshd_config"
    config.write_text(config.read_text().replace("internal-sftp", "internal-sftp -P posix-rename"))
    machine.stop()
    machine.start()
    town = asked_town(machine, tmp_path / "town")
    (machine.folder / "in" / "cx_bank-20181201-001.csv").write_text("left from a round that broke off")
    came = go_round(town.centre, "bank", TODAY, secrets=lambda name: machine.key)
    assert (came.asked, came.problems) == (3, [])
    assert ZHAO.number in (machine.folder / "in" / "cx_bank-20181201-001.csv").read_text("utf-8-sig")


def test_a_line_that_breaks_while_a_list_is_put_leaves_no_half_list(machine: Machine, tmp_path: Path) -> None:
    town = asked_town(machine, tmp_path / "town")
    (machine.folder / "in").chmod(0o500)
    machine.stop()
    came = go_round(town.centre, "bank", TODAY, secrets=lambda name: machine.key)
    assert [type(each) for each in came.problems] == [TryLater]
    assert (came.asked, came.left, list((machine.folder / "in").iterdir())) == (0, 3, [])
    (machine.folder / "in").chmod(0o700)
    machine.start()
    (machine.folder / "in" / "cx_bank-20181201-001.csv.part").write_text("half")
    again = go_round(town.centre, "bank", date(2018, 12, 2), secrets=lambda name: machine.key)
    assert (again.asked, again.left, again.problems) == (3, 0, [])
    assert sorted(each.name for each in (machine.folder / "in").glob("*.csv*") if each.suffix != ".ok") == [
        "cx_bank-20181201-001.csv", "cx_bank-20181202-002.csv",
    ]  # fmt: skip


if os.geteuid() == 0:  # nobody else may make an account; where there is no such test, the last lines say so

    @pytest.fixture
    def account() -> Iterator[tuple[str, str]]:
        """A throw-away account of this machine, its name and password; it is gone after the test."""
        name, password = f"jz{os.getpid()}", f"{secrets.token_hex(16)} '口令"
        subprocess.run(["useradd", "--no-create-home", "--shell", "/bin/sh", name], check=True)
        try:
            subprocess.run(["chpasswd"], input=f"{name}:{password}", check=True, text=True)
            yield name, password
        finally:
            subprocess.run(["userdel", "--force", name], check=True, capture_output=True)

    def test_the_right_password_is_admitted(machine: Machine, account: tuple[str, str]) -> None:
        name, password = account
        with tempfile.TemporaryDirectory() as folder:  # another account does not reach into the test's own
            machine.folder = Path(folder)
            machine.folder.chmod(0o755)
            machine.put("gjj_20181130.csv", "data")
            source = machine.source(user=name)
            came = list(fetch(source, lambda _: f"{password}\n".encode(), TODAY))
            assert [each.data for each in came] == [b"data"]
            assert f"Accepted password for {name}" in (machine.home / "sshd.log").read_text()
            with pytest.raises(CredentialError, match="不接受这个用户或凭据"):
                list(fetch(source, lambda _: password[:-1].encode(), TODAY))
            (machine.folder / "closed").mkdir(mode=0o700)
            closed = machine.source(user=name, path="closed/gjj_{date:%Y%m%d}.csv")
            with pytest.raises(CredentialError, match="不允许读写这个路径"):
                list(fetch(closed, lambda _: password.encode(), TODAY))
