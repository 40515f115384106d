"""A night begins from the last complete run, and gives what checking everything anew would have given, byte for byte."""

import itertools
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from threading import Event

import polars as pl
import pytest

from jiuzhu_check.checks import relinking, results, run_decoys
from jiuzhu_check.checks.case import check_case
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.consent_change import take_consents, withdraw
from jiuzhu_check.checks.decisions import Answer
from jiuzhu_check.checks.deliveries import take, take_roster
from jiuzhu_check.checks.exports import export_bytes
from jiuzhu_check.checks.ground import DECOY_LINK, LOOSE, NAMES, UNSETTLED
from jiuzhu_check.checks.kept_run import DEEPEST
from jiuzhu_check.checks.night import Night
from jiuzhu_check.checks.portion import Portion
from jiuzhu_check.checks.review import decide, queue
from jiuzhu_check.checks.run import check_all, summarise
from jiuzhu_check.checks.run_difference import run_difference
from jiuzhu_check.errors import ExitCode, Stopped
from jiuzhu_check.intake.changed import changed_since
from jiuzhu_check.matching.candidates import INDEX
from jiuzhu_check.matching.evidence.number import one_error_less
from jiuzhu_check.store.manifest import File
from jiuzhu_check.store.snapshot import Snapshot
from jiuzhu_check.values.identity_number import is_valid
from tests.checks.centres import (
    AS_OF,
    DATA_DATE,
    EXTRACTS,
    ROSTER,
    SAMPLE,
    TABLES,
    VEHICLE,
    Member,
    Small,
    keyed,
    number,
)
from tests.checks.nights import (
    CHANGES,
    NOW,
    Nights,
    an_increment,
    another_policy,
    delivered_whole,
    the_roster_changes,
    withdrawn,
)
from tests.checks.townships import HE, SHE
from tests.connectors.departments import sample


def everything(centre: Centre) -> dict[str, bytes]:
    return {table: export_bytes(centre, table, "latest", "csv")[0] for table in TABLES}


def same(one: Nights, other: Nights) -> None:
    """Every export of the two, and every table of their last runs, is the same."""
    assert everything(one.centre) == everything(other.centre)
    kept = [results.find(each.centre.store, "latest")[0] for each in (one, other)]
    for table in (LOOSE, NAMES, DECOY_LINK, UNSETTLED):  # the next night begins from these
        starts = [each.read(table) for each in kept]
        assert starts[0].sort(starts[0].columns).equals(starts[1].sort(starts[0].columns)), table
    mine, theirs = (results.load(each) for each in kept)
    for table in ("roster", "link", "finding", "coverage", "account", "account_line"):
        assert mine.read(table).equals(theirs.read(table)), table
        assert mine.rows_of(table) == theirs.rows_of(table)
    assert (mine.run.rows(), mine.decoy.rows()) == (theirs.run.rows(), theirs.decoy.rows())
    assert mine.source_state.equals(theirs.source_state)
    before = [results.load(results.find(each.centre.store, "all")[1]) for each in (one, other)]
    assert summarise(mine, before[0]).lines() == summarise(theirs, before[1]).lines()


MONEY = """
region = "370000"
source = "《某县办法》"

[[financial_asset.kinds]]
from = 2018-01-01
value = ["deposit", "provident_fund"]

[[financial_asset.value_age]]
from = 2018-01-01
value = 1
unit = "个月"

[[financial_asset.limit]]
from = 2018-01-01
value = 1
unit = "元/人"
"""


@pytest.mark.parametrize("nights", range(4), indirect=True)
def test_whatever_changes_from_night_to_night_the_result_is_that_of_checking_everything(nights: Nights) -> None:
    three_nights_pass(nights)


def three_nights_pass(nights: Nights, *always: Callable[[Nights], None]) -> None:
    """Whatever changes before each, and this always: the night gives what checking everything anew would have given."""
    nights.night()
    begun = 0
    for _ in range(3):
        for change in (*always, *nights.chance.sample(CHANGES, nights.chance.randrange(4))):
            change(nights)
        nights.day += timedelta(days=nights.chance.choice((0, 1, 2, 5)))
        whole = nights.whole()
        nights.night()
        begun += "anew" in nights.plan
        same(nights, whole)
    assert begun, "some of these nights began from the night before"


def test_a_year_of_days_passes_and_nothing_else(nights: Nights) -> None:
    """Birthdays, consents that end, months since a transfer: whoever turns is checked anew, and nobody else."""
    nights.night()
    for days in (1, 3, 7, 13):
        nights.day += timedelta(days=days)
        whole = nights.whole()
        nights.night()
        assert nights.plan["anew"] < nights.plan["of"] / 2
        same(nights, whole)


def test_the_day_of_a_delivery_grows_too_old_for_what_it_says(nights: Nights) -> None:
    """A fund's balance names no day of its own: it is of the day that the data speaks of, which the policy lets count a month."""
    (nights.centre.workspace.policy_dir / "money.toml").write_text(MONEY, "utf-8")
    nights.centre = Centre.open(nights.centre.workspace.path)
    take(nights.centre, "provident_fund", SAMPLE / "inbox" / EXTRACTS["provident_fund"], "", date(2018, 12, 5))
    nights.day = date(2019, 1, 4)
    before = nights.night().finding.filter(pl.col("sentence").str.contains("早于当地政策规定的1个月"))
    nights.day = date(2019, 1, 7)
    whole = nights.whole()
    after = nights.night().finding.filter(pl.col("sentence").str.contains("早于当地政策规定的1个月"))
    assert "anew" in nights.plan
    assert before.is_empty()
    assert after.height
    same(nights, whole)


def test_a_part_that_was_lost_since_is_noticed_though_nothing_of_it_is_read(nights: Nights) -> None:
    nights.night()
    snapshot = nights.centre.store.latest("records/vehicle/370000")
    assert snapshot is not None
    (snapshot.folder / "n007.parquet").unlink()
    result = nights.night()
    assert nights.plan["everything"] == "damaged"
    assert result.source_state.filter(pl.col("source") == "vehicle")["state"].to_list() == ["damaged"]
    assert "unchecked" in result.coverage.filter(pl.col("source") == "vehicle")["state"]


def test_what_is_not_read_is_read_by_turns_until_a_night_is_kept_whole(nights: Nights) -> None:
    """A byte of a part changes that no night needs: one of the next seven notices it, and what it says then is no other."""
    nights.night()
    snapshot = nights.centre.store.latest("records/vehicle/370000")
    assert snapshot is not None
    file = next(each for each in snapshot.files if int(each.sha256, 16) % DEEPEST == 3)
    path = snapshot.folder / file.name
    path.write_bytes(path.read_bytes()[:-20] + b"x" + path.read_bytes()[-19:])
    before = everything(nights.centre)
    for _ in range(2):
        nights.night()
        assert nights.plan["anew"] == 0
        assert everything(nights.centre) == before
    result = nights.night()
    assert nights.plan["everything"] == "damaged"
    assert result.source_state.filter(pl.col("source") == "vehicle")["state"].to_list() == ["damaged"]


def test_a_night_that_is_stopped_waits_for_no_more_files_to_be_looked_at(
    nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    nights.night()
    an_increment(nights, "vehicle")
    begun, over, asked, looked = Event(), Event(), Event(), list[str]()
    monkeypatch.setattr(relinking, "Event", lambda: over)

    def is_whole(_snapshot: Snapshot, file: File) -> bool:
        looked.append(file.part)
        begun.set()
        return over.wait(60)

    monkeypatch.setattr(Snapshot, "_is_whole", is_whole)
    night = Night(asked=lambda: ExitCode.TERMINATED if asked.is_set() else None)

    def progress(*_: object) -> None:
        assert begun.wait(60)
        asked.set()

    with pytest.raises(Stopped):
        check_all(Centre.open(nights.centre.workspace.path), "recipients", nights.day, progress=progress, night=night)
    assert 0 < len(looked) < 5


def test_a_quiet_night_checks_nobody_anew(nights: Nights) -> None:
    nights.night()
    first = everything(nights.centre)
    nights.night()
    assert nights.plan["anew"] == 0
    assert everything(nights.centre) == first


def test_in_one_source_every_number_is_usable_and_in_the_other_not(nights: Nights) -> None:
    """Then nobody had to know how many people the one has."""
    heads, *rows = (SAMPLE / "inbox" / "provident_fund.txt").read_text("gb18030").splitlines()
    number = heads.split("|").index("证件号码")
    usable = [row for row in rows if is_valid(row.split("|")[number])]
    file = nights.folder / "usable.txt"
    file.write_text("\n".join([heads, *usable, ""]), encoding="gb18030")
    take(nights.centre, "provident_fund", file, "", nights.day)
    signed = "\n".join(f'[{name}]\nrequirement = "required"' for name in ("provident_fund", "vehicle"))
    nights.centre.workspace.sources_toml.write_text(signed, encoding="utf-8")
    nights.night(full=True)
    for _ in range(2):
        nights.day += timedelta(days=1)
        an_increment(nights, "vehicle")
        whole = nights.whole()
        nights.night()
        assert nights.plan["upon"]
        same(nights, whole)


def test_of_a_source_that_came_whole_the_others_are_not_read(nights: Nights) -> None:
    nights.night()
    delivered_whole(nights, "vehicle")
    whole = nights.whole()
    nights.night()
    assert 0 < nights.plan["anew"] < nights.plan["of"]
    same(nights, whole)


def test_of_an_increment_only_those_are_checked_anew_whom_it_touches(nights: Nights) -> None:
    nights.night()
    head, *rows = (SAMPLE / "inbox" / "vehicle.csv").read_text("gb18030").splitlines()
    cells = rows[0].split(",")
    recipients = nights.centre.roster().filter(pl.col("stage") == "recipient", pl.col("number").is_not_null())
    cells[6], cells[8] = recipients.sort("household_no", "member_no").select("name", "person_no").row(0)
    file = nights.folder / "vehicle-1.csv"
    file.write_text("\n".join([head, ",".join(cells)]) + "\n", encoding="gb18030")
    take(nights.centre, "vehicle", file, "", DATA_DATE, changes=True)
    whole = nights.whole()
    nights.night()
    assert 1 <= nights.plan["anew"] <= 2
    same(nights, whole)


def test_what_an_increment_does_not_mention_is_as_old_as_the_delivery_that_brought_it(small: Small) -> None:
    small.require({"vehicle": "required"})
    small.enrol([HE, SHE])
    keyed(small.centre, "vehicle", "vin")
    small.vehicles([(HE.name, HE.number)], on=date(2018, 11, 1))
    small.centre = Centre.open(small.centre.workspace.path)
    head, row = (small.folder / "vehicle.csv").read_text("utf-8").splitlines()
    own = row.replace("LZZ0001", "LZZ0002").replace(HE.name, SHE.name).replace(HE.number, SHE.number)
    (small.folder / "more.csv").write_text(f"{head}\n{own}\n", encoding="utf-8")
    take(small.centre, "vehicle", small.folder / "more.csv", "", date(2018, 11, 20), changes=True)
    result, _ = check_all(small.centre, "recipients", AS_OF)
    assert dict(result.link.select("owner_name", "data_date").rows()) == {
        HE.name: date(2018, 11, 1), SHE.name: date(2018, 11, 20),
    }  # fmt: skip
    assert result.source_state["data_date"].drop_nulls().to_list() == [date(2018, 11, 20)]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda nights: the_roster_changes(nights, 60), "roster"),
        (lambda nights: [delivered_whole(nights, source) for source in EXTRACTS], "delivery"),
        (lambda nights: another_policy(nights), "policy"),
        (lambda nights: setattr(nights, "day", date(2019, 1, 1)), "month"),
        (lambda nights: setattr(nights, "day", AS_OF - timedelta(days=1)), "day"),
    ],
)
def test_what_may_change_anything_has_everything_checked_anew_and_says_why(
    nights: Nights, change: Callable[[Nights], None], why: str
) -> None:
    nights.night()
    change(nights)
    whole = nights.whole()
    nights.night()
    assert nights.plan["everything"] == why
    same(nights, whole)


def test_a_night_of_a_region_or_of_a_share_leaves_the_nights_of_all_as_they_are(nights: Nights) -> None:
    """Four shares are everybody, each household once; what they find is what a night of all finds."""
    nights.night()
    whole = results.load(results.find(nights.centre.store, "latest")[0])
    found = []
    for at in range(1, 5):
        result, before = check_all(nights.centre, "recipients", AS_OF, portion=Portion(share=(at, 4)))
        assert before is not None
        assert run_difference(before, result).filter(pl.col("change") != "persisting").is_empty()
        found.append(result)
    every = pl.concat(each.finding.drop("run") for each in found)
    assert every.sort("finding_id").equals(whole.finding.drop("run").sort("finding_id"))
    assert sum(each.household.height for each in found) == whole.household.height
    region, _ = check_all(nights.centre, "recipients", AS_OF, portion=Portion(region="370199"))
    assert set(region.household["region"]) <= {"370199"}
    nights.night()
    assert nights.plan["anew"] == 0


def test_a_whole_run_is_kept_now_and_then_so_that_reading_stays_cheap(nights: Nights) -> None:
    nights.night()
    plans = []
    for _ in range(DEEPEST):
        nights.night()
        plans.append(nights.plan.get("everything", "differs"))
    assert plans == ["differs"] * (DEEPEST - 1) + ["deep"]


@pytest.mark.parametrize("part", ["index", "coverage", "account"])
@pytest.mark.parametrize("run", [0, -1], ids=["that it stands upon", "itself"])
def test_after_a_part_of_the_last_run_was_lost_everything_is_checked_anew(nights: Nights, part: str, run: int) -> None:
    for _ in range(2):
        nights.night()
    first, store = everything(nights.centre), nights.centre.store
    damaged = store.snapshot("runs", store.snapshots("runs")[run].id)
    (damaged.folder / f"{part}.parquet").write_bytes(b"")
    nights.night()
    assert nights.plan["everything"] == "damaged"
    assert everything(nights.centre) == first


def begun_from(small: Small, day: date) -> Nights:
    """The nights of a small county; the first of them is over."""
    nights = Nights(Centre.open(small.centre.workspace.path), small.folder, random.Random(0), day)
    nights.night()
    return nights


def test_the_office_of_a_spouse_ends_while_nothing_else_changes(small: Small) -> None:
    """The office holder stands on no roster, and her term is in no record of a member's."""
    small.require(dict.fromkeys(("marriage", "cadre"), "optional"))
    small.enrol([Member("李强", "370199197005200531", "JZ4")])
    take(small.centre, "marriage", sample("marriage"), "", DATA_DATE)
    file = small.folder / "cadre.csv"
    file.write_text(
        "姓名,身份证号码,人员类别,任职日期,离任日期\n李娜,370199198512016020,经办人员,2015-01-01,2018-12-03\n", "utf-8"
    )
    take(small.centre, "cadre", file, "", DATA_DATE)
    nights = begun_from(small, AS_OF)
    for day, asked in ((3, True), (4, False)):
        nights.day = date(2018, 12, day)
        whole = nights.whole()
        assert ("near_relative_not_filed" in set(nights.night().finding["rule"])) is asked
        same(nights, whole)


@pytest.mark.parametrize("between", ["case", "portion"])
def test_a_finding_that_a_check_for_an_earlier_day_has_made_since_is_as_old_as_that(small: Small, between: str) -> None:
    small.require({"vehicle": "required"})
    small.enrol([HE, SHE])
    small.vehicles([(HE.name, HE.number), (SHE.name, SHE.number)], on=date(2018, 11, 1))
    nights = begun_from(small, date(2018, 12, 3))
    if between == "case":
        check_case(nights.centre, HE.household, "recheck", AS_OF)
    else:
        check_all(nights.centre, "recipients", AS_OF, portion=Portion(region="370000"))
    for _ in range(2):
        nights.day += timedelta(days=1)
        whole = nights.whole()
        found = nights.night().finding.filter(pl.col("household_no") == HE.household)
        assert set(found["first_seen"]) == {AS_OF}
        same(nights, whole)


def test_a_check_for_an_earlier_day_tells_which_sources_are_new_to_the_night(small: Small) -> None:
    """What was marked by nobody is marked once something is known of an earlier day."""
    small.require({"vehicle": "required", "housing": "optional"})
    small.enrol([HE, SHE])
    take(small.centre, "vehicle", SAMPLE / "inbox" / EXTRACTS["vehicle"], "", DATA_DATE)
    small.vehicles([(HE.name, HE.number)], on=date(2018, 11, 1), supplier="370600")
    nights = begun_from(small, AS_OF)
    check_all(nights.centre, "recipients", date(2018, 11, 20), portion=Portion(region="370000"))
    whole = nights.whole()
    result = nights.night()
    assert dict(result.source_state.drop_nulls("snapshot").select("supplier", "newly_connected").rows()) == {
        "370000": True, "370600": False,
    }  # fmt: skip
    assert nights.plan["everything"] == "new"
    same(nights, whole)


def test_a_source_that_nobodys_consent_names_is_not_opened(small: Small) -> None:
    small.require({"vehicle": "required", "housing": "optional"})
    own = [f"{each.row},机动车" for each in (HE, SHE)]
    (small.folder / "roster.csv").write_text("\n".join([f"{ROSTER},授权范围", *own]) + "\n", "utf-8")
    take_roster(small.centre, small.folder / "roster.csv")
    small.vehicles([(HE.name, HE.number)])
    take(small.centre, "housing", SAMPLE / "inbox" / EXTRACTS["housing"], "", DATA_DATE)
    nights = begun_from(small, AS_OF)
    nights.day += timedelta(days=1)
    whole = nights.whole()
    assert set(nights.night().decoy["source"]) == {"vehicle"}
    same(nights, whole)
    take(nights.centre, "housing", SAMPLE / "inbox" / EXTRACTS["housing"], "", nights.day)
    housing = nights.centre.store.latest("records/housing/370000")
    assert housing is not None
    for name in (part for part in housing.part_names() if part != "rejects"):
        (housing.folder / f"{name}.parquet").write_bytes(b"")
    whole = nights.whole()
    assert dict(nights.night().source_state.select("source", "state").rows())["housing"] == "arrived"
    same(nights, whole)


NOT_FOR_LONG = ("SQ1", "2018-01-01", "2018-12-03")


@pytest.mark.usefixtures("none_lends")
def test_the_consent_ends_of_whom_a_person_named_as_the_owner(small: Small) -> None:
    """While it lasted the record was nobody else's; now it is again whose the matcher says."""
    small.require({"vehicle": "required"})
    broken = f"{HE.number[:14]}9{HE.number[15:]}"
    gone = Member(HE.name, broken, "JZ3", consent=NOT_FOR_LONG)
    small.enrol([HE, SHE, gone])
    small.vehicles([(HE.name, broken)])
    nights = begun_from(small, AS_OF)
    (item,) = queue(nights.centre).filter(pl.col("household_no") == gone.household)["item"]
    decide(nights.centre, Answer(item, "same", "看过行驶证", "甲"), NOW)
    for day, status in ((3, "review"), (4, "accepted")):
        nights.day = date(2018, 12, day)
        whole = nights.whole()
        link = nights.night().link.filter(pl.col("household_no") == HE.household)
        assert link["status"].to_list() == [status]
        same(nights, whole)


CONSENTS = "家庭编号,姓名,身份证号码,授权书编号,签署日期,截止日期"


def handed_in(nights: Nights, member: Member, *consent: str) -> None:
    """A consent that came after the roster: its number, first and last day."""
    file = nights.folder / "consents.csv"
    row = ",".join([member.household, member.name, member.number, *consent])
    file.write_text(f"{CONSENTS}\n{row}\n", encoding="utf-8")
    assert take_consents(nights.centre, file).added == 1


@pytest.mark.usefixtures("none_lends")
def test_who_signs_or_withdraws_or_signs_for_longer_is_checked_anew_and_nobody_else(small: Small) -> None:
    small.require({"vehicle": "required"})
    she, third = replace(SHE, household="JZ2", consent=NOT_FOR_LONG), Member("钱德厚", number(44), "JZ3")
    none = Member("孙立本", number(55), "JZ4", consent=("", "", ""))
    small.enrol([HE, she, third, none])
    small.vehicles([(each.name, each.number) for each in (HE, she, third, none)])
    nights = begun_from(small, AS_OF)

    def night() -> pl.DataFrame:
        whole = nights.whole()
        result = nights.night()
        assert nights.plan["anew"] == 1
        same(nights, whole)
        return result.link.select("household_no", "status").sort("household_no")

    handed_in(nights, she, "SQ9", "2018-11-20", "2019-11-19")
    assert night()["household_no"].to_list() == [HE.household, "JZ2", "JZ3"]
    withdraw(nights.centre, "JZ3", "1", date(2018, 11, 20), "CH1", today=AS_OF)
    assert night()["household_no"].to_list() == [HE.household, "JZ2"]
    nights.day = date(2018, 12, 4)  # on which the first consent has ended, and the second has not
    assert night()["household_no"].to_list() == [HE.household, "JZ2"]
    handed_in(nights, none, "SQ10", "2018-11-20", "2019-11-19")
    assert night()["household_no"].to_list() == [HE.household, "JZ2", "JZ4"]


STAYS, COMES = Member("王建国", number(31), "JZ1"), Member("王建国", number(32), "JZ2")


@pytest.mark.parametrize(
    ("stays", "comes", "record", "before", "after"),
    [
        (STAYS, COMES, (COMES.name, COMES.number), None, None),
        (STAYS, replace(COMES, name="孙立本"), (STAYS.name, f"{STAYS.number[:14]}9{STAYS.number[15:]}"), "accepted", "accepted"),
        (STAYS, replace(COMES, number=STAYS.number), (STAYS.name, STAYS.number), "accepted", "accepted"),
        (STAYS, COMES, (STAYS.name, f"{STAYS.number[:10]}****{STAYS.number[14:]}"), "review", "lead"),
        (replace(STAYS, number="3706831950010100L5"), replace(COMES, number="370683195001010015"),
         ("王建国", "370683195001010015"), "review", "review"),
    ],
    ids=["the newcomer's", "another's", "of one number", "of one name and a covered number", "of the number it may mean"],
)  # fmt: skip
def test_somebody_comes_to_the_roster_and_leaves_it_again(
    small: Small, stays: Member, comes: Member, record: tuple[str, str], before: str | None, after: str | None
) -> None:
    """Whose a record is may depend on who else is there; who is not concerned is not looked at."""
    small.require({"vehicle": "required"})
    small.enrol(
        [stays, *(Member(f"钱德{each}", number(60 + place), f"JZ{place + 3}") for place, each in enumerate("一二三四"))]
    )
    small.vehicles([record, ("钱德一", number(60))])
    nights = begun_from(small, AS_OF)

    def night() -> str | None:
        whole = nights.whole()
        links = nights.night().link.filter(pl.col("household_no") == stays.household)
        same(nights, whole)
        return links["status"][0] if links.height else None

    assert night() == before
    small.enrol([comes])
    assert night() == after
    assert (nights.plan["roster"], nights.plan["anew"] <= 2) == (1, True)
    small.enrol([replace(comes, stage="停保")])
    assert night() in (before, after)  # who receives no more is on the roster still
    small.enrol([replace(comes, number=number(77), name="吴一凡")])
    assert night() == before


@pytest.mark.parametrize("named", ["钱德厚", STAYS.name])
def test_a_wife_is_called_otherwise_while_her_husband_s_damaged_record_weighs_what_it_weighed(
    small: Small, named: str
) -> None:
    """All of the household are looked at anew, and what was linked to him is linked again."""
    small.require({"vehicle": "required"})
    wife = Member("赵秀兰", number(33), STAYS.household)
    small.enrol(
        [STAYS, wife, *(Member(f"钱德{each}", number(60 + at), f"JZ{at + 3}") for at, each in enumerate("一二三四"))]
    )
    small.vehicles([(STAYS.name, f"{STAYS.number[:14]}9{STAYS.number[15:]}")])
    nights = begun_from(small, AS_OF)
    small.enrol([STAYS, replace(wife, name=named)])
    whole = nights.whole()
    links = nights.night().link
    assert links["member_no"].to_list() == ["1"]
    assert nights.plan["anew"] == 1
    same(nights, whole)


def test_one_error_of_typing_leads_to_somebody_who_comes_to_the_roster(small: Small) -> None:
    small.require({"vehicle": "required"})
    small.enrol([HE, SHE])
    typed = f"{HE.number[:16]}{(int(HE.number[16]) + 1) % 10}{HE.number[17]}"
    (near,) = [
        each
        for each in one_error_less(pl.Series([typed]))["number"].sort()
        if each != HE.number and each[:14] == HE.number[:14] and each[17] == typed[17]
    ][:1]
    small.vehicles([(HE.name, typed)])
    nights = begun_from(small, AS_OF)
    small.enrol([Member("钱德厚", near, "JZ9")])
    whole = nights.whole()
    found = nights.night().link.filter(pl.col("household_no") == HE.household)
    assert nights.plan["everything"] == "roster"
    assert found["number_evidence"].to_list() == ["several_edits"]
    same(nights, whole)


def test_a_wife_comes_to_another_household_of_the_roster(small: Small) -> None:
    small.require({"marriage": "optional"})
    small.enrol(
        [Member("李强", "370199197005200531", "JZ4"), *(replace(SHE, household=f"JZ{each}") for each in (7, 8))]
    )
    take(small.centre, "marriage", sample("marriage"), "", DATA_DATE)
    nights = begun_from(small, AS_OF)
    wife = Member("李娜", "370199198512016020", "JZ9")
    for stage, told in (("在保", True), ("停保", True)):
        small.enrol([replace(wife, stage=stage)])
        whole = nights.whole()
        found = nights.night().finding
        (sentence,) = found.filter(pl.col("rule") == "spouse_outside_household", pl.col("household_no") == "JZ4")[
            "sentence"
        ]
        assert ("JZ9" in sentence) is told
        assert "everything" not in nights.plan
        same(nights, whole)
    small.enrol([Member("吴一凡", number(77), "JZ9")])
    whole = nights.whole()
    found = nights.night().finding
    (sentence,) = found.filter(pl.col("rule") == "spouse_outside_household", pl.col("household_no") == "JZ4")[
        "sentence"
    ]
    assert "JZ9" not in sentence
    same(nights, whole)


WITH_PHONE = f"{ROSTER},联系电话"
NEW_PHONE = "13900000001"


def enrolled_with_phones(small: Small, members: Sequence[Member], phones: Mapping[str, str]) -> None:
    """phones: by name."""
    rows = [f"{each.row},{phones.get(each.name, '')}" for each in members]
    (small.folder / "roster.csv").write_text("\n".join([WITH_PHONE, *rows]) + "\n", encoding="utf-8")
    take_roster(small.centre, small.folder / "roster.csv")


@pytest.mark.usefixtures("none_lends")
@pytest.mark.parametrize("change", ["phone", "number", "signs", "ends"])
def test_a_record_under_the_wife_s_number_bears_the_name_of_her_husband_of_whom_something_changes(
    small: Small, change: str
) -> None:
    """He has a link to it because she stands beside him; nothing of hers changes."""
    small.require({"vehicle": "required"})
    wife = replace(SHE, household=HE.household)
    consent = {"signs": ("", "", ""), "ends": NOT_FOR_LONG}.get(change, HE.consent)
    husband = replace(HE, consent=consent)
    small.enrol([husband, wife, Member("钱德厚", number(44), "JZ3")])
    small.vehicles([(HE.name, wife.number), ("钱德厚", number(44))])
    nights = begun_from(small, AS_OF)
    if change == "phone":
        enrolled_with_phones(small, [husband, wife], {HE.name: NEW_PHONE})
    elif change == "number":
        small.enrol([replace(husband, number=number(13)), wife])
    elif change == "signs":
        handed_in(nights, husband, "SQ9", "2018-11-20", "2019-11-19")
    else:
        nights.day = date(2018, 12, 4)
    whole = nights.whole()
    nights.night()
    assert nights.plan["anew"] <= 2
    same(nights, whole)


@pytest.mark.usefixtures("none_lends")
@pytest.mark.parametrize("change", ["phone", "relative"])
@pytest.mark.parametrize(
    ("theirs", "record"),
    [
        (f"{HE.number[:10]}7{HE.number[11:]}", HE.number),
        (ROUNDED := next(each for end in range(10, 100) if (each := f"3701991970010{end}000") and is_valid(each)),
         next(each for end in range(100) for check in "0123456789X" if is_valid(each := f"{ROUNDED[:15]}{end:02}{check}") and each != ROUNDED)),
    ],
    ids=["a repair of it", "what a spreadsheet lost"],
)  # fmt: skip
def test_something_changes_of_one_whose_record_stands_under_what_the_roster_s_number_may_have_been(
    small: Small, theirs: str, record: str, change: str
) -> None:
    small.require({"vehicle": "required"})
    he = replace(HE, number=theirs)
    small.enrol([he, Member("钱德厚", number(44), "JZ3")])
    small.vehicles([(he.name, record), ("钱德厚", number(44))])
    nights = begun_from(small, AS_OF)
    if change == "phone":
        enrolled_with_phones(small, [he], {he.name: NEW_PHONE})
    else:
        small.enrol([he, Member(SHE.name, SHE.number, he.household)])
    whole = nights.whole()
    links = nights.night().link
    assert links.filter(pl.col("household_no") == he.household).height == 1
    same(nights, whole)


def lent_by(people: Sequence[Member]) -> pl.DataFrame:
    """The decoys to which some people lend what they are."""
    told = [{"household_no": each.household, "number": each.number, "name_key": each.name} for each in people]
    index = pl.DataFrame(told).with_columns(
        pl.lit(None, pl.Date if each == "birth_date" else pl.String).alias(each)
        for each in INDEX
        if each not in told[0]
    )
    return run_decoys.run_decoys(index, AS_OF, lambda _: set())


def lends_a_decoy_whose_rounded_number_is_valid() -> tuple[list[Member], str, str]:
    """Three people, the name of a decoy of theirs, and the valid number that a spreadsheet makes of the decoy's."""
    for year, day in itertools.product(range(1970, 1990), range(1, 29)):
        born = (f"{year}03{day:02}", f"{year}0701", f"{year}0802")
        named = zip(("王建国", "李秀英", "赵立本"), born, range(11, 44, 11), strict=True)
        people = [Member(name, number(place, birth), f"JZ{place}") for name, birth, place in named]
        for decoy, name in lent_by(people).select("number", "name_key").iter_rows():
            rounded = f"{decoy[:15]}000"
            if rounded != decoy and is_valid(rounded):
                return people, name, rounded
    raise AssertionError("none was found")


def test_a_decoy_that_a_record_named_by_mistake_leaves_with_whom_it_was_lent_by(small: Small) -> None:
    """How often a person is linked by mistake is told of those decoys alone that there are."""
    small.require({"vehicle": "required"})
    born = {"王建国": "19700301", "李秀英": "19710701", "赵立本": "19720802", "周文海": "19730915"}
    people = [Member(name, number(place, day), f"JZ{place}") for place, (name, day) in enumerate(born.items(), 1)]
    lent = lent_by(people)["number"]
    small.enrol(people)
    small.vehicles([("诸葛无名", each) for each in lent])
    nights = begun_from(small, AS_OF)
    told = nights.night().decoy
    assert (told["decoys"].max(), told["review"].sum()) == (lent.len(), lent.len())
    for left in (people[0], people[2]):
        small.enrol([replace(left, stage="停保")])
        whole = nights.whole()
        told = nights.night().decoy
        assert told["review"].sum() == told["decoys"].max() < lent.len()
        assert "everything" not in nights.plan
        same(nights, whole)


def test_the_rounded_number_of_a_decoy_is_an_applicant_s_who_leaves_the_roster(small: Small) -> None:
    """From then on a record under it may be the decoy's, which is how it is told what links by mistake."""
    small.require({"vehicle": "required"})
    keyed(small.centre, "vehicle", "vin")
    people, name, rounded = lends_a_decoy_whose_rounded_number_is_valid()
    applicant = Member("孙有才", rounded, "JZ9", stage="申请")
    small.enrol([*people, applicant])
    small.vehicles([(people[0].name, people[0].number)])
    nights = begun_from(small, AS_OF)
    small.enrol([replace(applicant, number=number(77))])
    whole = nights.whole()
    nights.night()
    same(nights, whole)
    head, row = (small.folder / "vehicle.csv").read_text("utf-8").splitlines()
    its_own = row.replace("LZZ0001", "LZZ0002").replace(people[0].number, rounded).replace(people[0].name, name)
    (small.folder / "more.csv").write_text(f"{head}\n{its_own}\n", encoding="utf-8")
    take(nights.centre, "vehicle", small.folder / "more.csv", "", AS_OF, changes=True)
    whole = nights.whole()
    told = nights.night().decoy
    assert "everything" not in nights.plan
    assert told["accepted"].sum() + told["review"].sum() == 1
    same(nights, whole)


@pytest.mark.parametrize("stage", ["停保", "申请"])
def test_whom_a_person_named_as_the_owner_is_under_check_no_more(small: Small, stage: str) -> None:
    """While she was, the record was nobody else's; now it is again whose the matcher says, and then it is hers again."""
    small.require({"vehicle": "required"})
    named = Member(HE.name, f"{HE.number[:14]}9{HE.number[15:]}", "JZ3")
    small.enrol([HE, SHE, named])
    small.vehicles([(HE.name, named.number)])
    nights = begun_from(small, AS_OF)
    (item,) = queue(nights.centre).filter(pl.col("household_no") == named.household)["item"]
    decide(nights.centre, Answer(item, "same", "看过行驶证", "甲"), NOW)
    nights.night()
    for state, status in ((stage, "accepted"), ("在保", "review")):
        small.enrol([replace(named, stage=state)])
        whole = nights.whole()
        link = nights.night().link.filter(pl.col("household_no") == HE.household)
        assert link["status"].to_list() == [status]
        assert "everything" not in nights.plan
        same(nights, whole)


@pytest.mark.usefixtures("none_lends")
def test_people_withdraw_amid_all_that_changes(nights: Nights) -> None:
    three_nights_pass(nights, withdrawn, withdrawn)


@pytest.mark.usefixtures("none_lends")
def test_the_consent_ends_of_one_of_two_who_stand_on_the_roster_with_one_number(small: Small) -> None:
    """Whose names are strangers' to a number is told by the households of all who have it."""
    small.require({"vehicle": "required"})
    gone = Member(SHE.name, HE.number, "JZ3", consent=NOT_FOR_LONG)
    small.enrol([HE, Member("钱德厚", number(44)), gone])
    small.vehicles([(name, HE.number) for name in (HE.name, "孙有才", "钱德厚")])
    nights = begun_from(small, AS_OF)
    for day, status in ((3, "review"), (4, "accepted")):
        nights.day = date(2018, 12, day)
        whole = nights.whole()
        own = pl.col("household_no") == HE.household, pl.col("owner_name") == HE.name
        assert nights.night().link.filter(own)["status"].to_list() == [status]
        same(nights, whole)


def test_an_increment_that_holds_nothing_has_nothing_looked_at(small: Small) -> None:
    small.require({"vehicle": "required"})
    small.enrol([HE, SHE])
    keyed(small.centre, "vehicle", "vin")
    small.vehicles([(HE.name, HE.number), (SHE.name, f"{SHE.number[:10]}****{SHE.number[14:]}")])
    nights = begun_from(small, AS_OF)
    (small.folder / "none.csv").write_text(f"{VEHICLE}\n", encoding="utf-8")
    before = nights.centre.store.latest("records/vehicle/370000")
    assert before is not None
    take(nights.centre, "vehicle", small.folder / "none.csv", "", AS_OF, changes=True)
    now = nights.centre.store.latest("records/vehicle/370000")
    assert now is not None
    changed = changed_since(nights.centre.store, before.id, now)
    assert changed is not None
    assert changed.places.is_empty()
    whole = nights.whole()
    nights.night()
    assert nights.plan["anew"] == 0
    same(nights, whole)


def test_a_new_record_may_mean_the_same_member_in_two_ways_of_which_one_was_weighed(small: Small) -> None:
    """The roster's own number is spoilt; one car bears a number with another error, the next one the roster's text."""
    small.require({"vehicle": "required"})
    small.enrol([Member("王建国", "3706831950010100L5"), SHE])
    keyed(small.centre, "vehicle", "vin")
    small.vehicles([("王建国", "370683195001010015"), (SHE.name, SHE.number)])
    nights = begun_from(small, AS_OF)
    head, row, _ = (small.folder / "vehicle.csv").read_text("utf-8").splitlines()
    more = row.replace("LZZ0001", "LZZ0002").replace("370683195001010015", "3706831950010100L5")
    (small.folder / "more.csv").write_text(f"{head}\n{more}\n", encoding="utf-8")
    take(nights.centre, "vehicle", small.folder / "more.csv", "", AS_OF, changes=True)
    whole = nights.whole()
    nights.night()
    assert nights.plan["anew"] == 1
    loose = results.find(nights.centre.store, "latest")[0].read(LOOSE)
    assert sorted(loose["number_evidence"]) == ["both_damaged", "both_damaged", "same_text"]
    same(nights, whole)
