"""逐片的代码 part code: a fingerprint of the code and the tables that decide what a part gives."""

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

import polars as pl

_ROOMS = ("matching", "values", "tables", "intake/stored.py")


@cache
def part_code() -> str:
    """SHA-256 over these rooms and polars: another one may give something else of the same part."""
    return _sha256(*_ROOMS)


@cache
def program_code() -> str:
    """SHA-256 over all code and tables that a check goes by, and polars."""
    return _sha256("audit", "checks", "intake", "matching", "parameters", "rules", "store", "tables", "values")


def _sha256(*rooms: str) -> str:
    root, digest = files("jiuzhu_check"), hashlib.sha256(pl.__version__.encode())
    for room in rooms:
        for file in _files(root.joinpath(room)):
            digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()


def _files(place: Traversable) -> Iterator[Traversable]:
    """The files of code and data at a place, in the order of their names."""
    if place.is_file():
        yield from [place] if place.name.endswith((".py", ".toml")) else []
        return
    for each in sorted(place.iterdir(), key=lambda one: one.name):
        yield from _files(each)
