"""核算表 account: what a household's income is put together from, line by line, beside the standard of its programme."""

from dataclasses import dataclass

import polars as pl

from jiuzhu_check.tables.finding import EVIDENCE
from jiuzhu_check.tables.link import LINK
from jiuzhu_check.tables.schema import DATE, FLAG, MONEY, TEXT, WHOLE, Table

# 工资、经营、财产、转移、其他收入，赡养（抚养、扶养）费，必要支出扣减，不计入的项目
CLASSES = ("wage", "business", "property", "transfer", "other", "supporter", "deduction", "excluded")

ACCOUNT_LINE = Table(
    "account_line",
    "one line of one household's income account: an item of one person, or of the household",
    {
        "household_no": TEXT,
        "member_no": TEXT,  # whose; a supporter's is the supporter's own; null: the household as a whole
        "class": TEXT,  # CLASSES
        "item": TEXT,  # in Chinese: 个人所得税申报的工资
        "amount_year": MONEY,  # of twelve months, a deduction too without a sign; null: unknown, and never zero
        "counted": FLAG,  # whether it is in the sum
        "estimated": FLAG,  # worked out from a standard and not from what is known: alone it never speaks against anybody
        "shown": FLAG,  # a department's record shows it; otherwise it was declared, judged or worked out
        "livelihood": FLAG,  # of what a person may live on: where it is shown, the income is not unknown
        "since": DATE,  # the day from which it is earned, where the record says so
        "formula": TEXT,  # in Chinese, with figures
        "what": TEXT,  # a neutral Chinese sentence: why it counts as it does
        "basis": TEXT,  # legal basis, in Chinese
        "evidence": pl.List(pl.Struct({key: LINK.columns[key] for key in EVIDENCE})),
    },
)

ACCOUNT = Table(
    "account",
    "one household's income account",
    {
        "household_no": TEXT,
        "programme": TEXT,
        "members": WHOLE,
        "unknown": WHOLE,  # members whose income nothing says
        "income_year": MONEY,  # counted income less counted deductions, not below zero; null while any member is unknown
        "estimated_year": MONEY,  # how much of it is worked out and not known
        "known_year": MONEY,  # what is known of it, also while a member is unknown
        "head_year": MONEY,  # a head and year, rounded once, half up
        "certain_head_year": MONEY,  # the same without what is estimated
        "declared_head_year": MONEY,  # the same of what was declared alone; null where any member left it blank
        "standard": TEXT,  # its title; null: the programme is not compared, or nothing is in force
        "standard_year": MONEY,  # a head and year
        "over": FLAG,  # whether the head's income is above the standard; null: not known or not compared
        "certainly_over": FLAG,  # the same without what is estimated
        "margin_year": MONEY,  # what the standard leaves, a head and year; below zero where it is passed
        "gap_month": MONEY,  # standard less income of the whole household, a month, rounded up to the yuan
        "changed": FLAG,  # something counted is earned since after the declaration
        "what_changes": TEXT,  # a neutral Chinese sentence: what would change the side
        "evidence": ACCOUNT_LINE.columns["evidence"],
    },
)


@dataclass(frozen=True)
class Account:
    """ACCOUNT_LINE and ACCOUNT rows of the same households."""

    lines: pl.DataFrame
    households: pl.DataFrame

    @classmethod
    def empty(cls) -> "Account":
        """No household."""
        return cls(ACCOUNT_LINE.empty(), ACCOUNT.empty())
