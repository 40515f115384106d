"""Counts that could point at a household are hidden, and none of them can be worked out by one subtraction."""

from hypothesis import example, given
from hypothesis import strategies as st

from jiuzhu_check.reports.statistics.measures import Breakdown
from jiuzhu_check.reports.statistics.small_cells import TOTAL, shown, shown_column

PARTS = ("hit", "no_record", "unchecked")
ROWS = st.lists(st.tuples(*[st.integers(0, 12)] * 3), min_size=1, max_size=6)


def table(rows: list[tuple[int, ...]]) -> Breakdown:
    counts = [dict(zip(PARTS, row, strict=True)) for row in rows]
    whole = {part: sum(row[part] for row in counts) for part in PARTS}
    named = {str(place): {"due": sum(row.values()), **row} for place, row in enumerate(counts)}
    return Breakdown("township", named, {"due": sum(whole.values()), **whole})


@given(ROWS)
def test_no_hidden_count_stands_alone_in_a_sum(rows: list[tuple[int, ...]]) -> None:
    told = shown(table(rows), 5)
    lines = [list(row.values()) for row in told.values()] + [
        [row[name] for row in told.values()] for name in ("due", *PARTS)
    ]
    for line in lines:
        assert sum(isinstance(cell, str) for cell in line) != 1 or len(line) == 1
        assert not any(isinstance(cell, int) and 0 < cell < 5 for cell in line)


def possible(cell: object) -> range:
    """What a reader must think that a cell may be."""
    return range(1, 5) if cell == "<5" else range(5, 90) if cell == "…" else range(cell, cell + 1)  # type: ignore[call-overload]


def readings(parts: list[object], total: object, of: object) -> set[int]:
    """Every value that a reader can still think of for one small count, `total` or one of the parts."""
    others = list(parts)
    if of is not total:
        others.remove(of)
    least, most = sum(possible(each)[0] for each in others), sum(possible(each)[-1] for each in others)
    if of is total:
        return {value for value in range(1, 5) if least <= value <= most}
    return {v for v in range(1, 5) if possible(total)[0] - most <= v <= possible(total)[-1] - least}


@given(ROWS)
@example([(1, 0, 20), (1, 0, 20), (0, 9, 20)])
@example([(4, 0, 20), (4, 0, 20), (0, 9, 20)])
@example([(1, 0, 20), (5, 0, 20), (9, 9, 20)])
def test_a_small_count_is_never_told_by_what_is_left_of_a_total(rows: list[tuple[int, ...]]) -> None:
    told = shown(table(rows), 5)
    lines = [([row[part] for part in PARTS], row["due"]) for row in told.values()]
    lines += [
        ([row[name] for label, row in told.items() if label != TOTAL], told[TOTAL][name]) for name in ("due", *PARTS)
    ]
    for parts, total in lines:
        if any(isinstance(cell, int) and cell for cell in (*parts, total)):
            for cell in (*parts, total):
                assert cell != "<5" or len(readings(parts, total, cell)) > 1, (parts, total)


@given(ROWS)
def test_what_is_shown_is_true(rows: list[tuple[int, ...]]) -> None:
    counts = table(rows)
    whole = {**counts.rows, TOTAL: counts.total}
    for label, row in shown(counts, 5).items():
        assert all(cell == whole[label][name] for name, cell in row.items() if isinstance(cell, int))


@given(ROWS)
def test_without_a_threshold_everything_is_shown(rows: list[tuple[int, ...]]) -> None:
    counts = table(rows)
    assert shown(counts, 0) == {**counts.rows, TOTAL: counts.total}


def test_of_a_place_with_few_households_nothing_is_shown_but_what_there_is_none_of() -> None:
    lone = {"households": 1, "persons": 3, "due": 27, "hit": 7, "no_record": 20, "unchecked": 0, "findings": 6}
    rest = {name: 40 * count for name, count in lone.items()}
    other = {name: 50 * count for name, count in lone.items()}
    total = {name: 91 * count for name, count in lone.items()}
    told = shown(Breakdown("village", {"甲": lone, "乙": rest, "丙": other}, total), 5)
    assert told["甲"] == {
        "households": "<5", "persons": "<5", "due": "…", "hit": "…", "no_record": "…", "unchecked": 0, "findings": "…",
    }  # fmt: skip
    assert told["乙"]["findings"] == "…"
    assert told["丙"]["findings"] == 300


def test_a_small_count_beside_its_total_hides_the_next_smallest() -> None:
    assert shown_column([3, 20, 7, 0], 5) == ["<5", 20, "…", 0]
    assert shown_column([1, 1, 20, 30], 5) == ["<5", "<5", "…", 30]
    assert shown_column([1, 5, 20], 5) == ["<5", "…", "…"]
    assert shown_column([3], 5) == ["<5"]
    assert shown_column([], 5) == []
