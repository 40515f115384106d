"""What a batch check is told at the command line for a night that nobody watches: options, signals, and its log."""

import os
import re
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import typer

from jiuzhu_check.cli import Terminated
from jiuzhu_check.cli.screen import tell
from jiuzhu_check.errors import ExitCode, StoreError, UsageError
from jiuzhu_check.language import say

if TYPE_CHECKING:
    from jiuzhu_check.checks.night import Night

LOCK_WAIT = typer.Option(
    0, "--lock-wait", metavar="SECONDS", min=0, help=say("工作区正在使用时最多等多少秒；不写则不等，以 11 退出。")
)
DEADLINE = typer.Option(
    "", "--deadline", metavar="HH:MM|SECONDS",
    help=say("到这个钟点，或过这么多秒，就在两个分片之间停下，以 75 退出；下次接着做。"),
)  # fmt: skip
LOG = typer.Option(
    None, "--log", metavar="FILE", help=say("每到一个阶段，往这个文件添一行 JSON，不含个人信息；写 - 则为标准错误。")
)


@contextmanager
def night(lock_wait: int, deadline: str, log: Path | None, *, full: bool) -> "Iterator[Night]":
    """How the check goes along, while the block runs; the first SIGTERM or Ctrl-C is noted, a second one ends it at once."""
    from jiuzhu_check.checks.night import Night

    until = _until(deadline, datetime.now().astimezone())
    with ExitStack() as open_while:
        line = open_while.enter_context(_lines(log))
        asked = open_while.enter_context(_heeding())
        yield Night(full=full, lock_wait=lock_wait, deadline=until, asked=asked, tell=_waiting, log=line)


def _until(text: str, now: datetime) -> datetime | None:
    """The moment that a deadline names: a time of day is the next one there is."""
    if not text:
        return None
    if re.fullmatch("[0-9]{1,7}", text):
        return now + timedelta(seconds=int(text))
    try:
        at = datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 - the centre's own clock
    except ValueError:
        raise UsageError(say("--deadline 不是钟点，也不是秒数。"), hint=say("写成 05:30，或 3600。")) from None
    today = now.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    return today if today > now else today + timedelta(days=1)


def _waiting(who: str) -> None:
    tell(say("{who}。等它结束。", who=who))


@contextmanager
def _lines(log: Path | None) -> Iterator[Callable[[str], None]]:
    """A function that writes a line to the log, and has it there at once."""
    if log is None:
        yield lambda _line: None
        return
    if str(log) == "-":
        yield lambda line: typer.echo(line, err=True)
        return
    try:
        file = log.open("a", encoding="utf-8")
    except OSError as problem:
        raise StoreError(
            say("日志 {file} 不能写：{why}", file=log, why=os.strerror(problem.errno or 0)),
            hint=say("换一个可写的路径，或写 -。"),
        ) from None
    with file:
        yield lambda line: typer.echo(line, file=file)


@contextmanager
def _heeding() -> Iterator[Callable[[], ExitCode | None]]:
    """A function that gives the exit code that somebody asked for, or null."""
    noted: list[ExitCode] = []

    def note(sign: int, _frame: FrameType | None) -> None:
        if noted:
            raise KeyboardInterrupt if sign == signal.SIGINT else Terminated
        noted.append(ExitCode(128 + sign))
        if sys.stderr.isatty():
            os.write(sys.stderr.fileno(), f"\n{stopping}\n".encode())

    stopping = say("收到停止信号：做完手上的分片就停。再发一次则立即停。")
    signs = [sign for sign in (signal.SIGINT, signal.SIGTERM) if signal.getsignal(sign) is not signal.SIG_IGN]
    before = {sign: signal.signal(sign, note) for sign in signs}
    try:
        yield lambda: noted[0] if noted else None
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)
