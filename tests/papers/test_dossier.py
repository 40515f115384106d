"""The border between a household and those outside it, tried from the finding's side; and what came back of findings."""

import json
from dataclasses import replace
from datetime import date

import polars as pl

from jiuzhu_check.checks import results
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.household_reports import kept
from jiuzhu_check.reports.docx_paper import DocxPress
from jiuzhu_check.reports.dossier import Dossier, Kept, dossiers
from jiuzhu_check.tables.dispute import DISPUTE
from jiuzhu_check.tables.reexamination import REEXAMINATION
from tests.papers.families import FATHER, SON, papers
from tests.papers.reading import read_docx


def of(centre: Centre) -> Kept:
    return kept(centre, results.load(results.find(centre.store, "latest")[0]))


def first(told: Kept) -> Dossier:
    return next(dossiers(told, ["JZ1"]))


def resting_on(told: Kept, member_no: str) -> str:
    """The evidence of a member's own vehicle, as a finding holds it."""
    link = told.link.filter(pl.col("household_no") == "JZ1", pl.col("member_no") == member_no).row(0, named=True)
    names = ("source", "supplier", "snapshot", "extract", "sheet", "source_row", "slot", "tier", "reason")
    return json.dumps([{**{name: link[name] for name in names}, "data_date": str(link["data_date"])}])


def office(told: Kept, member_no: str) -> Kept:
    """The same with one finding of the household as a whole that rests on somebody's record."""
    finding = told.finding.filter(pl.col("household_no") == "JZ1").head(1)
    other = finding.with_columns(
        finding_id=pl.lit("0" * 16),
        rule=pl.lit("near_relative_not_filed"),
        kind=pl.lit("question"),
        member_no=pl.lit(None, pl.String),
        subject=pl.lit("near_relative"),
        found=pl.lit("1"),
        sentence=pl.lit("登记显示赡养抚养扶养人任村（居）民委员会成员。"),
        evidence=pl.lit(resting_on(told, member_no)),
    )
    return replace(told, finding=other)


def test_a_finding_that_rests_on_a_supporters_record_is_named_and_not_told(centre: Centre) -> None:
    (matter,) = first(office(of(centre), "3")).matters
    assert matter.outside
    assert (matter.found, matter.subject, matter.places) == ("", "", [])
    assert "村（居）民委员会" not in matter.sentence


def test_the_same_finding_on_a_members_record_is_told(centre: Centre) -> None:
    (matter,) = first(office(of(centre), "1")).matters
    assert not matter.outside
    assert "村（居）民委员会" in matter.sentence
    assert [place["where"] for place in matter.places] == ["机动车 vehicle.csv 第 2 行"]


def test_a_supporters_own_finding_is_theirs_alone(centre: Centre) -> None:
    told = of(centre)
    whose = told.finding.filter(pl.col("rule") == "undeclared_vehicle", pl.col("household_no") == "JZ1").with_columns(
        member_no=pl.lit("3"), evidence=pl.lit(resting_on(told, "3"))
    )
    dossier = first(replace(told, finding=whose))
    assert dossier.matters == []
    son, daughter = dossier.supporters
    assert [matter.places[0]["where"] for matter in son.matters] == ["机动车 vehicle.csv 第 3 行"]
    assert daughter.matters == []


def test_nothing_in_a_households_dossier_knows_what_a_supporter_owns_or_earns(centre: Centre) -> None:
    dossier = first(of(centre))
    own = repr(replace(dossier, supporters=[]))
    for secret in ("LZZSON", "鲁Z00002", "7777", "93324", SON.number):
        assert secret not in own, secret
    theirs = repr(dossier.supporters)
    for secret in ("LZZFATHER", "鲁Z00001", FATHER.name, FATHER.number):
        assert secret not in theirs, secret


def test_what_the_township_answered_and_how_a_dispute_stands_make_a_new_version(centre: Centre) -> None:
    (before,) = papers(centre, DocxPress(), "JZ1", form="docx")
    finding = of(centre).finding.filter(pl.col("rule") == "undeclared_vehicle", pl.col("household_no") == "JZ1")
    whose = {"finding_id": finding["finding_id"][0], "household_no": "JZ1", "member_no": "1"}
    answer = {
        **whose,
        "outcome": "upheld",
        "note": "车仍在用",
        "document_no": "复字1号",
        "signed_on": date(2018, 12, 10),
    }
    dispute = {**whose, "dispute_no": "Y000001", "event": "opened", "opened_on": date(2018, 12, 12)}
    for name, table, row in (("reexaminations", REEXAMINATION, answer), ("disputes", DISPUTE, dispute)):
        frame = table.fit(pl.DataFrame([row]))
        centre.store.publish(name, "000001", {table.name: frame}, data_date=None)
    (after,) = papers(centre, DocxPress(), "JZ1", form="docx")
    assert after.issued.issue.version == before.issued.issue.version + 1
    said = read_docx(after.data)
    assert "乡镇（街道）复查：仍不一致，车仍在用，复字1号，2018-12-10" in said
    assert "异议Y000001：复查中，2018-12-12提出" in said
