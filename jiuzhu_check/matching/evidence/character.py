"""汉字 characters of names: their standard form, their readings, what they look like and how they can be split.

The tables are small, shipped (data/; NOTICE says where each comes from) and read when first needed: two names that are the
same, or of which nothing is alike, need none of them.
"""

from functools import cache
from importlib.resources import files
from typing import Any

import tomli

_SIDES = str.maketrans(
    "亻氵扌忄艹艸纟糹絲丝犭衤礻讠訁釒钅饣辶辵牜刂灬攵罒王", "人水手心草草糸糸糸糸犬衣示言言金金食走走牛刀火攴网玉"
)


def standard(name: str) -> str:
    """The name in standard characters: traditional ones simplified, variants united, names of their own left.

    >>> standard("張樺"), standard("乾隆"), standard("雪峯")
    ('张桦', '乾隆', '雪峰')
    """
    return name.translate(standard_forms())


def are_forms(one: str, other: str) -> bool:
    """Whether two characters are the same one written differently. Two traditional ones with one simplified are not.

    >>> are_forms("發", "发"), are_forms("發", "髮"), are_forms("乾", "干")
    (True, False, False)
    """
    forms = standard_forms()
    return one == other or forms.get(ord(one)) == other or forms.get(ord(other)) == one


@cache
def readings(character: str) -> tuple[str, ...]:
    """The toneless readings in use, at most two, the usual one first; none where they are not known.

    >>> readings("建"), readings("䶮"), readings("A")
    (('jian',), ('yan',), ())
    """
    return _readings().get(character, ())


@cache
def surname_readings(surname: str) -> tuple[frozenset[str], ...]:
    """Of each character of the surname, its readings as a surname.

    >>> [sorted(each) for each in surname_readings("单") + surname_readings("尉迟")]
    [['shan'], ['yu'], ['chi']]
    """
    said: list[str] = by_hand()["surnames"].get(surname, "").split()
    if len(surname) == 1:
        return (frozenset(said or readings(surname)[:1]),)
    return tuple(frozenset({each}) for each in said) or tuple(frozenset(readings(each)) for each in surname)


def surname_length(name: str) -> int:
    """How many characters the surname has: 2 where it is a known compound.

    >>> surname_length("欧阳建国"), surname_length("张建国")
    (2, 1)
    """
    return 2 if len(name) > 2 and name[:2] in by_hand()["surnames"] else 1


def twins(one: str, other: str) -> bool:
    """Whether two surnames are written for each other by custom: 肖 and 萧. They are two surnames all the same."""
    return other in _groups("surnames").get(one, "")


@cache
def look_alike(one: str, other: str) -> bool:
    """Whether two characters can be taken for each other by their shape.

    They stand in one group of known confusions, one is a part of the other, they share a part that few characters have
    (亭 in 婷 and 停), the first four of their four-corner digits agree, or their Wubi codes are at most one key apart. Each
    alone is rare by chance; tests/matching/test_names.py measures all of them together.

    >>> look_alike("建", "健"), look_alike("己", "已"), look_alike("建", "国")
    (True, True, False)
    """
    if other in _groups("characters").get(one, "") or other in _strokes().get(one, ""):
        return True
    corners, wubi, parts = _shape(one)
    other_corners, other_wubi, other_parts = _shape(other)
    return (
        one in other_parts
        or other in parts
        or bool((parts & other_parts) - _shape("常见部首")[2])
        or corners == other_corners != ""
        or (bool(wubi and other_wubi) and _one_key_apart(wubi, other_wubi))
    )


@cache
def spelt(character: str) -> frozenset[str]:
    """The ways to write a character in parts, by somebody whose keyboard cannot: 火华 for 烨.

    >>> sorted(spelt("烨"))
    ['火华']
    """
    ways = _shapes().get(character, ("", "", ""))[2].split()
    return frozenset(ways) | {way.translate(_SIDES) for way in ways}


@cache
def by_hand() -> dict[str, Any]:
    """What is kept by hand: see data/names.toml."""
    return tomli.loads(_text("names.toml"))


@cache
def standard_forms() -> dict[int, str]:
    """Each character that is another way to write one, by its code point, with that one."""
    pairs = [*(line.split("\t") for line in _lines("forms.tsv")), *by_hand()["forms"].items()]
    return {ord(variant): form for form, variants in pairs for variant in variants}


@cache
def _readings() -> dict[str, tuple[str, ...]]:
    first, second = {}, {}
    for line in _lines("readings.tsv"):
        syllable, usual, other = line.split("\t")
        first.update(dict.fromkeys(usual, (syllable,)))
        second.update(dict.fromkeys(other, (syllable,)))
    return {character: said + second.get(character, ()) for character, said in first.items()}


@cache
def _shapes() -> dict[str, tuple[str, str, str]]:
    cells = (line.split("\t") for line in _lines("shapes.tsv"))
    return {character: (corners, wubi, ways) for character, corners, wubi, ways in cells}


@cache
def _shape(character: str) -> tuple[str, str, frozenset[str]]:
    corners, wubi, ways = _shapes().get(character, ("", "", ""))
    return corners, wubi, frozenset(ways.replace(" ", ""))


@cache
def _strokes() -> dict[str, str]:
    return _by_member(_lines("strokes.tsv"))


@cache
def _groups(kind: str) -> dict[str, str]:
    return _by_member(list(by_hand()["alike"][kind]))


def _by_member(groups: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for group in groups:
        for character in group:
            found[character] = found.get(character, "") + group
    return found


def _one_key_apart(one: str, other: str) -> bool:
    if len(one) == len(other):
        return sum(key != key_ for key, key_ in zip(one, other, strict=True)) <= 1
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    return any(longer[:place] + longer[place + 1 :] == shorter for place in range(len(longer)))


def _lines(name: str) -> list[str]:
    return _text(name).splitlines()[1:]


def _text(name: str) -> str:
    return (files("jiuzhu_check.matching.evidence") / "data" / name).read_text("utf-8")
