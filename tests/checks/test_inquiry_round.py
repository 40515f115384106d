"""By night a bank is asked about those who are due, and its answers are taken in, by itself: nobody twice, nobody lost."""

import json
import os
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.exports import export
from jiuzhu_check.checks.inquiry import due, inquiries
from jiuzhu_check.checks.inquiry_round import Round, go_round
from jiuzhu_check.checks.run import check_all
from jiuzhu_check.errors import JiuzhuError, TryLater, UsageError
from jiuzhu_check.intake.asking import read_inquiry
from jiuzhu_check.intake.source import read_source
from jiuzhu_check.intake.transports.web.places import one_by_one
from tests.checks.centres import Member, Small, number
from tests.checks.test_inquiry import BANK, bank_town
from tests.cli.program import run
from tests.intake.test_http import Asked, Reply, Service, serving, toml

DAY, NEXT = date(2018, 12, 1), date(2018, 12, 2)
PEOPLE = [
    Member(name, number(place), f"JZ{place}") for place, name in enumerate(("赵一", '钱"二', "孙三", "李四", "周五"), 1)
]
ZHAO, QIAN, SUN, LI, ZHOU = PEOPLE
NAMES = {each.number: each.name for each in PEOPLE}
ONE_BY_ONE = {"xm": "{name}", "sfz": "{person_no}", "lsh": "{inquiry}"}
BY_LIST = {"lsh": "{inquiry}", "cxry": [{"xm": "{name}", "sfz": "{person_no}"}]}
SERVED = BANK.replace('owner_name_raw = ["姓名"]', 'owner_name_raw = ["姓名", "xm"]').replace(
    'owner_no_raw = ["身份证号"]', 'owner_no_raw = ["身份证号", "sfz"]'
)


def secret(name: str) -> bytes:
    return b"0123456789abcdef"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    (tmp_path / "bank").mkdir()
    yield from serving(tmp_path / "bank")


def http_town(folder: Path, service: Service, *members: Member, silence: str = "nothing", **said: Any) -> Small:
    settings = {
        "kind": "http", "url": service.url, "ca_file": str(service.folder / "ca.pem"), "method": "POST",
        "records": "data", "success": {"path": "code", "equals": "0"}, "attempts": 1, "deadline_seconds": 30,
        "timeout_seconds": 5, "credential": "bank",
        "responses": [{"code": ["404"], "action": "empty"}],
        "auth": {
            "kind": "hmac", "canonical": ["body"], "headers": {"X-Sign": "{signature}"},
        }, "body": ONE_BY_ONE, **said,
    }  # fmt: skip
    lines = "\n".join(f"{key} = {toml(value)}" for key, value in settings.items())
    return bank_town(folder, *members, spec=f'{SERVED}silence = "{silence}"\n[transport]\n{lines}\n')


def bank(asked: Asked) -> Reply:
    """A bank that knows of everybody but 孙三, and says so in so many words."""
    who = json.loads(asked.body)["sfz"]
    if who == SUN.number:
        return Reply({"code": "404"})
    return Reply({"code": "0", "data": [{"余额": 12.50, "开户行": "某行"}]})


def round_(town: Small, on: date = DAY) -> Round:
    return go_round(town.centre, "bank", on, secrets=secret)


def states(centre: Centre, as_of: date = DAY) -> dict[str, tuple[str, str | None]]:
    check_all(centre, "recipients", as_of)
    told = export(centre, "coverage", "latest").select("household_no", "state", "reason").rows()
    return {home: (state, reason) for home, state, reason in told}


def test_a_service_is_asked_about_each_person_and_its_answers_stand_in_the_coverage(
    tmp_path: Path, service: Service
) -> None:
    barred = Member("吴六", number(6), "JZ6", consent=("SQ6", "2017-01-01", "2017-12-31"))
    town = http_town(tmp_path, service, *PEOPLE[:3], barred)
    service.answer = bank
    came = round_(town)
    assert came.problems == []
    assert [json.loads(each.body) for each in service.asked] == [
        {"xm": each.name, "sfz": each.number, "lsh": f"bank-20181201-00{1 + place // 2}"}
        for place, each in enumerate(PEOPLE[:3])
    ]
    assert all(each.headers["X-Sign"] for each in service.asked)
    assert (came.asked, came.left) == (3, 0)
    (taken,) = came.taken
    assert (taken.delivered, taken.accepted, taken.extract) == (3, 3, "bank-20181201-001_002.jsonl")
    told = states(town.centre)
    assert {home: state for home, (state, _) in told.items()} == {
        "JZ1": "hit", "JZ2": "hit", "JZ3": "no_record", "JZ6": "unchecked",
    }  # fmt: skip
    again = round_(town, NEXT)
    assert (again.asked, len(service.asked)) == (0, 3)


def test_one_call_may_name_all_the_people_of_a_list(tmp_path: Path, service: Service) -> None:
    town = http_town(tmp_path, service, *PEOPLE[:3], body=BY_LIST, silence="unanswered")
    service.answer = lambda asked: Reply(
        {
            "code": "0",
            "data": [{**each, "余额": "1"} for each in json.loads(asked.body)["cxry"] if each["xm"] == "赵一"],
        }
    )
    came = round_(town)
    assert [[each["sfz"] for each in json.loads(asked.body)["cxry"]] for asked in service.asked] == [
        [ZHAO.number, QIAN.number], [SUN.number],
    ]  # fmt: skip
    assert (came.asked, came.left, came.problems) == (3, 0, [])
    told = states(town.centre)
    assert told["JZ1"] == ("hit", None)
    assert told["JZ2"] == ("unchecked", "已于2018-12-01向存款查询，尚未答复")
    assert round_(town, NEXT).asked == 0
    assert len(service.asked) == 2


def test_the_person_may_stand_in_the_query_or_in_a_text_that_is_json_itself(tmp_path: Path, service: Service) -> None:
    nested = {"data": '{"xm":"{name}","sfz":"{person_no}"}'}
    town = http_town(tmp_path, service, QIAN, body=nested, query={"id": "{person_no}"})
    service.answer = lambda asked: Reply({"code": "0", "data": []})
    assert round_(town).problems == []
    (asked,) = service.asked
    assert json.loads(json.loads(asked.body)["data"]) == {"xm": '钱"二', "sfz": QIAN.number}
    assert asked.query == {"id": QIAN.number}
    assert states(town.centre)["JZ2"] == ("no_record", None)


def test_a_service_that_breaks_off_is_asked_about_the_rest_later_and_about_nobody_twice(
    tmp_path: Path, service: Service
) -> None:
    town = http_town(tmp_path, service, *PEOPLE)
    broken = True

    def answer(asked: Asked) -> Reply:
        if broken and json.loads(asked.body)["sfz"] == LI.number:
            return Reply({"code": "0"}, status=503)
        return bank(asked)

    service.answer = answer
    came = round_(town)
    (problem,) = came.problems
    assert isinstance(problem, TryLater)
    assert "3 人已记下" in problem.hint
    assert (came.asked, came.left) == (3, 2)
    told = states(town.centre)
    assert [told[f"JZ{place}"][0] for place in range(1, 6)] == ["hit", "hit", "no_record", "unchecked", "unchecked"]
    assert told["JZ4"][1] == "还没有向存款查询此人"
    broken = False
    asked_before = len(service.asked)
    later = round_(town, NEXT)
    assert [json.loads(each.body)["sfz"] for each in service.asked[asked_before:]] == [LI.number, ZHOU.number]
    assert (later.asked, later.left, later.problems) == (2, 0, [])
    assert inquiries(town.centre.store, "bank").group_by("number").len()["len"].to_list() == [1] * 5


def test_a_round_that_is_killed_keeps_what_was_answered_and_the_next_goes_on(tmp_path: Path, service: Service) -> None:
    town = http_town(tmp_path, service, *PEOPLE)

    def answer(asked: Asked) -> Reply:
        return Reply(drip=1.0, body=b" " * 60) if json.loads(asked.body)["sfz"] == LI.number else bank(asked)

    service.answer = answer
    code = (
        "import sys; from datetime import date; from pathlib import Path\n"
        "from jiuzhu_check.checks.centre import Centre; from jiuzhu_check.checks.inquiry_round import go_round\n"
        "go_round(Centre.open(Path(sys.argv[1])), 'bank', date(2018, 12, 1), secrets=lambda name: b'0123456789abcdef')\n"
    )
    running = subprocess.Popen([sys.executable, "-c", code, str(town.centre.workspace.path)])
    deadline = time.monotonic() + 60
    while len(service.asked) < 4 and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    assert [json.loads(each.body)["sfz"] for each in service.asked] == [each.number for each in PEOPLE[:4]]
    service.answer = bank
    came = round_(town, NEXT)
    assert [json.loads(each.body)["sfz"] for each in service.asked[4:]] == [LI.number, ZHOU.number]
    assert came.problems == []
    told = states(town.centre, NEXT)
    assert [told[f"JZ{place}"][0] for place in range(1, 6)] == ["hit", "hit", "no_record", "hit", "hit"]
    days = inquiries(town.centre.store, "bank").sort("household_no")["asked_on"].to_list()
    assert days == [DAY, DAY, DAY, NEXT, NEXT]
    assert town.centre.store.datasets("told/") == []


def test_an_answer_that_no_longer_reads_is_kept_and_read_once_the_source_is_mended(
    tmp_path: Path, service: Service
) -> None:
    town = http_town(tmp_path, service, ZHAO, QIAN)
    service.answer = lambda asked: Reply({"code": "0", "data": [{"余额": "1"}]})
    spec = town.centre.workspace.connectors_dir / "bank" / "source.toml"
    good = spec.read_text(encoding="utf-8")
    spec.write_text(good.replace("[contract]", "[contract]\nmin_rows = 99"), encoding="utf-8")
    town.centre = Centre.open(town.centre.workspace.path)
    assert [type(each).__name__ for each in round_(town).problems] == ["ExtractChanged"]
    assert states(town.centre)["JZ1"] == ("unchecked", "已于2018-12-01向存款查询，尚未答复")
    assert [type(each).__name__ for each in round_(town, NEXT).problems] == ["ExtractChanged"]
    spec.write_text(good, encoding="utf-8")
    town.centre = Centre.open(town.centre.workspace.path)
    assert round_(town, NEXT).problems == []
    assert len(service.asked) == 2
    assert states(town.centre, NEXT)["JZ1"] == ("hit", None)


def test_the_budget_of_calls_ends_a_night_and_the_next_goes_on(tmp_path: Path, service: Service) -> None:
    town = http_town(tmp_path, service, *PEOPLE, budget={"max_calls": 2})
    service.answer = bank
    nights = [round_(town, day) for day in (DAY, NEXT, date(2018, 12, 3))]
    assert [(each.asked, each.left, each.problems) for each in nights] == [(2, 3, []), (2, 1, []), (1, 0, [])]


def test_a_record_of_somebody_else_or_of_a_covered_number_lets_nobody_have_nothing(
    tmp_path: Path, service: Service
) -> None:
    town = http_town(tmp_path, service, ZHAO, QIAN, SUN, body=BY_LIST)
    covered = {"sfz": ZHAO.number[:6] + "*" * 8 + ZHAO.number[-4:], "xm": "赵一", "余额": "5"}
    service.answer = lambda asked: Reply({"code": "0", "data": [covered]})
    round_(town)
    assert inquiries(town.centre.store, "bank")["answer"].to_list() == [None, None, None]


def test_nothing_of_a_person_stands_in_an_error_or_on_the_command_line(tmp_path: Path, service: Service) -> None:
    town = http_town(tmp_path, service, *PEOPLE[:2], query={"id": "{person_no}"})
    service.answer = lambda asked: Reply({"code": ZHAO.number, "msg": ZHAO.name})
    came = round_(town)
    said = "".join(f"{each.message}{each.hint}{each!r}{each.__cause__!r}" for each in came.problems)
    assert came.problems
    assert not [word for word in (ZHAO.number, ZHAO.name, QIAN.number) if word in said]
    logs = "".join(
        file.read_text("utf-8") for file in (town.centre.workspace.path / "audit").rglob("*") if file.is_file()
    )
    assert ZHAO.number not in logs
    assert '"people":1' in logs


FOLDER = '[transport]\nkind = "folder"\npath = "{out}/answer_{date:%Y%m%d}*.csv"\nsettle_seconds = 0\n'


def folder_town(folder: Path, *members: Member, form: str = "csv") -> Small:
    for name in ("in", "out"):
        (folder / name).mkdir()
    inbox = f'inbox = "{folder}/in/cx_{{inquiry}}.{form}"\ninbox_marker = ".ok"\n'
    return bank_town(folder, *members, spec=BANK + inbox + FOLDER.replace("{out}", f"{folder}/out"))


HEADS = "姓名,身份证号,余额,开户行,数据有无标志"


def test_lists_are_put_into_the_inbox_and_each_answer_is_fetched_once(tmp_path: Path) -> None:
    town = folder_town(tmp_path, ZHAO, QIAN, SUN)
    came = round_(town)
    assert (came.asked, came.left, came.taken, came.problems) == (3, 0, [], [])
    there = {file.name: file.read_text("utf-8-sig") for file in (tmp_path / "in").iterdir()}
    assert sorted(there) == [
        "cx_bank-20181201-001.csv", "cx_bank-20181201-001.csv.ok", "cx_bank-20181201-002.csv",
        "cx_bank-20181201-002.csv.ok",
    ]  # fmt: skip
    assert there["cx_bank-20181201-002.csv"].splitlines() == ["序号,姓名,身份证号", f"1,孙三,{SUN.number}"]
    assert [file.stat().st_mode & 0o007 for file in (tmp_path / "in").iterdir()] == [0] * 4
    (tmp_path / "out" / "answer_20181202_2.csv").write_text(f"{HEADS}\n孙三,{SUN.number},,,0\n", "utf-8")
    second = round_(town, NEXT)
    assert (second.asked, [each.extract for each in second.taken]) == (0, ["answer_20181202_2.csv"])
    # an answer that comes later and speaks of an earlier day is taken in too, and nothing is taken twice
    (tmp_path / "out" / "answer_20181201_1.csv").write_text(f"{HEADS}\n赵一,{ZHAO.number},9,某行,1\n", "utf-8")
    third = round_(town, NEXT)
    assert [each.extract for each in third.taken] == ["answer_20181201_1.csv"]
    assert round_(town, NEXT).taken == []
    told = states(town.centre, NEXT)
    assert {home: state for home, (state, _) in told.items()} == {"JZ1": "hit", "JZ2": "unchecked", "JZ3": "no_record"}
    assert told["JZ2"][1] == "已于2018-12-01向存款查询，尚未答复"


def test_a_list_that_could_not_be_put_goes_out_later_under_its_own_name(tmp_path: Path) -> None:
    town = folder_town(tmp_path, ZHAO)
    (tmp_path / "in").rename(tmp_path / "elsewhere")
    came = round_(town)
    assert [type(each) for each in came.problems] == [TryLater]
    assert (came.asked, came.left) == (0, 1)
    assert states(town.centre)["JZ1"] == ("unchecked", "还没有向存款查询此人")
    (tmp_path / "elsewhere").rename(tmp_path / "in")
    assert round_(town, NEXT).asked == 1
    assert (tmp_path / "in" / "cx_bank-20181201-001.csv").exists()
    assert inquiries(town.centre.store, "bank")["asked_on"].to_list() == [NEXT]


def test_whose_consent_was_withdrawn_before_a_list_went_out_is_taken_off_it(tmp_path: Path) -> None:
    town = folder_town(tmp_path, ZHAO, QIAN)
    (tmp_path / "in").rename(tmp_path / "elsewhere")
    round_(town)
    town.enrol([Member(QIAN.name, QIAN.number, "JZ2", consent=("SQ2", "2017-01-01", "2017-12-31"))])
    (tmp_path / "elsewhere").rename(tmp_path / "in")
    assert round_(town, NEXT).asked == 1
    assert QIAN.number not in (tmp_path / "in" / "cx_bank-20181201-001.csv").read_text("utf-8")


def test_one_answer_that_does_not_read_keeps_no_other_and_no_question(tmp_path: Path) -> None:
    town = folder_town(tmp_path, ZHAO, QIAN)
    round_(town)
    town.enrol([SUN])
    (tmp_path / "out" / "answer_20181201.csv").write_text("a,b\n1,2\n", "utf-8")
    (tmp_path / "out" / "answer_20181202.csv").write_text(f"{HEADS}\n赵一,{ZHAO.number},9,某行,1\n", "utf-8")
    came = round_(town, NEXT)
    assert [type(each).__name__ for each in came.problems] == ["ExtractChanged"]
    assert ([each.extract for each in came.taken], came.asked) == (["answer_20181202.csv"], 1)


def test_the_nightly_pull_asks_and_takes_in_and_a_dry_run_does_neither(tmp_path: Path) -> None:
    town = folder_town(tmp_path, ZHAO, QIAN, form="xlsx")
    workspace = str(town.centre.workspace.path)
    dry = run(
        "-C", workspace, "pull", "--all", "--as-of", "2018-12-01", "--dry-run", "--format", "tsv", JIUZHU_LANG="zh"
    )
    assert "要查询 2 人" in dry.out
    assert list((tmp_path / "in").iterdir()) == []
    said = run("-C", workspace, "pull", "--all", "--as-of", "2018-12-01", "--format", "tsv", JIUZHU_LANG="zh")
    assert said.code == 0
    assert said.out.splitlines()[1].split("\t") == ["bank", "查询", "", "", "", "查询了 2 人；收下答复 0 份。"]
    assert (tmp_path / "in" / "cx_bank-20181201-001.xlsx").read_bytes()[:2] == b"PK"
    alone = run("-C", workspace, "pull", "bank", "--as-of", "2018-12-02", JIUZHU_LANG="zh")
    assert (alone.code, "查询了 0 人" in alone.err) == (0, True)
    refused = run("-C", workspace, "pull", "bank", "--file", "a.csv", "--data-date", "2018-12-01", JIUZHU_LANG="zh")
    assert (refused.code, "inquiry answer" in refused.err) == (2, True)


def test_somebody_of_two_households_is_asked_about_once(tmp_path: Path, service: Service) -> None:
    town = http_town(tmp_path, service, ZHAO, QIAN, Member("赵一", ZHAO.number, "JZ9"))
    service.answer = bank
    came = round_(town)
    assert (came.asked, len(service.asked), came.left) == (2, 2, 0)
    told = states(town.centre)
    assert (told["JZ1"][0], told["JZ9"][0]) == ("hit", "hit")


HTTP = '[transport]\nkind = "http"\nurl = "https://bank.example/q"\nmethod = "POST"\n'


@pytest.mark.parametrize(
    ("spec", "key"),
    [
        (BANK + HTTP, "transport.body"),
        (BANK.replace("[inquiry]\nbatch = 2\n", "") + HTTP + 'body = { a = "{person_no}" }', "inquiry"),
        (BANK + HTTP + 'body = { a = "{person_no}" }\nanswer = "file"', "transport.answer"),
        (BANK + 'inbox = "/in/{inquiry}.csv"\n' + HTTP + 'body = { a = "{person_no}" }', "inquiry.inbox"),
        (BANK + 'inbox = "/in/list.csv"\n' + FOLDER, "inquiry.inbox"),
        (BANK + 'inbox = "/in/{inquiry}.txt"\n' + FOLDER, "inquiry.inbox"),
        (BANK + 'inbox = "/in/{inquiry}.csv"\n', "inquiry.inbox"),
        (BANK.replace('owner_name_raw = ["姓名"]\n', "").replace('"owner_name_raw", ', "") + HTTP
         + 'body = { a = "{person_no}" }', r"columns\.owner_name_raw"),
    ],
)  # fmt: skip
def test_a_way_that_does_not_fit_what_is_asked_is_named_by_its_key(spec: str, key: str) -> None:
    with pytest.raises(UsageError, match=key):
        read_source("bank", tomllib.loads(spec))


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_examples_of_the_manual_are_read(readme: str) -> None:
    text = (Path(__file__).parents[2] / readme).read_text(encoding="utf-8")
    asked, *_, served = [
        each for each in text.split("```toml\n") if each.startswith("[inquiry]") or "{person_no}" in each
    ]
    way = BANK.partition("[inquiry]")[0] + served.partition("```")[0]
    source = read_source("bank", tomllib.loads(f"{way}[inquiry]\n"))
    assert source.transport is not None
    assert not one_by_one(source.transport.settings)
    inquiry = read_inquiry("bank", tomllib.loads(asked.partition("```")[0])["inquiry"])
    assert (inquiry.inbox, inquiry.inbox_marker) == ("/in/cx_{inquiry}.xlsx", ".ok")  # type: ignore[union-attr]


def test_a_service_is_not_tried_on_a_real_person(tmp_path: Path, service: Service) -> None:
    town = http_town(tmp_path, service, ZHAO)
    said = run("-C", str(town.centre.workspace.path), "connector", "test", "bank", JIUZHU_LANG="zh")
    assert said.code == 2
    assert "试取就是查询" in said.err
    assert service.asked == []


def test_a_source_without_a_way_says_how_it_is_asked(tmp_path: Path) -> None:
    with pytest.raises(JiuzhuError, match="没有写明怎样查询"):
        round_(bank_town(tmp_path, ZHAO))


def test_due_counts_stand_still_while_a_dry_run_looks(tmp_path: Path) -> None:
    town = folder_town(tmp_path, ZHAO)
    assert go_round(town.centre, "bank", DAY, dry_run=True).left == 1
    assert due(town.centre, "bank", DAY).counts["due"] == 1
    assert inquiries(town.centre.store, "bank").is_empty()
