"""Long output page by page, on a terminal only: collected, and handed to $PAGER where it is longer than the screen.

What is told on standard error keeps its place: it comes after what was written before it.
"""

import contextlib
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from io import TextIOBase
from typing import Any, TextIO

USUAL = "less"


@contextlib.contextmanager
def paged(*, wanted: bool) -> Iterator[None]:
    """Page what the block writes to standard output, where that is a terminal and there is a pager."""
    command = _pager() if wanted and sys.stdout.isatty() and sys.stdin.isatty() else []
    if not command:
        yield
        return
    real = sys.stdout
    sys.stdout = _Collected(real, command)
    try:
        yield
    finally:
        try:
            sys.stdout.flush_pages()
        finally:
            sys.stdout = real


def written() -> None:
    """What was written so far is seen now, before something is told on standard error."""
    if isinstance(sys.stdout, _Collected):
        sys.stdout.flush_pages()


class _Collected(TextIOBase, TextIO):
    """Standard output that waits until it is known how long it is."""

    def __init__(self, real: TextIO, command: list[str]) -> None:
        self._real, self._command, self._text = real, command, ""

    def write(self, text: str) -> int:
        self._text += text
        return len(text)

    def flush(self) -> None:
        """Nothing yet: see flush_pages."""

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._real.fileno()

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._real.encoding

    @property
    def buffer(self) -> Any:
        self.flush_pages()
        return self._real.buffer

    def flush_pages(self) -> None:
        text, self._text = self._text, ""
        if text.count("\n") < shutil.get_terminal_size().lines or not _through(self._command, text):
            self._real.write(text)
        self._real.flush()


def _pager() -> list[str]:
    """$PAGER, else less; none where the terminal cannot move its cursor or somebody wants none."""
    told = os.environ.get("PAGER")
    command = shlex.split(USUAL if told is None else told)
    able = os.environ.get("TERM", "dumb") != "dumb"
    return command if able and command and command != ["cat"] and shutil.which(command[0]) else []


def _through(command: list[str], text: str) -> bool:
    """Show the text by the pager; false where it cannot be started. It keeps no history and writes no file."""
    environment = {"LESS": "FRX", "LESSCHARSET": "utf-8", **os.environ, "LESSSECURE": "1", "LESSHISTFILE": "-"}
    try:
        pager = subprocess.Popen(command, stdin=subprocess.PIPE, env=environment)  # noqa: S603 - the user's own
    except OSError:
        return False
    assert pager.stdin
    with contextlib.suppress(BrokenPipeError):  # somebody has read enough
        pager.stdin.write(text.encode("utf-8", "backslashreplace"))
        pager.stdin.close()
    while True:
        try:
            pager.wait()
        except KeyboardInterrupt:  # it is the pager's: it stops a search, not the reading
            continue
        return True
