"""逐片的代码 part code: a fingerprint of the code and the tables that decide what a part gives."""

import hashlib
import os
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import polars as pl

_ROOMS = ("matching", "values", "tables", "intake/stored.py")
_SAYING = (".py", ".toml", ".tsv")  # files of code and data
OF_CHECK = ("audit", "checks", "intake", "matching", "parameters", "rules", "store", "tables", "values")


@cache
def part_code() -> str:
    """SHA-256 over these rooms and polars: another one may give something else of the same part."""
    return _sha256(*_ROOMS)


@cache
def program_code() -> str:
    """SHA-256 over all code and tables that a check goes by, and polars."""
    return _sha256(*OF_CHECK)


@cache
def program_files() -> str:
    """SHA-256 over those files' places, sizes and times, and polars: while it is the same, so is the code, and none is read."""
    root, digest = Path(str(files("jiuzhu_check"))), hashlib.sha256(pl.__version__.encode())
    for room in OF_CHECK:
        for told in sorted(_stated(root / room)):
            digest.update(repr(told).encode())
    return digest.hexdigest()


def _stated(folder: Path) -> Iterator[tuple[str, int, int, int, int]]:
    """Of each file of code and data in a folder: where it is, which one, how long, and since when (the system's own word)."""
    for entry in os.scandir(folder):
        if entry.is_dir() and entry.name != "__pycache__":
            yield from _stated(Path(entry.path))
        elif entry.name.endswith(_SAYING):
            is_now = entry.stat()
            yield entry.path, is_now.st_ino, is_now.st_size, is_now.st_mtime_ns, is_now.st_ctime_ns


def _sha256(*rooms: str) -> str:
    root, digest = files("jiuzhu_check"), hashlib.sha256(pl.__version__.encode())
    for room in rooms:
        for file in _files(root.joinpath(room)):
            digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()


def _files(place: Traversable) -> Iterator[Traversable]:
    """The files of code and data at a place, in the order of their names."""
    if place.is_file():
        yield from [place] if place.name.endswith(_SAYING) else []
        return
    for each in sorted(place.iterdir(), key=lambda one: one.name):
        yield from _files(each)
