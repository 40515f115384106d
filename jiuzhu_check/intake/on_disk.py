"""A file's bytes, read when they are asked for: memory holds a piece of it, however long it is."""

import os
from pathlib import Path
from types import TracebackType

from jiuzhu_check.errors import NotFound, TryLater
from jiuzhu_check.language import say


class OnDisk:
    """A file that is sliced as bytes are, and stays the one that was opened, whatever its name comes to mean.

    raises: NotFound where there is no such file, or it cannot be read; on slicing, TryLater where it has changed since
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._file = path.open("rb", buffering=0)
        except OSError as problem:
            raise NotFound(
                say("读不到文件 {path}：{strerror}。", path=path, strerror=problem.strerror),
                hint=say("请核对文件名和权限。"),
            ) from None
        self._opened = self._standing()

    def __enter__(self) -> "OnDisk":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def __len__(self) -> int:
        return self._opened[0]

    def __getitem__(self, part: slice) -> bytes:
        start, stop, step = part.indices(len(self))
        assert step == 1, "a piece of a file is what stands between two places"
        pieces, at = [], start
        while at < stop and (piece := os.pread(self._file.fileno(), stop - at, at)):
            pieces.append(piece)
            at += len(piece)
        if at < stop or self._standing() != self._opened:
            raise TryLater(say("{path} 在读取时变了。", path=self.path), hint=say("等文件写完后重新执行同一命令。"))
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _standing(self) -> tuple[int, int]:
        known = os.fstat(self._file.fileno())
        return known.st_size, known.st_mtime_ns


Raw = bytes | OnDisk  # what was handed over, in memory or on the disk
