"""以真值评估 evaluation: links against a truth, by tier and source and by kind of damage, with 95 % intervals."""

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from jiuzhu_check.matching.interval import interval
from jiuzhu_check.matching.tiers import ACCEPTED, REVIEW

# Kinds of damage after which nothing in the extract tells the owner from a namesake: finding them is not asked for.
UNRESOLVABLE = frozenset(
    ("missing", "missing_homo", "both_sub_homo", "relative", "excel6", "agent", "agent_own", "wrong_valid")
)
PEOPLE, LINKS = ("pid", "typed_id", "consent"), ("source", "row", "pid", "cls")
_KEY = ["source", "source_row", "person_no"]


@dataclass(frozen=True)
class Evaluation:
    """How links stand against the truth. Only members with a valid consent count.

    tiers: source, tier, status, links, right, share, low, high; accepted and review
    kinds: cls, resolvable, records, accepted, accepted_share, low, high, found, found_share, found_low, found_high
    """

    tiers: pl.DataFrame
    kinds: pl.DataFrame
    accepted: int
    right: int
    resolvable: int
    found: int
    review: int

    @property
    def wrong(self) -> int:
        """Accepted links to somebody whose record it is not."""
        return self.accepted - self.right

    @property
    def precision(self) -> float:
        """Right among accepted."""
        return self.right / max(1, self.accepted)

    @property
    def recall(self) -> float:
        """Accepted or in review among the resolvable."""
        return self.found / max(1, self.resolvable)

    @property
    def review_share(self) -> float:
        """In review among what is shown."""
        return self.review / max(1, self.accepted + self.review)


def evaluate(links: pl.DataFrame, people: pl.DataFrame, truth: pl.DataFrame) -> Evaluation:
    """Links against the truth.

    links:  source, source_row, person_no, status, tier
    people: PEOPLE, one row a member: typed_id is the number as the roster has it, consent true where it is valid
    truth:  LINKS, one row a record of a member: row as a spreadsheet numbers it, cls the kind of damage
    """
    checked = people.filter(pl.col("consent") == "true").select("pid", person_no="typed_id")
    true = truth.join(checked, on="pid").select("source", pl.col("row").alias("source_row"), "person_no", "cls")
    shown = (
        links.select(pl.col("source_row").cast(pl.String), "source", "person_no", "status", "tier")
        .filter(pl.col("status").is_in([ACCEPTED, REVIEW]))
        .sort("status")
        .unique(_KEY, keep="first", maintain_order=True)
        .join(true.select(_KEY).unique().with_columns(_right=pl.lit(1)), on=_KEY, how="left")
        .with_columns(pl.col("_right").fill_null(0))
    )
    met = true.join(shown.select(*_KEY, "status"), on=_KEY, how="left")
    fair = met.filter(~pl.col("cls").is_in(list(UNRESOLVABLE)))
    accepted = shown.filter(pl.col("status") == ACCEPTED)
    return Evaluation(
        tiers=_by_tier(shown),
        kinds=_by_kind(met),
        accepted=accepted.height,
        right=int(accepted["_right"].sum()),
        resolvable=fair.height,
        found=int(fair["status"].is_not_null().sum()),
        review=shown.height - accepted.height,
    )


def _by_tier(shown: pl.DataFrame) -> pl.DataFrame:
    told = shown.group_by("source", "tier", "status").agg(links=pl.len(), right=pl.col("_right").sum())
    return _bounded(told.sort("status", "source", "tier"), "right", "links", ("share", "low", "high"))


def _by_kind(met: pl.DataFrame) -> pl.DataFrame:
    told = met.group_by("cls").agg(
        records=pl.len(),
        accepted=(pl.col("status") == ACCEPTED).sum(),
        found=pl.col("status").is_not_null().sum(),
    )
    ordered = told.with_columns(resolvable=~pl.col("cls").is_in(list(UNRESOLVABLE))).sort(
        "resolvable", "records", "cls", descending=[True, True, False]
    )
    one = _bounded(ordered, "accepted", "records", ("accepted_share", "low", "high"))
    return _bounded(one, "found", "records", ("found_share", "found_low", "found_high"))


def _bounded(frame: pl.DataFrame, part: str, whole: str, names: Collection[str]) -> pl.DataFrame:
    rows = [(a / b if b else None, *interval(a, b)) for a, b in frame.select(part, whole).iter_rows()]
    return frame.hstack(pl.DataFrame(rows, schema=dict.fromkeys(names, pl.Float64), orient="row"))
