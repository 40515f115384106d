"""退回 reject: a delivered row that was not accepted, with its code and reason. accepted + rejected = delivered."""

from jiuzhu_check.tables.schema import TEXT, WHOLE, Table

# Rejects that are no rows of data: they do not count towards the limit.
NOT_DATA = ("footer", "trial_row")

REJECT = Table(
    "reject",
    "one delivered row that was not accepted",
    {
        "source": TEXT,
        "supplier": TEXT,
        "snapshot": TEXT,
        "extract": TEXT,
        "sheet": TEXT,
        "source_row": WHOLE,
        "code": TEXT,
        "reason": TEXT,  # holds no cell of the row
    },
)
