"""One part: a frame as one encrypted Parquet file. The only place that touches polars' encryption, which is unstable.

Uniform Parquet Modular Encryption (AES-256-GCM on every page, index and footer), one random key a file, and the
place of the file as additional authenticated data, which is not stored. polars reads a plaintext file without
complaint although it was given a key, so the magic bytes are looked at first.
"""

import io
import os
from collections.abc import Sequence

import polars as pl

from jiuzhu_check.language import say
from jiuzhu_check.store.place import Place

_MAGIC = b"PARE"  # of a file with an encrypted footer; a plaintext one has PAR1
_ROW_GROUP, _NARROW = 100_000, 10_000
_BOUNDS = {"min": True, "max": True, "distinct_count": False, "null_count": False}


def encode(frame: pl.DataFrame, place: Place, *, narrow: bool = False) -> tuple[bytes, bytes]:
    """The file's bytes, and the random key that opens them.

    narrow: it is asked for few rows that stand together: small groups of rows with their bounds, so that few are read
    """
    key = os.urandom(32)
    buffer = io.BytesIO()
    frame.write_parquet(
        buffer,
        compression="zstd",
        compression_level=1,
        row_group_size=_NARROW if narrow else _ROW_GROUP,
        statistics=_BOUNDS if narrow else False,
        encryption=pl.ParquetEncryptionProperties(footer_key=key, aad_prefix=place.aad, store_aad_prefix=False),
    )
    return buffer.getvalue(), key


def start_cipher() -> None:
    """Encrypt nothing once: the cipher's source of randomness takes some 20 ms to start, while other work may go on."""
    encode(pl.DataFrame({"": []}), Place("nothing", "nothing", "nothing"))


def decode(
    data: bytes, key: bytes, place: Place, *, columns: Sequence[str] | None = None, where: pl.Expr | None = None
) -> pl.DataFrame:
    """The frame again, whole, or some columns of the rows where a condition holds.

    raises: IntegrityError where the bytes are not an encrypted file that this key and place open
    """
    if not (data.startswith(_MAGIC) and data.endswith(_MAGIC)):
        raise place.damaged(say("不是加密的分区文件"))
    opened = pl.ParquetDecryptionProperties(footer_key=key, aad_prefix=place.aad)
    try:
        if where is None:
            return pl.read_parquet(data, columns=None if columns is None else list(columns), decryption=opened)
        found = pl.scan_parquet(data, decryption=opened).filter(where)
        return (found if columns is None else found.select(columns)).collect()
    except (pl.exceptions.ComputeError, OSError):
        raise place.damaged(say("无法解密")) from None


def holds(data: bytes, key: bytes, place: Place, frame: pl.DataFrame) -> bool:
    """Whether the bytes open with their key and give the frame's rows back; its first column stands for all."""
    return decode(data, key, place, columns=frame.columns[:1]).equals(frame.select(frame.columns[:1]))
