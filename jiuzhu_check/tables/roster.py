"""名册 roster: households on assistance or applying, their members, what they declared and consented to."""

import polars as pl

from jiuzhu_check.tables.schema import DATE, FLAG, MONEY, TEXT, WHOLE, Table

HOUSEHOLD = Table(
    "household",
    "one household",
    {
        "household_no": TEXT,
        "programme": TEXT,  # 城市低保 农村低保 城市特困 农村特困 ...
        "stage": TEXT,  # applicant | recipient | ended
        "class": TEXT,  # A B C, null where the roster has none
        "region": TEXT,  # GB/T 2260
        "area": TEXT,  # urban | rural; null where the roster has none: the programme's name may say it
        "township": TEXT,
        "village": TEXT,
        "handler": TEXT,
        "batch": TEXT,
        "head_name": TEXT,
        "accepted_on": DATE,
        "approved_on": DATE,
        # 近亲属备案: whether any member is registered as near relative of a handler or committee member; null: not said
        "filed": FLAG,
        "grace_from": DATE,  # 渐退期: since when; null: in none, as far as the roster says
        "members_ever": WHOLE,  # the highest member_no ever given, so that none is given twice
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
        "home_address": TEXT,
        "workplace": TEXT,
        "labour_capacity": TEXT,  # able | partial | none; null: not said, and never able
        "student": FLAG,  # in school; null: not said, as below
        "pregnant": FLAG,
        "carer": FLAG,  # looks after a disabled or ill person or a small child
        "support_programme": TEXT,  # of a supporter: the assistance that the supporter receives
    },
)
DECLARATION = Table(
    "declaration",
    "one declared item of a household, or of one member",
    {
        "household_no": TEXT,
        "member_no": TEXT,  # null: the household as a whole
        "item": TEXT,  # a count or sum of COUNTED, income_month (yuan); of a supporter SUPPORT
        "declared": MONEY,  # null: left blank, so unknown and never zero
        "declared_on": DATE,
    },
)
# What is declared of a supporter (赡养、抚养、扶养义务人): the fee by judgment or agreement and as really paid, yuan a month;
# the income of the supporter's own household, yuan a month, and its members; how many persons, and how many children, the
# supporter has to support.
SUPPORT = (
    "support_judged", "support_paid", "support_income", "support_household", "support_persons", "support_children",
)  # fmt: skip
CONSENT = Table(
    "consent",
    "one signed authorisation (授权书) of a member",
    {
        "household_no": TEXT,
        "member_no": TEXT,
        "consent_no": TEXT,
        "signed_on": DATE,
        "valid_until": DATE,  # null: the paper names no last day, so it does not count
        "scope": TEXT,  # null: every source
    },
)
SPOUSE_HOUSEHOLD = Table(
    "spouse_household",
    "one other household of the roster in which a member's registered spouse stands",
    {
        "household_no": TEXT,
        "member_no": TEXT,
        "spouse_household_no": TEXT,  # nothing else of that household is told
    },
)
# What a household declares as a whole: counts, and its money in yuan. A roster may lack any of them.
COUNTED = (
    "vehicle",
    "dwelling",
    "ancestral_house",  # of the dwellings: those that nobody lives in
    "commercial_premises",
    "ship",
    "farm_machinery",
    "market_entity",
    "financial_asset",  # yuan in all
)
# One row of the roster as delivered, typed: a member with its household's columns beside it.
ROSTER_ROW = Table(
    "roster_row",
    "one member row of a delivered roster",
    {
        **{name: dtype for name, dtype in HOUSEHOLD.columns.items() if name != "members_ever"},
        **{name: dtype for name, dtype in MEMBER.columns.items() if name not in ("member_no", "household_no")},
        "declared_on": DATE,
        "income_month": MONEY,
        "amount_month": MONEY,  # 保障金额 granted to the household or proposed, yuan a month; null: the roster names none
        **dict.fromkeys(COUNTED, MONEY),
        **dict.fromkeys(SUPPORT, MONEY),
        "consent_no": TEXT,
        "signed_on": DATE,
        "valid_until": DATE,
        "scope": TEXT,
        "source_row": WHOLE,
    },
)

# As stored: one member with its household's columns, so that a household's question opens one part.
ROSTER = Table(
    "roster",
    "one member of one household, with what was declared and consented to",
    {**ROSTER_ROW.columns, "member_no": TEXT, "members_ever": WHOLE},
)


def households(roster: pl.DataFrame) -> pl.DataFrame:
    """HOUSEHOLD rows of ROSTER rows: the first value that any member row gives, in member order; filed if any row says so."""
    first = _by_household(roster, [name for name in HOUSEHOLD.columns if name not in ("household_no", "filed")])
    filed = roster.group_by("household_no").agg(pl.col("filed").max())
    return HOUSEHOLD.fit(first.join(filed, on="household_no", how="left", maintain_order="left"))


def members(roster: pl.DataFrame) -> pl.DataFrame:
    """MEMBER rows of ROSTER rows."""
    return MEMBER.fit(roster)


def declarations(roster: pl.DataFrame) -> pl.DataFrame:
    """DECLARATION rows of ROSTER rows: counts once a household however many rows repeat them, income once a member.

    What supports a member (SUPPORT) has a row only where it is filled in.
    """
    counts = _by_household(roster, [*COUNTED, "declared_on"]).unpivot(
        COUNTED, index=["household_no", "declared_on"], variable_name="item", value_name="declared"
    )
    incomes = roster.select("household_no", "member_no", "declared_on", declared="income_month").with_columns(
        item=pl.lit("income_month")
    )
    support = (
        roster.filter(pl.col("role") == "supporter")
        .unpivot(
            SUPPORT, index=["household_no", "member_no", "declared_on"], variable_name="item", value_name="declared"
        )
        .drop_nulls("declared")
    )
    return pl.concat([DECLARATION.fit(each) for each in (counts, incomes, support)]).sort(
        "household_no", "member_no", "item"
    )


def consents(roster: pl.DataFrame) -> pl.DataFrame:
    """CONSENT rows of ROSTER rows: members who signed nothing have none."""
    return CONSENT.fit(roster.filter(pl.col("consent_no").is_not_null() | pl.col("signed_on").is_not_null()))


def batches(roster: pl.DataFrame) -> pl.DataFrame:
    """household_no and batch of every applicant; batch is null where they are in none."""
    applicants = roster.filter(pl.col("stage") == "applicant")
    return applicants.group_by("household_no", maintain_order=True).agg(pl.col("batch").drop_nulls().first())


def _by_household(roster: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    order = ["household_no", "_member"]
    told = roster.select("household_no", *columns, _member=pl.col("member_no").cast(pl.Int64))
    ordered = told if _in_order(told, *order) else told.sort(order)
    return ordered.group_by("household_no", maintain_order=True).agg(pl.col(columns).drop_nulls().first())


def _in_order(rows: pl.DataFrame, first: str, second: str) -> bool:
    """Whether the rows stand in the order of two columns, as a stored roster does."""
    same, later = pl.col(first) == pl.col(first).shift(), pl.col(second) >= pl.col(second).shift()
    return rows[first].is_sorted() and bool(rows.select((~same | later).fill_null(value=True).all()).item())
