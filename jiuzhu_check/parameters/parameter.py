"""One declared parameter: what may be said about it, and in which unit."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from jiuzhu_check.language import say

Cell = Decimal | int | str | tuple[str, ...]

# Money and areas have two places, as in the tables that they are compared with.
TYPES: Mapping[str, pl.DataType] = {
    "money": pl.Decimal(18, 2),
    "area": pl.Decimal(12, 2),
    "count": pl.Int64(),
    "months": pl.Int64(),
    "choice": pl.String(),
    "choices": pl.List(pl.String()),
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
    """

    id: str
    title: str
    type: str
    unit: str = ""
    choices: tuple[str, ...] = ()
    needed: bool = False

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
        if self.type in ("count", "months"):
            return _whole(raw)
        if self.type == "choices":
            return _texts(raw, self.choices)
        return _text(raw, self.choices)


def _amount(raw: object) -> Decimal:
    if isinstance(raw, bool) or not isinstance(raw, int | Decimal):
        raise ValueError(say("应为数字"))
    amount = Decimal(raw)
    if not amount.is_finite() or not 0 <= amount < 10**10 or amount != round(amount, 2):
        raise ValueError(say("应为不小于零、最多两位小数的数字"))
    return round(amount, 2)


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
    return tuple(sorted({_text(each, choices) for each in raw}))
