"""层级 tiers: what evidence makes which link, best first. Read it aloud: the first line that fits is the tier.

A tier is decided by the best evidence allowed, lowered by any contradiction, never raised by adding weak agreements.
"""

from dataclasses import dataclass

ACCEPTED, REVIEW, LEAD, VETOED = "accepted", "review", "lead", "vetoed"


@dataclass(frozen=True)
class Tier:
    """One tier.

    number: how the numbers agree (matching/evidence/number.py SENTENCES)
    names:  which relations of names it takes (matching/evidence/name.py RELATIONS)
    status: what a link of this tier is before anybody has looked at it
    detail: a name relation's detail that it needs; empty for any
    """

    code: str
    title: str
    number: frozenset[str]
    names: frozenset[str]
    status: str
    detail: str = ""


def _tier(code: str, title: str, number: str, names: str, status: str, detail: str = "") -> Tier:
    return Tier(code, title, frozenset(number.split()), frozenset(names.split()), status, detail)


TIERS = (
    _tier("A1", "号名一致", "valid", "N0 N1", ACCEPTED),
    _tier("A2", "号同名异写", "valid", "N2 N3 N5", ACCEPTED),
    _tier("A2", "号同名异写", "valid", "N4", ACCEPTED, "少一字"),
    _tier("A2", "号同名异写", "valid", "N4", ACCEPTED, "少后一节"),
    _tier("A2", "号同名异写", "valid", "N4", ACCEPTED, "次序颠倒"),
    _tier("A3", "旧号升位", "upgraded", "N0 N1", ACCEPTED),
    _tier("B1", "坏号一处可正", "one_edit one_digit", "N0 N1", ACCEPTED),
    _tier("B2", "截尾号名合", "cut headless rounded float", "N0 N1", ACCEPTED),
    _tier("B3", "掩码号名合", "masked", "N0 N1", ACCEPTED),
    _tier("B4", "无号三合", "birth_phone birth_address birth_employer", "N0 N1", ACCEPTED),
    _tier("B5", "证号内号名合", "within", "N0 N1", ACCEPTED),
    _tier("C2", "号名分属同户", "valid upgraded within", "N7", REVIEW),
    _tier("C1", "号同一字异", "valid", "N6", REVIEW),
    _tier("C3", "号同名异", "valid upgraded within", "N2 N3 N4 N5 N6 N8 N9 NX", REVIEW),
    _tier("C5", "无号两合", "birth phone", "N0 N1", REVIEW),
    _tier(
        "C6",
        "坏号名近",
        "roster_rounded several_edits edit_rounded two_edits both_damaged rounded_valid",
        "N0 N1",
        REVIEW,
    ),
    _tier("C6", "坏号名近", "one_edit", "N2 N3 N4 N5 N6", REVIEW),
    _tier("C6", "坏号名近", "cut headless rounded float masked", "N2 N3 N4 N5", REVIEW),
    _tier("C6", "坏号名近", "roster_edit same_text", "N0 N1 N2 N3 N4 N5 N6", REVIEW),
    _tier("D1", "无号线索", "address employer", "N0 N1", LEAD),
    _tier("D2", "残号线索", "few_digits few_last", "N0 N1", LEAD),
)
# What a tier becomes where the name is not rare enough for what is visible of the number, or somebody else fits too ...
NOT_ALONE = {
    "B2": Tier("C4", "残号名合", frozenset(), frozenset(), REVIEW),
    "B3": Tier("C4", "残号名合", frozenset(), frozenset(), REVIEW),
    "B4": Tier("C5", "无号两合", frozenset(), frozenset(), REVIEW),
    "C5": Tier("C5", "无号两合", frozenset(), frozenset(), REVIEW),
}
# ... and where the name is so common that it says nothing.
FAR_FROM_ALONE = {
    "B2": Tier("D2", "残号线索", frozenset(), frozenset(), LEAD),
    "B3": Tier("D2", "残号线索", frozenset(), frozenset(), LEAD),
    "B4": Tier("D1", "无号线索", frozenset(), frozenset(), LEAD),
    "C5": Tier("D1", "无号线索", frozenset(), frozenset(), LEAD),
}
VETO = Tier("R", "否决", frozenset(), frozenset(), VETOED)
ORDER = {
    code: place
    for place, code in enumerate(
        ["A1", "A2", "A3", "B1", "B2", "B3", "B4", "B5", "C2", "C1", "C3", "C4", "C5", "C6", "D1", "D2", "R"]
    )
}


def tier_of(number: str, name: str, detail: str) -> Tier | None:
    """The first tier that takes this evidence, or null: then there is no link."""
    for tier in TIERS:
        if number in tier.number and name in tier.names and tier.detail in ("", detail):
            return tier
    return None
