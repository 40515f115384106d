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
    },
)
