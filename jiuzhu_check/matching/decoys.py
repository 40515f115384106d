"""诱饵 decoys: persons who cannot match, linked beside the members. What links to one is false, in every run, without a clerk.

A decoy has a member's county and day of birth with another sequence, valid and on nobody's roster, and the name of another
member of the same county and decade: as like a real person as one can be, and nobody.
"""

from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl
import tomli

from jiuzhu_check.matching.candidates import OnRoster
from jiuzhu_check.matching.tiers import ACCEPTED, ORDER, REVIEW, TIERS
from jiuzhu_check.tables.decoy import DECOY
from jiuzhu_check.values.identity_number import check_digit

_HOME = "\N{NULL}诱饵"  # begins a decoy's household number; no roster can hold it
_ODD_OR_EVEN = 499  # sequences of one sex, 001 or 002 and up
_LENDERS = 20  # members among whom names are exchanged, for each decoy


def decoys(index: pl.DataFrame, seed: int, on_roster: OnRoster, most: int) -> pl.DataFrame:
    """At most so many decoys, in the index's columns, each alone in a household; the same for the same seed.

    index: the members (matching/candidates.py INDEX); those without a valid number or a name lend nothing
    """
    known = index.filter(pl.col("number").is_not_null() & pl.col("name_key").is_not_null())
    people = known.filter(pl.col("number").is_first_distinct())
    order, enough = people["number"].hash(seed), _LENDERS * most
    first = people if people.height <= enough else people.filter(order <= order.sort()[enough - 1])
    lenders = first.sort(pl.col("number").hash(seed), "number")
    renamed = _renamed(lenders.head(enough)).head(most)
    lent = renamed.with_columns(_no=_renumbered(renamed["number"], seed), _born=pl.col("number").str.head(14))
    taken = on_roster(lent["_no"].to_list()) | set(
        people.join(lent, left_on="number", right_on="_no", how="semi")["number"]
    )
    named = known.select(_born=pl.col("number").str.head(14), _name="name_key")
    namesakes = named.join(lent, on=["_born", "_name"], how="semi")
    nobody = (
        lent.filter(~pl.col("_no").is_in(pl.Series(sorted(taken), dtype=pl.String).implode()))
        .join(namesakes, on=["_born", "_name"], how="anti", maintain_order="left")
        .unique("_no", keep="first", maintain_order=True)
    )
    return nobody.select(
        household_no=pl.format("{}{}", pl.lit(_HOME), "_no"),
        member_no=pl.lit("1"),
        person_no="_no",
        number="_no",
        name_key="_name",
        former_names=pl.lit(None, pl.String),
        birth_date=pl.lit(None, pl.Date),
        **{name: pl.lit(None, pl.String) for name in ("phone", "home_address", "workplace")},
    ).select(index.columns)


def is_decoy() -> pl.Expr:
    """Whether a row with household_no is a decoy's."""
    return pl.col("household_no").str.starts_with(_HOME)


def counted(links: pl.DataFrame, tried: int, source: str, supplier: str) -> pl.DataFrame:
    """DECOY rows of one source and supplier, one for every tier: what linked to a decoy, and what that closes.

    links: LINK rows to decoys
    tried: how many decoys there were
    """
    by_tier = links.group_by("tier").agg(
        accepted=(pl.col("status") == ACCEPTED).sum(), review=(pl.col("status") == REVIEW).sum()
    )
    every = pl.DataFrame({"tier": list(ORDER)}).join(by_tier, on="tier", how="left", maintain_order="left")
    limits = _table()["limit"]
    limit = pl.col("tier").str.head(1).replace_strict(limits, default=1.0, return_dtype=pl.Float64)
    told = every.with_columns(pl.col("accepted", "review").fill_null(0), decoys=pl.lit(tried))
    over = (pl.col("accepted") >= _table()["least"]) & (pl.col("accepted") > limit * pl.col("decoys"))
    return DECOY.fit(
        told.with_columns(
            source=pl.lit(source),
            supplier=pl.lit(supplier),
            closed=pl.when(over).then(pl.lit("yes")).otherwise(pl.lit("no")),
        )
    )


def accepting_tiers() -> list[str]:
    """The tiers that accept without a person, best first."""
    return list(dict.fromkeys(tier.code for tier in TIERS if tier.status == ACCEPTED))


def _renumbered(numbers: pl.Series, seed: int) -> pl.Series:
    """Valid numbers of the same county, day and sex, with another sequence."""
    sequences = numbers.hash(seed + 1) % _ODD_OR_EVEN * 2 + 2 - numbers.str.slice(16, 1).cast(pl.UInt64) % 2
    bodies = [f"{number[:14]}{sequence:03}" for number, sequence in zip(numbers, sequences, strict=True)]
    return pl.Series([body + check_digit(body) for body in bodies], dtype=pl.String)


def _renamed(people: pl.DataFrame) -> pl.DataFrame:
    """The people with _name, that of the next of their county and decade, or of their decade; without whoever keeps theirs."""
    decade = pl.col("number").str.slice(6, 3)
    near, far = [pl.col("number").str.head(6), decade], [decade]
    another = pl.coalesce(
        pl.when(theirs != pl.col("name_key")).then(theirs)
        for theirs in (_next("name_key", near), _next("name_key", far))
    )
    return people.with_columns(_name=another).filter(pl.col("_name").is_not_null())


def _next(name: str, group: list[pl.Expr]) -> pl.Expr:
    return pl.coalesce(pl.col(name).shift(-1), pl.col(name).first()).over(group)


@cache
def _table() -> dict[str, Any]:
    return tomli.loads((files("jiuzhu_check.matching") / "decoys.toml").read_text(encoding="utf-8"))
