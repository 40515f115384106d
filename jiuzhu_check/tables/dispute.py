"""异议 dispute: a household says that a finding is not right; the township re-examines it within its working days."""

from jiuzhu_check.tables.schema import DATE, FLAG, TEXT, Table

DISPUTE = Table(
    "dispute",
    "one dispute as it stood after one event, in the order of events; the newest row of a dispute counts",
    {
        "dispute_no": TEXT,  # Y000001, Y000002 ...
        "event": TEXT,  # opened | evidence | closed
        "finding_id": TEXT,
        "household_no": TEXT,
        "member_no": TEXT,
        "ground": TEXT,  # what the household says
        "evidence": TEXT,  # what it handed in, joined by 、; null: nothing yet
        "opened_on": DATE,
        "evidence_on": DATE,  # from when the time for re-examination runs; null: nothing was handed in yet
        "due_on": DATE,  # null: as long as the time does not run
        "known": FLAG,  # whether the holidays of all those days are known
        "outcome": TEXT,  # REEXAMINATION OUTCOMES; null: open
        "cause": TEXT,  # of a finding that fell: wrong_person | outdated | source_error; null otherwise
        "closed_on": DATE,
        "note": TEXT,  # what the re-examination found, and on what it rests
        "document_no": TEXT,
        "handler": TEXT,
        "taken_at": TEXT,  # ISO 8601, with the offset of the centre's clock
    },
)
CAUSES = {"wrong_person": "非本人", "outdated": "已过时", "source_error": "登记有误"}
