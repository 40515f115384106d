"""授权的收回与补交 consents beside the roster: what was handed in later, and what was withdrawn. Nothing is ever taken away."""

from jiuzhu_check.tables.roster import CONSENT
from jiuzhu_check.tables.schema import DATE, FLAG, TEXT, WHOLE, Table

# One row of a delivered list of consents, typed.
CONSENT_ROW = Table(
    "consent_row",
    "one consent of one person, as delivered",
    {
        "household_no": TEXT,
        "name": TEXT,
        "person_no": TEXT,
        "consent_no": TEXT,
        "signed_on": DATE,
        "valid_until": DATE,
        "scope": TEXT,
        "source_row": WHOLE,
    },
)
CONSENT_EVENT = Table(
    "consent_event",
    "one consent that was handed in or withdrawn, in the order in which it was taken down",
    {
        "event": TEXT,  # given | withdrawn
        **CONSENT.columns,  # of a withdrawal only whose it is: it holds for every consent signed until that day
        "withdrawn_on": DATE,
        "document_no": TEXT,  # of the paper by which it was withdrawn
        "extract": TEXT,  # the list that it was handed in with
        "source_row": WHOLE,
    },
)
PAPER = Table(
    "paper",
    "one consent of one member with what became of it",
    {
        **CONSENT.columns,
        "origin": TEXT,  # roster | import
        "withdrawn_on": DATE,
        "document_no": TEXT,
        "of_household": FLAG,  # of a supporter: it is the household's own paper, which does not cover a supporter
    },
)
