"""查询 inquiry: who was asked about at a department that answers only for the people we name, and what it answered."""

from jiuzhu_check.tables.schema import DATE, TEXT, Table

ANSWERS = ("found", "nothing")

INQUIRY = Table(
    "inquiry",
    "one person of one household, asked about once at one source",
    {
        "inquiry": TEXT,  # the batch: source and day and a serial number
        "household_no": TEXT,
        "member_no": TEXT,
        "number": TEXT,  # the valid number that was asked about
        "name": TEXT,  # as the roster had it
        "asked_on": DATE,  # null: on a list that the department has not been given yet
        "answer": TEXT,  # found, nothing; null: not answered yet
        "answered_on": DATE,  # the day that the answer speaks of
        "snapshot": TEXT,  # the answer's
    },
)
