"""A backup and its key's escrow bring the workspace back on an empty machine; anything less is refused and leaves nothing."""

import json
import os
import pty
import shutil
import subprocess
import sys
import termios
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cli.a_month_later import deliver_again, shorten
from tests.cli.program import EXTRACTS, PROGRAM, SAMPLE, Desk, Said, environment, run

ROOT = Path(__file__).parents[2]
PASSPHRASES = "河桥灯雪竹马钟帆麦井山路\n石榴铜铃木船白鹭秋千月台\n"
TABLES = ("links", "findings", "coverage", "rejects")
# Restores, and is killed by the kernel just before the n-th file is renamed.
KILLED = """
import os, signal, sys
from pathlib import Path
from jiuzhu_check.checks.restore import restore
left = [int(sys.argv[4])]
def struck(event, _arguments):
    if event == "os.rename":
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(struck)
restore(Path(sys.argv[1]), Path(sys.argv[2]), key_file=Path(sys.argv[3]))
"""


def empty_machine(folder: Path) -> dict[str, str]:
    """A home in which nobody has ever worked."""
    folder.mkdir()
    return {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder / "config")}


def tables(workspace: Path, **home: str) -> dict[str, bytes]:
    told = {}
    for table in TABLES:
        said = run("-C", str(workspace), "export", table, "--run", "all", **home)
        assert said.code == 0, said
        told[table] = said.out.encode()
    return told


def backup(desk: Desk, name: str = "backup") -> Said:
    return desk.run("backup", str(desk.folder / name))


def blobs(desk: Desk, name: str = "backup") -> list[Path]:
    return sorted((desk.folder / name / "data").glob("*/*"))


def listed(desk: Desk) -> dict[str, str]:
    told = json.loads((desk.folder / "backup" / "backup.json").read_bytes())
    return {each["path"]: each["sha256"] for each in told["files"]}


@pytest.fixture(scope="module")
def backed(walked: object, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk with a backup. Read it, copy it, change nothing in it."""
    own = Desk(tmp_path_factory.mktemp("backed"))
    known = walked.desk  # type: ignore[attr-defined]
    shutil.copytree(known.workspace, own.workspace)
    shutil.copy2(known.key, own.key)
    settings = own.workspace / "workspace.toml"
    settings.write_text(settings.read_text("utf-8").replace(str(known.key), str(own.key)), "utf-8")
    said = backup(own)
    assert said.code == 0, said
    return own


def test_an_empty_machine_gets_the_workspace_back_byte_for_byte_from_backup_and_escrow(
    backed: Desk, tmp_path: Path
) -> None:
    escrow = tmp_path / "centre.escrow"
    assert backed.run("key", "escrow", "-o", str(escrow), given=PASSPHRASES).code == 0
    assert backed.run("key", "escrow", "--verify", str(escrow), given=PASSPHRASES).code == 0
    assert backed.run("key", "escrow", "--verify", str(escrow), given=PASSPHRASES.splitlines()[0]).code == 12
    assert escrow.stat().st_mode & 0o777 == 0o600
    before = tables(backed.workspace)
    home = empty_machine(tmp_path / "home")
    shutil.copytree(backed.folder / "backup", tmp_path / "medium")
    line = ("restore", str(tmp_path / "medium"), str(tmp_path / "again"), "--escrow", str(escrow))
    assert run(*line, given="a wrong passphrase\nanother wrong one\n", **home).code == 12
    assert not (tmp_path / "again").exists()
    said = run(*line, given=PASSPHRASES, **home)
    assert said.code == 0, said
    assert tables(tmp_path / "again", **home) == before
    assert run("-C", str(tmp_path / "again"), "audit", "verify", **home).code == 0
    kept = {path.relative_to(backed.workspace) for path in (backed.workspace / "policy").rglob("*")}
    assert {path.relative_to(tmp_path / "again") for path in (tmp_path / "again" / "policy").rglob("*")} == kept
    (key,) = (tmp_path / "home" / "config" / "jiuzhu-check" / "keys").iterdir()
    assert key.stat().st_mode & 0o777 == 0o400
    assert not (tmp_path / "again" / "restoring").exists()


def test_the_key_is_nowhere_in_the_backup_and_no_number_stands_there_in_clear(backed: Desk) -> None:
    key = backed.key.read_text("ascii").strip()
    number = (SAMPLE / "roster.csv").read_text("utf-8-sig").splitlines()[1]
    cells = [cell for cell in number.split(",") if len(cell) == 18]
    assert cells
    for file in (*blobs(backed), backed.folder / "backup" / "backup.json"):
        data = file.read_bytes()
        assert key.encode() not in data
        assert bytes.fromhex(key) not in data
        assert not any(cell.encode() in data for cell in cells)


def test_a_second_backup_copies_only_what_is_new_and_removes_what_was_purged(desk: Desk) -> None:
    assert backup(desk).code == 0
    first, before = {path.name: path.stat().st_mtime_ns for path in blobs(desk)}, listed(desk)
    assert backup(desk).code == 0
    stayed = {path.name for path in blobs(desk) if first.get(path.name) == path.stat().st_mtime_ns}
    assert len(first) - len(stayed) <= 2  # the month of the log, and where it ends
    deliver_again(desk)
    shorten(desk)
    assert desk.run("retention", "apply", "--confirm", "--reason", "批准").code == 0
    gone = {sha for path, sha in before.items() if path.startswith("store/records/") and "/20181130-" in path}
    assert gone
    assert gone <= {path.name for path in blobs(desk)}
    said = backup(desk)
    assert said.code == 0, said
    assert not gone & {path.name for path in blobs(desk)}
    assert {path.name for path in blobs(desk)} == set(listed(desk).values())


@pytest.fixture
def medium(backed: Desk, tmp_path: Path) -> Path:
    """A copy of the backup, to be spoilt."""
    shutil.copytree(backed.folder / "backup", tmp_path / "medium")
    return tmp_path / "medium"


def spoilt(medium: Path, wanted: str) -> Path:
    told = json.loads((medium / "backup.json").read_bytes())
    sha = next(each["sha256"] for each in told["files"] if wanted in each["path"])
    return medium / "data" / sha[:2] / sha


@pytest.mark.parametrize("wanted", ["workspace.toml", "store/records", "audit/", "MANIFEST.json", "raw.enc"])
@pytest.mark.parametrize("way", ["bit", "cut", "missing"])
def test_a_damaged_backup_is_refused_by_the_files_name_and_leaves_no_workspace(
    backed: Desk, medium: Path, tmp_path: Path, wanted: str, way: str
) -> None:
    file = spoilt(medium, wanted)
    data = bytearray(file.read_bytes())
    if way == "missing":
        file.unlink()
    else:
        data[len(data) // 2] ^= 1
        file.write_bytes(bytes(data if way == "bit" else data[:-1]))
    said = run("restore", str(medium), str(tmp_path / "again"), "--key-file", str(backed.key))
    assert said.code == 15, said
    assert wanted in said.err
    assert not (tmp_path / "again" / "workspace.toml").exists()
    assert run("-C", str(tmp_path / "again"), "run", "list").code == 10


def test_a_list_that_was_edited_another_key_and_an_occupied_folder_are_refused(
    backed: Desk, medium: Path, tmp_path: Path
) -> None:
    again, line = tmp_path / "again", ("restore", str(medium), str(tmp_path / "again"))
    other = tmp_path / "other.key"
    other.write_text("ab" * 32 + "\n", "ascii")
    other.chmod(0o400)
    assert run(*line, "--key-file", str(other)).code == 12
    assert run(*line, "--key-file", str(tmp_path / "none.key")).code == 12
    again.mkdir()
    (again / "mine.txt").write_text("mine", "utf-8")
    assert run(*line, "--key-file", str(backed.key)).code == 10
    assert [path.name for path in again.iterdir()] == ["mine.txt"]
    (again / "mine.txt").unlink()
    sealed = medium / "backup.json"
    told = sealed.read_bytes()
    sealed.write_bytes(told.replace(b"policy/", b"policx/", 1))
    assert run(*line, "--key-file", str(backed.key)).code == 15
    sealed.unlink()
    assert run(*line, "--key-file", str(backed.key)).code == 10
    assert list(again.iterdir()) == []
    sealed.write_bytes(told)
    assert run(*line, "--key-file", str(backed.key)).code == 0


def test_a_restore_that_is_killed_is_no_workspace_until_it_was_done_again(
    backed: Desk, medium: Path, tmp_path: Path
) -> None:
    before = tables(backed.workspace)
    for step in (1, 2, 5, 40, 100, 10_000):
        again = tmp_path / str(step)
        line = [sys.executable, "-c", KILLED, str(medium), str(again), str(backed.key), str(step)]
        ended = subprocess.run(line, cwd=ROOT, env=environment()).returncode
        if ended:
            assert not (again / "workspace.toml").exists()
            assert run("-C", str(again), "export", "links").code == 10
            assert run("restore", str(medium), str(again), "--key-file", str(backed.key)).code == 0
        if step in (40, 10_000):
            assert tables(again) == before
    assert not ended


def test_a_damaged_workspace_is_not_backed_up_and_the_backup_before_stays(desk: Desk, tmp_path: Path) -> None:
    assert backup(desk).code == 0
    before = (desk.folder / "backup" / "backup.json").read_bytes()
    kept = {path.name for path in blobs(desk)}
    assert desk.pull("vehicle", SAMPLE / "inbox" / EXTRACTS["vehicle"]).code == 0
    file = next((desk.workspace / "store" / "roster").glob("*.snapshot/h000.parquet"))
    file.write_bytes(file.read_bytes()[:-1])
    for each in blobs(desk):
        if each.name == listed(desk)[file.relative_to(desk.workspace).as_posix()]:
            each.unlink()
            kept.discard(each.name)
    said = backup(desk)
    assert said.code == 15, said
    assert "h000.parquet" in said.err
    assert (desk.folder / "backup" / "backup.json").read_bytes() == before
    assert kept <= {path.name for path in blobs(desk)}


def test_a_backup_goes_into_a_folder_of_its_own(desk: Desk) -> None:
    assert desk.run("backup", str(desk.workspace / "inside")).code == 2
    assert desk.run("backup", str(desk.folder)).code == 2
    full = desk.folder / "full"
    full.mkdir()
    (full / "mine.txt").write_text("mine", "utf-8")
    assert desk.run("backup", str(full)).code == 10
    other = Desk(desk.folder / "other")
    other.folder.mkdir()
    assert other.init().code == 0
    assert other.run("backup", str(desk.folder / "others")).code == 0
    assert desk.run("backup", str(desk.folder / "others")).code == 10
    assert desk.run("key", "escrow", "-o", str(desk.workspace / "x.escrow"), given=PASSPHRASES).code == 2
    assert desk.run("key", "escrow", given=PASSPHRASES).code == 2


def typed(*arguments: str, answers: list[tuple[str, str]]) -> tuple[int, str]:
    """The program on a terminal of its own: each answer is typed once its question stands there."""
    child, terminal = pty.fork()
    if not child:
        os.execve(PROGRAM, [str(PROGRAM), *arguments], environment())
    said, seen = b"", 0
    for question, answer in answers:
        while question.encode() not in said[seen:]:
            said += os.read(terminal, 4096)
        seen = len(said)
        while answer != "y" and termios.tcgetattr(terminal)[3] & termios.ECHO:
            time.sleep(0.01)  # what is typed before nothing is shown any more is thrown away
        os.write(terminal, f"{answer}\n".encode())
    with suppress(OSError):  # the other side is gone
        while piece := os.read(terminal, 4096):
            said += piece
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), said.decode("utf-8", "replace")


def test_on_a_terminal_each_custodian_is_asked_and_nothing_typed_is_shown(desk: Desk) -> None:
    first, second = PASSPHRASES.split()
    line, escrow = ("-C", str(desk.workspace), "key", "escrow"), str(desk.folder / "x.escrow")
    asked = [("第 1 位", first), ("再输一次", first), ("第二位", "y"), ("第 2 位", second), ("再输一次", second)]
    code, said = typed(*line, "-o", escrow, answers=asked)
    assert code == 0, said
    assert first not in said
    assert second not in said
    assert desk.run("key", "escrow", "--verify", escrow, given=PASSPHRASES).code == 0
    code, said = typed(*line, "--verify", escrow, answers=[("第 1 位", first), ("第 2 位", first)])
    assert code == 12, said


def test_a_passphrase_of_one_key_held_down_is_refused(desk: Desk) -> None:
    weak = desk.run(
        "key", "escrow", "-o", str(desk.folder / "x.escrow"), given="aaaaaaaaaaaaaaaa\n121212121212121212\n"
    )
    assert weak.code == 2, weak
    assert not (desk.folder / "x.escrow").exists()


def test_an_escrow_takes_no_other_files_place_and_not_that_of_an_earlier_key(desk: Desk) -> None:
    escrow, letter = desk.folder / "x.escrow", desk.folder / "letter.txt"
    letter.write_text("a letter", "utf-8")
    assert desk.run("key", "escrow", "-o", str(letter), given=PASSPHRASES).code == 2
    assert letter.read_text("utf-8") == "a letter"
    assert desk.run("key", "escrow", "-o", str(escrow), given=PASSPHRASES).code == 0
    first = escrow.read_bytes()
    fresh = "铁锚银杏陶罐雨伞车轮风筝\n黄河棉被石桥灯塔竹篮雪橇\n"
    assert desk.run("key", "escrow", "-o", str(escrow), given=fresh).code == 0
    second = escrow.read_bytes()
    assert first != second
    assert desk.run("key", "rotate").code == 0
    said = desk.run("key", "escrow", "-o", str(escrow), given=PASSPHRASES)
    assert said.code == 2, said
    assert escrow.read_bytes() == second


def test_who_restores_without_the_key_is_told_of_the_escrow(backed: Desk, tmp_path: Path) -> None:
    home = empty_machine(tmp_path / "home")
    gone = tmp_path / "gone.key"
    said = run("restore", str(backed.folder / "backup"), str(tmp_path / "again"), "--key-file", str(gone), **home)
    assert said.code == 12
    assert "--escrow" in said.err
    assert not (tmp_path / "again").exists()


def test_doctor_says_when_the_last_backup_was_made(desk: Desk) -> None:
    told = {each["项目"]: each for each in json.loads(desk.run("doctor", "--format", "json").out)}
    assert told["备份"]["状态"] == "留意"
    assert "没有" in told["备份"]["情况"]
    assert backup(desk).code == 0
    told = {each["项目"]: each for each in json.loads(desk.run("doctor", "--format", "json").out)}
    assert told["备份"]["状态"] != "留意"


def test_doctor_counts_the_backup_that_a_workspace_was_restored_from(backed: Desk, tmp_path: Path) -> None:
    again = tmp_path / "again"
    assert backed.run("restore", str(backed.folder / "backup"), str(again)).code == 0
    made = json.loads((backed.folder / "backup" / "backup.json").read_bytes())["made"][:10]
    seen = json.loads(backed.run("-C", str(again), "doctor", "--format", "json").out)
    told = next(each for each in seen if each["项目"] == "备份")
    assert (told["状态"] != "留意", made in told["情况"], str(backed.folder / "backup") in told["情况"]) == (True,) * 3


def test_after_the_key_was_changed_the_old_escrow_says_so_and_opens_the_old_backup(desk: Desk, tmp_path: Path) -> None:
    escrow = tmp_path / "old.escrow"
    assert desk.run("key", "escrow", "-o", str(escrow), given=PASSPHRASES).code == 0
    assert backup(desk).code == 0
    before = tables(desk.workspace)
    assert desk.run("key", "rotate").code == 0
    assert desk.run("key", "escrow", "--verify", str(escrow), given=PASSPHRASES).code == 12
    home = empty_machine(tmp_path / "home")
    line = ("restore", str(desk.folder / "backup"), str(tmp_path / "again"), "--escrow", str(escrow))
    assert run(*line, given=PASSPHRASES, **home).code == 0
    assert tables(tmp_path / "again", **home) == before
    assert backup(desk).code == 0
    assert run(*line[:2], str(tmp_path / "third"), *line[3:], given=PASSPHRASES, **home).code == 12
    fresh = tmp_path / "new.escrow"
    assert desk.run("key", "escrow", "-o", str(fresh), given=PASSPHRASES).code == 0
    line = ("restore", str(desk.folder / "backup"), str(tmp_path / "third"), "--escrow", str(fresh))
    assert run(*line, "--key-file", str(tmp_path / "third.key"), given=PASSPHRASES, **home).code == 0
    assert tables(tmp_path / "third", **home) == before
