"""Money in whole cents, so that nothing is lost before the one rounding."""

import polars as pl

RATE = 10_000  # a rate has four places


def cents(yuan: pl.Expr | str) -> pl.Expr:
    """Yuan with two places as whole cents."""
    return ((pl.col(yuan) if isinstance(yuan, str) else yuan) * 100).cast(pl.Int64)


def yuan(cents: pl.Expr | str) -> pl.Expr:
    """Whole cents as yuan with two places."""
    whole = pl.col(cents) if isinstance(cents, str) else cents
    return (whole.cast(pl.Decimal(18, 2)) / 100).cast(pl.Decimal(18, 2))


def rate(share: pl.Expr | str) -> pl.Expr:
    """A rate of four places as a whole number of ten-thousandths."""
    return ((pl.col(share) if isinstance(share, str) else share) * RATE).cast(pl.Int64)


def half_up(numerator: pl.Expr, denominator: pl.Expr | int) -> pl.Expr:
    """Whole cents of a fraction: the nearest, a half upwards. Null where the denominator is not above zero."""
    below = pl.lit(denominator) if isinstance(denominator, int) else denominator
    below = pl.when(below > 0).then(below).cast(pl.Int128)
    return ((2 * numerator.cast(pl.Int128) + below) // (2 * below)).cast(pl.Int64)


def share(amount: pl.Expr | str, of: pl.Expr | str) -> pl.Expr:
    """That share of an amount in cents, rounded half up to a cent."""
    return half_up((pl.col(amount) if isinstance(amount, str) else amount) * rate(of), RATE)
