"""The audit office learns who looked at whom, why, under which consent and when, and can see whether the log is whole."""

import hmac
import io
import json
import re
import zipfile
from datetime import UTC, date, datetime

import pytest

from jiuzhu_check.audit.log import AuditLog
from jiuzhu_check.checks.audit_extract import Extract, Wanted, extract
from jiuzhu_check.checks.case import check_case, households_of_person
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.exports import export_bytes
from jiuzhu_check.checks.household_reports import Wanted as PapersWanted
from jiuzhu_check.checks.household_reports import print_papers
from jiuzhu_check.checks.progress import silent
from jiuzhu_check.checks.reported import reported
from jiuzhu_check.checks.run import check_all
from jiuzhu_check.errors import Refused, UsageError
from jiuzhu_check.reports.audit_extract import NO_OUTCOME, _for_people, _said
from jiuzhu_check.reports.docx_paper import DocxPress
from tests.checks.centres import AS_OF, Member, Small, number
from tests.cli.program import run

WHY = "审计局 2018 年第 12 号"
ZHANG, LI = Member("张伟", number(1)), Member("李军", number(2), "JZ2", "申请中", ("SQ2", "2018-11-01", "2018-11-30"))


@pytest.fixture
def desk(small: Small) -> Small:
    """Two households, of which the first receives assistance and the second applies."""
    small.enrol([ZHANG, LI])
    small.vehicles([("王五", number(9))])
    return small


def taken(centre: Centre, **wanted: object) -> list[tuple[object, ...]]:
    """Of each row: action, reach, household."""
    return extract(centre, Wanted(WHY, **wanted)).rows.select("action", "reach", "household_no").rows()  # type: ignore[arg-type]


def logged(centre: Centre, moment: datetime, operator: str, subject: str = "JZ1", action: str = "case") -> None:
    log = AuditLog(centre.workspace.audit_dir, centre.workspace.keys.audit, operator=operator, now=lambda: moment)
    log.outcome(log.intent(action, purpose="recheck", subject=subject), "ok")


def test_a_look_at_a_household_is_found_by_its_number(desk: Small) -> None:
    check_case(desk.centre, "JZ1", "dispute", AS_OF)
    check_case(desk.centre, "JZ2", "entry", AS_OF)
    told = extract(desk.centre, Wanted(WHY, household="JZ1")).rows.filter(action="case").row(0, named=True)
    assert (told["household_no"], told["purpose"], told["result"], told["reach"]) == (
        "JZ1",
        "dispute",
        "incomplete",
        "named",
    )
    assert ("case", "named", "JZ2") not in taken(desk.centre, household="JZ1")
    assert ("case", "named", "JZ2") in taken(desk.centre)


def test_a_look_at_a_person_by_number_or_name_is_found_by_the_household_and_by_the_number(desk: Small) -> None:
    households_of_person(desk.centre, number(1), "", "dispute")
    households_of_person(desk.centre, "", "张伟", "dispute")
    for wanted in ({"household": "JZ1"}, {"person_no": number(1)}):
        rows = extract(desk.centre, Wanted(WHY, **wanted)).rows.filter(action="lookup")
        assert rows.select("household_no", "member_no").rows() == [("JZ1", "1"), ("JZ1", "1")]
    assert ("lookup", "named", "JZ1") not in taken(desk.centre, household="JZ2")


def test_a_night_that_read_the_household_is_listed_and_one_that_did_not_is_not(desk: Small) -> None:
    for kind in ("recipients", "entrants"):
        check_all(desk.centre, kind, AS_OF)
    assert ("recipients", "included", "JZ1") in taken(desk.centre, household="JZ1")
    assert "entrants" not in [action for action, *_ in taken(desk.centre, household="JZ1")]
    assert ("entrants", "included", "JZ2") in taken(desk.centre, household="JZ2")


def test_what_names_nobody_stays_in_an_extract_about_a_household_and_says_so(desk: Small) -> None:
    assert ("pull", "unnamed", None) in taken(desk.centre, household="JZ1")


def test_an_export_of_rejected_rows_may_concern_anybody_whatever_the_run(desk: Small) -> None:
    run_id = check_all(desk.centre, "entrants", AS_OF)[0].id
    for table in ("findings", "rejects"):
        export_bytes(desk.centre, table, run_id, "csv")
    assert [reach for action, reach, _ in taken(desk.centre, household="JZ1") if action == "export"] == ["unnamed"]
    assert [reach for action, reach, _ in taken(desk.centre, household="JZ2") if action == "export"] == ["included"] * 2


def test_a_name_that_only_an_earlier_roster_had_is_still_resolved(desk: Small) -> None:
    households_of_person(desk.centre, "", "张伟", "dispute")
    desk.enrol([Member("张玮", number(1))])
    rows = extract(desk.centre, Wanted(WHY)).rows.filter(action="lookup")
    assert rows["household_no"].to_list() == ["JZ1"]


def test_a_person_who_moved_is_told_of_the_household_of_that_time(desk: Small) -> None:
    desk.enrol([Member("张伟", number(1), "JZ9"), Member("王五", number(3), "JZ1")])
    logged(desk.centre, datetime(2018, 1, 1, tzinfo=UTC), "甲", subject=number(1))
    logged(desk.centre, datetime(2099, 1, 1, tzinfo=UTC), "乙", subject=number(1))
    rows = extract(desk.centre, Wanted(WHY, command="case")).rows
    assert rows.select("operator", "household_no").rows() == [("甲", "JZ1"), ("乙", "JZ9")]
    assert "甲" in extract(desk.centre, Wanted(WHY, household="JZ1")).rows["operator"]


def test_whose_consent_held_is_said_of_the_day_that_the_check_took_for_today(desk: Small) -> None:
    check_case(desk.centre, "JZ2", "entry", date(2018, 11, 30))
    check_case(desk.centre, "JZ2", "entry", date(2018, 12, 1))
    held, lapsed = extract(desk.centre, Wanted(WHY, household="JZ2", command="case")).rows["consent"]
    assert held == "SQ2（2018-11-01 至 2018-11-30，成员 1）"
    assert lapsed == "成员 1 未授权：授权书已过期"


def test_a_period_is_counted_in_chinas_days_and_has_both_ends_within(desk: Small) -> None:
    logged(desk.centre, datetime(2018, 11, 30, 15, 59, tzinfo=UTC), "wang")
    logged(desk.centre, datetime(2018, 11, 30, 16, 0, tzinfo=UTC), "wang")
    logged(desk.centre, datetime(2018, 12, 1, 15, 59, tzinfo=UTC), "wang")
    found = extract(desk.centre, Wanted(WHY, date(2018, 12, 1), date(2018, 12, 1))).rows
    assert found["at"].to_list() == ["2018-12-01 00:00:00+08:00", "2018-12-01 23:59:00+08:00"]
    with pytest.raises(UsageError):
        extract(desk.centre, Wanted(WHY, date(2018, 12, 2), date(2018, 12, 1)))


def test_operator_and_command_narrow_it(desk: Small) -> None:
    moment = datetime(2018, 12, 1, tzinfo=UTC)
    logged(desk.centre, moment, "wang")
    logged(desk.centre, moment, "zhao", action="recipients", subject="")
    assert [action for action, *_ in taken(desk.centre, operator="wang")] == ["case"]
    for command in ("check recipients", "check", "recipients"):
        assert [action for action, *_ in taken(desk.centre, command=command)] == ["recipients"]
    assert [action for action, *_ in taken(desk.centre, command="che")] == []


def test_an_act_that_was_interrupted_has_no_result(desk: Small) -> None:
    desk.centre.audit.intent("case", purpose="recheck", subject="JZ1")
    assert extract(desk.centre, Wanted(WHY, command="case")).rows["result"].to_list() == [None]


def test_a_report_of_the_newest_check_names_the_household_that_it_read(desk: Small) -> None:
    check_all(desk.centre, "entrants", AS_OF)
    check_all(desk.centre, "recipients", AS_OF)
    reported(desk.centre, "worklist", "latest", "", None)
    export_bytes(desk.centre, "findings", "latest", "csv")
    assert {("report", "included", "JZ1"), ("export", "included", "JZ1")} <= {*taken(desk.centre, household="JZ1")}
    assert not {"report", "export"} & {action for action, *_ in taken(desk.centre, household="JZ2")}


def test_a_printed_report_is_told_of_its_household_and_was_not_interrupted(desk: Small) -> None:
    check_all(desk.centre, "recipients", AS_OF)
    now = datetime(2018, 12, 2, tzinfo=UTC)
    list(print_papers(desk.centre, PapersWanted(), DocxPress(), "docx", AS_OF, now, progress=silent))
    (row,) = extract(desk.centre, Wanted(WHY, household="JZ1", command="issue")).rows.iter_rows(named=True)
    assert (row["reach"], row["household_no"], row["result"]) == ("named", "JZ1", "noted")
    assert taken(desk.centre, household="JZ2", command="issue") == []
    assert taken(desk.centre, command="issue") == [("issue", "named", "JZ1")]


def test_the_workbook_says_in_words_what_was_done(desk: Small) -> None:
    check_all(desk.centre, "recipients", AS_OF)
    now = datetime(2018, 12, 2, tzinfo=UTC)
    list(print_papers(desk.centre, PapersWanted(), DocxPress(), "docx", AS_OF, now, progress=silent))
    found = extract(desk.centre, Wanted(WHY))
    sheet = _for_people(found.rows)
    said = "".join(cell for name in ("result", "counts", "facts") for cell in sheet[name].drop_nulls())
    assert "370000-000001 第 1 版" in said
    assert re.findall("accept_|papers|runs|True|False|[\\[{]", said) == []
    assert sheet["result"].to_list().count(NO_OUTCOME) == 1  # the extract itself, which is under way


def test_without_a_reason_nothing_is_extracted(desk: Small) -> None:
    for reason in ("", "  "):
        with pytest.raises(Refused):
            extract(desk.centre, Wanted(reason))
    with pytest.raises(UsageError):
        extract(desk.centre, Wanted(f"查 {number(1)}"))


def test_the_extract_is_itself_in_the_log_and_in_the_next_extract(desk: Small) -> None:
    extract(desk.centre, Wanted(WHY, household="JZ1"))
    rows = extract(desk.centre, Wanted(WHY, command="audit extract")).rows
    assert rows.select("reason", "household_no", "result").rows() == [(WHY, "JZ1", "ok"), (WHY, None, None)]


def test_a_third_party_with_the_key_can_check_every_line_with_nothing_but_the_standard_library(desk: Small) -> None:
    check_case(desk.centre, "JZ1", "dispute", AS_OF)
    found = extract(desk.centre, Wanted(WHY))
    key, before = desk.centre.workspace.keys.audit, {}
    for intent, outcome in found.raw:
        for record in filter(None, (intent, outcome)):
            body = {name: value for name, value in record.items() if name != "hash"}
            line = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
            assert hmac.new(key, line, "sha256").hexdigest() == record["hash"]
            before[record["seq"]] = record
    assert all(record["prev"] == before[seq - 1]["hash"] for seq, record in before.items() if seq > 1)
    assert found.log.is_whole
    assert before[found.log.last_seq]["hash"] == found.log.head


def test_a_changed_log_is_said_not_to_be_whole(desk: Small) -> None:
    check_case(desk.centre, "JZ1", "dispute", AS_OF)
    check_case(desk.centre, "JZ2", "entry", AS_OF)
    assert whole(desk.centre).log.is_whole
    (file,) = desk.centre.workspace.audit_dir.glob("*.jsonl")
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    place = next(at for at, line in enumerate(lines) if '"purpose":"dispute"' in line)
    file.write_text("".join(lines[:place] + lines[place + 1 :]), encoding="utf-8")
    assert not whole(desk.centre).log.is_whole


def whole(centre: Centre) -> Extract:
    return extract(centre, Wanted(WHY))


# --- the program -------------------------------------------------------------------------------------------------------


def on(desk: Small, *arguments: str, given: str = ""):
    return run("-C", str(desk.centre.workspace.path), *arguments, given=given)


@pytest.mark.parametrize("form", ["xlsx", "csv", "jsonl"])
def test_no_name_and_no_number_is_in_any_extract(desk: Small, form: str) -> None:
    households_of_person(desk.centre, number(1), "", "dispute")
    households_of_person(desk.centre, "", "张伟", "dispute")
    file = desk.folder / f"extract.{form}"
    said = on(
        desk,
        "audit",
        "extract",
        "--person-no",
        "-",
        "--reason",
        WHY,
        "--format",
        form,
        "-o",
        str(file),
        given=number(1),
    )
    assert said.code == 0, said.err
    data = file.read_bytes()
    if form == "xlsx":
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            data = b"".join(book.read(name) for name in book.namelist())
    proof = file.with_name(f"{file.name}.proof.txt").read_bytes()
    for text in (data.decode(), proof.decode(), said.out, said.err):
        assert number(1) not in text
        assert "张伟" not in text
    assert "JZ1" in data.decode()
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_number_does_not_stand_in_the_command(desk: Small) -> None:
    said = on(desk, "audit", "extract", "--person-no", number(1), "--reason", WHY)
    assert said.code == 2
    assert number(1) not in said.err


def test_the_proof_names_head_counts_and_the_file(desk: Small) -> None:
    import hashlib

    file = desk.folder / "extract.csv"
    said = on(desk, "audit", "extract", "--reason", WHY, "--format", "csv", "-o", str(file))
    proof = dict(
        line.split("：", 1) for line in file.with_name("extract.csv.proof.txt").read_text(encoding="utf-8").splitlines()
    )
    assert proof["SHA-256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert proof["链头"] in said.err
    assert proof["日志"].startswith("第 1 条至第 5 条，共 5 条")
    assert proof["校验结果"].startswith("完整")
    assert "抄在纸上" in proof["查不出的"]


def test_a_head_kept_on_paper_shows_that_log_and_checkpoint_were_cut_together(desk: Small) -> None:
    audit = desk.centre.workspace.audit_dir
    early = {file.name: file.read_bytes() for file in audit.iterdir()}
    check_case(desk.centre, "JZ1", "dispute", AS_OF)
    head = whole(desk.centre).log.head
    kept = on(desk, "audit", "verify", "--head", head[:16])
    assert kept.code == 0
    assert "其后 1 条" in kept.out
    for name, data in early.items():
        (audit / name).write_bytes(data)
    assert on(desk, "audit", "verify").code == 0  # the chain alone does not show it
    assert on(desk, "audit", "verify", "--head", head).code == 15


@pytest.mark.parametrize("head", ["abc", "z" * 64, "a" * 65])
def test_a_head_that_is_none_is_refused(desk: Small, head: str) -> None:
    assert on(desk, "audit", "verify", "--head", head).code == 2


def test_an_extract_of_a_changed_log_is_written_and_ends_with_fifteen(desk: Small) -> None:
    check_case(desk.centre, "JZ1", "dispute", AS_OF)
    (log,) = desk.centre.workspace.audit_dir.glob("*.jsonl")
    log.write_text(log.read_text(encoding="utf-8").replace('"dispute"', '"recheck"', 1), encoding="utf-8")
    file = desk.folder / "extract.csv"
    assert on(desk, "audit", "extract", "--reason", WHY, "--format", "csv", "-o", str(file)).code == 15
    proof = file.with_name("extract.csv.proof.txt").read_text(encoding="utf-8")
    assert "校验结果：不完整" in proof
    assert "问题：" in proof


def test_a_change_of_the_register_is_told_in_words() -> None:
    assert (
        _said('{"changes": [["requirement", null, "required"]], "contact": false}') == "改动 requirement 无 → required"
    )
