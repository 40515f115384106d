"""How many parts a run read, and why."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Reading:
    """How many parts a run read, how many stood, and why those were read: first, part, roster, code or full."""

    read: int = 0
    stood: int = 0
    why: Counter[str] = field(default_factory=Counter)

    def count(self, parts: int, why: str) -> None:
        """Parts that are read for a reason, or, without one, stand."""
        if why:
            self.read += parts
            self.why[why] += parts
        else:
            self.stood += parts
