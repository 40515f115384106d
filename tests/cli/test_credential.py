"""Secrets go in by standard input, and never come out again."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.cli.program import PROGRAM, Said, environment, run

SECRET = "Geheim-口令-7391"


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    return {"XDG_CONFIG_HOME": str(tmp_path)}


def credential(*words: str, home: dict[str, str], given: str = "") -> Said:
    return run("credential", *words, given=given, **home)


def test_a_secret_is_kept_tested_listed_and_forgotten_without_being_shown(home: dict[str, str]) -> None:
    said = [
        credential("set", "gjj-sftp", home=home, given=f"{SECRET}\n"),
        credential("test", "gjj-sftp", home=home),
        credential("list", home=home),
        credential("list", "--format", "json", home=home),
        credential("delete", "gjj-sftp", "--yes", home=home),
        credential("test", "gjj-sftp", home=home),
    ]
    assert [each.code for each in said] == [0, 0, 0, 0, 0, 12]
    assert "gjj-sftp" in said[2].out
    assert [each for each in said if SECRET in each.out + each.err] == []


def test_the_newline_of_a_password_is_not_part_of_it_but_those_of_a_key_are(
    home: dict[str, str], tmp_path: Path
) -> None:
    key = "-----BEGIN KEY-----\nabc\n-----END KEY-----\n"
    for name, given in (("password", f"{SECRET}\n"), ("key", key)):
        assert credential("set", name, home=home, given=given).code == 0
    kept = tmp_path / "jiuzhu-check" / "credentials"
    assert (kept / "password").read_text(encoding="utf-8") == SECRET
    assert (kept / "key").read_text(encoding="utf-8") == key


def test_without_a_terminal_nothing_waits_for_an_answer(home: dict[str, str]) -> None:
    assert credential("set", "gjj", home=home, given="").code == 2
    credential("set", "gjj", home=home, given=SECRET)
    asked = credential("delete", "gjj", home=home)
    assert asked.code == 2
    assert "--yes" in asked.err
    closed = subprocess.run(
        [PROGRAM, "credential", "set", "gjj"], stdin=None, capture_output=True, env=environment(**home),
        preexec_fn=lambda: os.close(0), timeout=60, check=False,
    )  # fmt: skip
    assert closed.returncode == 2
    assert b"Traceback" not in closed.stderr


def test_no_option_takes_a_secret(home: dict[str, str]) -> None:
    assert credential("set", "gjj", "--secret", SECRET, home=home).code == 2
    refused = credential("set", "gjj", SECRET, home=home)
    assert refused.code == 2
    assert SECRET not in refused.err + refused.out


def test_a_key_ring_that_is_not_there_is_an_error_with_a_way_out(home: dict[str, str]) -> None:
    nowhere = {**home, "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
    said = credential("set", "gjj", "--provider", "keyring", home=nowhere, given=SECRET)
    assert said.code == 12
    assert "file" in said.err
    assert SECRET not in said.err
