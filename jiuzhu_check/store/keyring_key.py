"""Secrets in the desktop's key ring, and only in a ring that is known to encrypt.

A ring is taken by its class: what `keyring` picks by itself may be a file of base64 text, or nothing at all.
"""

from collections.abc import Callable, Iterator
from typing import TypeVar

import keyring
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend
from keyring.errors import KeyringError

from jiuzhu_check.errors import CredentialError
from jiuzhu_check.language import say

SERVICE = "jiuzhu-check"
_Answer = TypeVar("_Answer")
ALLOWED = frozenset(
    {
        "keyring.backends.SecretService.Keyring",
        "keyring.backends.kwallet.DBusKeyring",
        "keyring.backends.kwallet.DBusKeyringKWallet4",
        "keyring.backends.macOS.Keyring",
        "keyring.backends.Windows.WinVaultKeyring",
    }
)


def create_in_keyring(entry: str, secret: str) -> str:
    """The entry's secret: the one that is there, or else the new one, read back after it was stored.

    raises: CredentialError where no allowed ring is there, or it does not give back what was stored
    """
    ring = _allowed_ring()
    kept = _ask(lambda: ring.get_password(SERVICE, entry))
    if kept is None:
        put_in_keyring(entry, secret)
    return secret if kept is None else kept


def put_in_keyring(entry: str, secret: str) -> None:
    """Store the entry's secret, in the place of an older one, and read it back.

    raises: CredentialError where no allowed ring is there, or it does not give back what was stored
    """
    ring = _allowed_ring()
    _ask(lambda: ring.set_password(SERVICE, entry, secret))
    if _ask(lambda: ring.get_password(SERVICE, entry)) != secret:
        raise CredentialError(
            say("密钥环没有存住密钥：{ring}", ring=_class_name(ring)), hint=say("改用 --key-provider file 或 systemd。")
        )


def delete_from_keyring(entry: str) -> None:
    """Forget the entry, where there is one; raises CredentialError where no allowed ring is there."""
    ring = _allowed_ring()
    if _ask(lambda: ring.get_password(SERVICE, entry)) is not None:
        _ask(lambda: ring.delete_password(SERVICE, entry))


def read_from_keyring(entry: str) -> str:
    """The entry's secret.

    raises: CredentialError where no allowed ring is there, or it has no such entry
    """
    ring = _allowed_ring()
    secret = _ask(lambda: ring.get_password(SERVICE, entry))
    if secret is None:
        raise CredentialError(
            say("密钥环中没有条目 {entry}", entry=entry), hint=say("确认以建立工作区时的用户登录，或从备份取回密钥。")
        )
    return secret


def _allowed_ring() -> KeyringBackend:
    rings = list(_flatten(keyring.get_keyring()))
    for ring in rings:
        if _class_name(ring) in ALLOWED:
            return ring
    raise CredentialError(
        say("不允许使用这种密钥环：{rings}", rings="、".join(_class_name(ring) for ring in rings)),
        hint=say(
            "需要 SecretService、KWallet、macOS 或 Windows 的密钥环；服务器上请用 --key-provider file 或 systemd。"
        ),
    )


def _flatten(ring: KeyringBackend) -> Iterator[KeyringBackend]:
    if isinstance(ring, ChainerBackend):
        for member in ring.backends:
            yield from _flatten(member)
    else:
        yield ring


def _class_name(ring: KeyringBackend) -> str:
    return f"{type(ring).__module__}.{type(ring).__qualname__}"


def _ask(question: Callable[[], _Answer]) -> _Answer:
    try:
        return question()
    except (KeyringError, OSError, RuntimeError) as error:
        raise CredentialError(
            say("密钥环没有应答：{why}", why=type(error).__name__),
            hint=say("解锁密钥环后再试；服务器上请用 --key-provider file。"),
        ) from None
