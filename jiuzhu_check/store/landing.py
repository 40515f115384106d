"""A raw delivery as one encrypted file: chunks under AES-256-GCM, one random key a file.

Each chunk is bound to the file's place, its own number and whether it is the last: none can be left out, moved or
added. A key seals one file only, so the chunk's number is nonce enough.
"""

import os
from collections.abc import Callable, Iterator
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from jiuzhu_check.language import say
from jiuzhu_check.store.place import Place

_MAGIC = b"JZL1"
_CHUNK = 4 * 1024 * 1024
_TAG = 16


class Bytes(Protocol):
    """What is sliced as bytes are, be it in memory or on the disk."""

    def __len__(self) -> int: ...

    def __getitem__(self, part: slice, /) -> bytes: ...


def pieces(data: Bytes) -> Iterator[bytes]:
    """The bytes, so many at a time."""
    for start in range(0, len(data), _CHUNK):
        yield data[start : start + _CHUNK]


def seal(data: Bytes, place: Place, look: Callable[[bytes], None]) -> tuple[Iterator[bytes], bytes]:
    """The file's bytes piece by piece, and the random key that opens them; each plain piece is looked at on its way."""
    key = os.urandom(32)
    return _sealed(data, AESGCM(key), place, look), key


def unseal(data: bytes, key: bytes, place: Place) -> bytes:
    """The delivery again, byte for byte.

    raises: IntegrityError where any byte is not what was sealed in this place
    """
    if not data.startswith(_MAGIC):
        raise place.damaged(say("不是加密的原始文件"))
    cipher, body = AESGCM(key), memoryview(data)[len(_MAGIC) :]
    try:
        return b"".join(
            cipher.decrypt(_nonce(number), body[start : start + _CHUNK + _TAG], _bound_to(place, number, last=last))
            for number, start, last in _chunks(len(body), _CHUNK + _TAG)
        )
    except (InvalidTag, ValueError):
        raise place.damaged(say("无法解密")) from None


def _sealed(data: Bytes, cipher: AESGCM, place: Place, look: Callable[[bytes], None]) -> Iterator[bytes]:
    yield _MAGIC
    for number, start, last in _chunks(len(data), _CHUNK):
        piece = data[start : start + _CHUNK]
        look(piece)
        yield cipher.encrypt(_nonce(number), piece, _bound_to(place, number, last=last))


def _chunks(size: int, step: int) -> Iterator[tuple[int, int, bool]]:
    """Number, start and whether it is the last; an empty delivery is one empty chunk."""
    starts = range(0, max(1, size), step)
    for number, start in enumerate(starts):
        yield number, start, number == len(starts) - 1


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


def _bound_to(place: Place, number: int, *, last: bool) -> bytes:
    return place.aad + f"|{number}|{int(last)}".encode()
