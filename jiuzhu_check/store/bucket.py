"""Which part a number falls in: a keyed hash, the same with every version of polars and on every machine.

Without the key, a file's name says nothing of the numbers in it. polars' own Expr.hash may change between versions.
"""

import hashlib
import struct

import polars as pl

_SHIFT = pl.lit(2**32, pl.UInt64)


def bucket(number: pl.Expr, parts: int, key: bytes) -> pl.Expr:
    """The part of an 18-character number, from 0 to parts - 1, as UInt16; null where it is null or not such a number.

    Two rounds of multiply and shift modulo 2**64 over the 17 digits, with the check character, and with odd
    multipliers from the key.

    parts: a power of two, 2 to 65536
    """
    bits = _bits(parts)
    first, second, third, offset = (pl.lit(value, pl.UInt64) for value in _multipliers(key))
    digits = number.str.slice(0, 17).cast(pl.UInt64, strict=False)
    last = number.str.slice(17)
    check = pl.when(last == "X").then(pl.lit(10, pl.UInt64)).otherwise(last.cast(pl.UInt64, strict=False))
    mixed = digits * first + check * second + offset
    mixed = (mixed ^ (mixed // _SHIFT)) * third
    part = (mixed // pl.lit(2 ** (64 - bits), pl.UInt64)).cast(pl.UInt16)
    return pl.when(number.str.contains(r"^[0-9]{17}[0-9X]$")).then(part)


def bucket_text(text: pl.Expr, parts: int, key: bytes) -> pl.Expr:
    """The part of any text, such as a household number, as UInt16; null where it is null. Each text is hashed once.

    parts: a power of two, 2 to 65536
    """
    bits = _bits(parts)

    def place(column: pl.Series) -> pl.Series:
        known = column.unique().drop_nulls()
        found = [_place_of(each, bits, key) for each in known]
        return column.replace_strict(known, pl.Series(found, dtype=pl.UInt16), default=None, return_dtype=pl.UInt16)

    return text.map_batches(place, return_dtype=pl.UInt16, is_elementwise=True)


def _place_of(text: str, bits: int, key: bytes) -> int:
    digest = hashlib.blake2b(text.encode(), digest_size=8, key=key).digest()
    return int.from_bytes(digest, "big") >> (64 - bits)


def _multipliers(key: bytes) -> tuple[int, int, int, int]:
    first, second, third, offset = struct.unpack("<4Q", hashlib.blake2b(b"bucket", digest_size=32, key=key).digest())
    return first | 1, second | 1, third | 1, offset


def _bits(parts: int) -> int:
    bits = parts.bit_length() - 1
    assert parts in {1 << each for each in range(1, 17)}, "parts is a power of two, 2 to 65536"
    return bits
