"""登记内容 registered: what a record of an income, a contribution or a balance says, in a line of Chinese.

Each amount stands with the time or the day that the source names for it; what the source does not say is said too.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from jiuzhu_check.reports import wording
from jiuzhu_check.values.day import FOREVER

Row = Mapping[str, Any]

_YUAN = "元"
_PARTS = {
    "wealth_products": "理财",
    "stocks": "股票",
    "unlisted": "新三板",
    "funds": "基金",
    "bonds": "债券",
    "cash": "资金",
    "total": "来源的合计",
}


def registered(table: str, record: Row) -> str | None:
    """What the record says; null of a table of which nothing is said here.

    >>> registered("contribution", {"branch": "resident_pension", "month_from": date(2012, 1, 1), "own_payment": 100})
    '居民养老保险；2012年1月起；个人缴费100元'
    """
    return "；".join(_TABLES[table](record)) if table in _TABLES else None


def _income(record: Row) -> Iterator[str]:
    said = record.get
    scheme = _word(wording.SCHEMES, said("scheme"))
    yield (_word(wording.INCOMES, said("kind")) or "收入（来源没有写种类）") + (f"（{scheme}）" if scheme else "")
    yield _time(said("month_from"), said("month_to"))
    amounts = [
        ("营业收入" if said("kind") == "business" else "", "amount", _YUAN),
        ("每月标准", "monthly", f"{_YUAN}，不是已发的"),
        ("其中中央确定的基础养老金", "central_part", _YUAN),
        ("另补发以前月份", "back_payment", _YUAN),
        ("当年累计", "cumulative", f"{_YUAN}，不与各月相加"),
        ("应纳税所得额", "taxable", _YUAN),
        ("税", "tax", _YUAN),
        ("实发", "net", _YUAN),
    ]
    what = "收入额" if said("kind") not in ("pension", "unemployment_benefit") else "发放额"
    if said("amount") is None:
        yield f"来源没有写{what}"
    yield from (f"{title}{said(name)}{unit}" for title, name, unit in amounts if said(name) is not None)
    paid, until = said("paid_month"), said("until")
    if paid and paid != said("month_from"):
        yield f"{_month(paid)}发放"
    if until:
        yield "长期" if until.year == FOREVER.year else f"到{_month(until)}止"
    yield from _state(said("status"))


def _contribution(record: Row) -> Iterator[str]:
    said = record.get
    yield _word(wording.THINGS, said("branch")) or "险种没有写"
    if insured := _word(wording.INSURED, said("person_type")):
        yield insured
    if said("base") is not None:
        yield f"缴费基数每月{said('base')}{_YUAN}"
    yield _time(said("month_from"), said("month_to"), since="起")
    counted = [("累计缴费", "months", "个月"), ("欠缴", "owed_months", "个月"), ("个人缴费", "own_payment", _YUAN)]
    yield from (f"{title}{said(name)}{unit}" for title, name, unit in counted if said(name) is not None)
    yield from _state(said("status"), wording.CONTRIBUTION_STATES)


def _financial_asset(record: Row) -> Iterator[str]:
    said = record.get
    if kind := _word(wording.ASSETS, said("kind")):
        yield kind
    # Where no currency is said none is added: yuan would be a guess.
    unit = wording.CURRENCIES.get(said("currency") or "", f"（币种{said('currency') or '没有写'}）")
    told = [(title, said(name)) for name, title in {"amount": "金额", **_PARTS}.items() if said(name) is not None]
    yield from (f"{title}{amount}{unit}" for title, amount in told)
    for name, whose in (("over_limit", "个人"), ("household_over_limit", "家庭")):
        if said(name) is not None:
            yield f"{whose}存款{'超过' if said(name) else '没有超过'}限额"
    if not told:
        yield "来源没有写金额"
    day = said("value_date")
    yield f"{day.isoformat()} 的情况" if day else "来源没有写是哪一天的"
    if (owners := said("owners") or 1) > 1:
        yield f"{owners}人共有，金额是全额"
    if said("kind") not in wording.STATES:  # a policy's is told beside
        yield from _state(said("status"), wording.ACCOUNT_STATES)


def _word(words: Mapping[str, str], code: str | None) -> str | None:
    """The code in Chinese; as it came where nobody knows it."""
    return words.get(code, code) if code else None


def _state(status: str | None, words: Mapping[str, str] = wording.PAYMENT_STATES) -> Iterator[str]:
    if status:
        yield words.get(status, f"状态{status}")


def _time(begins: date | None, ends: date | None, since: str = "") -> str:
    if begins is None:
        return f"到{_month(ends)}" if ends else "来源没有写期间"
    if ends is None:
        return f"{_month(begins)}{since or '起，来源没有写到何时'}"
    return _month(begins) if begins == ends else f"{_month(begins)}至{_month(ends)}"


def _month(first: date) -> str:
    return f"{first.year}年{first.month}月"


_TABLES: dict[str, Callable[[Row], Iterator[str]]] = {
    "income": _income,
    "contribution": _contribution,
    "financial_asset": _financial_asset,
}
