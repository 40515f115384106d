"""A table on a narrow terminal: numbers, days and codes stay whole, words are folded."""

import pytest
from rich.cells import cell_len

from jiuzhu_check.cli.screen import Form, show

CODE, DAY, COUNT, WORDS = "0a1b2c3d4e5f6071", "2018-12-01", 12_345_678, "留置：待答复的发现和未办结的异议所依据的"
HEADS = ["编号", "最早数据时点", "最晚数据时点", "去留", "字节"]


@pytest.mark.parametrize("width", [80, 64, 40])
def test_numbers_days_and_codes_are_never_folded(
    width: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    show("保存期", HEADS, [[CODE, DAY, DAY, WORDS, COUNT], [CODE, DAY, None, "可清除", 7]], Form.table, right=(4,))
    drawn = capsys.readouterr().out
    assert [drawn.count(each) for each in (CODE, DAY, "12,345,678")] == [2, 3, 1]
    shown = drawn.replace("\n", "").replace(" ", "")
    assert all(character in shown for character in WORDS)
    assert max(map(cell_len, drawn.splitlines())) <= width


def test_a_table_that_has_room_stands_as_it_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    show("", HEADS, [[CODE, DAY, DAY, WORDS, COUNT]], Form.table, right=(4,))
    head, _, row = capsys.readouterr().out.splitlines()[1:4]
    assert head.split() == HEADS
    assert row.split() == [CODE, DAY, DAY, WORDS, "12,345,678"]
