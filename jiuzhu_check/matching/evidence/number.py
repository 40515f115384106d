"""号码证据: how the record's number and the member's agree.

The check digit catches every single wrong digit and every adjacent swap, so a broken number has its true one among its
one-edit repairs, and two valid numbers are never one edit apart.
"""

from collections.abc import Iterator
from functools import cache

from jiuzhu_check.values.identity_number import CHECK, WEIGHTS, is_valid

# What a typist's finger or a scanner writes for a digit.
LETTERS = str.maketrans({"O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "|": "1", "Z": "2", "S": "5", "B": "8"})

# Each of the eighteen places and its weight: in a valid number the weighted sum leaves 1 modulo 11.
_WEIGHTS = (*WEIGHTS, 1)
_WORTH = {character: worth for worth, character in enumerate("0123456789X")}

SENTENCES = {
    "valid": "号码相同（18位有效）",
    "upgraded": "号码相同（15位旧号升位）",
    "one_edit": "登记号码校验位不符，改正一处后与本人号码相同",
    "several_edits": "登记号码校验位不符，改正一处后与名册中多人的号码都可相同",
    "one_digit": "登记号码多一位或少一位，改正后与本人号码相同",
    "two_edits": "登记号码有两处与本人号码不同，本身不是有效号码",
    "cut": "登记号码末几位缺失，其余各位与本人号码相同",
    "rounded": "登记号码被电子表格改坏，所存前几位与本人号码相同",
    "float": "登记号码被按浮点数存过，本人号码按同样方式存即得此数",
    "masked": "登记号码有遮盖，可见各位与本人号码相同",
    "few_digits": "登记号码只存前几位，与本人号码相同",
    "roster_edit": "名册号码校验位不符，改正一处后与登记的有效号码相同",
    "both_damaged": "登记与名册的号码都不是有效号码，两者只差一两处",
    "rounded_valid": "本人号码经电子表格或浮点数保存即成此数，它碰巧是有效号码，或另有其人",
    "same_text": "登记与名册的号码写法相同，但都不是有效号码",
}
# Evidence that leaves some digits of the number open: only how rare the name is makes it somebody's.
PARTIAL = ("cut", "rounded", "float", "masked")


def repairs(broken: str) -> list[str]:
    """Every valid number within one wrong digit or one adjacent swap of eighteen characters, or with letters for digits.

    >>> "11010519491231002X" in repairs("11010519491321002X"), repairs("短")
    (True, [])
    """
    if len(broken) != 18:
        return []
    read = broken.translate(LETTERS)
    if read != broken:
        return [read] if is_valid(read) else []
    if not _looks_like_one(broken):
        return []
    return sorted({number for number in (*_substituted(broken), *_swapped(broken)) if is_valid(number)})


def one_digit_away(damaged: str) -> list[str]:
    """Every valid number that one character more or less makes of 17 or 19.

    >>> one_digit_away("1101051949123102X")
    ['11010519491231002X', '11010519491231029X']
    """
    if len(damaged) == 19:
        near = {damaged[:place] + damaged[place + 1 :] for place in range(19)}
    elif len(damaged) == 17 and _looks_like_one(damaged):
        near = set(_lengthened(damaged))
    else:
        near = set()
    return sorted(number for number in near if is_valid(number))


def _substituted(broken: str) -> Iterator[str]:
    total = _weighted(broken, 0)
    for place, character in enumerate(broken):
        rest = total - _WORTH[character] * _WEIGHTS[place]
        for right in _fitting(place, rest % 11):
            yield broken[:place] + right + broken[place + 1 :]


def _lengthened(short: str) -> Iterator[str]:
    for place in range(18):
        rest = _weighted(short[:place], 0) + _weighted(short[place:], place + 1)
        for missing in _fitting(place, rest % 11):
            yield short[:place] + missing + short[place:]


@cache
def _fitting(place: int, rest: int) -> str:
    """The characters that make the sum right in that place, where the others' weighted sum leaves rest."""
    characters = "0123456789X" if place == 17 else "0123456789"
    return "".join(each for each in characters if (rest + _WORTH[each] * _WEIGHTS[place]) % 11 == 1)


def _swapped(broken: str) -> Iterator[str]:
    for place in range(17):
        if broken[place] != broken[place + 1]:
            yield broken[:place] + broken[place + 1] + broken[place] + broken[place + 2 :]


def _weighted(characters: str, place: int) -> int:
    return sum(_WORTH[each] * weight for each, weight in zip(characters, _WEIGHTS[place:], strict=False))


def _looks_like_one(text: str) -> bool:
    return text[:-1].isascii() and text[:-1].isdigit() and text[-1:] in CHECK
