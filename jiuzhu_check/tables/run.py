"""核对批次 run: one check of many households or of one case, with what it read."""

from jiuzhu_check.tables.schema import DATE, TEXT, WHOLE, Table

RUN = Table(
    "run",
    "one run",
    {
        "run": TEXT,
        "kind": TEXT,  # recipients | entrants | case
        "as_of": DATE,
        "region": TEXT,
        "policy": TEXT,  # hash of the policy in force
        "households": WHOLE,
        "members": WHOLE,
        "complete": TEXT,  # yes | no: whether every required source was read
        "missing_parameters": TEXT,  # what the county's policy does not say, joined by 、
        "portion": TEXT,  # region and share, as 370683 1/4 (checks/portion.py); null: everybody of its kind
    },
)

CHANGES = {"new": "新增", "persisting": "仍在", "changed": "变化", "gone": "不再有"}
# Why a finding is no more: only the last says anything of what is registered.
GONE = {"left": "不在名册的核对范围", "unchecked": "来源未核对，不能说已没有", "not_found": "核对过，不再有"}
FINDING_CHANGE = Table(
    "finding_change",
    "one finding that either of two runs has",
    {
        "household_no": TEXT,
        "member_no": TEXT,  # null: the household as a whole
        "change": TEXT,  # CHANGES
        "why": TEXT,  # GONE; of a new one newly_connected: its source is read for the first time; null otherwise
        "rule": TEXT,
        "title": TEXT,
        "subject": TEXT,
        "kind": TEXT,  # as the later run has it, else as the earlier had it; so are title and unit
        "unit": TEXT,
        "declared_before": TEXT,
        "found_before": TEXT,
        "declared": TEXT,
        "found": TEXT,
        "status": TEXT,
        "first_seen": DATE,
        "finding_id": TEXT,
    },
)
