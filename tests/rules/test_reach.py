"""A rule's parameters are those that its code reads, wherever in the room it reads them."""

import ast
import tomllib
from pathlib import Path

import jiuzhu_check
from jiuzhu_check.checks.notice import LEVELS
from jiuzhu_check.checks.recheck import recheck_months
from jiuzhu_check.checks.retention import AUDIT, KINDS
from jiuzhu_check.parameters.policy import load_policy
from jiuzhu_check.rules.reach import parameters_of
from jiuzhu_check.rules.run import all_rules


def test_the_parameters_of_a_rule_are_found_through_what_it_calls() -> None:
    rules = {each.id: each for each in all_rules()}
    declared = load_policy().parameters
    assert parameters_of(rules["undeclared_vehicle"], declared) == [
        "vehicle.exempt_types", "vehicle.livelihood_types", "vehicle.disability", "vehicle.livelihood_uses",
    ]  # fmt: skip
    assert parameters_of(rules["undeclared_dwelling"], declared) == []
    assert "premises.garage" in parameters_of(rules["other_premises"], declared)
    assert "market_entity.member" in parameters_of(rules["market_entity_asked_about"], declared)
    assert "dibao_standard.rural" in parameters_of(rules["income_over_standard"], declared)


# Standards that are published and looked up with policy show; nothing is compared with them (docs/policy.md says so).
SHOWN_ONLY = {"medical_aid.inpatient_rate", "medical_aid.cap"}


def test_every_parameter_that_ships_is_read_by_a_rule_a_deadline_or_a_relation() -> None:
    policy, package = load_policy(), Path(jiuzhu_check.__file__).parent
    read = {each for rule in all_rules() for each in parameters_of(rule, policy.parameters)}
    texts = {
        each.value
        for path in (package / "checks").rglob("*.py")
        for each in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    } | set(recheck_months.__globals__["_PARAMETERS"])
    read |= {each.id for each in policy.parameters.values() if {each.id, each.column} & texts}
    read |= {f"notice.{level}" for level in LEVELS} | {f"retention.{kind}" for kind in (*KINDS, AUDIT)}
    stands = tomllib.loads((package / "parameters" / "relations" / "standards.toml").read_text(encoding="utf-8"))
    read |= {side for each in stands["relation"] for side in (each["parameter"], each["of"])}
    bases = {rule.basis for rule in all_rules()} | {"income", "deduction", "not_counted", "support", "notice"}
    read |= {f"legal_basis.{each}" for each in bases}
    assert set(policy.parameters) - read == SHOWN_ONLY
