"""docs/new-department.md is followed to the letter: each command ends well, and says what the page says that it says."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.cli.program import PROGRAM, WHOLE_NUMBER, environment

PROJECT = Path(__file__).parents[1]
PAGE = PROJECT / "docs" / "new-department.md"
END = "@@@"


def steps() -> list[tuple[str, list[str]]]:
    """Each block of commands, with the lines that it is said to print."""
    found = re.findall(r"```sh\n(.*?)```(?:\n```text\n(.*?)```)?", PAGE.read_text(encoding="utf-8"), re.S)
    return [(commands, lines.splitlines()) for commands, lines in found]


def plain(text: str) -> str:
    """The words of a line, whatever stands between them: a tab in a pipe, blanks on a terminal."""
    return " ".join(text.split())


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[list[str], int]]:
    """What each block printed, line by line, and how it ended; all in one shell, as a reader does it."""
    script = "".join(f"{commands}ended=$?; echo; echo {END} $ended\n" for commands, _ in steps())
    keys = {"PATH": f"{PROGRAM.parent}:/usr/bin:/bin", "TMPDIR": str(tmp_path_factory.mktemp("tutorial"))}
    done = subprocess.run(
        ["bash", "-c", f"exec 2>&1\n{script}"],
        capture_output=True, text=True, encoding="utf-8", cwd=PROJECT, env=environment(**keys), check=False,
    )  # fmt: skip
    blocks = re.split(rf"\n{END} (\d+)\n", done.stdout)
    return [(blocks[at].splitlines(), int(blocks[at + 1])) for at in range(0, len(blocks) - 1, 2)]


def test_every_command_of_the_page_ends_well(told: list[tuple[list[str], int]]) -> None:
    assert [code for _, code in told] == [0] * len(steps())


def test_every_command_says_what_the_page_says(told: list[tuple[list[str], int]]) -> None:
    missing = []
    for (commands, lines), (said, _) in zip(steps(), told, strict=True):
        left = iter(map(plain, said))
        missing += [(commands, line) for line in lines if not any(plain(line) in each for each in left)]
    assert missing == []


def test_nobody_is_shown_whole(told: list[tuple[list[str], int]]) -> None:
    everything = "\n".join(line for said, _ in told for line in said)
    assert WHOLE_NUMBER.findall(everything) == []
    assert [name for name in ("张建国", "努尔买买提", "周海燕") if name in everything] == []


def test_the_page_takes_every_step_from_a_strange_file_to_accepted_rows() -> None:
    words = [
        word
        for commands, _ in steps()
        for word in re.findall(r"connector \w+|pull .*--dry-run|pull|sources\.toml", commands)
    ]
    order = ["connector guess", "connector preview", "connector validate", "sources.toml"]
    assert [word for word in words if word in order] == order
    assert words[-2].endswith("--dry-run")
    assert words[-1].startswith("pull")


def test_the_sample_is_made_again_to_the_same_bytes(tmp_path: Path) -> None:
    maker = PROJECT / "sample_data" / "new_department.py"
    subprocess.run([PROGRAM.with_name("python"), maker, tmp_path], check=True)
    kept = PROJECT / "sample_data" / "new_department" / "rural_house.csv"
    assert (tmp_path / "rural_house.csv").read_bytes() == kept.read_bytes()
