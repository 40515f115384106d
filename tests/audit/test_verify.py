import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jiuzhu_check.audit.log import AuditLog
from jiuzhu_check.audit.verify import verify

KEY = b"a" * 32


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[bytes]]:
    """A log of twenty records."""
    folder = tmp_path_factory.mktemp("audit")
    log = AuditLog(folder, KEY)
    for number in range(10):
        log.outcome(log.intent("case", reason=f"第 {number} 次复核"), "ok", {"findings": number})
    file = next(folder.glob("*.jsonl"))
    return file, file.read_bytes().splitlines(keepends=True)


def is_whole(file: Path, lines: list[bytes], tmp_path: Path) -> bool:
    shutil.copytree(file.parent, tmp_path, dirs_exist_ok=True)
    (tmp_path / file.name).write_bytes(b"".join(lines))
    return verify(tmp_path, KEY).is_whole


changes = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def test_a_log_as_it_was_written_is_whole(lines: tuple[Path, list[bytes]]) -> None:
    found = verify(lines[0].parent, KEY)
    assert found.is_whole
    assert (found.records, found.torn, found.interrupted) == (20, (), ())
    assert found.first <= found.last
    assert found.head.encode() in lines[1][-1]


@changes
@given(at=st.integers(0, 19), byte=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_any_changed_bit_is_found(
    lines: tuple[Path, list[bytes]], tmp_path: Path, at: int, byte: int, bit: int
) -> None:
    changed = [bytearray(line) for line in lines[1]]
    changed[at][byte % len(changed[at])] ^= 1 << bit
    assert not is_whole(lines[0], [bytes(line) for line in changed], tmp_path)


@changes
@given(at=st.integers(0, 19), count=st.integers(1, 20))
def test_any_removed_records_are_found_also_at_the_end(
    lines: tuple[Path, list[bytes]], tmp_path: Path, at: int, count: int
) -> None:
    assert not is_whole(lines[0], lines[1][:at] + lines[1][at + count :], tmp_path)


@changes
@given(one=st.integers(0, 19), other=st.integers(0, 19))
def test_any_swapped_records_are_found(lines: tuple[Path, list[bytes]], tmp_path: Path, one: int, other: int) -> None:
    changed = list(lines[1])
    changed[one], changed[other] = changed[other], changed[one]
    assert is_whole(lines[0], changed, tmp_path) == (one == other)


@changes
@given(at=st.integers(0, 20), which=st.integers(0, 19))
def test_any_repeated_record_is_found(lines: tuple[Path, list[bytes]], tmp_path: Path, at: int, which: int) -> None:
    assert not is_whole(lines[0], [*lines[1][:at], lines[1][which], *lines[1][at:]], tmp_path)


@changes
@given(line=st.binary(max_size=60), at=st.integers(0, 20))
def test_any_line_from_another_hand_is_found(
    lines: tuple[Path, list[bytes]], tmp_path: Path, line: bytes, at: int
) -> None:
    assert not is_whole(lines[0], [*lines[1][:at], line + b"\n", *lines[1][at:]], tmp_path)


@changes
@given(at=st.integers(0, 19), drop=st.integers(1, 10_000))
def test_a_log_cut_inside_a_record_does_not_reach_its_checkpoint(
    lines: tuple[Path, list[bytes]], tmp_path: Path, at: int, drop: int
) -> None:
    cut = lines[1][at][: -1 - drop % len(lines[1][at])]
    assert not is_whole(lines[0], [*lines[1][:at], cut], tmp_path)


def test_a_record_written_another_way_with_the_same_content_is_found(
    lines: tuple[Path, list[bytes]], tmp_path: Path
) -> None:
    spaced = lines[1][3].replace(b'","', b'", "', 1)
    assert not is_whole(lines[0], [*lines[1][:3], spaced, *lines[1][4:]], tmp_path)


def test_another_key_verifies_nothing(lines: tuple[Path, list[bytes]]) -> None:
    assert len(verify(lines[0].parent, b"b" * 32).problems) >= 20


def test_a_problem_names_file_and_line_and_nothing_of_the_record(
    lines: tuple[Path, list[bytes]], tmp_path: Path
) -> None:
    shutil.copytree(lines[0].parent, tmp_path, dirs_exist_ok=True)
    (tmp_path / lines[0].name).write_bytes(b"".join(lines[1]).replace("第 1 次复核".encode(), b"370102199001011234"))
    problems = verify(tmp_path, KEY).problems
    assert problems[0] == f"{lines[0].name} 第 3 行：不是本日志的记录，或已被改动"
    assert "370102199001011234" not in "".join(problems)


def test_a_log_that_never_began_is_empty_and_whole(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        found = verify(folder, KEY)
        assert found.is_whole
        assert found.records == 0
