"""How sure a share is that was measured."""

_Z = 1.959964  # 95 %


def interval(part: int, whole: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share; from 0 to 1 where nothing was seen.

    >>> [round(bound, 4) for bound in interval(10, 10)]
    [0.7225, 1.0]
    """
    if whole == 0:
        return 0.0, 1.0
    share, spread = part / whole, _Z * _Z / whole
    middle = (share + spread / 2) / (1 + spread)
    reach = _Z * (share * (1 - share) / whole + spread / 4 / whole) ** 0.5 / (1 + spread)
    return (0.0 if part == 0 else middle - reach), (1.0 if part == whole else middle + reach)


def most_likely_at_most(part: int, whole: int) -> float:
    """The upper 95 % bound of a rate: three in so many where none was seen (the rule of three), else Wilson's.

    >>> most_likely_at_most(0, 3000)
    0.001
    """
    if whole == 0:
        return 1.0
    return min(1.0, 3 / whole) if part == 0 else interval(part, whole)[1]
