"""复查 reexamination: what a township found when it looked into a finding. A checked fact, never a verdict on a household."""

from jiuzhu_check.tables.schema import DATE, TEXT, Table

OUTCOMES = {"upheld": "仍不一致", "explained": "已说明", "corrected": "已更正", "cleared": "不成立"}

REEXAMINATION = Table(
    "reexamination",
    "one answer on one finding, in the order in which they were given; the newest of a finding counts",
    {
        "reexamination_no": TEXT,  # R000001, R000002 ...: no answer is ever changed or taken away
        "finding_id": TEXT,
        "household_no": TEXT,
        "member_no": TEXT,  # null: the household as a whole
        "rule": TEXT,
        "subject": TEXT,
        "run": TEXT,  # the run whose list was answered
        "record_mark": TEXT,  # of what was registered and declared: while it is the same, the answer stands
        "outcome": TEXT,  # OUTCOMES
        "note": TEXT,
        "document_no": TEXT,  # 文号 of the paper that it rests on; null where there is none
        "signer": TEXT,  # 经办人
        "signed_on": DATE,
        "taken_at": TEXT,  # ISO 8601, with the offset of the centre's clock
    },
)
