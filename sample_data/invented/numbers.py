"""Identity numbers (GB 11643) and social credit codes (GB 32100) that pass their checksum and belong to nobody."""

from datetime import date

# No county has these codes; people born in 永和县 carry the first, people from elsewhere in the province the others.
HOME_AREA = "370199"
OTHER_AREAS = ("370299", "370699", "370899", "371399")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def citizen_number(area: str, birth: date, sequence: int) -> str:
    """The 18-character number; an odd sequence is a man's.

    >>> citizen_number("110105", date(1949, 12, 31), 2)
    '11010519491231002X'
    """
    body = f"{area}{birth:%Y%m%d}{sequence:03d}"
    return body + CHECKS[sum(weight * int(digit) for weight, digit in zip(WEIGHTS, body, strict=True)) % 11]


def credit_code(serial: int, category: str = "1") -> str:
    """The 18-character unified social credit code of a firm registered in 永和县: 1 company, 2 individual business, 3 cooperative."""
    body = f"9{category}{HOME_AREA}{serial:09d}"
    total = sum(pow(3, place, 31) * CREDIT_ALPHABET.index(sign) for place, sign in enumerate(body))
    return body + CREDIT_ALPHABET[(31 - total % 31) % 31]
