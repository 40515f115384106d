"""受理批次 batch: the applicants of one acceptance, until their report is given out and the batch closed."""

from jiuzhu_check.tables.schema import DATE, TEXT, WHOLE, Table

BATCH = Table(
    "batch",
    "one batch as it stood after one event, in the order of events; the newest row of a batch counts",
    {
        "batch": TEXT,
        "state": TEXT,  # open | closed
        "complete": TEXT,  # yes | no, at closing: whether every required source had been read; null while open
        "closed_by": TEXT,
        "closed_on": DATE,
        "reason": TEXT,  # why it was closed despite gaps; null where there were none
        "run": TEXT,  # the run that it was closed on
        "taken_at": TEXT,  # ISO 8601, with the offset of the centre's clock
    },
)
BATCH_VERSION = Table(
    "batch_version",
    "one version of one batch's report: a run that differs from the version before",
    {
        "batch": TEXT,
        "version": WHOLE,  # 1, 2 ...
        "run": TEXT,
        "as_of": DATE,
        "households": WHOLE,
        "members": WHOLE,
        "arrived": TEXT,  # titles and data dates of what this version is the first to read, joined by 、; null: nothing
        "added": WHOLE,  # findings that the version before did not have
        "gone": WHOLE,  # findings of the version before that are no more
        "checked": WHOLE,  # member × source that were unchecked before and are not now
    },
)
