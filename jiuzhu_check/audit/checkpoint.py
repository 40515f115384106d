"""Where the log ended, remembered beside it: a log that was cut short does not reach its checkpoint.

Whoever has the key can cut the log and write a fitting checkpoint. Only a head hash kept elsewhere, on paper or on
another machine, shows that: `audit verify` prints it for this.
"""

import hmac
import json
from dataclasses import dataclass
from pathlib import Path

from jiuzhu_check.audit.files import replace

_FILE = "checkpoint.json"


@dataclass(frozen=True)
class Checkpoint:
    """The last record at the time: its number and its hash."""

    seq: int
    hash: str


class BrokenCheckpoint(ValueError):
    """The checkpoint is unreadable, or another hand made it."""


def remember(folder: Path, checkpoint: Checkpoint, key: bytes) -> None:
    """Keep the checkpoint in place of the one before; an older one that survives a crash is still true."""
    body = {"seq": checkpoint.seq, "hash": checkpoint.hash, "mac": _mac(checkpoint, key)}
    replace(folder / _FILE, json.dumps(body).encode())


def recall(folder: Path, key: bytes) -> Checkpoint | None:
    """The checkpoint, null where there is none; raises BrokenCheckpoint."""
    try:
        body = json.loads((folder / _FILE).read_bytes())
        checkpoint, claimed = Checkpoint(int(body["seq"]), str(body["hash"])), str(body["mac"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        raise BrokenCheckpoint from None
    if not hmac.compare_digest(claimed.encode(), _mac(checkpoint, key).encode()):
        raise BrokenCheckpoint
    return checkpoint


def _mac(checkpoint: Checkpoint, key: bytes) -> str:
    return hmac.digest(key, f"checkpoint|{checkpoint.seq}|{checkpoint.hash}".encode(), "sha256").hex()
