"""核对覆盖 coverage: every member x every signed source is 命中, 未发现记录 or 未核对.

Nothing missing is ever read as nothing owned.
"""

from jiuzhu_check.tables.schema import DATE, FLAG, TEXT, WHOLE, Table

STATES = ("hit", "no_record", "unchecked")

COVERAGE = Table(
    "coverage",
    "one member and one signed source",
    {
        "run": TEXT,
        "household_no": TEXT,
        "member_no": TEXT,
        "person_no": TEXT,
        "source": TEXT,
        "state": TEXT,  # hit | no_record | unchecked
        "reason": TEXT,  # why unchecked; leads of a no_record
        "snapshot": TEXT,  # several suppliers' joined by +
        "data_date": DATE,  # the oldest of them
    },
)
SOURCE_STATE = Table(
    "source_state",
    "one registered source (and supplier) in one run",
    {
        "run": TEXT,
        "source": TEXT,
        "title": TEXT,  # 机动车
        "supplier": TEXT,
        "requirement": TEXT,  # required | optional | unsigned: the strongest among the programmes under check
        "state": TEXT,  # arrived | partial | stale | missing | damaged | unsigned
        "snapshot": TEXT,
        "data_date": DATE,
        "rows": WHOLE,
        "rejects": WHOLE,
        "unusable": WHOLE,  # records whose number names nobody by itself: they were compared by name and what is left
        "newly_connected": FLAG,  # 首次接入: this run is the first of its kind to read it
        "refused": WHOLE,  # deliveries that were refused since this snapshot: an older one is used than was to be
        "reason": TEXT,  # why it is not arrived; of an arrived one, that an older one is used
        "required_for": TEXT,  # where the programmes under check differ: those that require it, joined by 、
        "unsigned_for": TEXT,  # where they differ: those that have not signed it; their households are in no row of it
    },
)
