"""金额 money: only by a stated definition, only from what the data hold, and never estimated."""

from decimal import Decimal

import polars as pl

from jiuzhu_check.language import say
from jiuzhu_check.reports.statistics.material import Material

MONEY = {
    "upheld_income": "复查后仍不一致、以“元/月”计的事项，查得减申报之和；是登记与申报之差，不是应停发或追回的金额。",
    "left_amount": "不再在保家庭在名册上最后写的每月保障金额之和；不是节省或追回的金额。",
}


def defined(definition: str) -> str:
    """A definition in the chosen language."""
    return say(MONEY[definition])


def _left_amount(amounts: pl.Series) -> tuple[Decimal | None, str]:
    held = amounts.drop_nulls()
    silent = amounts.len() - held.len()
    if amounts.len() and held.is_empty():
        return None, say("名册没有写这些家庭的保障金额，无法计算，也不推算。")
    of = (
        say("共 {count:,} 户；另有 {left_out:,} 户名册没有写金额，没有计入。", count=held.len(), left_out=silent)
        if silent
        else say("共 {count:,} 户。", count=held.len())
    )
    return Decimal(held.sum()), of


def money(material: Material, definition: str) -> tuple[Decimal | None, str]:
    """The yuan by one of MONEY, null where the data do not hold it; and how many items it is of, or why there is none."""
    if definition == "left_amount":
        if not material.compared:
            return None, say("没有两份可比较的名册，谁不再在保不知道。")
        return _left_amount(material.left["amount_month"])
    upheld = material.findings.filter(
        (pl.col("kind") != "favourable") & (pl.col("outcome") == "upheld") & (pl.col("unit") == "元/月")
    )
    amounts = upheld.select(pl.col("declared", "found").str.to_decimal(scale=2)) if upheld.height else upheld
    both = amounts.drop_nulls(["declared", "found"])
    left_out = upheld.height - both.height
    of = (
        say("共 {count:,} 项；另有 {left_out:,} 项申报未填写或不是数，没有计入。", count=both.height, left_out=left_out)
        if left_out
        else say("共 {count:,} 项。", count=both.height)
    )
    if both.is_empty():
        return None, of
    return Decimal(both.select((pl.col("found") - pl.col("declared")).sum()).item()), of
