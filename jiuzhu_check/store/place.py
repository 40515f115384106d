"""Where a stored file belongs: bound into its encryption, and named when it is damaged."""

import re
from dataclasses import dataclass

from jiuzhu_check.errors import IntegrityError
from jiuzhu_check.language import say

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
_DATASET = re.compile(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*")  # no dot: a dataset never looks like a snapshot's folder


@dataclass(frozen=True)
class Place:
    """One part of one snapshot of one dataset. No name, number or address of a person may stand in any of them.

    dataset:  such as records/vehicle/370100
    snapshot: letters, digits, point, underscore, hyphen
    part:     likewise; the file's name is made from it
    """

    dataset: str
    snapshot: str
    part: str

    def __post_init__(self) -> None:
        """Hold every name to the letters that are safe in a path and cannot be confused in the AAD."""
        assert _DATASET.fullmatch(self.dataset), "a dataset's name has other characters than it may"
        assert _NAME.fullmatch(self.snapshot), "a snapshot's id has other characters than it may"
        assert _NAME.fullmatch(self.part), "a part's name has other characters than it may"

    @property
    def aad(self) -> bytes:
        """The additional authenticated data: a file moved elsewhere does not open."""
        return f"{self.dataset}|{self.snapshot}|{self.part}".encode()

    def damaged(self, what: str) -> IntegrityError:
        """The error that says which file of which snapshot is not what was written."""
        return IntegrityError(
            say(
                "{dataset} 快照 {snapshot} 的文件 {part} {what}",
                dataset=self.dataset,
                snapshot=self.snapshot,
                part=self.part,
                what=what,
            ),
            hint=say("不要使用这份数据；请从备份恢复该文件，或用原始交付文件重新执行 pull。"),
        )
