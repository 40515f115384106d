"""One declared parameter: what may be said about it, and in which unit."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from jiuzhu_check.language import say

Cell = Decimal | int | str | tuple[str, ...] | tuple[tuple[str | None, int, int | None, Decimal], ...]

# Of which people of a sex and an age: sex null is everybody, age_to null is without end, both ages within.
BAND = {"sex": pl.String(), "age_from": pl.Int64(), "age_to": pl.Int64(), "rate": pl.Decimal(12, 4)}
BANDS = pl.List(pl.Struct(BAND))
# Money and areas have two places, as in the tables that they are compared with; a rate (a share, a multiple) four.
TYPES: Mapping[str, pl.DataType] = {
    "money": pl.Decimal(18, 2),
    "area": pl.Decimal(12, 2),
    "rate": pl.Decimal(12, 4),
    "bands": BANDS,
    "flag": pl.Boolean(),
    "count": pl.Int64(),
    "months": pl.Int64(),
    "choice": pl.String(),
    "choices": pl.List(pl.String()),
    "order": pl.List(pl.String()),
    "text": pl.String(),
}


@dataclass(frozen=True)
class Parameter:
    """A parameter's name, type and unit.

    id:      topic and name, such as dibao_standard.urban
    type:    a key of TYPES; text is for legal bases, which no policy file changes
    unit:    empty where there is none
    choices: the values that a choice may take; empty: any text
    needed:  a rule cannot do its whole work without it, so a missing value is named
    least:   a whole number may not be less: the law's own floor; null where it names none
    """

    id: str
    title: str
    type: str
    unit: str = ""
    choices: tuple[str, ...] = ()
    needed: bool = False
    least: int | None = None

    @property
    def column(self) -> str:
        """Its column in the limits: dibao_standard_urban."""
        return self.id.replace(".", "_")

    def cell(self, raw: object) -> Cell:
        """The value that a TOML cell says, in this parameter's type.

        >>> Parameter("dibao_standard.urban", "城市低保标准", "money").cell(616)
        Decimal('616.00')

        raises: ValueError with what it should be, in Chinese
        """
        if self.type in ("money", "area"):
            return _amount(raw)
        if self.type == "rate":
            return _amount(raw, places=4)
        if self.type == "flag":
            return _flag(raw)
        if self.type == "bands":
            return _bands(raw)
        if self.type in ("count", "months"):
            return self._not_less(_whole(raw))
        if self.type == "choices":
            return tuple(sorted(set(_texts(raw, self.choices))))
        if self.type == "order":
            return _order(raw, self.choices)
        return _text(raw, self.choices)

    def _not_less(self, number: int) -> int:
        if self.least is not None and number < self.least:
            raise ValueError(say("不得少于 {least} {unit}", least=self.least, unit=self.unit))
        return number


def _amount(raw: object, *, places: int = 2) -> Decimal:
    if isinstance(raw, bool) or not isinstance(raw, int | Decimal):
        raise ValueError(say("应为数字"))
    amount = Decimal(raw)
    if not amount.is_finite() or not 0 <= amount < 10 ** (12 - places) or amount != round(amount, places):
        raise ValueError(say("应为不小于零、最多 {places} 位小数的数字", places=places))
    return round(amount, places)


def _flag(raw: object) -> bool:
    if not isinstance(raw, bool):
        raise ValueError(say("应为 true 或 false"))
    return raw


def _bands(raw: object) -> tuple[tuple[str | None, int, int | None, Decimal], ...]:
    """Of which sex and age which rate; nobody may be in two bands.

    >>> _bands([{"sex": "male", "age_from": 18, "age_to": 50, "rate": 1}])
    (('male', 18, 50, Decimal('1.0000')),)
    """
    if not isinstance(raw, list) or not raw or not all(isinstance(each, dict) for each in raw):
        raise ValueError(say("应为年龄段的列表，每段写 sex、age_from、age_to、rate"))
    bands = [_band(each) for each in raw]
    for at, (sex, age_from, age_to, _) in enumerate(bands):
        for other, other_from, other_to, _ in bands[at + 1 :]:
            same_sex = sex is None or other is None or sex == other
            before = age_to is not None and age_to < other_from
            after = other_to is not None and other_to < age_from
            if same_sex and not before and not after:
                raise ValueError(say("同一性别的年龄段不能重叠"))
    return tuple(sorted(bands, key=lambda band: (band[0] or "", band[1])))


def _band(raw: Mapping[str, object]) -> tuple[str | None, int, int | None, Decimal]:
    if set(raw) - {"sex", "age_from", "age_to", "rate"} or not {"age_from", "rate"} <= set(raw):
        raise ValueError(say("年龄段写 sex、age_from、age_to、rate，其中 age_from、rate 必填"))
    sex = _text(raw["sex"], ("male", "female")) if "sex" in raw else None
    age_from = _whole(raw["age_from"])
    age_to = _whole(raw["age_to"]) if "age_to" in raw else None
    if age_to is not None and age_to < age_from:
        raise ValueError(say("age_to 不早于 age_from"))
    return sex, age_from, age_to, _amount(raw["rate"], places=4)


def _whole(raw: object) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or not 0 <= raw < 10**10:
        raise ValueError(say("应为不小于零的整数"))
    return raw


def _text(raw: object, choices: tuple[str, ...]) -> str:
    if not isinstance(raw, str) or not raw.strip():
        raise ValueError(say("应为带引号的文字"))
    if choices and raw not in choices:
        raise ValueError(say("应为 {choices} 之一", choices="、".join(choices)))
    return raw


def _texts(raw: object, choices: tuple[str, ...]) -> tuple[str, ...]:
    if not isinstance(raw, list):
        raise ValueError(say('应为列表，如 ["01"]'))
    return tuple(_text(each, choices) for each in raw)


def _order(raw: object, choices: tuple[str, ...]) -> tuple[str, ...]:
    """What comes first, and what after it; nothing stands twice.

    >>> _order(["tax", "declared"], ("declared", "tax"))
    ('tax', 'declared')
    """
    texts = _texts(raw, choices)
    if not texts or len(set(texts)) < len(texts):
        raise ValueError(say("应为先后次序的列表，至少一项，不重复"))
    return texts
