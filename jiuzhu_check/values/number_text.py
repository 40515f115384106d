"""数字文本 number text: a cell that is one plain decimal number, and nothing else."""

import polars as pl


def plain_number(text: pl.Expr) -> pl.Expr:
    """The text where it is a plain decimal number, else null: 1E5, 12-3 and 壹万 are not guessed at."""
    return pl.when(text.str.contains(r"^[+-]?[0-9]{1,18}(\.[0-9]+)?$")).then(text)
