"""One run at a time in a workspace; who comes second is told who is in it."""

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from jiuzhu_check.errors import Locked, StoreError
from jiuzhu_check.language import say
from jiuzhu_check.store.durable import explained

_AGAIN = 0.2  # seconds between two looks at a lock that somebody holds


@dataclass(frozen=True)
class Patience:
    """How long to wait for a workspace that is in use, and what is done meanwhile.

    seconds: how long; 0: not at all
    tell:    is told once who holds it, and since when
    go_on:   is called again and again; what it raises ends the waiting
    """

    seconds: float = 0
    tell: Callable[[str], None] = lambda _who: None
    go_on: Callable[[], None] = lambda: None


NONE = Patience()


@contextmanager
def workspace_lock(root: Path, command: str, patience: Patience = NONE) -> Iterator[None]:
    """Hold the workspace while the block runs. The kernel lets go of it when the process ends, however it ends.

    command: what is run, for who comes second; no personal data
    raises:  Locked where another process holds it, and goes on holding it; TryLater, StoreError where the disk does not
             take a name
    """
    try:
        descriptor = os.open(root / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StoreError(
            say("不能锁定工作区 {root}：{why}", root=root, why=os.strerror(error.errno or 0)),
            hint=say("检查工作区的路径和权限。"),
        ) from None
    try:
        _wait(descriptor, root, patience)
        with explained(root / "lock"):
            _sign(descriptor, command)
        yield
        with suppress(OSError):  # the work is done: a name that stays in the file holds nobody up
            os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _wait(descriptor: int, root: Path, patience: Patience) -> None:
    """Take the lock as soon as it is free, within the time there is."""
    until, told = time.monotonic() + patience.seconds, False
    while True:
        patience.go_on()
        try:
            return _take(descriptor, root)
        except Locked as problem:
            left = until - time.monotonic()
            if left <= 0:
                raise
            if not told:
                patience.tell(problem.message)
                told = True
        time.sleep(min(_AGAIN, left))


def _take(descriptor: int, root: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Locked(
            say("工作区 {root} 正在使用：{who}", root=root, who=_holder(os.pread(descriptor, 4096, 0))),
            hint=say(
                "等它结束后再执行；锁随该进程结束自动解除，不要删除 lock 文件。check 可加 --lock-wait 秒数，等它结束。"
            ),
        ) from None


def _sign(descriptor: int, command: str) -> None:
    holder = {"pid": os.getpid(), "since": datetime.now(UTC).isoformat(timespec="seconds"), "command": command}
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps(holder, ensure_ascii=False).encode(), 0)


def _holder(signed: bytes) -> str:
    try:
        holder = json.loads(signed)
        return say(
            "{command}（进程 {pid}，{since} 开始）", **{name: holder[name] for name in ("command", "pid", "since")}
        )
    except (ValueError, KeyError, TypeError):
        return say("另一个进程")
