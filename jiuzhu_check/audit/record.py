"""One line of the log: canonical JSON, chained to the line before it, sealed with an HMAC."""

import hmac
import json
from collections.abc import Mapping
from typing import Any

START = "0" * 64  # what the first record follows
VERSION = 1
CHECKPOINT_MISSING = "checkpoint_missing"
TORN_LINE = "torn_line_set_aside"


class BrokenRecord(ValueError):
    """A line that is not a record of this log. Says what is wrong in a word; holds nothing of the line."""


def seal(body: Mapping[str, Any], key: bytes) -> bytes:
    """The record's line, with its HMAC as hash; the body carries seq, and prev, the hash before it."""
    return _canonical({**body, "hash": _hash(body, key)}) + b"\n"


def unseal(line: bytes, key: bytes) -> dict[str, Any]:
    """The record, hash and all.

    raises: BrokenRecord where it is not written in the one way, or another key or hand made it
    """
    try:
        record = json.loads(line)
        body = {name: value for name, value in record.items() if name != "hash"}
        claimed = str(record["hash"])
    except (ValueError, AttributeError, TypeError, KeyError, RecursionError):
        raise BrokenRecord("unreadable") from None
    if not hmac.compare_digest(claimed.encode(), _hash(body, key).encode()):
        raise BrokenRecord("sealed by another hand")
    if _canonical(record) != line.rstrip(b"\n"):
        raise BrokenRecord("written in another way")
    return dict(record)


def pseudonym(text: str, key: bytes) -> str:
    """What stands for a person's or household's number: always the same, and no way back without the key."""
    own = hmac.digest(key, b"subject", "sha256")
    return hmac.digest(own, text.strip().upper().encode(), "sha256")[:16].hex()


def _hash(body: Mapping[str, Any], key: bytes) -> str:
    return hmac.digest(key, _canonical(body), "sha256").hex()


def _canonical(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode(
        "utf-8", "backslashreplace"
    )
