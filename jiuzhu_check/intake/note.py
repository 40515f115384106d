"""留意 note: something in a delivery that was kept, or passed over, and that the department should hear of."""

from dataclasses import dataclass


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
