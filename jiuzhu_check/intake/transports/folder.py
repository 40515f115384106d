"""文件夹 folder: a department, or what carries its files across the network gap, puts them into a folder.

A file is taken once it is whole: its done-marker lies beside it, or, where none is agreed, it has not changed for a while.
"""

import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from jiuzhu_check.errors import TryLater
from jiuzhu_check.intake.shape import Shape, wrong
from jiuzhu_check.intake.transports.arrival import Arrival, Ask
from jiuzhu_check.intake.transports.names import Names, marked
from jiuzhu_check.language import say
from jiuzhu_check.store.durable import sync_folder

SHAPE: Shape = {"path": str, "done_marker": str, "settle_seconds": int}
REQUIRED = ("path",)
HALF = ".part"  # the ending of a file that is not whole yet
_SETTLE = 60


@dataclass(frozen=True)
class Found:
    """A file that is wanted: its name and the day it speaks of, null where the name tells none."""

    name: str
    day: date | None


def fetch(ask: Ask) -> Iterator[Arrival]:
    """The files that are newer than what is here, oldest first; of files without a day in their name, the newest.

    raises: TryLater where the folder cannot be read, or the only new file is still being written
    """
    names = names_of(ask)
    marker = str(ask.settings.get("done_marker", ""))
    try:
        there = {each.name: each.stat(follow_symlinks=False) for each in os.scandir(names.folder)}
    except OSError as problem:
        raise TryLater(
            say(
                "{source}：读不到文件夹 {folder}：{why}。", source=ask.source, folder=names.folder, why=problem.strerror
            ),
            hint=say("请核对 source.toml 的 transport.path、挂载和权限。"),
        ) from None
    files = {name: known for name, known in there.items() if stat.S_ISREG(known.st_mode)}
    settled = time.time() - float(ask.settings.get("settle_seconds", 0 if marker else _SETTLE))
    whole = {name for name, known in files.items() if marked(name, marker, set(there)) and known.st_mtime <= settled}
    wanted = newer(ask, names, {name: known.st_mtime for name, known in files.items()})
    if wanted and not any(each.name in whole for each in wanted):
        raise still_arriving(ask, wanted[-1].name)
    for each in wanted:
        if each.name in whole:
            data = _read(ask, Path(names.folder) / each.name)
            yield Arrival(each.name, data, each.day)


def put(ask: Ask, path: str, marker: str, data: bytes) -> None:
    """A file for the department: beside its place first, then, whole, in it; its marker after it.

    raises: TryLater where it cannot be written
    """
    place = Path(path)
    half = place.with_name(f"{place.name}{HALF}")
    try:
        _written(half, data)
        half.replace(place)
        sync_folder(place.parent)
        if marker:
            _written(place.with_name(f"{place.name}{marker}"), b"")
    except OSError as problem:
        half.unlink(missing_ok=True)
        raise TryLater(
            say(
                "{source}：写不进文件夹 {folder}：{why}。", source=ask.source, folder=place.parent, why=problem.strerror
            ),
            hint=say("请核对 source.toml 的 inquiry.inbox、挂载和权限。名单没有交出，下一次再交。"),
        ) from None


def names_of(ask: Ask) -> Names:
    """The names that the transport's path means; raises UsageError where nobody could read a day by it."""
    try:
        return Names.of(str(ask.settings["path"]))
    except ValueError:
        raise wrong(
            ask.source, "transport.path", say("日期写成 {date:%Y%m%d} 这样，只写在文件名里，只写一次")
        ) from None


def newer(ask: Ask, names: Names, there: dict[str, float]) -> list[Found]:
    """Of the files that are there (name → when it last changed), those to bring, in the order of their days.

    Where names tell a day: all after `ask.after` up to today, or all that are not taken yet where those are known.
    Where they tell none: the one that changed last.
    """
    fitting = [name for name in sorted(there) if names.wanted.fullmatch(name)]
    if not names.day:
        last = max(fitting, key=lambda name: (there[name], name), default=None)
        return [] if last is None else [Found(last, None)]
    dated = [Found(name, _day(names, name)) for name in fitting]
    come = [each for each in dated if each.day and each.day <= ask.as_of]
    if ask.taken is None:
        recent = [each for each in come if not ask.after or (each.day and each.day > ask.after)]
    else:
        recent = [each for each in come if each.name not in ask.taken]
    return sorted(recent, key=lambda each: (each.day or ask.as_of, each.name))


def still_arriving(ask: Ask, name: str) -> TryLater:
    """The error where the file that is wanted is not whole yet."""
    return TryLater(
        say("{source}：{name} 还没有传完（没有完成标记，或刚刚还在变）。", source=ask.source, name=name),
        hint=say("稍后再试；一直这样的，请部门补上完成标记。上一次的数据仍在用。"),
    )


def _written(path: Path, data: bytes) -> None:
    """The file, synced. Who carries it on may belong to our group; others see nothing of it."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o640), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _day(names: Names, name: str) -> date | None:
    try:
        return names.date_of(name)
    except ValueError:
        return None


def _read(ask: Ask, path: Path) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            before = os.fstat(descriptor)
            data = file.read()
            after = os.fstat(descriptor)
    except OSError as problem:
        raise TryLater(
            say("{source}：读不到 {name}：{why}。", source=ask.source, name=path.name, why=problem.strerror),
            hint=say("请核对权限后再试。上一次的数据仍在用。"),
        ) from None
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(data) != after.st_size:
        raise still_arriving(ask, path.name)
    ask.progress(len(data), len(data))
    return data
