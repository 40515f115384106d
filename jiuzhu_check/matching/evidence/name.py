"""姓名证据: the relation of two folded names, by rule and not by a score.

For two or three characters an edit distance is blind: 张建国/张健国 and 张建国/张建华 are equally far, yet the first
differ by a homophone, which chance brings about two hundred times more rarely. So the class of difference is the evidence.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from jiuzhu_check.values.person_name import PLACEHOLDER

RELATIONS = {
    "N0": "姓名相同",
    "N1": "姓名仅字形不同（繁简或异体）",
    "N2": "姓名有一字音同或形近",
    "N3": "姓名有一字缺失或写不出",
    "N4": "姓名多一字、少一字或次序颠倒",
    "N5": "与本人曾用名相同",
    "N6": "姓名有一字不同",
    "N7": "姓名是同户另一成员的",
    "N8": "姓名不同",
    "N9": "登记没有姓名",
    "NX": "登记的不是个人",
}
# Traditional characters that have simplified readings of their own in names: folding them would invent an agreement.
_NOT_FOLDED = frozenset("乾徵昇陞甦喆祐堃淼")
# Variants that are the same character to the police register and that OpenCC keeps apart.
_VARIANTS = str.maketrans(
    {"锺": "钟", "峯": "峰", "甯": "宁", "秌": "秋", "喦": "岩", "邨": "村", "衞": "卫", "羣": "群"}
)
# Readings of characters as surnames, where the common reading is another.
_SURNAMES = {
    "曾": "zeng", "单": "shan", "仇": "qiu", "解": "xie", "区": "ou", "乐": "yue", "朴": "piao", "盖": "ge", "查": "zha",
    "缪": "miao", "任": "ren", "华": "hua", "宁": "ning", "翟": "zhai", "尉": "wei", "长": "zhang", "秘": "bi",
}  # fmt: skip
# Characters that are written for each other in scanned and typed lists, in groups.
_ALIKE = (
    "己已巳", "未末", "土士", "日曰", "祁祈", "粱梁", "藏臧", "侯候", "戊戌戍", "毫豪", "冶治", "刘浏", "人入", "析折",
    "晴睛", "茜菌", "玲铃", "沫沬", "迪油", "荣萦", "庆厌", "广厂", "兰蓝", "付傅", "闫阎", "肖萧", "代戴", "邱丘",
    "于於", "占詹", "段叚", "斌赟", "钰珏", "晓哓", "彬杉", "慧彗", "婷停", "亮高", "宇字", "春舂", "辛幸", "卫韦",
)  # fmt: skip
_TWINS = {character: frozenset(group) for group in _ALIKE for character in group}
_SEVERAL = re.compile(r"[、，,;；/／|]")


@dataclass(frozen=True)
class Relation:
    """One relation of §RELATIONS, and what it rests on where that needs saying. Holds no name."""

    code: str
    detail: str = ""

    @property
    def sentence(self) -> str:
        """The relation in words."""
        return RELATIONS[self.code] + (f"（{self.detail}）" if self.detail else "")


def relate(
    recorded: str | None,
    member: str,
    *,
    former: Collection[str] = (),
    others: Collection[str] = (),
    organisation: bool = False,
) -> Relation:
    """How the record's name stands to the member's.

    recorded:     the record's name, folded; null or blank is no evidence (N9)
    member:       the member's name, folded
    former:       the member's former names, folded
    others:       the names of the other members of the household, folded
    organisation: the record's owner is a firm or an office
    """
    if not recorded:
        return Relation("N9")
    if recorded == member:
        return Relation("N0")
    if organisation:
        return Relation("NX")
    if member in (listed := _SEVERAL.split(recorded)) and len(listed) > 1:
        return Relation("N0", "登记列有多名权利人，其中一名")
    one, two = simplified(recorded), simplified(member)
    if one == two:
        return Relation("N1")
    if one in {simplified(name) for name in former}:
        return Relation("N5")
    # Before any likeness: brothers are often one character apart.
    if one in {simplified(name) for name in others}:
        return Relation("N7")
    return _likeness(one, two)


def _likeness(one: str, two: str) -> Relation:
    one = re.sub(r"(?<=[^A-Z])[A-Z]+|^[A-Z]+(?=[^A-Z])", PLACEHOLDER, one) if re.search(r"[^\x00-\x7f]", one) else one
    if len(one) == len(two):
        apart = [place for place in range(len(one)) if one[place] != two[place]]
        if apart and all(PLACEHOLDER in (one[place], two[place]) for place in apart):
            return Relation("N3") if len(apart) == 1 and len(one) > 1 else Relation("N8")
        if len(apart) == 1:
            place = apart[0]
            if alike := _alike(one[place], two[place], surname=place == 0):
                return Relation("N2", alike)
            return Relation("N6") if place else Relation("N8")
        if len(one) > 2 and one[0] == two[0] and sorted(one) == sorted(two):
            return Relation("N4", "次序颠倒")
    elif abs(len(one) - len(two)) == 1 and min(len(one), len(two)) >= 2:
        longer, shorter = (one, two) if len(one) > len(two) else (two, one)
        if any(longer[:place] + longer[place + 1 :] == shorter for place in range(1, len(longer))):
            return Relation("N4", "少一字" if shorter == one else "多一字")
    elif min(len(one), len(two)) >= 4 and (one.startswith(two) or two.startswith(one)):
        return Relation("N4", "少一字" if len(one) < len(two) else "多一字")
    return Relation("N8")


def _alike(one: str, two: str, *, surname: bool) -> str:
    if two in _TWINS.get(one, ()):
        return "形近或惯用"
    return "音同" if _readings(one, surname=surname) & _readings(two, surname=surname) else ""


@cache
def _readings(character: str, *, surname: bool) -> frozenset[str]:
    from pypinyin import Style, pinyin

    if surname and character in _SURNAMES:
        return frozenset({_SURNAMES[character]})
    if not "\u3400" <= character <= "\U0003ffff":
        return frozenset()
    (readings,) = pinyin(character, style=Style.NORMAL, heteronym=not surname)
    # The first two readings are in use; what follows in the dictionaries is archaic (王 yu, 冰 ning).
    return frozenset(readings[:2])


@cache
def simplified(name: str) -> str:
    """A comparison key: the name in simplified characters, variants united; names keep characters of their own.

    >>> simplified("張樺"), simplified("乾隆")
    ('张桦', '乾隆')
    """
    if _has_one_form(name):
        return name
    return "".join(letter if letter in _NOT_FOLDED else _converter().convert(letter) for letter in name).translate(
        _VARIANTS
    )


def may_be(recorded: str, member: str) -> bool:
    """Whether two names could be equal once simplified: characters that have one form only must be the same already.

    >>> may_be("張建国", "张建国"), may_be("張建國", "张建华"), may_be("張建国", "张建华")
    (True, True, False)
    """
    return len(recorded) == len(member) and all(
        one == other or not _has_one_form(one) for one, other in zip(recorded, member, strict=True)
    )


def _has_one_form(text: str) -> bool:
    """Whether all characters are in GB 2312, which has simplified ones only: there is nothing to convert."""
    try:
        text.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


@cache
def _converter():  # type: ignore[no-untyped-def]
    import opencc

    return opencc.OpenCC("t2s")
