"""SFTP: files from a department's front-end machine (前置机), whose host key is pinned.

A file is brought into memory and compared in size with what the server said before and after; only then is it landed,
encrypted. It never lies on the disk in clear, half or whole.
"""

import base64
import hashlib
import hmac
import io
import logging
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from jiuzhu_check.errors import CredentialError, TryLater, UsageError
from jiuzhu_check.intake.shape import Shape, wrong
from jiuzhu_check.intake.transports.arrival import Arrival, Ask
from jiuzhu_check.intake.transports.folder import HALF, Found, names_of, newer, still_arriving
from jiuzhu_check.intake.transports.names import marked
from jiuzhu_check.language import say

SHAPE: Shape = {
    "host": str, "port": int, "user": str, "path": str, "host_key": str, "done_marker": str, "settle_seconds": int,
    "attempts": int, "deadline_seconds": int, "allow": list,
}  # fmt: skip
REQUIRED = ("host", "user", "path", "host_key", "credential")
_SETTLE, _ATTEMPTS, _DEADLINE = 60, 4, 1800
# What is off unless a source allows it by name, because only old servers need it. SHA-1 keys and groups are gone for good.
OLD = {
    "hmac-sha1": "macs", "hmac-sha1-96": "macs", "hmac-md5": "macs", "hmac-md5-96": "macs",
    "aes128-cbc": "ciphers", "aes192-cbc": "ciphers", "aes256-cbc": "ciphers", "3des-cbc": "ciphers",
}  # fmt: skip


class _OtherHost(Exception):
    """The server shows another key than the one that was agreed."""

    def __init__(self, shown: str) -> None:
        super().__init__(shown)
        self.shown = shown


class _OutOfTime(Exception):
    """The deadline has passed."""


def fetch(ask: Ask) -> Iterator[Arrival]:
    """The files that are newer than what is here, oldest first; of files without a day in their name, the newest.

    raises: CredentialError where the server is another or does not admit us, TryLater where it cannot be reached, breaks
            off or is too slow, or where the only new file is still being written
    """
    folder = names_of(ask).folder
    deadline = time.monotonic() + float(ask.settings.get("deadline_seconds", _DEADLINE))
    for wanted in _tried(ask, deadline, lambda sftp: _wanted(ask, sftp)):
        path = f"{folder}/{wanted.name}"
        data = _tried(ask, deadline, lambda sftp, path=path: _download(ask, sftp, path, deadline))
        yield Arrival(wanted.name, data, wanted.day)


def put(ask: Ask, path: str, marker: str, data: bytes) -> None:
    """A file for the department: beside its place first, then, whole, in it; its marker after it. Raises as fetch."""
    deadline = time.monotonic() + float(ask.settings.get("deadline_seconds", _DEADLINE))
    _tried(ask, deadline, lambda sftp: _upload(sftp, path, marker, data))


def _upload(sftp: Any, path: str, marker: str, data: bytes) -> None:
    sftp.putfo(io.BytesIO(data), path + HALF)  # it compares the size afterwards
    try:
        sftp.posix_rename(path + HALF, path)
    except OSError:  # not every server replaces a file; what else was wrong shows here too
        with suppress(FileNotFoundError):
            sftp.remove(path)
        sftp.rename(path + HALF, path)
    if marker:
        sftp.putfo(io.BytesIO(), path + marker)


def _wanted(ask: Ask, sftp: Any) -> list[Found]:
    names, marker = names_of(ask), str(ask.settings.get("done_marker", ""))
    there = {each.filename: each for each in sftp.listdir_attr(names.folder)}
    files = {name: each for name, each in there.items() if stat.S_ISREG(each.st_mode or 0)}
    settled = time.time() - float(ask.settings.get("settle_seconds", 0 if marker else _SETTLE))
    whole = {
        name for name, each in files.items() if marked(name, marker, set(there)) and (each.st_mtime or 0) <= settled
    }
    wanted = newer(ask, names, {name: float(each.st_mtime or 0) for name, each in files.items()})
    if wanted and not any(each.name in whole for each in wanted):
        raise still_arriving(ask, wanted[-1].name)
    return [each for each in wanted if each.name in whole]


def _download(ask: Ask, sftp: Any, path: str, deadline: float) -> bytes:
    def tell(done: int, of: int) -> None:
        if time.monotonic() > deadline:
            raise _OutOfTime
        ask.progress(done, of)

    before, data = sftp.stat(path), io.BytesIO()
    sftp.getfo(path, data, callback=tell)
    after = sftp.stat(path)
    if (before.st_size, before.st_mtime) != (after.st_size, after.st_mtime) or data.tell() != after.st_size:
        raise still_arriving(ask, path.rsplit("/", 1)[1])
    return data.getvalue()


def _tried(ask: Ask, deadline: float, work: Any) -> Any:
    """What the work gives over a connection of its own; tried again where the line breaks, until the deadline."""
    paramiko, stamina = _libraries()
    host = f"{ask.settings['host']}:{int(ask.settings.get('port', 22))}"
    broken = (OSError, EOFError, paramiko.SSHException)
    try:
        for attempt in stamina.retry_context(
            on=lambda problem: isinstance(problem, broken) and not _final(paramiko, problem),
            attempts=int(ask.settings.get("attempts", _ATTEMPTS)),
            timeout=max(0.1, deadline - time.monotonic()),
            wait_initial=0.5,
            wait_max=20,
        ):
            with attempt, _connected(ask, paramiko, deadline) as sftp:
                return work(sftp)
    except _OtherHost as other:
        raise CredentialError(
            say(
                "{source}：{host} 出示的主机密钥与约定的不同：{shown}。",
                source=ask.source,
                host=host,
                shown=other.shown,
            ),
            hint=say("请先向部门核实；确实换了密钥的，再改 source.toml 的 transport.host_key。没有取任何数据。"),
        ) from None
    except paramiko.AuthenticationException:
        raise CredentialError(
            say("{source}：{host} 不接受这个用户或凭据。", source=ask.source, host=host),
            hint=say("用 jiuzhu-check credential set 重设，并核对 user。"),
        ) from None
    except PermissionError:
        raise CredentialError(
            say("{source}：{host} 不允许读写这个路径。", source=ask.source, host=host),
            hint=say("请部门开放权限，或核对 transport.path 和 inquiry.inbox。"),
        ) from None
    except FileNotFoundError:
        raise TryLater(
            say("{source}：{host} 上没有这个文件夹或文件。", source=ask.source, host=host),
            hint=say("请核对 transport.path 和 inquiry.inbox，或等部门放好数据后再试。"),
        ) from None
    except (*broken, _OutOfTime):
        raise TryLater(
            say("{source}：连不上 {host}，或传输中断、超过限时。", source=ask.source, host=host),
            hint=say("请核对网络，稍后再试。上一次的数据仍在用。"),
        ) from None


def _final(paramiko: Any, problem: Exception) -> bool:
    """What trying again does not change."""
    return isinstance(problem, (paramiko.AuthenticationException, FileNotFoundError, PermissionError))


@contextmanager
def _connected(ask: Ask, paramiko: Any, deadline: float) -> Iterator[Any]:
    left = deadline - time.monotonic()
    if left <= 0:
        raise _OutOfTime
    wanted = str(ask.settings["host_key"])

    class Pinned(paramiko.MissingHostKeyPolicy):  # type: ignore[misc]
        def missing_host_key(self, client: object, hostname: str, key: Any) -> None:
            shown = "SHA256:" + base64.b64encode(hashlib.sha256(key.asbytes()).digest()).decode().rstrip("=")
            if not hmac.compare_digest(shown, wanted):
                raise _OtherHost(shown)

    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(Pinned())
    try:
        client.connect(
            str(ask.settings["host"]),
            int(ask.settings.get("port", 22)),
            str(ask.settings["user"]),
            **_secret(ask, paramiko),
            allow_agent=False,
            look_for_keys=False,
            timeout=min(30, left),
            banner_timeout=min(30, left),
            auth_timeout=min(30, left),
            disabled_algorithms=_disabled(ask),
        )
        sftp = client.open_sftp()
        sftp.get_channel().settimeout(min(60, left))
        yield sftp
    finally:
        client.close()


def _secret(ask: Ask, paramiko: Any) -> dict[str, Any]:
    """The credential as connect() takes it: a private key where it begins as one, else a password."""
    secret = ask.secret()
    if not secret.startswith(b"-----BEGIN"):
        return {"password": secret.decode().rstrip("\r\n")}
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            return {"pkey": kind.from_private_key(io.StringIO(secret.decode()))}
        except (paramiko.SSHException, ValueError, IndexError):
            continue
    raise CredentialError(
        say("{source}：凭据里的私钥读不出来。", source=ask.source),
        hint=say("要没有口令的 Ed25519、ECDSA 或 RSA 私钥（OpenSSH 或 PEM 格式）。"),
    )


def _disabled(ask: Ask) -> dict[str, list[str]]:
    allowed = [str(each) for each in ask.settings.get("allow", [])]
    if stray := sorted(set(allowed) - set(OLD)):
        raise wrong(ask.source, "transport.allow", say("可用：{kinds}", kinds="、".join(OLD)) + f"（{stray[0]}）")
    off: dict[str, list[str]] = {}
    for name, kind in OLD.items():
        if name not in allowed:
            off.setdefault(kind, []).append(name)
    return off


def _libraries() -> tuple[Any, Any]:
    try:
        import paramiko
        import stamina
        import stamina.instrumentation
    except ImportError:
        raise UsageError(
            say("取 {driver} 的数据要装 {library}。", driver="SFTP", library="paramiko、stamina"),
            hint=say("运行 pip install 'jiuzhu-check[{extra}]'。", extra="sftp"),
        ) from None
    stamina.instrumentation.set_on_retry_hooks([])
    logging.getLogger("paramiko").setLevel(logging.CRITICAL + 1)  # it would print what went wrong beside our own words
    return paramiko, stamina
