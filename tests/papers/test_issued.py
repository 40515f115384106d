"""Numbers, versions, prints and codes: what stands in the register and in the audit log of a paper that was given out."""

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.issued import DATASET, Register, paper_of_code
from jiuzhu_check.checks.run import check_all
from jiuzhu_check.errors import Locked, NotFound
from jiuzhu_check.reports.docx_paper import DocxPress
from jiuzhu_check.reports.pdf_paper import PdfPress
from jiuzhu_check.store.lock import workspace_lock
from tests.checks.centres import AS_OF
from tests.papers.families import deliver, papers, setting
from tests.papers.reading import read_docx, whole

PDF, DOCX = PdfPress(), DocxPress()


def again(centre: Centre, folder: Path) -> None:
    """Another delivery, another check: every owner has two cars now."""
    deliver(centre, folder, date(2018, 12, 5), cars=2)
    check_all(Centre.open(centre.workspace.path), "recipients", date(2018, 12, 6))


def test_the_same_version_has_the_same_bytes_however_often_it_is_printed(centre: Centre) -> None:
    for press, form in ((PDF, "pdf"), (DOCX, "docx")):
        first, second = (papers(centre, press, "JZ1", form=form)[0] for _ in range(2))
        assert first.data == second.data
        assert first.issued.issue == second.issued.issue


def test_version_one_prints_the_same_bytes_after_later_runs(centre: Centre, tmp_path: Path) -> None:
    (first,) = papers(centre, PDF, "JZ1")
    run = first.issued.row["run"]
    again(centre, tmp_path)
    (second,) = papers(centre, PDF, "JZ1")
    assert (second.issued.issue.number, second.issued.issue.version) == (first.issued.issue.number, 2)
    assert "登记有2辆" in whole(second.data)
    assert papers(centre, PDF, "JZ1", run=run)[0].data == first.data
    assert papers(centre, PDF, "JZ1", edition=1)[0].data == first.data
    assert papers(centre, PDF, "JZ1", edition=2)[0].data == second.data


def test_version_one_prints_the_same_bytes_where_the_centre_has_moved(centre: Centre) -> None:
    (first,) = papers(centre, PDF, "JZ1")
    with setting(centre, '[centre]\nphone = "0000-7654321"\n') as moved:
        (second,) = papers(moved, PDF, "JZ1")
        assert second.issued.issue.version == 2
        assert papers(moved, PDF, "JZ1", edition=1)[0].data == first.data


def test_a_version_that_was_never_given_out_is_not_found(centre: Centre) -> None:
    papers(centre, DOCX, "JZ1", form="docx")
    with pytest.raises(NotFound):
        papers(centre, DOCX, "JZ1", form="docx", edition=2)


def test_each_print_is_counted_and_the_count_stands_on_paper_where_it_is_asked_for(centre: Centre) -> None:
    papers(centre, DOCX, "JZ1", form="docx")
    papers(centre, DOCX, "JZ1", form="docx")
    (third,) = papers(centre, DOCX, "JZ1", form="docx", count=True)
    assert "本版第3次打印" in read_docx(third.data)
    printed = Register.open(centre).printed
    assert printed["copy"].to_list() == [1, 2, 3]


def test_numbers_are_given_once_and_a_household_keeps_its_own(centre: Centre) -> None:
    numbers = {each.issued.whose: each.issued.issue.number for each in papers(centre, DOCX, form="docx", run="latest")}
    assert sorted(numbers.values()) == [f"370000-{at:06}" for at in range(1, 6)]
    slips = papers(centre, DOCX, "JZ1", form="docx", slip=True)
    assert [each.issued.issue.number[-1] for each in slips] == ["6", "7", "8"]
    assert numbers == {each.issued.whose: each.issued.issue.number for each in papers(centre, DOCX, form="docx")}


def test_the_code_leads_to_the_audit_record_of_this_very_paper(centre: Centre) -> None:
    (first,) = papers(centre, DOCX, "JZ1", form="docx")
    paper, same = paper_of_code(centre, first.issued.issue.code) or pytest.fail("not known")
    assert (paper.number, paper.version, paper.digest) == ("370000-000001", 1, first.issued.paper.digest())
    assert same
    seq = int(first.issued.issue.code.split("-")[0])
    (log,) = centre.workspace.audit_dir.glob("*.jsonl")
    record = next(
        json.loads(line) for line in log.read_text(encoding="utf-8").splitlines() if json.loads(line)["seq"] == seq
    )
    assert record["action"] == "issue"
    assert "JZ1" not in json.dumps(record)


def test_another_code_is_nobodys(centre: Centre) -> None:
    (first,) = papers(centre, DOCX, "JZ1", form="docx")
    seq = first.issued.issue.code.split("-")[0]
    for code in (f"{seq}-0000-0000-0000-0000", "1-0000-0000-0000-0000", "999-0000-0000-0000-0000", "甲", ""):
        assert paper_of_code(centre, code) is None


def test_content_that_was_exchanged_in_the_store_is_seen_by_its_code(centre: Centre) -> None:
    (first,) = papers(centre, DOCX, "JZ1", form="docx")
    last = centre.store.latest(DATASET)
    assert last is not None
    parts = {name: last.read(name) for name in last.part_names()}
    other = parts["report_content"].with_columns(pl.col("says").str.replace("登记车辆未申报", "无"))
    centre.store.publish(DATASET, last.id, {**parts, "report_content": other}, data_date=None, replace=True)
    told = paper_of_code(centre, first.issued.issue.code)
    assert told is not None
    assert not told[1]


def test_a_report_is_on_record_before_it_is_read(centre: Centre) -> None:
    with pytest.raises(NotFound):
        papers(centre, DOCX, "JZ9", form="docx")
    (log,) = centre.workspace.audit_dir.glob("*.jsonl")
    written = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()][-2:]
    assert (written[0]["action"], written[0]["facts"]["report"]) == ("report", "household")
    assert written[1]["result"] == "error-4"


def test_a_township_gets_its_own_and_no_other(centre: Centre) -> None:
    assert [each.issued.whose[1] for each in papers(centre, DOCX, form="docx", township="云岭乡")] == ["JZ2"]
    with pytest.raises(NotFound):
        papers(centre, DOCX, form="docx", township="没有的镇")


def test_many_papers_are_set_by_several_processes_and_are_the_same(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = [each.data for each in papers(centre, PDF)]
    monkeypatch.setattr("jiuzhu_check.checks.printing.ALONE", 1)
    assert [each.data for each in papers(centre, PDF)] == alone


def test_nobody_prints_while_another_run_is_at_work(centre: Centre) -> None:
    with workspace_lock(centre.workspace.path, "check"), pytest.raises(Locked):
        papers(centre, DOCX, "JZ1", form="docx")


def test_a_run_keeps_its_income_account(centre: Centre) -> None:
    from jiuzhu_check.checks import results

    account = results.load(results.find(centre.store, "latest")[0]).account
    again = check_all(centre, "recipients", AS_OF)[0].account
    assert account.households.height == 5
    assert account.households.equals(again.households)
    assert account.lines.equals(again.lines)
