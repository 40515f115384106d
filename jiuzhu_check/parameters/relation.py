"""标准之间的关系: how standards must stand to each other, and ratios that were published. Both are data beside this file."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import tomli

from jiuzhu_check.parameters.file import Value, look, region_prefix
from jiuzhu_check.parameters.policy import Policy

_HERE = Path(__file__).parent
VALIDATION = _HERE / "validation"


@dataclass(frozen=True)
class Relation:
    """One amount, times something, is at least (at most) so many times another one.

    region: the leading digits of where it holds; empty: the whole country
    least, most: None where there is no such side
    tolerance:   yuan by which roundings may miss it
    """

    id: str
    title: str
    region: str
    since: date
    parameter: str
    times: Decimal
    of: str
    of_times: Decimal
    least: Decimal | None
    most: Decimal | None
    tolerance: Decimal
    source: str


@dataclass(frozen=True)
class Checked:
    """A relation in one region on one day.

    amount, other: both sides, in yuan; None where the policy does not say it, and then nothing can be told
    holds:         None where nothing can be told
    """

    relation: Relation
    region: str
    on: date
    amount: Decimal | None
    other: Decimal | None

    @property
    def holds(self) -> bool | None:
        """Whether the relation holds, within its tolerance."""
        if self.amount is None or self.other is None:
            return None
        least, most, slack = self.relation.least, self.relation.most, self.relation.tolerance
        enough = least is None or self.amount >= least * self.other - slack
        return enough and (most is None or self.amount <= most * self.other + slack)


@dataclass(frozen=True)
class Reproduced:
    """A published ratio, and the one that the published amounts give, rounded alike."""

    title: str
    published: Decimal
    computed: Decimal
    source: str


def relations() -> list[Relation]:
    """Every relation that ships."""
    return [_relation(spec) for spec in _toml("standards.toml")["relation"]]


def check_relations(policy: Policy) -> list[Checked]:
    """Each relation in each region that the workspace's policy speaks of, on each day on which a value of it changes."""
    local = [value for value in policy.values if value.local]
    return [
        checked
        for relation in relations()
        for region in sorted({value.region for value in local if value.region.startswith(relation.region)})
        for checked in _over_time(policy, relation, region)
    ]


def reproduced(policy: Policy) -> list[Reproduced]:
    """The published ratios, from the published amounts: what ships of them is no policy and no threshold.

    policy: whose declared parameters the published amounts are read by
    """
    values, problems = look(sorted(VALIDATION.glob("*.toml")), policy.parameters)
    assert not problems, problems
    published = Policy(policy.parameters, tuple(values))
    return [_reproduced(published, spec) for spec in _toml("published_ratios.toml")["ratio"]]


def published_policy(policy: Policy) -> Policy:
    """The published amounts as if they were a province's policy, to try relations on."""
    values, _ = look(sorted(VALIDATION.glob("*.toml")), policy.parameters)
    return Policy(policy.parameters, tuple(values))


def _over_time(policy: Policy, relation: Relation, region: str) -> Iterable[Checked]:
    sides = {relation.parameter, relation.of}
    days = {value.since for value in policy.values if value.parameter in sides}
    days |= {value.until + timedelta(days=1) for value in policy.values if value.parameter in sides and value.until}
    seen: list[Checked] = []
    for day in sorted({max(day, relation.since) for day in days}):
        amount = _amount(policy.told(relation.parameter, region, None, day), relation.times)
        other = _amount(policy.told(relation.of, region, None, day), relation.of_times)
        if (amount, other) != (None, None) and (not seen or (seen[-1].amount, seen[-1].other) != (amount, other)):
            seen.append(Checked(relation, region, day, amount, other))
    return seen


def _reproduced(published: Policy, spec: dict[str, Any]) -> Reproduced:
    prefix = region_prefix(spec["region"])
    amount = _amount(published.told(spec["parameter"], prefix, None, spec["on"]), Decimal(spec.get("times", 1)))
    other = _amount(published.told(spec["of"], prefix, None, spec["on"]), Decimal(spec.get("of_times", 1)))
    assert amount is not None, spec
    assert other is not None, spec
    ratio = (amount / other).quantize(spec["published"], ROUND_HALF_UP)
    return Reproduced(spec["title"], spec["published"], ratio, spec["source"])


def _amount(value: Value | None, times: Decimal) -> Decimal | None:
    return value.cell * times if value is not None and isinstance(value.cell, Decimal) else None


def _relation(spec: dict[str, Any]) -> Relation:
    return Relation(
        id=spec["id"],
        title=spec["title"],
        region=region_prefix(spec.get("region", "000000")),
        since=spec["from"],
        parameter=spec["parameter"],
        times=Decimal(spec.get("times", 1)),
        of=spec["of"],
        of_times=Decimal(spec.get("of_times", 1)),
        least=Decimal(spec["least"]) if "least" in spec else None,
        most=Decimal(spec["most"]) if "most" in spec else None,
        tolerance=Decimal(spec.get("tolerance", 0)),
        source=spec["source"]["document"],
    )


def _toml(name: str) -> dict[str, Any]:
    return tomli.loads((_HERE / "relations" / name).read_text(encoding="utf-8"), parse_float=Decimal)
