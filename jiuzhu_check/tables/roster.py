"""名册 roster: households on assistance or applying, their members, what they declared and consented to."""

from jiuzhu_check.tables.schema import DATE, FLAG, MONEY, TEXT, Table

HOUSEHOLD = Table(
    "household",
    "one household",
    {
        "household_no": TEXT,
        "programme": TEXT,  # 城市低保 农村低保 城市特困 农村特困 ...
        "stage": TEXT,  # applicant | recipient
        "class": TEXT,  # A B C, null where the roster has none
        "region": TEXT,  # GB/T 2260
        "township": TEXT,
        "village": TEXT,
        "handler": TEXT,
        "batch": TEXT,
        "head_name": TEXT,
        "accepted_on": DATE,
        "approved_on": DATE,
    },
)
MEMBER = Table(
    "member",
    "one person of a household",
    {
        "household_no": TEXT,
        "member_no": TEXT,  # "1", "2" ...: order of first appearance in the household, kept from import to import
        "person_no": TEXT,  # the number as the roster has it
        "number": TEXT,  # the valid 18-character number it says, or null
        "number_kind": TEXT,  # values/identity_number.py KINDS
        "name": TEXT,  # as the roster has it
        "name_key": TEXT,  # folded for comparison
        "former_names": TEXT,  # several joined by 、
        "sex": TEXT,  # male | female | null
        "birth_date": DATE,
        "relation": TEXT,
        "lives_together": FLAG,
        "role": TEXT,  # member | supporter
        "phone": TEXT,
    },
)
DECLARATION = Table(
    "declaration",
    "one declared item of a household, or of one member",
    {
        "household_no": TEXT,
        "member_no": TEXT,  # null: the household as a whole
        "item": TEXT,  # vehicle (count), dwelling (count), income_month (yuan)
        "declared": MONEY,  # null: left blank, so unknown and never zero
        "declared_on": DATE,
    },
)
CONSENT = Table(
    "consent",
    "one signed authorisation (授权书) of a member",
    {
        "household_no": TEXT,
        "member_no": TEXT,
        "consent_no": TEXT,
        "signed_on": DATE,
        "valid_until": DATE,  # null: as long as assistance is received
        "scope": TEXT,  # null: every source
    },
)
ROSTER = {table.name: table for table in (HOUSEHOLD, MEMBER, DECLARATION, CONSENT)}
