"""经办人员 staff: who works at the centre and in the townships, and which findings are whose."""

from jiuzhu_check.tables.schema import DATE, TEXT, Table

STAFF = Table(
    "staff",
    "one person of the staff as they stood after one event, in the order of events; the newest row of a person counts",
    {
        "staff_no": TEXT,  # 工号, as the centre gives it
        "name": TEXT,
        "township": TEXT,  # null: the centre itself
        "since": DATE,
        "retired_on": DATE,  # null: at work
        "successor": TEXT,  # staff_no of who takes over; null: nobody yet
        "taken_at": TEXT,  # ISO 8601, with the offset of the centre's clock
    },
)
ASSIGNMENT = Table(
    "assignment",
    "one finding given to one person, in the order of events; the newest row of a finding counts",
    {
        "finding_id": TEXT,
        "household_no": TEXT,
        "staff_no": TEXT,  # null: given back, nobody's
        "assigned_on": DATE,
        "taken_at": TEXT,  # ISO 8601, with the offset of the centre's clock
    },
)
