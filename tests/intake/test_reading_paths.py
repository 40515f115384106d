"""Three ways to read a text file: whichever takes a file, it says what Python's csv module says."""

import csv
import io
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from jiuzhu_check.errors import ExtractChanged
from jiuzhu_check.intake import decode
from jiuzhu_check.intake.delivery import Delivery
from jiuzhu_check.intake.formats import delimited
from jiuzhu_check.intake.grid import Grid, together
from jiuzhu_check.intake.heading import find_header
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
LAYOUT = delimited.layout(vehicles().encode(), lambda rows: find_header(VEHICLE, rows))
assert LAYOUT is not None
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
    data = (body + ("" if body.endswith("\n") else "\n")).encode()
    text = vehicles() + data.decode()
    layout: delimited.Layout = LAYOUT  # type: ignore[assignment]
    try:
        careful = together(list(delimited._careful([data], layout, 2, "extract")))
    except ExtractChanged:
        with pytest.raises(ExtractChanged):
            delimited.read(text.encode(), "extract", lambda rows: find_header(VEHICLE, rows))
        return
    assert said(careful) == expected(text)
    for grid in (delimited._by_line(data, layout, 2), delimited._at_once(data, layout, 2)):
        assert grid is None or said(grid) == expected(text)


def told(delivery: Delivery) -> tuple[object, ...]:
    rows = delivery.rows.to_dict(as_series=False), delivery.rejects.to_dict(as_series=False)
    return *rows, delivery.torn.to_list(), delivery.notes, delivery.unknown


PATIENT = replace(VEHICLE, contract=replace(VEHICLE.contract, max_reject_pct=100))


@given(bodies, st.sampled_from(["utf-8", "gb18030"]), st.sampled_from(["\n", "\r\n", "\r"]), st.integers(1, 400))
@settings(deadline=None, derandomize=True, max_examples=80)
def test_where_a_file_is_cut_into_pieces_changes_nothing(body: str, encoding: str, end: str, piece: int) -> None:
    odd = [(*row(1)[:3], "别的"), ("合计", "", "", ""), (*row(2)[:2], "鲁A·0002", "GQ"), (), row(3)]
    text = vehicles(*map(row, range(12))) + body + ("" if body.endswith("\n") else "\n") + written(odd)
    data = text.replace("\n", end).encode(encoding)

    def outcome() -> tuple[object, ...]:
        try:
            return told(taken(data, PATIENT))
        except ExtractChanged as refused:
            return (refused.message,)

    whole = outcome()
    with pytest.MonkeyPatch.context() as cut:
        cut.setattr(decode, "PIECE", piece)
        cut.setattr(delimited, "_ROWS", 1 + piece % 7)
        assert outcome() == whole


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
