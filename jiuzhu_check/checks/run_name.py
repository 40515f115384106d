"""核对编号 run name: what a run is called, after all that it came from."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date

from jiuzhu_check import __version__
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.consent import consents_fingerprint
from jiuzhu_check.checks.sources import SourceState, is_signed


def run_name(
    centre: Centre,
    kind: str,
    households: list[str],
    as_of: date,
    states: list[SourceState],
    lost: Mapping[tuple[str, str], list[str]],
    decisions: str,
    closed: Mapping[tuple[str, str], frozenset[str]],
    new: Mapping[tuple[str, str], str],
    reexaminations: str,
) -> str:
    """The run's name: the same for the same inputs, policy, decisions and answers of people and code.

    households: their numbers, where they are not all of their kind
    """
    inputs = {
        "version": __version__,
        "kind": kind,
        "as_of": as_of.isoformat(),
        "policy": centre.policy.fingerprint(as_of),
        "roster": centre.roster_snapshot().facts["content"],
        "households": households,
        "sources": [
            [state.source.id, state.supplier, state.state, state.snapshot.id if state.snapshot else ""]
            for state in states
        ],
        "requirements": [[state.source.id, state.requirement, dict(state.programmes)] for state in states],
        **({"consents": consents} if (consents := consents_fingerprint(centre.store)) else {}),
        **({"asked": asked} if (asked := _asked(centre, states)) else {}),
        **({"refused": refused} if (refused := [each.id for state in states for each in state.refused]) else {}),
        **({"lost": parts_lost} if (parts_lost := sorted([*place, *parts] for place, parts in lost.items())) else {}),
        **({"decisions": decisions} if decisions else {}),
        **({"reexaminations": reexaminations} if reexaminations else {}),
        **({"new": sorted(new)} if new else {}),
        **({"closed": sorted([*place, *sorted(tiers)] for place, tiers in closed.items())} if closed else {}),
    }
    digest = hashlib.sha256(json.dumps(inputs, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    return f"{kind}-{as_of:%Y%m%d}-{digest[:10]}"


def _asked(centre: Centre, states: list[SourceState]) -> list[list[str]]:
    """Which questions stand at each source that is asked person by person."""
    sources = {state.source.id for state in states if state.source.inquiry and is_signed(state)}
    last = {name: centre.store.latest(f"inquiry/{name}") for name in sorted(sources)}
    return [[name, snapshot.id] for name, snapshot in last.items() if snapshot]
