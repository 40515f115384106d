"""姓名证据: the relation of two folded names, by rule and not by a score.

For two or three characters an edit distance is blind: 张建国/张健国 and 张建国/张建华 are equally far, yet the first
differ by a homophone, which chance brings about two hundred times more rarely. So the class of difference is the evidence.
Only the long names that are written by their sound (阿卜杜热合曼吐尔逊) are compared by a distance: of that sound.
"""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from jiuzhu_check.matching.evidence import character as characters
from jiuzhu_check.values.person_name import PLACEHOLDER

RELATIONS = {
    "N0": "姓名相同",
    "N1": "姓名仅字形不同（繁简或异体）",
    "N2": "姓名音同或形近",
    "N3": "姓名有一字缺失或写不出",
    "N4": "姓名多一字、少一字或次序颠倒",
    "N5": "与本人曾用名相同",
    "N6": "姓名有一字不同",
    "N7": "姓名是同户另一成员的",
    "N8": "姓名不同",
    "N9": "登记没有姓名",
    "NX": "登记的不是个人",
}
_SEVERAL = re.compile(r"[、，,;；/／|]")
_LATIN = re.compile(r"[A-Z\u00C0-\u024F]+[1-5]?")
_LONG = 5  # characters; names so long are transliterated or have a middle dot
# Of 2,900 pairs of spellings of one Uyghur, Kazakh, Mongolian or Tibetan name, 96 % sound at least so much alike; of pairs
# that share the father's name but not the own, 0.7 %; of pairs that share neither, none in 4,000.
_SAME_SOUND = 88
_FEW_CHARACTERS = 3  # of the own name alone: 买买提 is enough, 艾力 is not


_MANY = 20_000  # names


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
    if recorded == member and PLACEHOLDER not in member:
        return Relation("N0")
    if organisation:
        return Relation("NX")
    if _SEVERAL.search(recorded) and member in _SEVERAL.split(recorded):
        return Relation("N0", "登记列有多名权利人，其中一名")
    one, two = simplified(recorded), simplified(member)
    if one == two and PLACEHOLDER not in one:
        same = all(characters.are_forms(*pair) for pair in zip(recorded, member, strict=True))
        return Relation("N1") if same else Relation("N2", "繁体原字不同")
    if former and one in map(simplified, former):
        return Relation("N5")
    # Before any likeness: brothers are often one character apart.
    if others and one in map(simplified, others):
        return Relation("N7")
    return _likeness(one, two)


def simplified(name: str) -> str:
    """A comparison key: the name in simplified characters, variants united; names keep characters of their own.

    >>> simplified("張樺"), simplified("乾隆")
    ('张桦', '乾隆')
    """
    return characters.standard(name)


def simplify(name: pl.Expr) -> pl.Expr:
    """The same for a column; null stays null. A few names are looked at one by one, many with all forms at once."""
    return name.map_batches(_simplified, return_dtype=pl.String)


def _simplified(names: pl.Series) -> pl.Series:
    if names.len() > _MANY:
        forms = characters.standard_forms()
        return names.str.replace_many([chr(each) for each in forms], list(forms.values()))
    return pl.Series(
        names.name, [each and (each if _is_plain(each) else simplified(each)) for each in names], pl.String
    )


def _is_plain(name: str) -> bool:
    """Whether all characters are in GB 2312, which has standard forms only but one: the table of forms need not be read."""
    try:
        name.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return "锺" not in name


def may_be(recorded: str, member: str) -> bool:
    """Whether two names could be equal once simplified.

    >>> may_be("張建国", "张建国"), may_be("張建國", "张建华"), may_be("張建国", "张建华")
    (True, False, False)
    """
    return len(recorded) == len(member) and simplified(recorded) == simplified(member)


@lru_cache(1 << 16)
def _likeness(one: str, two: str) -> Relation:
    """The relation of two different names in standard characters."""
    mine, theirs = _characters(one), _characters(two)
    if len(mine) == len(theirs):
        found = _of_one_length(mine, theirs)
    else:
        found = _spelt_out(mine, theirs) or _one_more_or_less(one, two)
    if min(len(mine), len(theirs)) >= _FEW_CHARACTERS and max(len(mine), len(theirs)) >= _LONG:
        found = found if found and found.code in ("N2", "N3", "N4") else _long(one, two) or found
    return found or Relation("N8")


def _characters(name: str) -> tuple[str, ...]:
    """The characters; letters between Chinese ones stand for one that the sender could not write: 张 YAN 国."""
    if name.isascii() or not _LATIN.search(name):
        return tuple(name)
    return tuple(each for each in re.split(rf"({_LATIN.pattern})|(.)", name) if each)


def _of_one_length(one: tuple[str, ...], two: tuple[str, ...]) -> Relation | None:
    apart = [place for place, (mine, theirs) in enumerate(zip(one, two, strict=True)) if mine != theirs]
    lost = [place for place in range(len(one)) if _is_lost(one[place]) or _is_lost(two[place])]
    if lost:
        return _with_one_lost(one, two, lost[0]) if len(lost) == 1 and len(one) > 1 and apart in ([], lost) else None
    if len(apart) == 1:
        return _with_one_apart(one, two, apart[0])
    if len(one) > 2 and one[0] == two[0]:
        if sorted(one) == sorted(two):
            return Relation("N4", "次序颠倒")
        given = list(range(_surname_length(one, two), len(one)))
        if apart == given and len(given) == 2 and all(_usual(one[place]) == _usual(two[place]) for place in given):
            return Relation("N2", "名字各字音同")
    return None


def _with_one_lost(one: tuple[str, ...], two: tuple[str, ...], place: int) -> Relation | None:
    if _can_stand_for(one[place], two[place]) or _can_stand_for(two[place], one[place]):
        return Relation("N3")
    return Relation("N6") if place >= _surname_length(one, two) else None


def _with_one_apart(one: tuple[str, ...], two: tuple[str, ...], place: int) -> Relation | None:
    if alike := _alike(one, two, place):
        return Relation("N2", alike)
    return Relation("N6") if place >= _surname_length(one, two) else None


def _surname_length(one: tuple[str, ...], two: tuple[str, ...]) -> int:
    return max(characters.surname_length("".join(one[:3])), characters.surname_length("".join(two[:3])))


def _is_lost(character: str) -> bool:
    return character == PLACEHOLDER or (character < "\u3000" and bool(_LATIN.fullmatch(character)))


def _can_stand_for(lost: str, character: str) -> bool:
    """A placeholder stands for any character, letters for one that is read or begins so."""
    if lost in (PLACEHOLDER, "X"):
        return True
    if not _LATIN.fullmatch(lost):
        return False
    said = {*characters.readings(character), *characters.surname_readings(character)[0]}
    letters = _plain(lost)
    return not said or any(each == letters or (len(letters) == 1 and each[0] == letters) for each in map(_plain, said))


def _plain(letters: str) -> str:
    """Lower case, without tones; ü, v and u are one.

    >>> _plain("LǙ"), _plain("YAN3")
    ('lu', 'yan')
    """
    spread = unicodedata.normalize("NFD", letters.rstrip("12345").lower())
    return "".join(each for each in spread if not unicodedata.combining(each)).replace("v", "u")


def _alike(one: tuple[str, ...], two: tuple[str, ...], place: int) -> str:
    mine, theirs = one[place], two[place]
    if place < (surname := _surname_length(one, two)):
        if characters.twins(mine, theirs):
            return "姓氏惯用"
        said, said_ = (set(characters.surname_readings("".join(name[:surname]))[place]) for name in (one, two))
    else:
        said, said_ = (set(characters.readings(each)) for each in (mine, theirs))
    if said & said_:
        return "音同"
    return "形近" if place >= surname and characters.look_alike(mine, theirs) else ""  # 李 and 季 are two families


def _usual(character: str) -> str:
    return (characters.readings(character) or (character,))[0]


def _spelt_out(one: tuple[str, ...], two: tuple[str, ...]) -> Relation | None:
    """One character written in parts by somebody who could not type it: 王火华 for 王烨."""
    longer, shorter = ("".join(one), "".join(two)) if len(one) > len(two) else ("".join(two), "".join(one))
    for place, character in enumerate(shorter[1:], 1):
        if longer[:place] != shorter[:place]:
            break
        if any(longer == shorter[:place] + way + shorter[place + 1 :] for way in characters.spelt(character)):
            return Relation("N3", "一字被拆写")
    return None


def _one_more_or_less(one: str, two: str) -> Relation | None:
    longer, shorter = (one, two) if len(one) > len(two) else (two, one)
    if len(longer) - len(shorter) != 1 or len(shorter) < 2:
        return None
    if any(longer[:place] + longer[place + 1 :] == shorter for place in range(1, len(longer))):
        return Relation("N4", "少一字" if shorter == one else "多一字")
    return None


def _long(one: str, two: str) -> Relation | None:
    """Two names written by their sound, of which one may leave out the last part: the father's name."""
    if not (one + two).replace(PLACEHOLDER, "").isalpha() or re.search(r"[\x00-\x7f]", one + two):
        return None
    if abs(len(one) - len(two)) <= 2 and _sounds_like(one, two):
        return Relation("N2", "音译用字不同")
    longer, shorter = (one, two) if len(one) > len(two) else (two, one)
    said = "少后一节" if shorter == one else "多后一节"
    if len(longer) - len(shorter) < 2:
        return None
    if longer.startswith(shorter):
        return Relation("N4", said)
    if len(shorter) > _FEW_CHARACTERS:
        ends = (len(shorter), len(shorter) - 1, len(shorter) + 1)
        if any(_sounds_like(shorter, longer[:end]) for end in ends if len(longer) - end >= 2):
            return Relation("N4", said)
    return None


def _sounds_like(one: str, two: str) -> bool:
    from rapidfuzz.fuzz import ratio

    return ratio("".join(map(_usual, one)), "".join(map(_usual, two)), score_cutoff=_SAME_SOUND) > 0
