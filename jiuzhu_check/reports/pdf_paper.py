"""A paper as PDF/A. The same paper, issue and fonts give the same bytes. This file imports no polars: other processes start with it."""

from dataclasses import asdict, dataclass
from functools import cached_property

from jiuzhu_check.reports.paper import Issue, Paper
from jiuzhu_check.reports.typesetting import Typesetter


@dataclass(frozen=True)
class PdfPress:
    """What sets papers as PDF. font_dir: as Typesetter."""

    font_dir: str | None = None

    def ready(self) -> None:
        """Whether there is what it takes; raises UsageError where a package or a font is missing."""
        self._typesetter.ready()

    def print(self, paper: Paper, issue: Issue) -> bytes:
        """The PDF; raises MissingCharacters where no font has a character of the paper."""
        told = {
            **asdict(paper),
            "facts": [*issue.facts(), *paper.facts],
            "end": issue.end(),
            "foot": issue.foot(),
        }
        return self._typesetter.set(told, on=issue.issued_on)

    @cached_property
    def _typesetter(self) -> Typesetter:
        return Typesetter("paper.typ", "docx", self.font_dir)
