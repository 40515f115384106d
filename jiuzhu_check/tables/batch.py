"""受理批次 batch: the applicants of one acceptance, until their report is given out and the batch closed."""

from jiuzhu_check.tables.schema import DATE, TEXT, WHOLE, Table

BATCH = Table(
    "batch",
    "one batch as it stood after one event, in the order of events; the newest row of a batch counts",
    {
        "batch": TEXT,
        "state": TEXT,  # open (of a row here: reopened) | closed; a batch without a row is open
        "complete": TEXT,  # yes | no, at closing: whether nothing was missing; null while open
        "closed_by": TEXT,  # who closed it; of a reopened one who reopened it
        "closed_on": DATE,  # and when
        "reason": TEXT,  # why it was closed despite gaps, or reopened; null where it was closed without gaps
        "run": TEXT,  # the run of the version that it was closed on; null where it was never checked
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
        "snapshot": TEXT,  # under which the run is kept: one made again later has the same name
        "as_of": DATE,
        "households": WHOLE,
        "members": WHOLE,
        "arrived": TEXT,  # titles and data dates of what this version is the first to read, joined by 、; null: nothing
        "added": WHOLE,  # findings that the version before did not have
        "changed": WHOLE,  # findings of both that say something else
        "gone": WHOLE,  # findings of the version before that are no more
        "checked": WHOLE,  # member × source that were unchecked before, or not there, and are checked now
        "lapsed": WHOLE,  # member × source that were checked before and are unchecked now
        "unchecked": TEXT,  # titles of the sources that lack somebody, and how many members, joined by 、; null: none
        "content": TEXT,  # SHA-256 of what the batch's report rests on: the same content is no new version
    },
)
