"""关联 link: whose record it is, with tier and reason."""

from jiuzhu_check.tables.record import ORIGIN
from jiuzhu_check.tables.schema import DATE, TEXT, Table

LINK = Table(
    "link",
    "one owner slot of one record, and one member it may belong to",
    {
        "run": TEXT,
        **ORIGIN,
        "owner_no": TEXT,  # as delivered
        "owner_name": TEXT,  # as delivered
        "household_no": TEXT,
        "member_no": TEXT,
        "person_no": TEXT,
        "tier": TEXT,  # matching/tiers.py
        "status": TEXT,  # accepted | review | lead | vetoed
        "reason": TEXT,  # in Chinese, for the reader
        "expected_namesakes": TEXT,  # how many namesakes the visible evidence leaves; null where a number decides
        "data_date": DATE,  # internal: of the snapshot; not exported
        "subject": TEXT,  # internal: what names the thing that is registered (tables/record.py SUBJECT)
        "number_evidence": TEXT,  # internal: matching/evidence/number.py SENTENCES
        "name_relation": TEXT,  # internal: matching/evidence/name.py RELATIONS
        "name_detail": TEXT,  # internal
    },
)
_INTERNAL = ("data_date", "subject", "number_evidence", "name_relation", "name_detail")
LINK_EXPORT = tuple(name for name in LINK.columns if name not in _INTERNAL)
