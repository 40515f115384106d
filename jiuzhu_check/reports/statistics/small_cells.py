"""小数不显 small cells: counts so small that they could point at a household are hidden, and so is what would tell them."""

from collections.abc import Iterable, Mapping, Sequence

from jiuzhu_check.reports.statistics.measures import FAMILIES, Breakdown, Count

Place = tuple[str, str]  # row and measure
TOTAL = ""  # the row of totals
SECOND = "…"  # hidden only so that no sum tells another one
Shown = int | str | None


def shown(table: Breakdown, fewest: int) -> dict[str, dict[str, Shown]]:
    """Label → measure → what may be read; the total under TOTAL.

    A count of 1 to fewest − 1 reads <fewest. Where a sum would tell a hidden count, because it alone is hidden of its
    row's or its column's parts, the smallest count beside it reads …
    """
    whole = {**table.rows, TOTAL: table.total}
    counts = {(row, name): count for row, told in whole.items() for name, count in told.items() if count is not None}
    hidden = concealed(counts, list(_sums(whole, table)), fewest)
    return {row: {name: _told(counts, (row, name), hidden, fewest) for name in told} for row, told in whole.items()}


def shown_column(counts: Sequence[int], fewest: int) -> list[Shown]:
    """The same of one column of counts that has a total beside it which is shown."""
    known = {(str(place), ""): count for place, count in enumerate(counts)}
    hidden = concealed(known, [list(known)], fewest)
    return [_told(known, place, hidden, fewest) for place in known]


def concealed(counts: Mapping[Place, int], sums: Iterable[Sequence[Place]], fewest: int) -> set[Place]:
    """The places that may not be read. sums: the places of each sum, its parts first and its total last."""
    hidden = {place for place, count in counts.items() if 0 < count < fewest}
    lines, before = [[place for place in line if place in counts] for line in sums], -1
    while len(hidden) != before:
        before = len(hidden)
        for line in lines:
            others = [place for place in line if place not in hidden]
            if others and len(line) - len(others) == 1:
                hidden.add(min(others, key=lambda place: (counts[place] == 0, counts[place])))
    return hidden


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
