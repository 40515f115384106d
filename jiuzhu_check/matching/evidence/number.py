"""号码证据: how the record's number and the member's agree.

The check digit catches every single wrong digit and every adjacent swap, so a broken number has its true one among its
one-edit repairs, and two valid numbers are never one edit apart.
"""

from collections.abc import Iterator

from jiuzhu_check.values.identity_number import CHECK, check_digit, is_valid

# What a typist's finger or a scanner writes for a digit.
_LETTERS = str.maketrans({"O": "0", "I": "1", "L": "1", "|": "1"})

SENTENCES = {
    "valid": "号码相同（18位有效）",
    "upgraded": "号码相同（15位旧号升位）",
    "one_edit": "登记号码校验位不符，改正一处后与本人号码相同",
    "one_digit": "登记号码多一位或少一位，改正后与本人号码相同",
}


def repairs(broken: str) -> list[str]:
    """Every valid number within one wrong digit or one adjacent swap of eighteen characters, or with letters for digits.

    >>> "11010519491231002X" in repairs("11010519491321002X"), repairs("短")
    (True, [])
    """
    if len(broken) != 18:
        return []
    read = broken.translate(_LETTERS)
    if read != broken:
        return [read] if _looks_like_one(read) and is_valid(read) else []
    if not _looks_like_one(broken):
        return []
    return sorted({number for number in _edited(broken) if _plausible(number)})


def is_one_digit_away(damaged: str, number: str) -> bool:
    """Whether taking one character from the longer gives the shorter: 17 or 19 digits against 18.

    >>> is_one_digit_away("1101051949123102X", "11010519491231002X")
    True
    """
    longer, shorter = sorted((damaged, number), key=len, reverse=True)
    return len(longer) == len(shorter) + 1 and any(
        longer[:place] + longer[place + 1 :] == shorter for place in range(len(longer))
    )


def _edited(broken: str) -> Iterator[str]:
    body, last = broken[:17], broken[17]
    yield body + check_digit(body)
    for place in range(17):
        for digit in "0123456789":
            changed = body[:place] + digit + body[place + 1 :]
            if digit != body[place] and check_digit(changed) == last:
                yield changed + last
    for place in range(16):
        swapped = body[:place] + body[place + 1] + body[place] + body[place + 2 :]
        if swapped != body and check_digit(swapped) == last:
            yield swapped + last
    if last.isdigit() and last != body[16]:
        swapped = body[:16] + last
        if check_digit(swapped) == body[16]:
            yield swapped + body[16]


def _plausible(number: str) -> bool:
    return 1 <= int(number[10:12]) <= 12 and 1 <= int(number[12:14]) <= 31 and is_valid(number)


def _looks_like_one(text: str) -> bool:
    return len(text) == 18 and text[:17].isascii() and text[:17].isdigit() and text[17] in CHECK
