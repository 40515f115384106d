"""An answer in pieces: CSV bytes as they come, and at the end how many rows they were."""

import csv
import io
from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import Any


class Answer:
    """CSV bytes, heading first. rows is known once they have all been taken."""

    def __init__(self, pieces: Generator[bytes, None, int]) -> None:
        self._pieces = pieces
        self.rows: int | None = None

    def __iter__(self) -> Iterator[bytes]:
        self.rows = yield from self._pieces


def as_csv(headings: Sequence[str], batches: Iterable[Sequence[Sequence[Any]]]) -> Generator[bytes, None, int]:
    """Batches of cells as CSV bytes; returns how many rows. Null is an empty cell, bytes are hexadecimal digits."""
    text = io.StringIO()
    write = csv.writer(text, lineterminator="\n")
    write.writerow(headings)
    rows = 0
    for batch in batches:
        write.writerows(_plain(batch))
        rows += len(batch)
        yield text.getvalue().encode()
        text.seek(0)
        text.truncate()
    yield text.getvalue().encode()
    return rows


def _plain(batch: Sequence[Sequence[Any]]) -> Iterable[Sequence[Any]]:
    """The cells with bytes as digits. A column is of one kind, so its first cell that says something tells for all."""
    first = (next((row[at] for row in batch if row[at] is not None), None) for at in range(len(batch[0])))
    if any(isinstance(cell, bytes | bytearray) for cell in first):
        return ([cell.hex() if isinstance(cell, bytes | bytearray) else cell for cell in row] for row in batch)
    return batch
