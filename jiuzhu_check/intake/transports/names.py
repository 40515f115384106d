"""File names in a drop folder: /out/gjj_{date:%Y%m%d}*.csv says where to look, and which day a file speaks of."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from fnmatch import translate
from pathlib import PurePosixPath

_DATE = re.compile(r"\{date:([^{}]+)\}")
_DIGITS = {"%Y": r"\d{4}", "%y": r"\d{2}", "%m": r"\d{2}", "%d": r"\d{2}", "%j": r"\d{3}"}


@dataclass(frozen=True)
class Names:
    """A folder and the names that are wanted in it.

    folder: its path
    day:    how the day is written in a name, such as %Y%m%d; empty where names tell no day
    """

    folder: str
    wanted: re.Pattern[str]
    day: str

    @classmethod
    def of(cls, path: str) -> "Names":
        """The names that a path means; only its last part may hold a day, * ? or [].

        raises: ValueError where the day is written in a way that no name can be read by, or stands in a folder's name
        """
        place = PurePosixPath(path)
        day = _DATE.search(place.name)
        if _DATE.search(str(place.parent)) or len(_DATE.findall(place.name)) > 1 or not place.name:
            raise ValueError(path)
        if day is None:
            return cls(str(place.parent), re.compile(translate(place.name)), "")
        pieces = re.split(r"(%[a-zA-Z])", day.group(1))
        if any(each.startswith("%") and each not in _DIGITS for each in pieces):
            raise ValueError(path)
        form = "".join(_DIGITS.get(each, re.escape(each)) for each in pieces)
        before, after = place.name[: day.start()], place.name[day.end() :]
        wanted = re.compile(f"{_inner(before)}(?P<day>{form}){translate(after)}")
        return cls(str(place.parent), wanted, day.group(1))

    def date_of(self, name: str) -> date | None:
        """The day that a wanted name tells, or null where names tell none; raises ValueError where it is no day."""
        found = self.wanted.fullmatch(name)
        return datetime.strptime(found["day"], self.day).date() if found and self.day else None  # noqa: DTZ007 - a day has no zone


def marked(name: str, marker: str, others: set[str]) -> bool:
    """Whether the done-marker of a file lies beside it: a.csv.ok or a.ok."""
    return not marker or name + marker in others or PurePosixPath(name).stem + marker in others


def _inner(glob: str) -> str:
    return translate(glob).removesuffix(r"\Z").removesuffix(r"\z")
