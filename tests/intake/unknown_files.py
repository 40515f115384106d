"""Files of departments that nobody has described yet, all invented."""

from collections.abc import Sequence

from jiuzhu_check.intake.guess import Guess, guess
from tests.intake.extracts import SOURCES, number, written

SURNAMES = "张王李赵刘陈杨黄周吴"
GIVEN = ["建国", "秀英", "德山", "磊", "敏", "芳", "强", "娜", "桂兰", "光明"]


def name(serial: int) -> str:
    return SURNAMES[serial % 10] + GIVEN[serial // 10 % 10]


def table(
    headings: Sequence[str], columns: Sequence[Sequence[str]], above: Sequence[Sequence[str]] = (), mark: str = ","
) -> str:
    """A text of columns under headings, with title rows above."""
    return written([*above, headings, *zip(*columns, strict=True)], mark)


def people(count: int, start: int = 0) -> tuple[list[str], list[str]]:
    """Names and numbers."""
    serials = range(start, start + count)
    return [name(serial) for serial in serials], [number(serial) for serial in serials]


def guessed(text: str | bytes, table: str = "", name: str = "new_source", extract: str = "sample.csv") -> Guess:
    return guess(SOURCES, text.encode("gb18030") if isinstance(text, str) else text, extract, name, table)


def meanings(guess: Guess) -> dict[str, str]:
    """heading → column, of what is connected."""
    return {each.heading: each.column for each in guess.columns if each.column}
