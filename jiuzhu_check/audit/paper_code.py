"""校验码: what a printed paper bears, so that anybody with the workspace can see that the audit log knows this very paper.

The number before the first dash is the audit record's; the rest is made of that record's hash and of the paper's SHA-256.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ACTION = "issue"


@dataclass(frozen=True)
class Known:
    """The paper that a code belongs to. digest: SHA-256 of what it says."""

    number: str
    version: int
    digest: str


def paper_code(seq: int, record_hash: str, paper: Known) -> str:
    """The code of one paper that a record names.

    >>> paper_code(12, "ab" * 32, Known("370000-000001", 1, "cd" * 32))
    '12-03BE-71B8-312A-344F'
    """
    said = "|".join((record_hash, paper.number, str(paper.version), paper.digest))
    mark = hashlib.sha256(said.encode()).hexdigest()[:16].upper()
    return "-".join((str(seq), *(mark[at : at + 4] for at in range(0, 16, 4))))


def facts(papers: list[Known]) -> dict[str, Any]:
    """What the record says of the papers that it stands for."""
    return {"papers": [[paper.number, paper.version, paper.digest] for paper in papers]}


def sequence(code: str) -> int | None:
    """The number of the record that a code leads to; null where it is no code."""
    head = code.strip().split("-")[0]
    return int(head) if head.isascii() and head.isdigit() and len(head) < 16 else None


def known(record: Mapping[str, Any], code: str) -> Known | None:
    """The paper of that code among those of a record; null where it is none of them."""
    if record.get("action") != ACTION:
        return None
    papers = [Known(str(number), int(version), str(digest)) for number, version, digest in record["facts"]["papers"]]
    wanted = code.strip().upper()
    return next((paper for paper in papers if paper_code(record["seq"], record["hash"], paper) == wanted), None)
