"""Findings of every rule in force: each rule gets the tables that it names as parameters."""

import pkgutil
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from importlib import import_module
from typing import Any, Literal

import polars as pl

from jiuzhu_check import rules
from jiuzhu_check.rules.found import FOUND
from jiuzhu_check.rules.income.account import income_account
from jiuzhu_check.rules.record_mark import digits, record_marks
from jiuzhu_check.rules.rule import RULES, Rule
from jiuzhu_check.tables.account import Account
from jiuzhu_check.tables.finding import FINDING
from jiuzhu_check.tables.link import LINK
from jiuzhu_check.tables.record import RECORDS, linked
from jiuzhu_check.tables.roster import DECLARATION, HOUSEHOLD, MEMBER, SPOUSE_HOUSEHOLD

# What rules may ask for; besides these `limits`, `as_of`, `account` and `account_line`.
OFFERED = {
    "household": HOUSEHOLD,
    "member": MEMBER,
    "declaration": DECLARATION,
    **{name: linked(table) for name, table in RECORDS.items()},
    "supporter_public_payroll": linked(RECORDS["public_payroll"]),
    "spouse_public_payroll": linked(RECORDS["public_payroll"]),
    "register_public_payroll": linked(RECORDS["public_payroll"]),
    "spouse_household": SPOUSE_HOUSEHOLD,
    "review_link": LINK,
}

_KIN = ("supporter_public_payroll", "spouse_public_payroll", "register_public_payroll")
_RECORDED = (*RECORDS, *_KIN, "review_link")
_WHOSE = ("household_no", "member_no")
_OF_RULE = ("rule", "basis", "title")


def all_rules() -> list[Rule]:
    """Every rule in this folder and the folders in it, by id and date."""
    for module in sorted(each.name for each in pkgutil.walk_packages(rules.__path__, "jiuzhu_check.rules.")):
        import_module(module)
    return [RULES[key] for key in sorted(RULES)]


def run_rules(
    tables: Mapping[str, pl.DataFrame],
    limits: pl.DataFrame,
    as_of: date,
    basis: Callable[[str], str],
    account: Account | None = None,
) -> pl.DataFrame:
    """FINDING, one row a household (and member), rule and subject, in a fixed order.

    tables:  by the names of OFFERED; a table that is not given is empty. Records are accepted links only. Records of
             supporters, who are linked to a household and are no part of it, are kept apart (supporter_public_payroll);
             spouse_public_payroll and register_public_payroll are of people who stand on no roster, beside the member
             whose registered spouse, or fellow in one household register, they are; spouse_household says in which
             other household of the roster a registered spouse stands
    limits:  one row a region and programme, as Policy.limits gives them on as_of
    basis:   the legal basis of that day by its key, as Policy.basis gives it
    account: the households' income account, where the caller has it already
    returns: `run`, `first_seen` and `newly_connected` are null, for the caller to fill
    """
    offered = whole(tables)
    account = account or income_account(offered, limits, as_of, basis)
    due = [rule for rule in all_rules() if rule.in_force(as_of) and (rule.unrecorded or _has_records(rule, offered))]
    together = {**offered, "account": account.households, "account_line": account.lines}
    found = _findings(due, together, {"limits": limits, "as_of": as_of}, basis)
    return found.sort("household_no", "rule", "member_no", "subject", "finding_id")


def whole(tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Every table of OFFERED; one that is not given is empty."""
    return {name: tables[name] if name in tables else table.empty() for name, table in OFFERED.items()}


def _apart(record: pl.DataFrame, supporters: pl.DataFrame, how: Literal["anti", "semi"]) -> pl.DataFrame:
    """The records without those of supporters (anti), or theirs alone (semi)."""
    if record.is_empty() or supporters.is_empty():
        return record if how == "anti" else record.clear()
    return record.join(supporters, on=_WHOSE, how=how)


def _has_records(rule: Rule, given: Mapping[str, Any]) -> bool:
    asked = _RECORDED if "account_line" in rule.tables else rule.tables
    return any(given[name].height for name in asked if name in _RECORDED)


def _findings(
    due: Sequence[Rule], tables: Mapping[str, pl.DataFrame], beside: Mapping[str, Any], basis: Callable[[str], str]
) -> pl.DataFrame:
    """FINDING rows of what some rules find in some households' tables."""
    supporters = tables["member"].filter(pl.col("role") == "supporter")
    owned = {name: _apart(tables[name], supporters, "anti") for name in RECORDS}
    theirs = {"supporter_public_payroll": _apart(tables["public_payroll"], supporters, "semi")}
    given = {**tables, **owned, **theirs, **beside}
    found = [
        FOUND.fit(rule.find(**{name: given[name] for name in rule.tables})).with_columns(
            rule=pl.lit(rule.id), basis=pl.lit(basis(rule.basis)), title=pl.lit(rule.title)
        )
        for rule in due
    ]
    told = _resting(pl.concat([FOUND.empty().with_columns(pl.lit("").alias(name) for name in _OF_RULE), *found]))
    people = tables["member"].select(*_WHOSE, "person_no")
    known = told.join(people, on=_WHOSE, how="left", maintain_order="left")
    return FINDING.fit(known.with_columns(finding_id=_finding_id(told), record_mark=record_marks(told, tables)))


def _resting(found: pl.DataFrame) -> pl.DataFrame:
    """With the weakest `tier` and oldest `data_date` of the evidence, each record once, and the evidence as JSON.

    pieces: the evidence as it was, each record once
    """
    alone = (pl.col("evidence").list.len() == 1).fill_null(value=False)  # most of them: nothing to sort or compare
    only, each = pl.col("pieces").list.first().struct, pl.element().struct
    several = found.filter(~alone).with_columns(pieces=pl.col("evidence").list.eval(pl.element().unique().sort()))
    return pl.concat(
        [
            found.filter(alone)
            .with_columns(pieces="evidence")
            .with_columns(
                tier=only.field("tier"),
                data_date=only.field("data_date"),
                evidence=pl.format("[{}]", only.json_encode()),
            ),
            several.with_columns(
                tier=pl.col("pieces").list.eval(each.field("tier")).list.max(),
                data_date=pl.col("pieces").list.eval(each.field("data_date")).list.min(),
                evidence=pl.format("[{}]", pl.col("pieces").list.eval(each.json_encode()).list.join(",")),
            ),
        ]
    )


def _finding_id(found: pl.DataFrame) -> pl.Series:
    """16 hexadecimal digits of household, member, rule and subject: what a next delivery does not change."""
    named = pl.concat_str("household_no", pl.col("member_no").fill_null(""), "rule", "subject", separator="|")
    return digits(found.select(named).to_series())
