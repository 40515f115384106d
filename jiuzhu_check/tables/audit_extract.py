"""审计摘录 audit extract: what the log tells an examiner of one act, with whom it was about and what they had consented to."""

from jiuzhu_check.tables.schema import TEXT, WHOLE, Table

AUDIT_EXTRACT = Table(
    "audit_extract",
    "one act in the log: its intent and how it ended",
    {
        "seq": WHOLE,
        "at": TEXT,  # China's time
        "operator": TEXT,
        "host": TEXT,
        "login_uid": WHOLE,
        "os_uid": WHOLE,
        "tool": TEXT,
        "action": TEXT,
        "command": TEXT,  # as it is typed
        "purpose": TEXT,
        "reason": TEXT,
        "reach": TEXT,  # named: one household or person; included: a run that read it with others; unnamed: none by name
        "household_no": TEXT,  # several joined by 、; null: unnamed, or nobody of the roster
        "member_no": TEXT,
        "subject": TEXT,  # the pseudonym that the log holds
        "consent": TEXT,  # which of the household's consents held on the day the act took for today; null where no household is named
        "result": TEXT,  # noted: a record that needs none; null: the log has no outcome of it
        "ended_at": TEXT,
        "outcome_seq": WHOLE,
        "counts": TEXT,
        "facts": TEXT,
        "hash": TEXT,  # of the intent's line, which chains it to the line before
    },
)
