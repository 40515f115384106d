"""先授权后核对: without a valid consent on the day, nothing of a member's is read."""

from datetime import date

import polars as pl
import pytest

from jiuzhu_check.checks.case import check_case
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.consent import without_consent
from jiuzhu_check.checks.exports import export
from jiuzhu_check.checks.results import Result
from jiuzhu_check.checks.run import check_all
from jiuzhu_check.tables.roster import CONSENT
from tests.checks.centres import AS_OF, Member, Small, number

HE = Member("张建国", number(11))
NO_CONSENT = {
    "nothing signed": (("", "", ""), "未授权：没有授权书"),
    "no day of signing": (("SQ1", "", "2020-12-31"), "未授权：授权书没有签署日期"),
    "signed after the day": (("SQ1", "2018-12-02", "2020-12-31"), "未授权：授权书签署于核对日之后"),
    "no last day": (("SQ1", "2018-01-01", ""), "未授权：授权书没有截止日期"),
    "ended the day before": (("SQ1", "2018-01-01", "2018-11-30"), "未授权：授权书已过期"),
}


@pytest.fixture
def centre(small: Small) -> Small:
    small.require({"vehicle": "required"})
    return small


@pytest.mark.parametrize(("consent", "reason"), NO_CONSENT.values(), ids=NO_CONSENT)
def test_without_a_valid_consent_nothing_of_the_member_is_read(
    centre: Small, consent: tuple[str, str, str], reason: str
) -> None:
    her = Member("李秀英", number(22), consent=consent)
    centre.enrol([HE, her])
    centre.vehicles([(her.name, her.number), (her.name, her.number[:9] + her.number[10:]), (her.name, HE.number)])
    for result in (
        check_all(centre.centre, "recipients", AS_OF)[0],
        check_case(centre.centre, "JZ1", "recheck", AS_OF),
    ):
        assert result.coverage.filter(pl.col("member_no") == "2").select("state", "reason").rows() == [
            ("unchecked", reason)
        ]
        assert "2" not in result.link["member_no"]
        assert her.number not in result.link["owner_no"]
        assert result.finding.filter(pl.col("member_no") == "2").is_empty()
        assert her.number not in "".join(result.finding["evidence"])
        assert "undeclared_vehicle" not in result.finding["rule"]


@pytest.mark.parametrize("day", [date(2018, 12, 1), date(2018, 1, 1), date(2020, 12, 31)])
def test_a_consent_holds_from_the_day_of_signing_to_its_last_day(day: date) -> None:
    member = pl.DataFrame({"household_no": ["JZ1"], "member_no": ["1"]})
    signed = consents(("SQ1", date(2018, 1, 1), date(2020, 12, 31)))
    assert without_consent(member, signed, day).is_empty()


def test_one_valid_consent_among_several_is_enough() -> None:
    member = pl.DataFrame({"household_no": ["JZ1"], "member_no": ["1"]})
    signed = consents(("SQ1", date(2015, 1, 1), date(2017, 1, 1)), ("SQ2", date(2018, 1, 1), date(2020, 1, 1)))
    assert without_consent(member, signed, AS_OF).is_empty()


def consents(*papers: tuple[str, date, date]) -> pl.DataFrame:
    rows = [("JZ1", "1", *paper, None) for paper in papers]
    return pl.DataFrame(rows, schema=dict(CONSENT.columns), orient="row")


def test_nobody_in_the_county_without_consent_is_linked_or_in_a_finding(recipients: Result) -> None:
    key = ["household_no", "member_no"]
    barred = recipients.coverage.filter(pl.col("reason").str.starts_with("未授权").fill_null(value=False))
    assert barred.height >= 30
    assert recipients.link.join(barred, on=key, how="semi").is_empty()
    assert recipients.finding.join(barred, on=key, how="semi").is_empty()
    numbers = recipients.member.join(barred, on=key, how="semi")["number"].drop_nulls().unique()
    assert not recipients.link["owner_no"].is_in(numbers.implode()).any()


def test_the_story_of_the_consent_without_end_is_unchecked(checked: Centre) -> None:
    coverage = export(checked, "coverage", "all").filter(pl.col("reason") == "未授权：授权书没有截止日期")
    assert set(coverage["state"]) == {"unchecked"}
    assert coverage["household_no"].n_unique() == 1
