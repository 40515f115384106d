"""The custodians' passphrases: asked for without showing them, or a line each on standard input. Never in a command."""

import sys
from pathlib import Path

import typer

from jiuzhu_check.errors import UsageError
from jiuzhu_check.language import say


def new_passphrases() -> list[str]:
    """Those to seal with, each typed twice where somebody is asked."""
    if not sys.stdin.isatty():
        return _lines()
    told = [_ask(1, twice=True)]
    if typer.confirm(say("有第二位保管人？"), default=True, err=True):
        told.append(_ask(2, twice=True))
    return told


def passphrases(count: int) -> list[str]:
    """Those that so many custodians have."""
    if not sys.stdin.isatty():
        return _lines()
    return [_ask(place, twice=False) for place in range(1, count + 1)]


def escrow_bytes(file: Path) -> bytes:
    """The file that a custodian brought; raises UsageError where it cannot be read."""
    try:
        return file.read_bytes()
    except OSError:
        raise UsageError(say("{path} 打不开。", path=file), hint=say("核对路径和权限。")) from None


def _ask(place: int, *, twice: bool) -> str:
    text, again = say("第 {place} 位保管人的口令", place=place), say("再输一次") if twice else False
    return str(typer.prompt(text, hide_input=True, confirmation_prompt=again, err=True))


def _lines() -> list[str]:
    return [line for line in sys.stdin.read().splitlines() if line.strip()]
