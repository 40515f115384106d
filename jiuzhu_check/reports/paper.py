"""A paper: what is printed of one household, as plain values that PDF and DOCX print alike and that the store can keep.

What one paper says never changes; its number, version, day and code stand in Issue, beside it.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

BY_HAND = "________________"  # what a setting does not say: to be filled in by hand, never invented
NOT_A_DECISION = "仅供审核使用，不作认定结论"

Part = dict[str, Any]


@dataclass(frozen=True)
class Paper:
    """What a paper says: its title, the facts at its head, and its parts in order.

    one_page: whether it is set small, to end on the first page
    """

    title: str
    facts: list[list[str]]
    parts: list[Part]
    one_page: bool = False

    def to_json(self) -> str:
        """The one way in which it is written down."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Paper":
        """The paper that was written down."""
        return cls(**json.loads(text))

    def digest(self) -> str:
        """SHA-256 of what it says."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()


@dataclass(frozen=True)
class Issue:
    """Under which number, as which version and on which day a paper was given out.

    code: leads to the audit record that holds the paper's SHA-256
    copy: the how many-th print this is; 0: printed without a count, so that every print has the same bytes
    """

    number: str
    version: int
    issued_on: date
    code: str
    copy: int = 0

    def facts(self) -> list[list[str]]:
        """What stands at the head of the paper."""
        return [["编号", self.number], ["版次", f"第 {self.version} 版"], ["出具日期", str(self.issued_on)]]

    def foot(self) -> str:
        """What stands at the foot of every page."""
        return f"编号 {self.number}　第 {self.version} 版　{NOT_A_DECISION}"

    def end(self) -> list[list[str]]:
        """What stands at the end of the paper."""
        copy = f"本版第 {self.copy} 次打印" if self.copy else f"本版第 {BY_HAND[:6]} 次打印（打印次数以出具登记为准）"
        return [
            ["用途", NOT_A_DECISION],
            ["打印次数", copy],
            ["校验码", f"{self.code}（核对单位用 audit verify --code 校验）"],
        ]


def heading(text: str) -> Part:
    """A section's heading."""
    return {"is": "heading", "text": text}


def text(words: str) -> Part:
    """A paragraph."""
    return {"is": "text", "text": words}


def note(words: str) -> Part:
    """A paragraph in small type: what a reader should bear in mind."""
    return {"is": "note", "text": words}


def table(heads: Sequence[str], widths: Sequence[float], rows: Iterable[Sequence[object]]) -> Part:
    """Rows under headings; widths are shares of the line."""
    told = [["" if cell is None else str(cell) for cell in row] for row in rows]
    return {"is": "table", "heads": list(heads), "widths": list(widths), "rows": told}


def card(title: str, pairs: Iterable[tuple[str, str | None]]) -> Part:
    """One matter: a title, and what is said of it, label by label; a label without words is left out."""
    return {"is": "card", "title": title, "rows": [[label, words] for label, words in pairs if words]}


def signatures(*labels: str) -> Part:
    """Places to sign by hand."""
    return {"is": "signatures", "labels": list(labels)}
