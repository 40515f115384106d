import shutil
from functools import cache
from pathlib import Path
from typing import Protocol

import pytest

from jiuzhu_check.errors import UsageError
from jiuzhu_check.reports.pdf_paper import PdfPress
from tests.browser.chromium import NAMES

collect_ignore = ["name_tables.py"]  # makes the shipped tables; needs packages that nothing else does

SERVERS = Path(__file__).parent / "servers"
PAPERS = Path(__file__).parent / "papers"
BROWSER = Path(__file__).parent / "browser"
TORTURE = Path(__file__).parent / "torture"
SPARK = Path(__file__).parent / "spark"
EXPECTED = Path(__file__).parent / "expected"


class SameAsExpected(Protocol):
    def __call__(self, name: str, text: str) -> None: ...


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite tests/expected with what the program says now")


def _asked_for(folder: Path, config: pytest.Config) -> bool:
    return any(folder.name in Path(each.split("::")[0]).parts for each in config.args)


@cache
def _has_fonts() -> bool:
    """Whether PDFs can be set here: without Noto CJK the program refuses, and so would every test of a paper."""
    try:
        PdfPress().ready()
    except UsageError:
        return False
    return True


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Tests against real servers, on a cluster, and those that take long, run only where asked for: `make test-servers` ...

    Tests of papers run wherever there are fonts; asked for by `make test-papers`, they fail where there are none.
    """
    if collection_path in (SERVERS, TORTURE, SPARK):
        return None if _asked_for(collection_path, config) else True
    if collection_path == PAPERS:
        return None if _asked_for(PAPERS, config) or _has_fonts() else True
    return None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if _asked_for(SERVERS, config):
        from tests.servers.left_out import left_out

        for line in left_out():
            terminalreporter.write_line(line)
        return
    if _asked_for(SPARK, config):
        return
    if _asked_for(TORTURE, config):
        from tests.torture.faults import FIGURES, figures

        for line in figures(FIGURES):
            terminalreporter.write_line(line)
        return
    terminalreporter.write_line(f"make torture: {_told(TORTURE)}在每一次写盘处注入故障，很久，这里只抽样运行")
    terminalreporter.write_line(f"make test-servers: {_told(SERVERS)}要真的服务器，这里没有运行")
    terminalreporter.write_line(f"make test-spark: {_told(SPARK)}要 Java 17 和 pyspark，这里没有运行")
    if not any(map(shutil.which, NAMES)):
        terminalreporter.write_line(f"make test-browser: {_told(BROWSER)}要 chromium，这台机器没有，没有运行")
    if not _has_fonts():
        terminalreporter.write_line(f"make test-papers: {_told(PAPERS)}要 Noto CJK 字体和 typst，这里没有运行")
    if not shutil.which("groff"):
        terminalreporter.write_line("没有试 手册页的排版：没有装 groff")
    if not shutil.which("systemd-analyze"):
        terminalreporter.write_line("没有试 schedule show 的单元：没有装 systemd")


def _told(folder: Path) -> str:
    """How many tests there are in it, and of what."""
    files = sorted(folder.glob("test_*.py"))
    tests = sum(file.read_text(encoding="utf-8").count("\ndef test_") for file in files)
    return f"{tests} 个测试（{'、'.join(file.stem.removeprefix('test_') for file in files)}）"


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A test against a server, in a browser or under faults that was asked for and did not run is a failure: nobody was there to notice."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    asked = any(_asked_for(folder, session.config) for folder in (SERVERS, BROWSER, TORTURE, SPARK))
    if asked and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


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
