"""涉及的成员 touched: the few members whom a night may have to look at for a number of which something changed."""

from dataclasses import dataclass
from typing import Self

import polars as pl

from jiuzhu_check.checks.kept_run import HOME

_MEMBER = ["household_no", "member_no"]


@dataclass(frozen=True)
class Touched:
    """Whom any source may have to look at for a number of some: few of all, among whom every source looks.

    had, index: as of the last run and now, with all of a household of which one may stand there under an extra number
    extra:      EXTRA rows of either, of these numbers
    numbers:    their own, and these
    """

    had: pl.DataFrame
    index: pl.DataFrame
    extra: pl.DataFrame
    numbers: pl.Series

    @classmethod
    def by(cls, numbers: pl.Series, had: pl.DataFrame, index: pl.DataFrame, extra: pl.DataFrame) -> Self:
        """Those among had, index and extra whom some numbers concern.

        numbers: those that have another record, or under which others may stand than did; some of them several times
        """
        other = numbers.alias("number").to_frame()
        under = extra.join(other, left_on="owner_no", right_on="number", how="semi")
        homes = under[HOME].unique().implode()

        def those(people: pl.DataFrame) -> pl.DataFrame:
            own = people.join(other, on="number", how="semi", maintain_order="left")
            return pl.concat([own, people.filter(pl.col(HOME).is_in(homes))]).unique(_MEMBER, maintain_order=True)

        now = those(index)
        then = now if had is index else those(had)
        theirs = pl.concat([now["number"], then["number"], under["owner_no"]]).drop_nulls().unique()
        return cls(then, now, under, theirs)

    def of(self, numbers: pl.Series) -> pl.Series:
        """Of some of these numbers those under which anybody may stand."""
        return numbers.filter(numbers.is_in(self.numbers.implode()))
