"""What databases have in common that speak Python's DB-API: execute, description, fetchmany."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from jiuzhu_check.intake.transports.database import Question
from jiuzhu_check.intake.transports.databases.answer import as_csv

_BATCH = 20_000


def streamed(connection: Any, question: Question) -> Generator[bytes, None, int]:
    """The answer over an open connection, which is closed at the end. Values stand at ?, :1 or what `mark` makes of them."""
    with closing(connection), closing(connection.cursor()) as cursor:
        cursor.arraysize = _BATCH
        text = question.pieces[0]
        for place, piece in enumerate(question.pieces[1:], start=1):
            text += f":{place}{piece}"
        cursor.execute(text, list(question.values))
        return (yield from as_csv([each[0] for each in cursor.description], _batches(cursor, question.few)))


def _batches(cursor: Any, few: int | None) -> Iterator[Sequence[Sequence[Any]]]:
    while batch := cursor.fetchmany(_BATCH if few is None else few):
        yield [[_text(cell) for cell in row] for row in batch]
        if few is not None:
            return


def _text(cell: Any) -> Any:
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    return cell.rstrip(" ") if isinstance(cell, str) else cell  # CHAR comes padded
