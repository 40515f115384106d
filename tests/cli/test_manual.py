"""The manual page: of the same help, in both languages, and troff has nothing to say against it."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from jiuzhu_check.cli.manual import PAGES
from tests.cli.command_tree import leaves

PROJECT = Path(__file__).parents[2]


@pytest.mark.parametrize("spoken", PAGES)
def test_the_page_is_what_make_man_writes_of_the_help(spoken: str):
    now = subprocess.run(
        [sys.executable, "-m", "jiuzhu_check.cli.manual", spoken], capture_output=True, check=True
    ).stdout
    assert PAGES[spoken].read_bytes() == now, "make man 重写"


@pytest.mark.parametrize("spoken", PAGES)
def test_every_command_and_every_option_stands_in_it(spoken: str):
    page = PAGES[spoken].read_text(encoding="utf-8").replace("\\-", "-")
    sections = dict(re.findall(r"^\.SS (.*)\n((?:(?!\.SS).*\n)*)", page, re.M))
    for words, command, context in leaves():
        options = [option for each in command.get_params(context) for option in each.opts if option.startswith("--")]
        assert [option for option in options if option not in sections[words]] == []


@pytest.mark.skipif(shutil.which("groff") is None, reason="没有装 groff")
@pytest.mark.parametrize("spoken", PAGES)
def test_troff_warns_of_nothing_and_lines_of_chinese_fit(spoken: str):
    command = ["groff", "-man", "-K", "utf8", "-Tutf8", "-P-cbou", "-ww", "-rLL=78n", str(PAGES[spoken])]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    chinese = [line for line in done.stdout.splitlines() if re.search("[\u4e00-\u9fff]", line)]
    wide = [line for line in chinese if sum(2 if ord(letter) > 0x2E80 else 1 for letter in line) > 84]
    wide = [line for line in wide if "jiuzhu-check " not in line]  # an example is never broken
    assert wide == []
    assert not re.search("^ *[，。；：、）”》]", done.stdout, re.M)


def test_the_wheel_installs_it():
    shared = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"][
        "targets"
    ]
    ((source, place),) = shared["wheel"]["shared-data"].items()
    installed = {f"{place}/{page.relative_to(PROJECT / source)}" for page in PAGES.values()}
    assert installed == {"share/man/man1/jiuzhu-check.1", "share/man/zh_CN/man1/jiuzhu-check.1"}
