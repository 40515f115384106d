"""The tree of commands, walked, and command lines tried on it without running them."""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator

from typer._click.core import Command, Context

from jiuzhu_check.cli.entry import root


def leaves() -> Iterator[tuple[str, Command, Context]]:
    """Each command that can be run, with its words and a context that its help can be asked of."""

    def below(
        command: Command, words: tuple[str, ...], parent: Context | None
    ) -> Iterator[tuple[str, Command, Context]]:
        context = command.context_class(command, parent=parent, info_name=words[-1] if words else "jiuzhu-check")
        names = command.list_commands(context) if hasattr(command, "list_commands") else []
        if not names:
            yield " ".join(words), command, context
        for name in names:
            yield from below(command.resolve_command(context, [name])[1], (*words, name), context)

    return below(root(), (), None)


# Every help text, by one process: texts of options are spoken when their module is imported.
WALK = """
import json, sys
from jiuzhu_check import language
language.choose(sys.argv[1])
from tests.cli.command_tree import leaves
print(json.dumps({words: command.get_help(context) for words, command, context in leaves()}))
"""


def helps(spoken: str) -> dict[str, str]:
    """The help of each command that can be run, in a language."""
    done = subprocess.run([sys.executable, "-c", WALK, spoken], capture_output=True, text=True, check=True)
    told: dict[str, str] = json.loads(done.stdout)
    return told


def command_lines(text: str) -> list[str]:
    """The command lines that a text shows."""
    return re.findall(r"jiuzhu-check (?:-C|[a-z])[^，。；\n]*", text)


def parse(line: str) -> str:
    """The words of the command that a line runs; raises where a command or an option does not fit."""
    arguments = shlex.split(re.split(" [<>] ", line)[0])[1:]
    command: Command = root()
    context: Context | None = None
    words: list[str] = []
    while hasattr(command, "list_commands"):
        context = command.make_context(command.name or "jiuzhu-check", list(arguments), parent=context)
        name, found, arguments = command.resolve_command(context, [*context._protected_args, *context.args])
        assert found is not None
        command = found
        words.append(str(name))
    command.make_context(words[-1], list(arguments), parent=context)
    return " ".join(words)
