"""The audit log: a record on disk before anything is read, and one of how it ended. No record, no look-up."""

import errno
import hashlib
import os
import pwd
import socket
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jiuzhu_check import __version__
from jiuzhu_check.audit import files
from jiuzhu_check.audit.checkpoint import BrokenCheckpoint, Checkpoint, recall, remember
from jiuzhu_check.audit.reason import clean
from jiuzhu_check.audit.record import (
    CHECKPOINT_MISSING,
    START,
    TORN_LINE,
    VERSION,
    BrokenRecord,
    pseudonym,
    seal,
    unseal,
)
from jiuzhu_check.errors import IntegrityError, StoreError, TryLater
from jiuzhu_check.language import say

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_UNSET_LOGIN = 2**32 - 1


def utc_now() -> datetime:
    """The time that a record bears."""
    return datetime.now(UTC)


class AuditLog:
    """The log in one folder, shared by every process that works there.

    operator: the account that acts; by default the one that logged in, also behind sudo
    now:      the clock
    """

    def __init__(self, folder: Path, key: bytes, *, operator: str = "", now: Callable[[], datetime] = utc_now) -> None:
        self._folder = folder
        self._key = key
        self._now = now
        self._who = _who(operator)

    def __repr__(self) -> str:
        return f"AuditLog({self._folder})"

    @property
    def operator(self) -> str:
        """The account that acts, as every record names it."""
        return str(self._who["operator"])

    def intent(
        self,
        action: str,
        *,
        purpose: str = "",
        reason: str = "",
        subject: str = "",
        counts: Mapping[str, int] | None = None,
        facts: Mapping[str, Any] | None = None,
    ) -> int:
        """Record what is about to be done, and return its number. When this returns, it is on the disk.

        reason:  free text of the operator; see audit/reason.py
        subject: a household's or a person's number, whole; only its pseudonym is kept
        counts:  how many, never whose
        facts:   plain JSON values; no personal data
        raises:  UsageError for a reason that may not stand here, TryLater where the disk is full, StoreError,
                 IntegrityError where the log's end is not as it was left. After any of them: read nothing.
        """
        body = {
            "phase": "intent",
            "action": clean(action),
            "purpose": clean(purpose),
            "reason": clean(reason),
            "subject": self.pseudonym(subject) if subject else "",
            "counts": dict(counts or {}),
            "facts": dict(facts or {}),
        }
        return self._append(body).seq

    def note(self, action: str, facts: Mapping[str, Any]) -> tuple[int, str]:
        """Record a fact that papers refer to; the record's number and hash. Raises as intent."""
        written = self._append({"phase": "note", "action": clean(action), "facts": dict(facts)})
        return written.seq, written.hash

    def outcome(
        self,
        seq: int,
        result: str,
        counts: Mapping[str, int] | None = None,
        facts: Mapping[str, Any] | None = None,
    ) -> int:
        """Record how an intent ended: ok, incomplete, denied, failed, ... An intent without one was interrupted.

        raises: as intent
        """
        body = {
            "phase": "outcome",
            "intent": seq,
            "result": clean(result),
            "counts": dict(counts or {}),
            "facts": dict(facts or {}),
        }
        return self._append(body).seq

    def pseudonym(self, number: str) -> str:
        """What stands in the log for a household's or a person's number."""
        return pseudonym(number, self._key)

    def _append(self, body: Mapping[str, Any]) -> Checkpoint:
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            with files.locked(self._folder, to_write=True):
                return self._append_alone(body)
        except OSError as error:
            hint = say("没有审计记录就不查询：先排除故障，再重新执行同一命令。")
            if error.errno in _FULL:
                raise TryLater(say("磁盘空间不足或超出配额，审计记录没有写入"), hint=hint) from None
            raise StoreError(say("审计记录不能写入：{why}", why=os.strerror(error.errno or 0)), hint=hint) from None

    def _append_alone(self, body: Mapping[str, Any]) -> Checkpoint:
        last, file, torn = self._end()
        remembered = self._checkpoint()
        if remembered and (remembered.seq > last.seq or (remembered.seq == last.seq and remembered != last)):
            raise _broken(say("日志比记下的末尾短"))
        if torn:
            files.set_aside(file, torn, last.seq + 1)
            facts = {"bytes": len(torn), "sha256": hashlib.sha256(torn).hexdigest()}
            last = self._write(last, {"phase": "note", "action": TORN_LINE, "facts": facts})
        if remembered is None and last.seq > 1:
            last = self._write(last, {"phase": "note", "action": CHECKPOINT_MISSING})
        return self._write(last, body)

    def _write(self, last: Checkpoint, body: Mapping[str, Any]) -> Checkpoint:
        now = self._now()
        seq = last.seq + 1
        common = {"v": VERSION, "seq": seq, "prev": last.hash, "ts": now.isoformat(timespec="milliseconds")}
        line = seal({**common, **self._who, "pid": os.getpid(), **body}, self._key)
        files.append(self._file_for(now), line)
        written = Checkpoint(seq, unseal(line, self._key)["hash"])
        remember(self._folder, written, self._key)
        return written

    def _file_for(self, now: datetime) -> Path:
        """The month's file, or the newest one where the clock went back."""
        names = [file.name for file in files.month_files(self._folder)]
        return self._folder / max([f"{now:%Y-%m}.jsonl", *names])

    def _end(self) -> tuple[Checkpoint, Path, bytes]:
        """The last record, the newest file, and what a crash left of a line at that file's end."""
        newest, torn = self._folder, b""
        for file in reversed(files.month_files(self._folder)):
            tail = files.read_tail(file)
            if newest == self._folder:
                newest, torn = file, tail.torn
            if tail.line:
                return self._read(tail.line), newest, torn
        return Checkpoint(0, START), newest, torn

    def _read(self, line: bytes) -> Checkpoint:
        try:
            record = unseal(line, self._key)
        except BrokenRecord:
            raise _broken(say("最后一条记录已被改动")) from None
        return Checkpoint(record["seq"], record["hash"])

    def _checkpoint(self) -> Checkpoint | None:
        try:
            return recall(self._folder, self._key)
        except BrokenCheckpoint:
            raise _broken(say("checkpoint.json 已被改动")) from None


def _who(operator: str) -> dict[str, Any]:
    login = _login_uid()
    return {
        "operator": clean(operator) or _account(os.getuid() if login is None else login),
        "os_uid": os.getuid(),
        "loginuid": login,
        "host": socket.gethostname(),
        "tool": __version__,
    }


def _login_uid() -> int | None:
    try:
        login = int(Path("/proc/self/loginuid").read_text("ascii"))
    except (OSError, ValueError):
        return None
    return None if login == _UNSET_LOGIN else login


def _account(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _broken(what: str) -> IntegrityError:
    return IntegrityError(
        say("审计日志不完整：{what}", what=what),
        hint=say("先另存整个 audit 目录并查明原因（jiuzhu-check audit verify）；移走该目录后，新日志从头开始。"),
    )
