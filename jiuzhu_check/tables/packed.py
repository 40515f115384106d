"""打包 packed: frames in less memory, while they wait for their turn and while they are worked on."""

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Literal

import polars as pl

from jiuzhu_check.tables.grouped import Grouped

_MANY = 1_000  # rows: fewer take no memory worth the time
_AT_ONCE = 3  # groups: so few are all worked on at once, and none waits


class Packed:
    """A frame that waits for its turn, compressed: it takes a tenth of the memory, and leaves none of it in small pieces.

    height: its rows; few are left as they are
    """

    def __init__(self, frame: pl.DataFrame, alike: Sequence[pl.Expr] | None = None, *, waits: bool = True) -> None:
        """alike: columns whose values are all alike, each as one value, where that is known; of few rows none needs to be.

        waits: whether it has to wait; one that is taken at once is left as it is
        """
        self.height = frame.height
        self._held = _Apart(frame, "lz4", alike) if waits and frame.height >= _MANY else frame

    def frame(self) -> pl.DataFrame:
        """The frame again; a column whose values are all alike is held once."""
        return self._held.frame() if isinstance(self._held, _Apart) else self._held


class _Apart:
    """A frame's bytes, and what its rows have in common."""

    def __init__(
        self, frame: pl.DataFrame, how: Literal["lz4", "uncompressed"], alike: Sequence[pl.Expr] | None = None
    ) -> None:
        self._columns, self._alike, self._bytes = frame.columns, _alike(frame) if alike is None else alike, BytesIO()
        frame.drop([each.meta.output_name() for each in self._alike]).write_ipc(self._bytes, compression=how)

    def frame(self) -> pl.DataFrame:
        self._bytes.seek(0)
        return pl.read_ipc(self._bytes).with_columns(self._alike).select(self._columns)


def packed_by_group(frame: pl.DataFrame, ends: pl.Series) -> Iterator[Packed]:
    """The rows of every group of households (tables/grouped.py), packed; which columns are alike is looked for once."""
    if ends.len() < _AT_ONCE:
        return (Packed(group, waits=False) for group in Grouped(frame, ends).each())
    alike = _alike(frame)
    return (Packed(group, alike) for group in Grouped(frame.with_columns(alike), ends).each())


def compact(frame: pl.DataFrame) -> pl.DataFrame:
    """As alike_once, and apart from the frames that its rows were taken out of: texts would keep all of theirs in memory."""
    return _Apart(frame, "uncompressed").frame()


def alike_once(frame: pl.DataFrame) -> pl.DataFrame:
    """The same frame, in less memory: a column whose values are all alike is held once, not row by row."""
    return frame.with_columns(_alike(frame))


def _alike(frame: pl.DataFrame) -> list[pl.Expr]:
    """The columns whose values are all alike, each as one value."""
    if frame.height < _MANY:
        return []
    values, dtypes = frame.head(1).row(0, named=True), frame.schema
    others = frame[[frame.height // 2, -1]].rows(named=True)  # of most columns one of them differs, and all is said
    maybe = [name for name, value in values.items() if all(other[name] == value for other in others)]
    same = frame.select(pl.col(maybe).eq_missing(pl.col(maybe).first()).all()).row(0, named=True) if maybe else {}
    return [pl.lit(values[name], dtypes[name]).alias(name) for name, alike in same.items() if alike]
