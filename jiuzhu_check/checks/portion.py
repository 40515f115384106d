"""核对范围 portion: of all recipients those of one region, or one of several equal shares, where not everybody is checked at once."""

import hashlib
import re
from dataclasses import dataclass
from typing import Self

import polars as pl

from jiuzhu_check.errors import UsageError
from jiuzhu_check.language import say
from jiuzhu_check.parameters.file import region_prefix

_SHARES = 1000  # at most


@dataclass(frozen=True)
class Portion:
    """Some of the households under check.

    region: GB/T 2260; everything below it belongs to it; empty: any
    share:  which of how many, from 1. A household is in the same share on every machine and in every night
    """

    region: str = ""
    share: tuple[int, int] = (1, 1)

    @classmethod
    def read(cls, region: str, share: str) -> Self:
        """From what the command line says; raises UsageError."""
        if region and not re.fullmatch("[0-9]{6}", region):
            raise UsageError(say("--region 不是行政区划代码。"), hint=say("写六位数字，如 370683。"))
        found = re.fullmatch("([0-9]{1,4})/([0-9]{1,4})", share) if share else re.fullmatch("(1)/(1)", "1/1")
        at, of = (int(each) for each in found.groups()) if found else (0, 0)
        if not 1 <= at <= of <= _SHARES:
            raise UsageError(say("--shard 不是第几份。"), hint=say("写成 1/4：四份里的第一份，最多一千份。"))
        return cls(region, (at, of))

    @classmethod
    def told(cls, text: str | None) -> Self:
        """From what a kept run says of itself."""
        region, _, share = (text or "").partition(" ")
        return cls.read(region.strip("*"), share)

    def __bool__(self) -> bool:
        """Whether it is not everybody."""
        return self != Portion()

    @property
    def text(self) -> str | None:
        """As a run keeps it: 370683 1/4; null where it is everybody."""
        return f"{self.region or '*'} {self.share[0]}/{self.share[1]}" if self else None

    def of(self, roster: pl.DataFrame, region: str) -> pl.DataFrame:
        """Those of some ROSTER rows; region: of households for which the roster says none."""
        there = pl.col("region").fill_null(region).str.starts_with(region_prefix(self.region or "000000"))
        at, of = self.share
        found = roster.filter(there)
        if of == 1:
            return found
        homes = found["household_no"].unique()
        mine = [home for home in homes if _place(home) % of == at - 1]
        return found.filter(pl.col("household_no").is_in(mine))


EVERYBODY = Portion()


def _place(household_no: str) -> int:
    return int.from_bytes(hashlib.sha256(household_no.encode()).digest()[:8], "big")
