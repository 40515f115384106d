"""Counts that could point at a household are hidden, and none of them can be worked out by one subtraction."""

from hypothesis import given
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


def test_a_small_count_beside_its_total_hides_the_next_smallest() -> None:
    assert shown_column([3, 20, 7, 0], 5) == ["<5", 20, "…", 0]
    assert shown_column([3], 5) == ["<5"]
    assert shown_column([], 5) == []
