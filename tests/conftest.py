from pathlib import Path
from typing import Protocol

import pytest

collect_ignore = ["name_tables.py"]  # makes the shipped tables; needs packages that nothing else does

EXPECTED = Path(__file__).parent / "expected"


class SameAsExpected(Protocol):
    def __call__(self, name: str, text: str) -> None: ...


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite tests/expected with what the program says now")


@pytest.fixture
def same_as_expected(request: pytest.FixtureRequest) -> SameAsExpected:
    """Compare a whole text with tests/expected/NAME; with --update, write it there instead."""

    def compare(name: str, text: str) -> None:
        file = EXPECTED / name
        if request.config.getoption("--update"):
            file.write_text(text, encoding="utf-8", newline="")
        expected = file.read_bytes().decode() if file.exists() else ""
        assert text == expected, f"{name} 与 tests/expected 不同；确认后用 --update 重写"

    return compare
