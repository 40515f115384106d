"""预览 preview: what a source.toml would read of a file, before anything is taken in. Nothing is written.

For people: numbers, names, birth dates, phones and addresses are covered; nothing uncovers them here.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import tomli

from jiuzhu_check.errors import ExtractChanged, JiuzhuError, UsageError
from jiuzhu_check.intake.cells import unit_read
from jiuzhu_check.intake.delivery import Delivery, read_delivery
from jiuzhu_check.intake.guess.header import likely_header
from jiuzhu_check.intake.heading import Header, find_header
from jiuzhu_check.intake.look import Seen, look
from jiuzhu_check.intake.note import Note
from jiuzhu_check.intake.pull import to_records
from jiuzhu_check.intake.shipped import shipped_connectors
from jiuzhu_check.intake.source import Source, merge, read_source
from jiuzhu_check.intake.spelling import normal
from jiuzhu_check.language import say
from jiuzhu_check.tables.record import NEVER_KEPT, OWNER
from jiuzhu_check.values import identity_number, person_name

_NAMES = ("owner_name", "owner_name_raw", "other_name_raw", "owner_former_names", "name", "head_name", "former_names")
_NUMBERS = ("owner_no", "owner_no_raw", "other_no_raw", "head_no_raw", "owner_former_numbers", "person_no")
_PLACES = ("address", "owner_address", "home_address")
_BIRTHS = ("owner_birth", "birth_date")
_PLACE_SHOWN = 6  # characters of an address
_NOT_SHOWN = (
    "source",
    "supplier",
    "snapshot",
    "extract",
    "sheet",
    "source_row",
    "slot",
    "owners",
    "owner_no_raw",
    "owner_name_raw",
)


@dataclass(frozen=True)
class Read:
    """One heading of a file, and how it is read.

    column: canonical; empty where no column has this heading
    reader: text, money, day ... or lookup; unit: of money or power, empty for anything else
    """

    sheet: str
    heading: str
    column: str
    reader: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Preview:
    """What a source would read of a file.

    seen:     its tables, as they look; where none has the header of the source, under the row that is most like one
    headings: of every table with a header, in the file's order
    records:  sheet, source_row, slot, column and value of the first records; values are masked
    delivery: all of it, read; null where it would be refused
    kinds:    records by what their number is
    problem:  why it would be refused
    """

    seen: Sequence[Seen]
    headings: Sequence[Read]
    records: Sequence[tuple[str, int, int, str, str]]
    delivery: Delivery | None
    kinds: Mapping[str, int]
    problem: JiuzhuError | None

    @property
    def notes(self) -> Sequence[Note]:
        """What the department should hear of."""
        return self.delivery.notes if self.delivery else ()


def preview(source: Source, data: bytes, extract: str, rows: int = 5) -> Preview:
    """What the source would read of a file.

    rows:   how many delivered rows to show
    raises: ExtractChanged where the file cannot be opened at all; what else refuses it stands in the preview
    """

    def find(head: Sequence[Sequence[str]]) -> Header | None:
        return find_header(source, head)

    seen = look(data, extract, source.format, find)
    if not any(table.header for table in seen):
        seen = look(data, extract, source.format, _likely(source))  # what there is in the place of what was expected
    headings = [each for table in seen if table.header for each in _read(source, table, table.header)]
    try:
        delivery = read_delivery(source, data, extract)
    except ExtractChanged as problem:
        return Preview(seen, headings, (), None, {}, problem)
    records = _records(source, delivery.rows, extract)
    kinds = records["owner_no_kind"].value_counts() if "owner_no_kind" in records.columns else None
    return Preview(
        seen,
        headings,
        _shown(records, source, delivery.rows.head(rows)),
        delivery,
        dict(sorted(kinds.iter_rows())) if kinds is not None else {},
        None,
    )


def spec_source(path: Path) -> Source:
    """The source of a source.toml that lies anywhere; one named as a shipped source adds to it, as in a workspace.

    raises: UsageError where it does not read or does not fit
    """
    name = path.absolute().parent.name
    shipped = shipped_connectors() / name / "source.toml"
    base = _load(shipped) if shipped.is_file() and shipped != path.absolute() else {}
    return read_source(name if re.fullmatch("[a-z][a-z0-9_]{0,63}", name) else "source", merge(base, _load(path)))


def masked(column: str, value: object) -> str:
    """A cell as it may be looked at.

    >>> masked("owner_name", "张建国"), masked("address", "永和县柳河镇东街12号"), masked("account_no", "622200001234")
    ('张**', '永和县柳河镇…', '********1234')
    """
    if value is None:
        return ""
    if column in _BIRTHS and isinstance(value, date):
        return f"{value.year}-**-**"
    if not isinstance(value, str):
        return str(value)
    if column in _NAMES:
        return "、".join(map(_mask_name, re.split(r"[、，,;；/／|\n]", value)))
    if column in _NUMBERS:
        return "、".join(map(identity_number.mask, re.split(r"[、，,;；/／|\n]", value)))
    if column in _PLACES:
        return value[:_PLACE_SHOWN] + ("…" if len(value) > _PLACE_SHOWN else "")
    return re.sub(r"\d[\d \-]{5,}[\dXxＸｘ]", lambda found: "*" * (len(found[0]) - 4) + found[0][-4:], value)


def _read(source: Source, table: Seen, header: Header) -> list[Read]:
    at = {place: column for column, place in header.place.items()}
    told = []
    for place, heading in enumerate(header.headings):
        column = at.get(place, "")
        if not column:
            if normal(heading):
                told.append(Read(table.grid.sheet, heading, ""))
            continue
        names = [column, *(also for also in source.also if column in source.fillers(also)[1:])]
        for name in names:
            reader = "lookup" if name in source.lookups else source.readers.get(name, "text")
            unit = unit_read(source, header, name, column) if reader in ("money", "power") else ""
            told.append(Read(table.grid.sheet, heading, name, reader, unit))
    return told


def _likely(source: Source) -> Callable[[Sequence[Sequence[str]]], Header | None]:
    """A finder of the row that is most like a header, with the columns that it names."""
    meant = {normal(name): column for column, names in source.columns.items() for name in (*names, column)}
    find = likely_header(meant)

    def likely(rows: Sequence[Sequence[str]]) -> Header | None:
        header = find(rows)
        place = (
            {meant[normal(cell)]: at for at, cell in enumerate(header.headings) if normal(cell) in meant}
            if header
            else {}
        )
        return replace(header, place=place) if header else None

    return likely


def _records(source: Source, rows: pl.DataFrame, extract: str) -> pl.DataFrame:
    """The records; of a roster, which has none, its rows."""
    if source.table == "roster":
        return rows.with_columns(slot=pl.lit(1, pl.Int64))
    return to_records(source, rows, supplier="", snapshot="", extract=extract)


def _shown(records: pl.DataFrame, source: Source, first: pl.DataFrame) -> list[tuple[str, int, int, str, str]]:
    """The first rows' records, cell by cell; what none of them says is left out, but for what the file has a column for."""
    wanted = records.join(first.select("sheet", "source_row"), on=["sheet", "source_row"], how="semi")
    columns = [
        column
        for column in wanted.columns
        if column not in _NOT_SHOWN
        and (wanted[column].null_count() < wanted.height or column in source.columns)
        and not (column in {*OWNER, *NEVER_KEPT} and wanted[column].null_count() == wanted.height)
    ]
    told = []
    for record in wanted.sort("sheet", "source_row", "slot", maintain_order=True).iter_rows(named=True):
        for column in columns:
            value = masked(column, record[column])
            if column == "owner_no_kind" and record[column] is not None:
                value = identity_number.KINDS[record[column]]
            if column == "owner_no" and record[column] is None:
                value = masked("owner_no_raw", record.get("owner_no_raw"))
            told.append((record["sheet"] or "", record["source_row"], record["slot"], column, value))
    return told


def _mask_name(name: str) -> str:
    return str(pl.select(person_name.mask_name(pl.lit(name.strip()))).item()) if name.strip() else ""


def _load(path: Path) -> dict[str, Any]:
    try:
        return tomli.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomli.TOMLDecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise UsageError(
            say("{path} 不是有效的 TOML：{problem}", path=path, problem=problem), hint=say("请按行号修改后重试。")
        ) from None
