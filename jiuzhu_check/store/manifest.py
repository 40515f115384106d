"""The manifest: what a snapshot holds, and which snapshots a dataset has. JSON, sealed by a MAC.

It says names of parts, hashes, sizes, row counts and dates; never a cell of the data, not even its smallest.
"""

import hmac
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from jiuzhu_check.errors import CredentialError, IntegrityError, StoreError
from jiuzhu_check.language import say

if TYPE_CHECKING:
    from jiuzhu_check.store.keys import Keys

FORMAT = 1


@dataclass(frozen=True)
class File:
    """One file of a snapshot: sha256 and size are those of the encrypted bytes."""

    name: str
    part: str
    sha256: str
    size: int
    rows: int
    wrapped_key: str


@dataclass(frozen=True)
class Tombstone:
    """What is left of a snapshot that was purged.

    on:         the day; rule: the parameter whose period had passed
    received:   as the snapshot's
    size:       of its files, in bytes
    raw_sha256: of a delivery's own bytes; empty of anything else
    """

    on: str
    rule: str
    received: str
    rows: int
    files: int
    size: int
    raw_sha256: str = ""


@dataclass(frozen=True)
class SnapshotEntry:
    """One snapshot in its dataset's list, in the order of publication.

    data_date: the day that the data speaks of; null where the caller gave none
    folder:    where it lies inside the dataset's folder
    sha256:    of the snapshot's own sealed JSON
    sealed:    the name of that JSON in the folder
    gone:      what is left of it, where it was purged
    """

    id: str
    data_date: date | None
    folder: str
    sha256: str
    sealed: str = "snapshot.json"
    gone: Tombstone | None = None


def seal(body: Mapping[str, Any], keys: "Keys") -> bytes:
    """Canonical JSON with the format, the key's id and a MAC over all of it."""
    whole = {**body, "format": FORMAT, "kek_id": keys.id}
    return canonical({**whole, "mac": keys.mac(canonical(whole))})


def unseal(data: bytes, keys: "Keys", what: str) -> dict[str, Any]:
    """The body again.

    what:   names the file in an error
    raises: IntegrityError where it was altered, CredentialError where another key sealed it, StoreError where it
            is of a newer format
    """
    try:
        whole = json.loads(data)
        claimed = whole.pop("mac")
        key_id, version = whole.pop("kek_id"), whole.pop("format")
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _altered(what) from None
    sealing = keys.sealing(key_id)
    if sealing is None:
        raise CredentialError(
            say("{what} 是用另一把密钥封存的", what=what),
            hint=say("刚更换过密钥的，重新执行同一命令；否则换用建立该工作区时的密钥。"),
        )
    sealed = canonical({**whole, "format": version, "kek_id": key_id})
    if not (isinstance(claimed, str) and hmac.compare_digest(claimed.encode(), sealing.mac(sealed).encode())):
        raise _altered(what)
    if version != FORMAT:
        raise StoreError(say("{what} 的格式比本程序新", what=what), hint=say("请升级 jiuzhu-check。"))
    return dict(whole)


def sealed_by(data: bytes) -> str:
    """The id of the key that sealed it; of what unseal has taken."""
    return str(json.loads(data)["kek_id"])


def canonical(body: Mapping[str, Any]) -> bytes:
    """The one way to write a JSON object."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def entry_to_json(entry: SnapshotEntry) -> dict[str, Any]:
    """The entry as it stands in the manifest."""
    told = {**vars(entry), "data_date": day_to_json(entry.data_date)}
    gone = told.pop("gone")
    return told if gone is None else {**told, "gone": asdict(gone)}


def entry_from_json(body: Mapping[str, Any]) -> SnapshotEntry:
    """The entry again."""
    gone = Tombstone(**body["gone"]) if "gone" in body else None
    return SnapshotEntry(**{**body, "data_date": day_from_json(body["data_date"]), "gone": gone})


def day_to_json(day: date | None) -> str | None:
    """A day as text, null as null."""
    return day.isoformat() if day else None


def day_from_json(text: str | None) -> date | None:
    """The day again."""
    return date.fromisoformat(text) if text else None


def _altered(what: str) -> IntegrityError:
    return IntegrityError(say("{what} 已被改动或损坏", what=what), hint=say("请从备份恢复该文件，并查明原因。"))
