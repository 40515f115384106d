"""公示 notice: what the public may see of a household. No other column of the roster gets as far as a notice."""

from jiuzhu_check.tables.schema import FLAG, MONEY, TEXT, WHOLE, Table

NOTICE = Table(
    "notice",
    "one household that is published",
    {
        "region": TEXT,  # GB/T 2260
        "township": TEXT,
        "village": TEXT,
        "programme": TEXT,
        "applicant": TEXT,  # null: protected, and not named
        "members": WHOLE,  # who live together; supporters are none
        "amount_month": MONEY,  # yuan; null: the roster names none
        "filed": FLAG,  # true: stands in a table of its own, where the policy has it published
    },
)
# What a policy may let a level publish, by the name that the policy gives it.
FIELDS = {
    "地区": "region", "乡镇": "township", "村": "village", "救助类别": "programme", "申请人姓名": "applicant",
    "家庭人口": "members", "保障金额": "amount_month", "近亲属备案": "filed",
}  # fmt: skip
# Why a household of the roster is not printed; a clerk mends the roster, or adds it by hand.
REFUSED = Table(
    "refused_notice",
    "one household that may be published and is not",
    {"household_no": TEXT, "code": TEXT},
)
