"""The shipped worked cases as the tests tell them: tests/cases/<rule>/<story>.toml."""

from jiuzhu_check.checks.worked_case import Case as Story
from jiuzhu_check.checks.worked_case import invented_county as policy
from jiuzhu_check.checks.worked_case import read_case as read_story
from jiuzhu_check.checks.worked_case import shipped_cases, table

CASES = shipped_cases()
__all__ = ["CASES", "Story", "policy", "read_story", "table"]
