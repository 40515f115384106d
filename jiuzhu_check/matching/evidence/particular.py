"""住址和单位证据: whether two spellings mean one address, or one employer.

The numerals must be the same ones (building, unit, room; 第一 and 第二 middle school are two schools); the words may be
written shorter, without the province, or with a slip.
"""

import re

import polars as pl

_NUMERAL = re.compile(r"[0-9]+|[〇一二三四五六七八九十百]+")
_NOISE = re.compile(r"[^0-9A-Za-z一-鿿〇]")
_ADDRESS_WORDS = re.compile(r"单元|号楼|[号室楼栋幢座户]")
_EMPLOYER_WORDS = re.compile(r"股份|有限|责任|公司|集团|总")
_SIMILAR = 90  # of 100
_SHORTEST = 3  # characters that must be left to compare


def same_address(recorded: pl.Series, listed: pl.Series) -> pl.Series:
    """Whether each pair is one address; a null is no address.

    >>> same_address(pl.Series(["济南市历下区泉城路12号3单元402室"]), pl.Series(["山东省济南市历下区泉城路12-3-402"])).to_list()
    [True]
    >>> same_address(pl.Series(["历下区泉城路12号3单元402室"]), pl.Series(["历下区泉城路12号3单元403室"])).to_list()
    [False]
    """
    return _each(recorded, listed, _ADDRESS_WORDS)


def same_employer(recorded: pl.Series, listed: pl.Series) -> pl.Series:
    """Whether each pair is one employer; a null is none.

    >>> same_employer(pl.Series(["山东泰山机械有限公司"]), pl.Series(["泰山机械有限责任公司"])).to_list()
    [True]
    >>> same_employer(pl.Series(["济南市第一中学"]), pl.Series(["济南市第二中学"])).to_list()
    [False]
    """
    return _each(recorded, listed, _EMPLOYER_WORDS)


def _each(recorded: pl.Series, listed: pl.Series, common: re.Pattern[str]) -> pl.Series:
    pairs = list(zip(recorded, listed, strict=True))
    told = {pair: _same(*pair, common) for pair in set(pairs)}
    return pl.Series([told[pair] for pair in pairs], dtype=pl.Boolean)


def _same(recorded: str | None, listed: str | None, common: re.Pattern[str]) -> bool:
    from rapidfuzz import fuzz

    if not recorded or not listed or _NUMERAL.findall(recorded) != _NUMERAL.findall(listed):
        return False
    one, other = (_NUMERAL.sub("", common.sub("", _NOISE.sub("", text))) for text in (recorded, listed))
    return min(len(one), len(other)) >= _SHORTEST and fuzz.partial_ratio(one, other) >= _SIMILAR
