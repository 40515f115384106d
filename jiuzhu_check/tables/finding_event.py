"""发现经过 finding event: what has become of a finding since somebody first saw it."""

from jiuzhu_check.tables.schema import DATE, TEXT, Table

EVENTS = {
    "first_seen": "首次发现",
    "checked": "核对仍有",
    "answered": "答复",
    "opened": "异议提出",
    "evidence": "异议收到材料",
    "closed": "异议办结",
}
FINDING_EVENT = Table(
    "finding_event",
    "one thing that happened to one finding before the run that makes it",
    {
        "finding_id": TEXT,
        "day": DATE,
        "event": TEXT,  # EVENTS
        "no": TEXT,  # of an answer R000001, of a dispute Y000001, of a check the run's name
        "said": TEXT,  # in words; of a check the status that the finding had there
    },
)
