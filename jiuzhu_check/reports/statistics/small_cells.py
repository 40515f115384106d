"""小数不显 small cells: counts so small that they could point at a household are hidden, and so is what would tell them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from math import inf

from jiuzhu_check.reports.statistics.measures import FAMILIES, Breakdown, Count

Place = tuple[str, str]  # row and measure
TOTAL = ""  # the row of totals
SECOND = "…"  # hidden only so that no sum tells another one
Shown = int | str | None


def shown(table: Breakdown, fewest: int) -> dict[str, dict[str, Shown]]:
    """Label → measure → what may be read; the total under TOTAL.

    A count of 1 to fewest − 1 reads <fewest. Where a sum of its row or its column would tell it, because it alone is hidden
    there, or because what is left of the total allows one value only, the smallest count beside it reads … Of a row with
    fewer households than that every count is about somebody who may be known: it is hidden too, however large.
    """
    whole = {**table.rows, TOTAL: table.total}
    counts = {(row, name): count for row, told in whole.items() for name, count in told.items() if count is not None}
    few = {row for row, told in whole.items() if 0 < (told.get("households") or 0) < fewest}
    of_few = {(row, name) for (row, name), count in counts.items() if row in few and count}
    hidden = concealed(counts, list(_sums(whole, table)), fewest, of_few=of_few)
    return {row: {name: _told(counts, (row, name), hidden, fewest) for name in told} for row, told in whole.items()}


def shown_column(counts: Sequence[int], fewest: int) -> list[Shown]:
    """The same of one column of counts that has a total beside it which is shown."""
    known = {(str(place), ""): count for place, count in enumerate(counts)}
    total = (TOTAL, "")
    hidden = concealed({**known, total: sum(counts)}, [[*known, total]], fewest, seen={total})
    return [_told(known, place, hidden, fewest) for place in known]


def concealed(
    counts: Mapping[Place, int],
    sums: Iterable[Sequence[Place]],
    fewest: int,
    *,
    of_few: Collection[Place] = (),
    seen: Collection[Place] = (),
) -> set[Place]:
    """The places that may not be read.

    sums: the places of each sum, its parts first and its total last; of_few: hidden however large; seen: shown anyhow
    """
    hidden = {place for place, count in counts.items() if 0 < count < fewest or place in of_few} - {*seen}
    lines, before = [[place for place in line if place in counts] for line in sums], -1
    while len(hidden) != before:
        before = len(hidden)
        for line in lines:
            others = [place for place in line if place not in hidden and place not in seen]
            alone = sum(place in hidden for place in line) == 1
            if others and (alone or _tells(line, counts, hidden, fewest)):
                hidden.add(min(others, key=lambda place: (counts[place] == 0, counts[place])))
    return hidden


def _tells(line: Sequence[Place], counts: Mapping[Place, int], hidden: Collection[Place], fewest: int) -> bool:
    """Whether a reader of one sum can say exactly what one of its small counts is."""
    ends = {place: _ends(counts[place], place in hidden, fewest) for place in line}
    *parts, total = line
    for place in line:
        if place not in hidden or not 0 < counts[place] < fewest:
            continue
        others = [ends[part] for part in parts if part != place]
        low, high = sum(least for least, _ in others), sum(most for _, most in others)
        if place != total:
            low, high = ends[total][0] - high, ends[total][1] - low
        if max(low, 1) == min(high, fewest - 1):
            return True
    return False


def _ends(count: int, is_hidden: bool, fewest: int) -> tuple[float, float]:
    """The least and the most that a reader must think a count to be."""
    if not is_hidden:
        return count, count
    return (1, fewest - 1) if 0 < count < fewest else (fewest, inf)


def _sums(whole: Mapping[str, Mapping[str, Count]], table: Breakdown) -> Iterable[list[Place]]:
    for row in whole:
        for total, parts in FAMILIES.items():
            yield [*((row, part) for part in parts), (row, total)]
    for name in table.total:
        if name not in table.apart:
            yield [(row, name) for row in whole]


def _told(counts: Mapping[Place, int], place: Place, hidden: set[Place], fewest: int) -> Shown:
    if place not in counts:
        return None
    if place not in hidden:
        return counts[place]
    return f"<{fewest}" if 0 < counts[place] < fewest else SECOND
