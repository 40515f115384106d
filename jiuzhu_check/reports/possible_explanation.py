"""可能的合理解释: what else than the obvious can stand behind a finding, by rule. Its wording is data, beside this file."""

from functools import cache
from pathlib import Path

import tomli


@cache
def possible_explanations() -> dict[str, str]:
    """By a rule's id, in neutral Chinese: common cases only, and never what was really so."""
    return tomli.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
