"""What a command does not need is not loaded: help, completion and what reads no table cost no more than typer."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.cli.command_tree import leaves
from tests.cli.conftest import Walked
from tests.cli.program import AS_OF, Desk

FRAMES = {"polars", "pyarrow", "numpy"}
HEAVY = {*FRAMES, "cryptography", "keyring", "rapidfuzz", "tomlkit", "xlsxwriter", "python_calamine", "typst", "rich"}
# The real program, which says at its end what it has loaded.
TELLING = """
import os, sys
leave = os._exit
def told(code):
    sys.stderr.flush()
    os.write(2, ("\\n" + " ".join(sys.modules)).encode())
    leave(code)
os._exit = told
from jiuzhu_check.cli import main
try:
    main()
except SystemExit as ended:
    told(int(ended.code or 0))
"""


def loaded(*arguments: str, code: int = 0, **environment: str) -> set[str]:
    """The modules outside the program that a command line has loaded by its end, by their first name."""
    done = subprocess.run(
        [sys.executable, "-c", TELLING, *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        check=False,
    )
    assert done.returncode == code, done.stderr
    modules = done.stderr.splitlines()[-1].split()
    assert "typer" in modules
    return {name.partition(".")[0] for name in modules}


def helps() -> Iterator[str]:
    """Each group and each command."""
    words = [words for words, _, _ in leaves()]
    return iter(sorted({*words, *(each.split()[0] for each in words)}))


@pytest.mark.parametrize("words", ["", *helps()])
def test_help_loads_nothing_heavy(words: str) -> None:
    assert not loaded(*words.split(), "--help") & HEAVY


@pytest.mark.parametrize("line", ["", "case --", "pull ", "policy explain ", "policy show ", "report worklist --run "])
def test_completion_loads_nothing_heavy(walked: Walked, line: str) -> None:
    words = f"jiuzhu-check -C {walked.desk.workspace} {line}"
    told = {"COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    assert not loaded(**told, _JIUZHU_CHECK_COMPLETE="complete_bash") & HEAVY


@pytest.mark.parametrize(
    ("words", "code"), [("--version", 0), ("nothing", 2), ("case --purpose curiosity", 2), ("init", 2)]
)
def test_what_ends_before_it_begins_loads_nothing_heavy(words: str, code: int) -> None:
    assert not loaded(*words.split(), code=code) & HEAVY


def test_credentials_are_listed_without_anything_heavy(walked: Walked) -> None:
    assert not loaded("credential", "list", HOME=str(walked.desk.folder)) & HEAVY


def test_units_for_the_night_are_written_without_opening_the_key(walked: Walked) -> None:
    assert not loaded("-C", str(walked.desk.workspace), "schedule", "show") & HEAVY


def test_the_log_is_verified_with_the_key_and_without_frames(walked: Walked) -> None:
    assert loaded("-C", str(walked.desk.workspace), "audit", "verify") & HEAVY == {"cryptography"}


def test_a_household_is_checked_without_pyarrow_a_key_ring_or_a_reader_of_deliveries(desk: Desk) -> None:
    asked = ("case", "--household", "JZ00000003", "--purpose", "recheck", "--as-of", AS_OF)
    modules = loaded("-C", str(desk.workspace), *asked)
    assert "polars" in modules
    assert not modules & {
        "numpy",
        "pyarrow",
        "keyring",
        "tomlkit",
        "xlsxwriter",
        "python_calamine",
        "typst",
        "rich",
        "sqlite3",
    }
