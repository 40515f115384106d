"""Three ways to read a text file: whichever takes a file, it says what Python's csv module says."""

import csv
import io

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from jiuzhu_check.errors import ExtractChanged
from jiuzhu_check.intake.formats import delimited
from jiuzhu_check.intake.grid import Grid
from jiuzhu_check.intake.heading import Header, find_header
from tests.intake.extracts import HEADINGS, VEHICLE, row, taken, vehicles, written

always = settings(deadline=None, derandomize=True, max_examples=150)
marks = st.sampled_from(
    ['"', '""', ",", "\n", " ", "张", "a", "", "'", "\\", "|", "\t", "\x03", "\x02", "0", "\u2028", "\x0b"]
)
cells = st.lists(marks, max_size=4).map("".join)
ragged = st.lists(st.lists(cells, max_size=6), max_size=8)


def quoted(rows: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


bodies = st.one_of(ragged.map(written), ragged.map(quoted), st.lists(marks, max_size=40).map("".join))
HEADER = find_header(VEHICLE, [HEADINGS])
assert HEADER is not None
WIDTH = len(HEADINGS)


def expected(text: str) -> tuple[dict[int, list[str | None]], dict[int, int]]:
    """Rows by number, and the widths of those that do not fit."""
    read = [(at, each) for at, each in enumerate(csv.reader(io.StringIO(text)), start=1) if at > 1]
    some = [(at, each) for at, each in read if any(cell.strip() for cell in each)]
    fitting = {at: [cell or None for cell in each] for at, each in some if len(each) == WIDTH}
    return fitting, {at: len(each) for at, each in some if len(each) != WIDTH}


def said(grid: Grid) -> tuple[dict[int, list[str | None]], dict[int, int]]:
    rows = {each[-1]: list(each[:-1]) for each in grid.rows.iter_rows()}
    return rows, {at: len(each) for at, each in grid.unreadable.iter_rows()}


@given(bodies)
@always
def test_every_way_to_read_says_what_the_csv_module_says(body: str) -> None:
    text = vehicles() + body + ("" if body.endswith("\n") else "\n")
    header: Header = HEADER  # type: ignore[assignment]
    try:
        careful = delimited._careful(text, ",", header, "extract")
    except ExtractChanged:
        with pytest.raises(ExtractChanged):
            delimited.read(text.encode(), "extract", lambda rows: find_header(VEHICLE, rows))
        return
    assert said(careful) == expected(text)
    by_line = delimited._by_line(text.encode(), ",", header)
    assert by_line is None or said(by_line) == expected(text)
    quotes = text.count('"')
    if quotes == 2 * text.count('""'):
        at_once = delimited._at_once(text.encode(), ",", header)
        assert at_once is None or said(at_once) == expected(text)


@given(bodies)
@always
def test_accepted_and_rejected_are_what_was_delivered(body: str) -> None:
    whole = [row(serial) for serial in range(900)]  # so that a few bad rows stay within the limit
    text = vehicles(*whole) + body + ("" if body.endswith("\n") else "\n") + written([row(1)])
    try:
        delivery = taken(text)
    except ExtractChanged:
        return
    fitting, torn = expected(text)
    assert delivery.delivered == len(fitting) + len(torn)
    rows = pl.concat([delivery.rows.select("source_row"), delivery.rejects.select("source_row")])["source_row"]
    assert sorted(rows) == sorted({*fitting, *torn})


@given(st.lists(st.tuples(cells, cells, cells, cells), min_size=1, max_size=8), st.sampled_from(["utf-8", "gb18030"]))
@always
def test_what_a_well_made_file_says_is_taken_cell_by_cell(rows: list[tuple[str, ...]], encoding: str) -> None:
    text = quoted([list(HEADINGS), *map(list, rows), list(row(1))])
    assume(not any("\n" in cell and cell.count(",") >= WIDTH - 1 for each in rows for cell in each))
    delivery = taken(text.encode(encoding))
    names = [each[0].strip() or None for each in [*rows, row(1)] if any(cell.strip() for cell in each)]
    assert delivery.rows["owner_name_raw"].to_list() == names
