"""The oldest months of the log, whose period has passed, go; where the chain then begins is remembered and sealed.

AUDIT/purged.json  the last record that went, the last month, and how many records
"""

import hmac
import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from pathlib import Path

from jiuzhu_check.audit import files
from jiuzhu_check.audit.record import START, unseal
from jiuzhu_check.errors import IntegrityError
from jiuzhu_check.language import say

_FILE = "purged.json"


class BrokenPurge(ValueError):
    """purged.json is unreadable, or another hand made it."""


@dataclass(frozen=True)
class Purged:
    """Where the log begins: behind the record of that number and hash, the last of that month; records: that went."""

    seq: int = 0
    hash: str = START
    month: str = ""
    records: int = 0


NOTHING = Purged()


def purge_months(folder: Path, key: bytes, months: Collection[str]) -> None:
    """Take the oldest months away, as far as these are the oldest; the newest file always stays.

    raises: OSError; IntegrityError where what says how the log begins was altered. A second call does what is left.
    """
    with files.locked(folder, to_write=True):
        try:
            before = recall_purged(folder, key)
        except BrokenPurge:
            raise IntegrityError(
                say("审计日志不完整：{what}", what=say("purged.json 已被改动")), hint=say("保留现场，联系审计人员。")
            ) from None
        left = files.month_files(folder)[:-1]
        going = []
        for file in left:
            if file.stem > before.month and file.stem not in months:
                break
            going.append(file)
        fresh = [file for file in going if file.stem > before.month]
        if fresh:
            last = unseal(files.read_tail(fresh[-1]).line, key)
            records = before.records + last["seq"] - before.seq
            _remember(folder, Purged(last["seq"], last["hash"], fresh[-1].stem, records), key)
        for file in going:
            file.unlink()
        files.sync_folder(folder)


def recall_purged(folder: Path, key: bytes) -> Purged:
    """Where the log begins; raises BrokenPurge."""
    try:
        body = json.loads((folder / _FILE).read_bytes())
        claimed = str(body.pop("mac"))
        purged = Purged(int(body["seq"]), str(body["hash"]), str(body["month"]), int(body["records"]))
    except FileNotFoundError:
        return NOTHING
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BrokenPurge from None
    if not hmac.compare_digest(claimed.encode(), _mac(purged, key).encode()):
        raise BrokenPurge
    return purged


def _remember(folder: Path, purged: Purged, key: bytes) -> None:
    files.replace(folder / _FILE, json.dumps({**asdict(purged), "mac": _mac(purged, key)}).encode())
    files.sync_folder(folder)


def _mac(purged: Purged, key: bytes) -> str:
    told = f"purged|{purged.seq}|{purged.hash}|{purged.month}|{purged.records}"
    return hmac.digest(key, told.encode(), "sha256").hex()
