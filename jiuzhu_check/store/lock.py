"""One run at a time in a workspace; who comes second is told who is in it."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from jiuzhu_check.errors import Locked, StoreError
from jiuzhu_check.language import say
from jiuzhu_check.store.durable import explained


@contextmanager
def workspace_lock(root: Path, command: str) -> Iterator[None]:
    """Hold the workspace while the block runs. The kernel lets go of it when the process ends, however it ends.

    command: what is run, for who comes second; no personal data
    raises:  Locked where another process holds it; TryLater, StoreError where the disk does not take a name
    """
    try:
        descriptor = os.open(root / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StoreError(
            say("不能锁定工作区 {root}：{why}", root=root, why=os.strerror(error.errno or 0)),
            hint=say("检查工作区的路径和权限。"),
        ) from None
    try:
        _take(descriptor, root)
        with explained(root / "lock"):
            _sign(descriptor, command)
        yield
        with suppress(OSError):  # the work is done: a name that stays in the file holds nobody up
            os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _take(descriptor: int, root: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Locked(
            say("工作区 {root} 正在使用：{who}", root=root, who=_holder(os.pread(descriptor, 4096, 0))),
            hint=say("等它结束后再执行；锁随该进程结束自动解除，不要删除 lock 文件。"),
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
