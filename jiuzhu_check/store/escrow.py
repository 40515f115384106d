"""密钥托管 escrow: the workspace's key in a file that only its custodians' passphrases open.

scrypt makes a key of the passphrases, AES-256-GCM seals the workspace's with it, bound to which workspace and key it is of.
Where there are several custodians, all of them are needed.
"""

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from jiuzhu_check.errors import CredentialError, UsageError
from jiuzhu_check.language import say
from jiuzhu_check.store.manifest import canonical

SHORTEST = 12  # characters of one custodian's passphrase
_DIFFERENT = 6  # of them, at least: the same key held down is no passphrase
_FORMAT = 1
_COST = 2**17  # 128 MB and half a second for each guess
_SALT, _NONCE, _KEY = 16, 12, 32


@dataclass(frozen=True)
class Escrow:
    """A key that was sealed, opened again."""

    workspace: str
    kek_id: str
    key: bytes

    def __repr__(self) -> str:
        return f"Escrow({self.workspace}, {self.kek_id})"


def seal_key(escrow: Escrow, passphrases: Sequence[str]) -> bytes:
    """The file; raises UsageError where a passphrase is too short or too plain, or two are the same."""
    _check(passphrases)
    head = {
        "format": _FORMAT, "what": "jiuzhu-check key escrow", "workspace": escrow.workspace, "kek_id": escrow.kek_id,
        "custodians": len(passphrases), "scrypt": [_COST, 8, 1],
    }  # fmt: skip
    salt, nonce = os.urandom(_SALT), os.urandom(_NONCE)
    sealed = AESGCM(_derived(passphrases, salt)).encrypt(nonce, escrow.key, canonical(head))
    told = {**head, "salt": b64encode(salt).decode(), "sealed": b64encode(nonce + sealed).decode()}
    return json.dumps(told, indent=1).encode() + b"\n"


def custodians(data: bytes) -> int:
    """How many passphrases open the file; raises CredentialError where it is none."""
    return int(_read(data)[0]["custodians"])


def is_of(data: bytes, workspace: str, kek_id: str) -> bool:
    """Whether a file is an escrow of that workspace's key, as it says itself."""
    try:
        head, _, _ = _read(data)
    except CredentialError:
        return False
    return (head["workspace"], head["kek_id"]) == (workspace, kek_id)


def open_escrow(data: bytes, passphrases: Sequence[str]) -> Escrow:
    """What was sealed; raises CredentialError where the file is none, was altered, or these do not open it."""
    head, salt, sealed = _read(data)
    try:
        key = AESGCM(_derived(passphrases, salt)).decrypt(sealed[:_NONCE], sealed[_NONCE:], canonical(head))
    except InvalidTag:
        raise CredentialError(
            say("口令打不开托管文件，或文件已被改动"),
            hint=say(
                "这份托管要 {count} 位保管人的口令，按封存时的次序；换另一份托管文件再试。", count=head["custodians"]
            ),
        ) from None
    return Escrow(str(head["workspace"]), str(head["kek_id"]), key)


def _check(passphrases: Sequence[str]) -> None:
    if not passphrases or any(len(each) < SHORTEST for each in passphrases):
        raise UsageError(
            say("口令至少 {shortest} 个字符。", shortest=SHORTEST),
            hint=say("每位保管人各写一行；用几个不相干的词，不用姓名、日期和单位名称。"),
        )
    if any(len(set(each)) < _DIFFERENT for each in passphrases):
        raise UsageError(
            say("口令至少有 {different} 个不同的字符。", different=_DIFFERENT),
            hint=say("用几个不相干的词，不用姓名、日期和单位名称。"),
        )
    if len(set(passphrases)) < len(passphrases):
        raise UsageError(say("两位保管人的口令一样。"), hint=say("各写各的，互不相告。"))


def _derived(passphrases: Sequence[str], salt: bytes) -> bytes:
    """Both parts count with their lengths, so that where one ends is part of it."""
    told = json.dumps(list(passphrases), ensure_ascii=False).encode()
    return Scrypt(salt=salt, length=_KEY, n=_COST, r=8, p=1).derive(told)


def _read(data: bytes) -> tuple[dict[str, Any], bytes, bytes]:
    try:
        told = json.loads(data)
        salt, sealed = b64decode(told.pop("salt"), validate=True), b64decode(told.pop("sealed"), validate=True)
        if (told["format"], told["scrypt"], len(salt)) != (_FORMAT, [_COST, 8, 1], _SALT) or not told["custodians"] > 0:
            raise ValueError
        told["workspace"], told["kek_id"]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise CredentialError(say("不是密钥托管文件，或已损坏"), hint=say("取另一份托管文件。")) from None
    return told, salt, sealed
