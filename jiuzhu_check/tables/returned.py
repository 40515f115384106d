"""补正 returned: roster rows that went back and have not come in since, so that nobody is lost between two imports."""

from jiuzhu_check.tables.schema import TEXT, WHOLE, Table

RETURNED = Table(
    "returned",
    "one roster row that went back and has not been taken in since",
    {
        "snapshot": TEXT,  # of the import that returned it
        "extract": TEXT,
        "sheet": TEXT,
        "source_row": WHOLE,
        "batch": TEXT,
        "stage": TEXT,  # as in ROSTER; null: not read
        "region": TEXT,
        "township": TEXT,
        "household_no": TEXT,  # of a row that could not be read: that of its cells which is a household's
        "name": TEXT,
        "person_no": TEXT,  # as delivered
        "number": TEXT,  # the valid number it says, or null
        "code": TEXT,
        "reason": TEXT,  # holds no cell of the row
    },
)
