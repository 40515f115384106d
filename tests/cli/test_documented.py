"""Every command explains itself in both languages, and every command and option stands in the README."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from jiuzhu_check.cli.entry import root
from tests.cli.program import run

README = Path(__file__).parents[2] / "README.md"
HAN = re.compile(r"[\u4e00-\u9fff]")
TERM = re.compile(r"\([\u4e00-\u9fff、]+\)")  # an English term with the Chinese one behind it in brackets


def commands() -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """Each command's words, and its options."""

    def below(command, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], list[str]]]:
        context = typer.Context(command)
        options = [option for each in command.get_params(context) for option in each.opts if option.startswith("--")]
        yield words, options
        for name in command.list_commands(context) if hasattr(command, "list_commands") else ():
            _, found, _ = command.resolve_command(context, [name])
            yield from below(found, (*words, name))

    yield from below(root(), ())


ALL = dict(commands())
RUN = [
    words
    for words in ALL
    if words not in ((), ("roster",), ("check",), ("report",), ("connector",), ("audit",), ("reject",))
]


def test_there_are_commands() -> None:
    assert len(RUN) >= 13


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_help_names_every_option_in_chinese(words: tuple[str, ...]) -> None:
    said = run("--lang", "zh", *words, "--help")
    assert said.code == 0
    assert said.err == ""
    assert "用法：" in said.out
    assert HAN.search(said.out)
    assert [option for option in ALL[words] if option not in said.out] == []


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_help_names_every_option_in_english(words: tuple[str, ...]) -> None:
    said = run("--lang", "en", *words, "--help")
    assert said.code == 0
    assert said.err == ""
    assert "Usage:" in said.out
    assert [line for line in said.out.splitlines() if HAN.search(TERM.sub("", line))] == []
    assert [option for option in ALL[words] if option not in said.out] == []


@pytest.mark.parametrize("words", RUN, ids=" ".join)
def test_the_readme_tells_of_every_command_and_its_options(words: tuple[str, ...]) -> None:
    readme = README.read_text(encoding="utf-8")
    assert " ".join(words) in readme
    own = [option for option in ALL[words] if option != "--help"]
    assert [option for option in own if option not in readme] == []


def test_the_readme_tells_of_the_options_of_the_program_itself() -> None:
    readme = README.read_text(encoding="utf-8")
    own = [option for option in ALL[()] if "completion" not in option and option != "--help"]
    assert [option for option in own if option not in readme] == []
