"""The command line: one file, one command: parse, call, show. The only user of typer and rich.

main() is the only place where an error becomes a message and an exit code. Command modules are imported when they are
called, so that --help and completion cost no more than typer itself.
"""

import gc
import os
import signal
import sys
from types import FrameType
from typing import NoReturn

from jiuzhu_check import language


def main() -> NoReturn:
    """Run the command line and exit."""
    gc.set_threshold(100_000, 50, 100)  # little is circular here: collecting at every import only costs
    os.umask(0o077)
    signal.signal(signal.SIGTERM, _terminated)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    language.choose(_language(sys.argv[1:]))
    from jiuzhu_check.cli.entry import run

    code = run(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:  # nobody reads on: a closed pipe
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    os._exit(code)  # all is written and closed: the system takes the memory back faster than the interpreter


def _language(arguments: list[str]) -> str | None:
    """The language asked for: it must be known before the help texts are built."""
    for place, argument in enumerate(arguments):
        if argument.startswith("--lang="):
            return argument.removeprefix("--lang=")
        if argument == "--lang":
            return arguments[place + 1] if place + 1 < len(arguments) else None
    return None


class Terminated(BaseException):
    """SIGTERM: stop at once, leaving the store whole."""


def _terminated(_signal: int, _frame: FrameType | None) -> None:
    raise Terminated
