"""户组 grouped: rows by groups of households. What is said of one household no other one changes, so memory holds a few groups."""

from collections.abc import Iterator

import polars as pl

ONE_GROUP = pl.Series([], dtype=pl.String)
TOGETHER = 30_000  # households of a group, at most
_FEW = 2_000


def in_groups(homes: pl.Series) -> pl.Series:
    """Where the groups end in which households are gone through: a few are one, more are two at least, side by side."""
    return ends(homes, TOGETHER, 1 if homes.len() < _FEW else 2)


def ends(homes: pl.Series, together: int, least: int = 1) -> pl.Series:
    """The last household number of each group but the last one; none where all are one group.

    homes:    household numbers, each once, in order
    together: households of a group, at most; least: how many groups at least
    """
    groups = min(homes.len(), max(least, -(-homes.len() // together)))
    return homes.gather([homes.len() * group // groups - 1 for group in range(1, groups)])


class Grouped:
    """The rows of one table by group, those of a group as they stand.

    table: with household_no
    ends:  as ends gives them
    """

    def __init__(self, table: pl.DataFrame, ends: pl.Series) -> None:
        self.table, self.groups = table, ends.len() + 1
        places = ends.search_sorted(table["household_no"], side="left")
        self._rows: pl.Series | None = None
        if not places.is_sorted():
            ordered = pl.DataFrame({"place": places}).with_row_index("row").sort("place", maintain_order=True)
            self._rows, places = ordered["row"], ordered["place"]
        self._first = [int(places.search_sorted(group, side="left")) for group in range(self.groups)] + [table.height]

    def of(self, group: int) -> pl.DataFrame:
        """The rows of one group; to look through all rows for every group would cost their product."""
        first, behind = self._first[group], self._first[group + 1]
        if self._rows is None:
            return self.table.slice(first, behind - first)
        return self.table[self._rows.slice(first, behind - first)]

    def each(self) -> Iterator[pl.DataFrame]:
        """The rows of every group, in order."""
        return (self.of(group) for group in range(self.groups))
