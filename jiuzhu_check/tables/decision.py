"""复核意见 decision: what a person said of one record owner and one member. It outlives the run that asked."""

from jiuzhu_check.tables.schema import TEXT, WHOLE, Table

OUTCOMES = {"same": "相同", "different": "不同", "unsure": "不确定"}

# What was compared. While all of it is unchanged, the decision holds in every later run; null equals null.
COMPARED = {
    "source": TEXT,
    "supplier": TEXT,
    "subject": TEXT,  # what names the thing that is registered (tables/record.py SUBJECT)
    "slot": WHOLE,
    "owner_no": TEXT,  # as delivered
    "owner_name": TEXT,  # as delivered
    "household_no": TEXT,
    "member_no": TEXT,
    "person_no": TEXT,  # the member's, as the roster has it
    "name_key": TEXT,  # the member's name, folded
}
DECISION = Table(
    "decision",
    "one reader's answer on one review item, in the order in which they were given",
    {
        "decision_id": TEXT,  # D000001, D000002 ...: no answer is ever changed or taken away
        "item": TEXT,  # stands for the compared values; only the workspace's key can make it
        "outcome": TEXT,  # OUTCOMES
        "note": TEXT,  # what it rests on; null where nothing was written
        "reviewer": TEXT,
        "decided_at": TEXT,  # ISO 8601, with the offset of the centre's clock
        "number_evidence": TEXT,  # what the matcher had seen, for `review stats`; no reader is shown it
        "name_relation": TEXT,
        **COMPARED,
    },
)
