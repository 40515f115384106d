"""The wording that stands beside findings on papers: each rule has some, and none of it accuses or decides."""

import re
from datetime import date

from jiuzhu_check.reports.asking import objection, what_to_bring
from jiuzhu_check.reports.possible_explanation import possible_explanations
from jiuzhu_check.rules.run import all_rules

RULES = {rule.id for rule in all_rules()}
ACCUSING = re.compile("疑点|骗|欺诈|隐瞒|虚报|违规|不予|取消资格")


def test_each_rule_asks_something_and_knows_what_else_it_can_be() -> None:
    assert set(what_to_bring()) == RULES
    assert set(possible_explanations()) == RULES


def test_no_wording_accuses_or_decides() -> None:
    asked = [words for ask in what_to_bring().values() for words in (ask.about, ask.explain, ask.bring)]
    assert [words for words in (*asked, *possible_explanations().values()) if ACCUSING.search(words)] == []


def test_the_way_to_object_is_the_one_of_the_day() -> None:
    assert "审批办法（试行）》第二十条" in objection(date(2018, 12, 1)).reexamination
    assert "审核确认办法》第十八条" in objection(date(2022, 1, 1)).reexamination
    assert "暂行办法》第六十五条" in objection(date(2018, 12, 1)).remedy
    assert "社会救助法》第七十六条" in objection(date(2026, 12, 1)).remedy
    assert objection(date(2010, 1, 1)).remedy == "条款待核实"
