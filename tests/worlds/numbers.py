"""Identity numbers and other numbers. The counties do not exist, so that no number is anybody's."""

from random import Random

import polars as pl

HOME = tuple(f"37{city:02}{county}" for city in range(1, 9) for county in (97, 98, 99))
AWAY = ("130199", "210199", "320199", "410199", "510199", "610199", "650199")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def whole(body: str) -> str:
    """The 17 digits with their check character."""
    return body + CHECKS[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


def number(rng: Random, county: str, birth: str, *, male: bool) -> str:
    """A number of that county, day and sex."""
    return whole(f"{county}{birth}{rng.randrange(0, 498) * 2 + male + (0 if male else 2):03}")


def neighbour(of: str, by: int = 1) -> str:
    """The number of somebody registered in the same place, born the same day, a few places further in the sequence."""
    return whole(of[:14] + f"{(int(of[14:17]) + by - 1) % 995 + 1:03}")


def credit_code(rng: Random) -> str:
    """A unified social credit code of a firm."""
    body = "91370199MA" + "".join(rng.choice(CREDIT) for _ in range(7))
    total = sum(CREDIT.index(sign) * pow(3, place, 31) for place, sign in enumerate(body))
    return body + CREDIT[-total % 31]


def other_paper(rng: Random) -> str:
    """A passport, an officer's card, or a permit of 18 characters that is no citizen's number."""
    birth = f"{rng.randrange(1950, 2000)}{rng.randrange(1, 13):02}{rng.randrange(1, 29):02}"
    return rng.choice(
        (
            f"E{rng.randrange(10**8):08}",
            f"军字第{rng.randrange(10**7):07}号",
            whole(f"8{rng.choice('123')}0000{birth}{rng.randrange(1, 999):03}"),
            whole(f"911156{birth}{rng.randrange(1, 999):03}"),
        )
    )


def whole_column(bodies: pl.Series) -> pl.Series:
    """whole(), for a column of 17 digits as integers."""
    rest, total = bodies, bodies * 0
    for weight in reversed(WEIGHTS):
        total += rest % 10 * weight
        rest = rest // 10
    checks = pl.Series(list(CHECKS)).gather(total % 11)
    return bodies.cast(pl.String) + checks
