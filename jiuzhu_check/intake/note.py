"""留意 note: something in a delivery that was kept, or passed over, and that the department should hear of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

_MOST = 20  # of one column's unknown codes; more, and the column is another than was thought


@dataclass(frozen=True)
class Note:
    """What a pull says beside its counts. No personal data.

    column: canonical name; of a hidden sheet or another file of a zip its name, of a cut cell its heading
    what:   unknown_code, unreadable, hidden_sheet, other_member, deleted_rows, cut_character or new_column (a heading)
    value:  the code that no table knows; empty where the value could be personal
    rows:   in how many rows
    first:  the first such row's number; 0 where it is none
    """

    column: str
    what: str
    value: str
    rows: int
    first: int


def summed(notes: Iterable[Note], columns: Sequence[str]) -> list[Note]:
    """The notes of a table's pieces as those of the table: in the order of its columns, in each by their first row."""
    all_of: dict[tuple[str, str, str], Note] = {}
    for note in notes:
        key = (note.column, note.what, note.value)
        before = all_of.get(key, replace(note, rows=0))
        all_of[key] = replace(note, rows=before.rows + note.rows, first=min(before.first, note.first))
    told = []
    for column in columns:
        often = sorted(
            (note for note in all_of.values() if note.column == column), key=lambda note: (-note.rows, note.first)
        )
        told += sorted(often[:_MOST], key=lambda note: note.first)
    return told
