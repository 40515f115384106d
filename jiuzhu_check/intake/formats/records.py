"""Records, each with its own keys, as XML and JSON have them → a grid: the headings are all their keys, in order of appearance."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from jiuzhu_check.intake.formats.slices import tidy
from jiuzhu_check.intake.grid import BROKEN, Grid


@dataclass
class Records:
    """What a file holds, record by record.

    kept:    number and cells of each
    refused: number, text and code of each that is none
    """

    kept: list[tuple[int, Mapping[str, str | None]]] = field(default_factory=list)
    refused: list[tuple[int, str, str]] = field(default_factory=list)


_REASONS = {
    "json": "不是有效的 JSON 记录",
    "repeated": "同一个键出现了两次",
    "nested": "有一格是列表，不是一个值",
    "nul": "有空字节",
    "encoding": "有半个字符",
}


def to_grid(records: Records) -> Grid:
    """The records as rows; one with a zero byte or half a character in it is refused."""
    headings = list(dict.fromkeys(key for _, record in records.kept for key in record))
    wrong = {number: code for number, record in records.kept if (code := _wrong_text(record))}
    kept = [(number, record) for number, record in records.kept if number not in wrong]
    columns = {
        str(at): pl.Series([record.get(key) for _, record in kept], dtype=pl.String) for at, key in enumerate(headings)
    }
    rows = pl.DataFrame({**columns, "source_row": pl.Series([number for number, _ in kept], dtype=pl.Int64)})
    refused = [(number, _words(text), code, _REASONS[code]) for number, text, code in records.refused]
    refused += [
        (
            number,
            [cell for cell in record.values() if cell and not _wrong_text({"": cell})],
            wrong[number],
            _REASONS[wrong[number]],
        )
        for number, record in records.kept
        if number in wrong
    ]
    return Grid(
        "", tuple(headings), 0, tidy(rows) if headings else rows, broken=pl.DataFrame(refused, BROKEN, orient="row")
    )


def _wrong_text(record: Mapping[str, str | None]) -> str:
    text = "".join(filter(None, (*record, *record.values())))
    if "\x00" in text:
        return "nul"
    try:
        text.encode()
    except UnicodeEncodeError:
        return "encoding"
    return ""


def _words(text: str) -> list[str]:
    return text.translate(dict.fromkeys(map(ord, '{}[]:,"'), " ")).split()
