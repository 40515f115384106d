import fcntl
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from jiuzhu_check.errors import StoreError
from jiuzhu_check.store.durable import make_dir, new_folder, remove_leftovers, write_file, write_new, write_once

ROOT = Path(__file__).parents[2]
FULL_DISK = """
import sys
from pathlib import Path
from jiuzhu_check.errors import JiuzhuError
from jiuzhu_check.store.durable import write_file
try:
    write_file(Path(sys.argv[1]), b"n" * 100_000)
except JiuzhuError as error:
    sys.exit(int(error.exit_code))
"""


def test_a_file_is_replaced_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "MANIFEST.json"
    write_file(path, b"old")
    write_file(path, b"new")
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_folders_are_made_for_their_owner_alone(tmp_path: Path) -> None:
    make_dir(tmp_path / "a" / "b")
    make_dir(tmp_path / "a" / "b")
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700


def test_where_a_file_cannot_be_put_the_error_says_where(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"nowhere/report\.csv"):
        write_file(tmp_path / "nowhere" / "report.csv", b"x")


def test_a_new_file_is_never_written_over_another(tmp_path: Path) -> None:
    write_new(tmp_path / "n000.parquet", b"first")
    with pytest.raises(StoreError):
        write_new(tmp_path / "n000.parquet", b"second")
    assert (tmp_path / "n000.parquet").read_bytes() == b"first"


def test_a_folder_appears_with_all_its_files(tmp_path: Path) -> None:
    with new_folder(tmp_path / "x" / "20181130") as staged:
        write_new(staged / "one", [b"on", b"e"])
        assert not (tmp_path / "x" / "20181130").exists()
    assert (tmp_path / "x" / "20181130" / "one").read_bytes() == b"one"


def test_of_a_folder_that_fails_half_way_nothing_is_left(tmp_path: Path) -> None:
    def fill() -> None:
        with new_folder(tmp_path / "20181130") as staged:
            write_new(staged / "one", b"1")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fill()
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_left_is_cleared_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / ".new-0123").mkdir()
    (tmp_path / ".new-0123" / "n000.parquet").write_bytes(b"half")
    (tmp_path / ".new-4567").write_bytes(b"half")
    (tmp_path / "MANIFEST.json").write_bytes(b"{}")
    remove_leftovers(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["MANIFEST.json"]


def test_when_the_disk_is_full_the_old_file_stays_and_the_command_may_try_later(tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    path.write_bytes(b"old")
    ended = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(path)],
        cwd=ROOT,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000)),
    )
    assert ended.returncode == 75
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_killed_run_left_of_a_file_goes_with_the_next_writing_of_it_and_what_is_being_written_stays(
    tmp_path: Path,
) -> None:
    path = tmp_path / "links.csv"
    (tmp_path / ".new-links.csv-0123abcd").write_bytes(b"370199197001010000")
    (tmp_path / ".new-other.csv-0123abcd").write_bytes(b"x")
    busy = tmp_path / ".new-links.csv-4567abcd"
    with busy.open("wb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        write_file(path, b"whole")
    assert {each.name for each in tmp_path.iterdir()} == {"links.csv", ".new-other.csv-0123abcd", busy.name}


def test_a_file_that_is_put_once_stays_and_what_was_half_written_of_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "centre.key"
    (tmp_path / ".new-centre.key").write_bytes(b"half")
    write_once(path, b"first", mode=0o400)
    write_once(path, b"second", mode=0o400)
    assert path.read_bytes() == b"first"
    assert path.stat().st_mode & 0o777 == 0o400
    assert list(tmp_path.iterdir()) == [path]
