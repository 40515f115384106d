"""One household at the terminal is told the same as in the run of everybody."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from jiuzhu_check.checks import last_night, parts, rests_on, weighed_before
from jiuzhu_check.checks.case import check_case, households_of_person
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.deliveries import take, take_roster
from jiuzhu_check.checks.exports import export
from jiuzhu_check.checks.ground import LOOSE
from jiuzhu_check.checks.results import last_complete
from jiuzhu_check.errors import NotFound, Refused
from jiuzhu_check.matching.decoys import is_decoy
from tests.checks.centres import AS_OF, DATA_DATE, EXTRACTS, SAMPLE, Member, Small, copied, number

HE, SHE = Member("张建国", number(11)), Member("李秀英", number(22))


@pytest.mark.parametrize("taken", ["all", "weights", "nothing"])
def test_a_case_gives_the_links_findings_and_coverage_of_the_run_of_everybody(
    checked: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, taken: str
) -> None:
    """Whether all is taken from the last night, or how it weighed what has no usable number, or nothing at all."""
    if taken != "all":
        monkeypatch.setattr(last_night, "as_last_night", lambda *_: None)
    if taken == "nothing":
        monkeypatch.setattr(weighed_before, "last_complete", lambda *_: None)
    of_all = {table: export(checked, table, "all").drop("run") for table in ("links", "findings", "coverage")}
    unusual = of_all["links"].filter(pl.col("status") != "accepted")["household_no"]
    everybody = of_all["coverage"]["household_no"].unique().sort()
    centre = copied(checked, tmp_path)
    asked = sorted({*unusual, *everybody.gather_every(12)})
    assert len(asked) > 30
    differing = []
    for home in asked:
        result = check_case(centre, home, "recheck", AS_OF)
        given = {"links": result.link, "findings": result.finding, "coverage": result.coverage}
        for table, rows in of_all.items():
            own = rows.filter(pl.col("household_no") == home)
            if not given[table].select(rows.columns).sort(rows.columns).equals(own.sort(rows.columns)):
                differing.append((home, table))
    assert differing == []


def nothing(_centre: Centre, _folder: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is as the last night had it."""


def another_delivery(centre: Centre, folder: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    head, *rows = (SAMPLE / "inbox" / EXTRACTS["vehicle"]).read_text("gb18030").splitlines()
    file = folder / EXTRACTS["vehicle"]
    file.write_text("\n".join([head, *rows[1:]]) + "\n", encoding="gb18030")
    take(centre, "vehicle", file, "", DATA_DATE)


def another_roster(centre: Centre, folder: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    head, first, *rows = (SAMPLE / "roster.csv").read_text("utf-8-sig").splitlines()
    file = folder / "roster.csv"
    file.write_text("\n".join([head, first.replace(",2018-", ",2017-"), *rows]) + "\n", encoding="utf-8")
    take_roster(centre, file)


def another_program(_centre: Centre, _folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rests_on, "program_code", lambda: "of another version")
    monkeypatch.setattr(rests_on, "program_files", lambda: "laid anew")


def a_damaged_night(centre: Centre, _folder: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    run = last_complete(centre.store, "recipients")
    assert run is not None
    (run.snapshot.folder / f"{LOOSE}.parquet").write_bytes(b"")


@pytest.mark.parametrize(
    "changed",
    [nothing, another_delivery, another_roster, another_program, a_damaged_night],
    ids=lambda each: each.__name__,
)
def test_who_else_bears_a_name_is_looked_for_where_the_last_night_cannot_tell(
    checked: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: Callable[..., None]
) -> None:
    monkeypatch.setattr(last_night, "as_last_night", lambda *_: None)
    centre = copied(checked, tmp_path)
    run = last_complete(centre.store, "recipients")
    assert run is not None
    loose = run.read(LOOSE, where=(pl.col("source") == "vehicle") & ~is_decoy())
    changed(centre, tmp_path, monkeypatch)
    opened: list[str] = []
    read = parts.read_owners
    monkeypatch.setattr(parts, "read_owners", lambda snapshot, name: opened.append(name) or read(snapshot, name))
    for home in loose["household_no"].unique().sort().head(3):
        opened.clear()
        check_case(Centre.open(centre.workspace.path), home, "recheck", AS_OF)
        assert bool(opened) == (changed is not nothing)


def test_a_household_that_is_not_on_the_roster_is_not_found(small: Small) -> None:
    small.enrol([HE])
    with pytest.raises(NotFound):
        check_case(small.centre, "JZ404", "recheck", AS_OF)


@pytest.mark.parametrize("purpose", ["", "curiosity"])
def test_without_a_purpose_nothing_is_read(small: Small, purpose: str) -> None:
    small.enrol([HE])
    audited = small.centre.workspace.audit_dir
    before = {file.name: file.read_bytes() for file in audited.iterdir() if file.is_file()}
    with pytest.raises(Refused):
        check_case(small.centre, "JZ1", purpose, AS_OF)
    with pytest.raises(Refused):
        households_of_person(small.centre, HE.number, "", purpose)
    assert {file.name: file.read_bytes() for file in audited.iterdir() if file.is_file()} == before


def test_a_person_is_found_by_number_by_name_and_by_both(small: Small) -> None:
    small.enrol([HE, SHE, Member("张建国", number(33), "JZ2"), Member(SHE.name, SHE.number, "JZ3")])
    assert households_of_person(small.centre, HE.number, "", "recheck") == ["JZ1"]
    assert households_of_person(small.centre, HE.number.lower(), "", "recheck") == ["JZ1"]
    assert households_of_person(small.centre, "", "张 建国", "recheck") == ["JZ1", "JZ2"]
    assert households_of_person(small.centre, number(33), "张建国", "recheck") == ["JZ2"]
    assert households_of_person(small.centre, SHE.number, "", "recheck") == ["JZ1", "JZ3"]


def test_a_person_is_found_by_a_number_that_the_roster_has_wrongly(small: Small) -> None:
    wrong = number(55)[:17] + ("1" if number(55)[17] != "1" else "2")
    small.enrol([Member("王芳", wrong, "JZ9")])
    assert households_of_person(small.centre, wrong, "", "recheck") == ["JZ9"]


def test_nobody_is_told_whether_a_person_off_the_roster_has_records(small: Small) -> None:
    small.enrol([HE])
    small.vehicles([("赵大海", number(77))])
    said = []
    for stranger in (number(77), number(78), "不是号码"):
        with pytest.raises(Refused) as refusal:
            households_of_person(small.centre, stranger, "", "recheck")
        said.append((refusal.value.message, refusal.value.hint))
    assert len(set(said)) == 1


def test_a_name_that_is_another_persons_with_that_number_is_refused(small: Small) -> None:
    small.enrol([HE, SHE])
    with pytest.raises(Refused):
        households_of_person(small.centre, HE.number, SHE.name, "recheck")


def test_what_an_older_program_stored_is_read_with_what_it_did_not_know_left_blank(small: Small) -> None:
    him = Member("张建国", number(1))
    small.enrol([him])
    small.vehicles([(him.name, him.number)])
    store = small.centre.store
    for place, unknown in (("roster", ["home_address", "workplace"]), ("records/vehicle/370000", ["vehicle_type"])):
        held = store.latest(place)
        assert held is not None
        parts = {name: held.read(name) for name in held.part_names()}
        older = {name: part.drop(unknown, strict=False) for name, part in parts.items()}
        facts = {**held.facts, "alike": {k: v for k, v in held.facts.get("alike", {}).items() if k not in unknown}}
        store.publish(place, f"{held.id}-older", older, data_date=held.data_date, facts=facts)
    result = check_case(Centre.open(small.centre.workspace.path), "JZ1", "recheck", AS_OF)
    assert result.link.select("tier", "status").rows() == [("A1", "accepted")]
    assert result.finding["subject"].to_list() == ["LZZ00010000000000"]
