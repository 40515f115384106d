"""表头 header: which row of an unknown file names the columns, told without a source.toml."""

import re
import unicodedata
from collections.abc import Callable, Collection, Sequence

from jiuzhu_check.intake.heading import SEARCHED_ROWS, Header
from jiuzhu_check.intake.spelling import normal

_LONGEST = 40  # characters of a heading
_BELOW = 8  # rows below it that are compared with it
_MOSTLY = 0.8
_FIGURE = re.compile(r"[-+¥￥]?[0-9][0-9,.:/年月日% -]*(?:[Ee][-+]?[0-9]+|[万亿]?元|㎡|平方米)?")
Rows = Sequence[Sequence[str]]


def likely_header(known: Collection[str]) -> Callable[[Rows], Header | None]:
    """A finder: the first row that reads like headings and stands above rows that read like data, or null.

    known: normal headings that shipped connectors know; two of them make a header where nothing else tells
    """

    def find(rows: Rows) -> Header | None:
        for place in range(min(len(rows), SEARCHED_ROWS)):
            if _rating(rows, place, known):
                return Header(place + 1, tuple(rows[place]), {}, {})
        return None

    return find


def likely_table(known: Collection[str]) -> Callable[[Rows], float]:
    """A rating of rows: how much of a table they are, by the width of their header and how many headings are known."""

    def rate(rows: Rows) -> float:
        return next(
            (rated for place in range(min(len(rows), SEARCHED_ROWS)) if (rated := _rating(rows, place, known))), 0
        )

    return rate


def _rating(rows: Rows, place: int, known: Collection[str]) -> float:
    """How good a header a row is; 0 where it is none."""
    said = [cell for cell in rows[place] if cell.strip()]
    below = [row for row in rows[place + 1 :] if any(cell.strip() for cell in row)][:_BELOW]
    if len(said) < 2 or any(re.search("[0-9]{6}", cell) for cell in said):
        return 0
    usual = sorted(len([cell for cell in row if cell.strip()]) for row in below)
    if below and len(said) < usual[len(usual) // 2] / 2:
        return 0  # a title, or the upper of two rows of headings
    names = [cell for cell in said if is_name_of_a_column(cell)]
    distinct = {normal(cell) for cell in said}
    if len(names) < _MOSTLY * len(said) or len(distinct) < _MOSTLY * len(said):
        return 0
    heard = sum(each in known for each in distinct)
    if heard < 2 and not _unlike(rows[place], below):
        return 0
    alike = sum(len(row) == len(rows[place]) for row in below) / max(1, len(below))
    return (len(said) + 10 * heard) * (0.1 + alike)


def is_name_of_a_column(cell: str) -> bool:
    """Whether a cell could be a heading: short, and neither a figure nor a date."""
    text = unicodedata.normalize("NFKC", cell).strip()
    return 0 < len(text) <= _LONGEST and not _FIGURE.fullmatch(text) and not re.search("[0-9]{6}", text)


def _unlike(row: Sequence[str], below: Rows) -> bool:
    """Whether, under a row of names, there is a column of figures: so headings differ from what they head."""
    width = len(row)
    for at in range(width):
        cells = [line[at] for line in below if len(line) == width and line[at].strip()]
        if row[at].strip() and len(cells) > len(below) / 2 and not any(map(is_name_of_a_column, cells)):
            return True
    return False
