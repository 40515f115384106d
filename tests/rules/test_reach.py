"""A rule's parameters are those that its code reads, wherever in the room it reads them."""

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
