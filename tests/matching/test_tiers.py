"""Each tier and each relation of names has its story."""

from datetime import date

import polars as pl
import pytest

from jiuzhu_check.matching.candidates import stand_under
from jiuzhu_check.matching.damaged import by_damage
from jiuzhu_check.matching.decide import decide
from jiuzhu_check.matching.engines.local import work_through
from jiuzhu_check.matching.evidence.name import relate
from jiuzhu_check.tables.record import PROVIDENT_FUND
from jiuzhu_check.values.identity_number import is_valid, upgrade
from tests.matching.people import Person, link, members, number, records, told

HIM = Person("张建国", number("19700101", 11))
HER = Person("李秀英", number("19720202", 22))
OLD = HIM.number[:6] + HIM.number[8:17]


def wrong(right: str, place: int = 9) -> str:
    """The number with one wrong digit."""
    return right[:place] + str((int(right[place]) + 1) % 10) + right[place + 1 :]


def swapped(right: str) -> str:
    """The number with two neighbouring digits in the wrong order."""
    place = next(place for place in range(6, 16) if right[place] != right[place + 1])
    return right[:place] + right[place + 1] + right[place] + right[place + 2 :]


@pytest.mark.parametrize(
    ("name", "written", "tier", "status"),
    [
        ("张建国", HIM.number, "A1", "accepted"),
        ("張建國", HIM.number, "A1", "accepted"),
        ("张 建 国", HIM.number, "A1", "accepted"),
        ("张健国", HIM.number, "A2", "accepted"),
        ("张□国", HIM.number, "A2", "accepted"),
        ("张国", HIM.number, "A2", "accepted"),
        ("张建国", OLD, "A3", "accepted"),
        ("张建国", wrong(HIM.number), "B1", "accepted"),
        ("张建国", swapped(HIM.number), "B1", "accepted"),
        ("张建国", HIM.number.replace("0", "O"), "B1", "accepted"),
        ("张建华", HIM.number, "C1", "review"),
        ("赵大海", HIM.number, "C3", "review"),
        (None, HIM.number, "C3", "review"),
        ("永和建材有限公司", HIM.number, "C3", "review"),
        ("张国建", HIM.number, "A2", "accepted"),
        ("张建建国", HIM.number, "C3", "review"),
        ("张健国", OLD, "C3", "review"),
        ("张健国", wrong(HIM.number), "C6", "review"),
        ("张建国", wrong(wrong(HIM.number), 12), "C6", "review"),
        ("张建国", HIM.number[:8] + HIM.number[9:], "B1", "accepted"),
        ("张建国", HIM.number[:8] + "5" + HIM.number[8:], "B1", "accepted"),
    ],
)
def test_evidence_makes_its_tier(name: str | None, written: str, tier: str, status: str) -> None:
    assert told(link([records((name, written))], [HIM, HER])) == [(tier, status, HIM.number)]


def test_an_old_number_stands_for_its_upgrade() -> None:
    assert upgrade(OLD) == HIM.number


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("张建国", number("19700101", 12)),
        ("张建国", number("19700102", 11)),
        ("张建国", ""),
        ("张建国", None),
        ("张建国", "111111111111111111"),
        ("李秀英", wrong(HIM.number)),
        (None, wrong(HIM.number)),
        (None, None),
    ],
    ids=[
        "another valid number beside the name",
        "a valid number of the next day",
        "no number",
        "null for a number",
        "a placeholder",
        "one wrong digit and the wife's name",
        "one wrong digit and no name",
        "nothing at all",
    ],
)
def test_there_is_no_link(name: str | None, written: str | None) -> None:
    assert told(link([records((name, written))], [HIM, HER])) == []


def test_a_former_name_on_the_roster_is_the_members_own() -> None:
    her = Person("李娜", HER.number, former="李丽，李小丽")
    assert told(link([records(("李小丽", her.number))], [her])) == [("A2", "accepted", her.number)]


def test_the_husbands_name_with_the_wifes_number_is_shown_for_both_and_given_to_neither() -> None:
    links = link([records((HIM.name, HER.number))], [HIM, HER])
    assert sorted(told(links)) == sorted([("C2", "review", HER.number), ("C2", "review", HIM.number)])


def test_the_named_member_without_consent_is_not_shown() -> None:
    links = link([records((HIM.name, HER.number))], [HIM, HER], consenting=[HER])
    assert told(links) == [("C2", "review", HER.number)]


def test_two_members_within_one_edit_of_a_broken_number_go_to_review() -> None:
    broken, one, other = two_within_one_edit()
    people = [Person("王芳", one, "JZ1"), Person("王芳", other, "JZ2")]
    links = link([records(("王芳", broken))], people)
    assert sorted(told(links)) == sorted([("C6", "review", one), ("C6", "review", other)])


def test_a_member_within_one_edit_of_anothers_broken_number_goes_to_review_though_the_names_differ() -> None:
    broken, one, other = two_within_one_edit()
    people = [Person("王芳", one, "JZ1"), Person("刘刚", other, "JZ2")]
    assert told(link([records(("王芳", broken))], people)) == [("C6", "review", one)]


def two_within_one_edit() -> tuple[str, str, str]:
    """A broken number and two valid ones, each one digit away from it."""
    one = number("19700101", 11)
    for sequence in range(1000):
        other = number("19700101", sequence)
        apart = [place for place in range(18) if one[place] != other[place]]
        if len(apart) == 2:
            place = apart[0]
            return one[:place] + other[place] + one[place + 1 :], one, other
    raise AssertionError("no two such numbers")


def test_twins_with_neighbouring_numbers_keep_their_own_records() -> None:
    elder, younger = Person("周子轩", number("20100505", 11)), Person("周子涵", number("20100505", 12))
    parts = [records(elder.record, younger.record)]
    assert told(link(parts, [elder, younger])) == [("A1", "accepted", elder.number), ("A1", "accepted", younger.number)]


def test_a_twins_name_with_the_other_twins_number_is_a_question_about_both() -> None:
    elder, younger = Person("周子轩", number("20100505", 11)), Person("周子涵", number("20100505", 12))
    links = link([records((elder.name, younger.number))], [elder, younger])
    assert {status for _, status, _ in told(links)} == {"review"}
    assert {whose for _, _, whose in told(links)} == {elder.number, younger.number}


def go_between(*own: str) -> list[pl.DataFrame]:
    return [records(*((name, HIM.number) for name in ("赵大海", "钱小梅", "孙志强", *own)))]


def test_a_go_betweens_number_links_nobody() -> None:
    links = link(go_between(), [HIM])
    assert told(links) == [("R", "vetoed", HIM.number)] * 3
    assert links["reason"].str.contains("3 个互不相干的姓名").all()


def test_the_go_betweens_own_name_under_the_number_goes_to_review() -> None:
    links = link(go_between(HIM.name), [HIM])
    assert told(links)[3] == ("A1", "review", HIM.number)


def test_the_go_betweens_own_name_beside_the_broken_number_goes_to_review() -> None:
    links = link([*go_between(), records((HIM.name, wrong(HIM.number)))], [HIM])
    assert ("B1", "review", HIM.number) in told(links)
    assert ("B1", "accepted", HIM.number) not in told(links)


def test_spellings_of_one_name_make_no_go_between() -> None:
    links = link([records(*((name, HIM.number) for name in ("张建国", "张健国", "張建國", "张□国")))], [HIM])
    assert {status for _, status, _ in told(links)} == {"accepted"}


def test_a_person_in_two_households_is_found_in_both() -> None:
    again = Person(HIM.name, HIM.number, "JZ2")
    links = link([records(HIM.record)], [HIM, again])
    assert links.select("household_no", "status").rows() == [("JZ1", "accepted"), ("JZ2", "accepted")]


def test_every_link_says_why() -> None:
    links = link([records(HIM.record, ("赵大海", HER.number), (HIM.name, wrong(HIM.number)))], [HIM, HER])
    assert links["reason"].to_list() == [
        "号码相同（18位有效），姓名相同",
        "号码相同（18位有效），姓名不同",
        "登记号码校验位不符，改正一处后与本人号码相同，姓名相同",
    ]


@pytest.mark.parametrize(
    ("recorded", "member", "relation"),
    [
        ("王芳", "王芳", "N0"),
        ("王芳、李强", "李强", "N0"),
        ("張偉", "张伟", "N1"),
        ("锺雪峯", "钟雪峰", "N1"),
        ("张健国", "张建国", "N2"),
        ("肖红", "萧红", "N2"),
        ("付强", "傅强", "N2"),
        ("王己", "王已", "N2"),
        ("王□", "王喆", "N3"),
        ("张YAN", "张䶮", "N3"),
        ("张国", "张建国", "N4"),
        ("张建国国", "张建国", "N4"),
        ("张国建", "张建国", "N4"),
        ("阿不都热合曼", "阿不都热合曼吐尔逊", "N4"),
        ("张建华", "张建国", "N6"),
        ("刘建国", "张建国", "N8"),
        ("王芳", "张建国", "N8"),
        ("□□", "王芳", "N8"),
        ("", "王芳", "N9"),
        (None, "王芳", "N9"),
    ],
)
def test_two_names_stand_to_each_other(recorded: str | None, member: str, relation: str) -> None:
    assert relate(recorded, member).code == relation


def test_a_listed_former_name_is_the_members_own_name() -> None:
    assert relate("张国", "张建国", former=["张国"]).code == "N5"


def test_a_brother_one_homophone_apart_is_a_brother_and_no_misspelling() -> None:
    assert relate("张健华", "张建华").code == "N2"
    assert relate("张健华", "张建华", others=["张健华"]).code == "N7"


def test_a_firm_is_nobodys_name() -> None:
    assert relate("永和商店", "王芳", organisation=True).code == "NX"


@pytest.mark.parametrize(
    ("surname", "alike", "common"),
    ["曾增层", "单善丹", "仇求愁", "解谢姐", "区欧屈", "查渣茶", "朴飘普", "盖葛丐"],
)
def test_a_surname_is_read_as_a_surname(surname: str, alike: str, common: str) -> None:
    """The record has the surname as it sounds, or a character that sounds like its other reading."""
    assert relate(alike + "芳", surname + "芳").code == "N2"
    assert relate(common + "芳", surname + "芳").code == "N8"


def floated(right: str) -> str:
    """What a program leaves of the number that took it for a floating-point one."""
    return str(int(float(right)))


EVEN = Person("张建国", number("19700101", 208))
PARTIAL = {
    "a spreadsheet's fifteen digits": (EVEN.number[:15] + "000", "B2"),
    "fifteen digits in powers of ten": ("3.70199197001012E+17", "B2"),
    "a floating-point number": (floated(EVEN.number), "B2"),
    "a floating-point number in powers of ten": (f"{float(EVEN.number)}".upper(), "B2"),
    "a floating-point number with seventeen digits": (f"{float(EVEN.number):.16E}", "B2"),
    "the last three digits cut off": (EVEN.number[:15], "B2"),
    "all but the sequence": (EVEN.number[:14] + "****", "B3"),
    "ten and four": (EVEN.number[:10] + "****" + EVEN.number[14:], "B3"),
    "birth date and the last four": ("******" + EVEN.number[6:], "B3"),
}


@pytest.mark.parametrize("story", PARTIAL)
def test_a_partial_number_with_a_rare_name_is_the_members(story: str) -> None:
    written, tier = PARTIAL[story]
    links = link([records(("张建国", written)), crowd(2_000_000 if tier == "B3" else 60_000)], [EVEN, HER])
    assert told(links) == [(tier, "accepted", EVEN.number)]
    assert links["reason"].str.contains("预计另有约 0.000").all()
    assert float(links["expected_namesakes"][0]) < 0.001


@pytest.mark.parametrize("story", PARTIAL)
def test_a_partial_number_in_a_small_extract_is_for_a_person_to_look_at(story: str) -> None:
    links = link([records(("张建国", PARTIAL[story][0])), crowd(200)], [EVEN, HER])
    assert told(links) == [("C4", "review", EVEN.number)]


def test_a_number_that_lacks_its_check_digit_only_is_the_members_in_any_extract() -> None:
    assert told(link([records(("张建国", EVEN.number[:17]))], [EVEN, HER])) == [("B2", "accepted", EVEN.number)]


def test_a_common_name_with_four_digits_is_a_lead_only() -> None:
    crowded = crowd(100_000).with_columns(
        owner_name=pl.when(pl.int_range(pl.len()) % 1000 == 0).then(pl.lit("张建国")).otherwise("owner_name")
    )
    links = link([records(("张建国", "**************" + EVEN.number[14:])), crowded], [EVEN])
    assert told(links) == [("D2", "lead", EVEN.number)]


def test_a_stranger_of_the_same_name_who_fits_as_well_sends_it_to_review() -> None:
    neighbour = number("19700101", 206)
    assert neighbour[:15] == EVEN.number[:15]
    extract = [records(("张建国", EVEN.number[:15] + "000"), ("张建国", neighbour)), crowd(60_000)]
    links = link(extract, [EVEN])
    assert told(links) == [("C4", "review", EVEN.number)]
    assert links["reason"][0].endswith("；本表或名册另有 1 位同名者的有效号码也相合")


def test_two_members_whom_a_partial_number_fits_are_both_for_review() -> None:
    cousin = Person("张建国", number("19700101", 206), "JZ2")
    links = link([records(("张建国", EVEN.number[:15] + "000")), crowd(60_000)], [EVEN, cousin])
    assert {status for _, status, _ in told(links)} == {"review"}
    assert links.height == 2


@pytest.mark.parametrize("name", ["张建华", "李秀英", None])
@pytest.mark.parametrize("story", PARTIAL)
def test_a_partial_number_is_nobodys_under_another_name(story: str, name: str | None) -> None:
    assert told(link([records((name, PARTIAL[story][0])), crowd(60_000)], [EVEN, HER])) == []


def test_six_digits_in_powers_of_ten_are_a_lead_that_is_never_counted() -> None:
    assert told(link([records(("张建国", "3.70199E+17"))], [HIM, HER])) == [("D2", "lead", HIM.number)]


@pytest.mark.parametrize(
    "masked",
    ["370199********0118", "380199********0116", "3701**********0117", "370199197002****", "**************9116"],
)
def test_a_mask_that_shows_another_digit_is_nobodys(masked: str) -> None:
    assert told(link([records(("张建国", masked)), crowd(60_000)], [HIM])) == []


def test_a_members_broken_number_is_linked_towards_a_valid_record_in_review_only() -> None:
    typed = Person("张建国", wrong(HIM.number))
    assert told(link([records(("张建国", HIM.number))], [typed, HER])) == [("C6", "review", typed.number)]
    assert told(link([records(("赵大海", HIM.number))], [typed, HER])) == []
    assert told(link([records(("张建国", typed.number))], [typed, HER])) == [("C6", "review", typed.number)]


def test_two_damaged_numbers_that_nearly_agree_are_for_a_person_to_look_at() -> None:
    typed = Person("张建国", wrong(HIM.number))
    assert told(link([records(("張建国", swapped(HIM.number)))], [typed, HER])) == [("C6", "review", typed.number)]


def test_a_spreadsheets_number_that_is_valid_by_chance_is_never_accepted() -> None:
    lives = next(
        person
        for person in (Person("张建国", number("19700101", sequence)) for sequence in range(100, 999))
        if is_valid(person.number[:15] + "000") and not person.number.endswith("000")
    )
    saved = lives.number[:15] + "000"
    assert told(link([records(("张建国", saved)), crowd(60_000)], [lives])) == [("C6", "review", lives.number)]
    assert told(link([records(("张建国", saved))], [lives, Person("张建国", saved, "JZ2")])) == [
        ("A1", "accepted", saved)
    ]


def test_a_repair_that_is_another_members_own_number_is_theirs() -> None:
    typed = Person("张建国", wrong(HIM.number), "JZ2")
    links = link([records(HIM.record)], [HIM, typed])
    assert told(links) == [("A1", "accepted", HIM.number)]


def crowd(people: int) -> pl.DataFrame:
    """Records of that many others with usable numbers and names that nobody here has."""
    one = records(("欧阳无名", number("19600101", 1)))
    count = pl.int_range(people, dtype=pl.Int64)
    many = pl.select(owner_no=pl.lit("9") + (10**16 + count).cast(pl.String))
    return one.drop("owner_no").join(many, how="cross").select(one.columns)


BORN = date(1970, 1, 1)
CALLED = "13800000000"


def without_number(birth: date | None, phone: str | None = None, number: str | None = None) -> pl.DataFrame:
    """A record of a 张建国 that gives these beside, or in place of, a number."""
    plain = records(("张建国", number))
    return plain.with_columns(owner_birth=pl.lit(birth, pl.Date), owner_phone=pl.lit(phone, pl.String))


def test_a_name_with_a_birth_date_and_no_number_is_for_a_person_to_look_at() -> None:
    assert told(link([without_number(BORN), crowd(60_000)], [HIM, HER])) == [("C5", "review", HIM.number)]
    assert told(link([without_number(date(1970, 1, 2)), crowd(60_000)], [HIM, HER])) == []
    assert told(link([without_number(None), crowd(60_000)], [HIM, HER])) == []


def test_name_birth_date_and_phone_are_the_members_where_the_name_is_rare() -> None:
    him = Person("张建国", HIM.number, phone="138-0000-0000")
    assert told(link([without_number(BORN, CALLED), crowd(60_000)], [him, HER])) == [("B4", "accepted", HIM.number)]
    assert told(link([without_number(BORN, "13900000000"), crowd(60_000)], [him])) == [("C5", "review", HIM.number)]
    namesake = records(("张建国", number("19700101", 77)))
    assert told(link([without_number(BORN, CALLED), namesake, crowd(60_000)], [him])) == [("C5", "review", HIM.number)]


def test_a_number_that_lost_its_first_digits_is_told_by_the_others() -> None:
    headless = records(("张建国", HIM.number[4:]))
    assert told(link([headless, crowd(60_000)], [HIM, HER])) == [("C4", "review", HIM.number)]
    assert told(link([headless, crowd(200_000)], [HIM, HER])) == [("B2", "accepted", HIM.number)]
    assert told(link([records(("张建国", HIM.number[9:])), crowd(60_000)], [HIM])) == [("D2", "lead", HIM.number)]


def test_a_roster_number_that_a_spreadsheet_has_spoilt_is_linked_to_the_whole_one_in_review() -> None:
    whole = next(
        each
        for each in (number("19700101", sequence) for sequence in range(100, 999))
        if is_valid(each[:15] + "000") and not each.endswith("000")
    )
    spoilt = Person("张建国", whole[:15] + "000")
    assert told(link([records(("张建国", whole)), crowd(60_000)], [spoilt])) == [("C6", "review", spoilt.number)]
    assert told(link([records(("王大海", whole)), crowd(60_000)], [spoilt])) == []


def test_fifteen_digits_of_somebody_born_in_this_century_are_no_old_number_for_sure() -> None:
    young = Person("张建国", number("20021213", 139))
    assert told(link([records(("张建国", young.number[:15])), crowd(60_000)], [young])) == [
        ("C6", "review", young.number)
    ]


def test_a_covered_number_under_a_misspelt_name_is_for_a_person_to_look_at() -> None:
    covered = HIM.number[:14] + "****"
    for name in ("张健国", "张□国", "张建guo"):
        assert told(link([records((name, covered)), crowd(60_000)], [HIM])) == [("C6", "review", HIM.number)], name
    assert told(link([records(("赵大海", covered)), crowd(60_000)], [HIM])) == []


def test_a_birth_date_between_stars_is_read_as_one() -> None:
    assert told(link([records(("张建国", "****19700101****")), crowd(60_000)], [HIM])) == [("C4", "review", HIM.number)]


def test_surnames_that_only_look_alike_are_two_families() -> None:
    lee = Person("李子轩", number("19720202", 23))
    assert told(link([records(("季子轩", lee.number))], [lee])) == [("C3", "review", lee.number)]


def test_digits_that_a_spreadsheet_may_have_lost_are_no_error_of_typing() -> None:
    round_one = next(
        person
        for person in (Person("张建国", number("19700101", sequence)) for sequence in range(100, 999))
        if person.number.endswith("000")
    )
    cousin = round_one.number[:14] + str((int(round_one.number[14]) + 1) % 10) + round_one.number[15:]
    assert told(link([records(("张建国", cousin)), crowd(60_000)], [round_one])) == [("C6", "review", round_one.number)]


def test_the_last_digits_alone_are_a_lead() -> None:
    assert told(link([records(("张建国", HIM.number[-6:])), crowd(60_000)], [HIM])) == [("D2", "lead", HIM.number)]


def test_a_familys_names_under_one_number_make_nobody_a_go_between() -> None:
    family = [HIM, HER, Person("张小明", number("20000101", 31)), Person("张小红", number("20020101", 42))]
    under_his = records(*[(each.name, HIM.number) for each in family])
    assert {(row["tier"], row["status"]) for row in link([under_his], family).iter_rows(named=True)} == {
        ("A1", "accepted"),
        ("C2", "review"),
    }


def test_misspellings_of_one_name_make_nobody_a_go_between() -> None:
    owner = Person("舒珩芮", number("19700101", 55))
    spelt = ["舒珩芮", "舒恒芮", "舒珩瑞", "书珩芮", "舒珩", "书恒芮"]
    for seen in (spelt, spelt[1:4]):
        links = link([records(*[(each, owner.number) for each in seen])], [owner])
        assert "R" not in links["tier"].to_list()


def test_a_birth_date_that_is_a_namesakes_of_the_same_home_is_for_a_person_to_look_at() -> None:
    son = Person("张建国", number("19950101", 31))
    row = records(HIM.record).with_columns(contradicts=pl.lit("出生日期"))
    assert told(link([row], [HIM, son])) == [("A1", "review", HIM.number)]
    assert told(link([row], [HIM, HER])) == [("A1", "accepted", HIM.number)]


def test_a_damaged_number_under_a_former_name_is_for_a_person_to_look_at() -> None:
    married = Person("王秀英", HER.number, former="李秀英，李小英")
    assert told(link([records(("李小英", wrong(HER.number))), crowd(60_000)], [married])) == [
        ("C6", "review", HER.number)
    ]
    covered = HER.number[:10] + "****" + HER.number[14:]
    assert told(link([records(("李小英", covered)), crowd(60_000)], [married])) == [("C6", "review", HER.number)]
    assert told(link([records(("赵小英", wrong(HER.number))), crowd(60_000)], [married])) == []


def test_a_former_name_that_one_of_two_households_gives_is_looked_at_in_that_one_alone() -> None:
    """The same person stands in both; what a record is beside does not depend on who else is there."""
    here, there = Person("王秀英", HER.number, former="李秀英"), Person("王秀英", HER.number, household="JZ2")
    record = records(("李秀英", wrong(HER.number)))
    for people in ([here, there], [there, here]):
        beside = by_damage(record, members(people)).select("household_no", "former_names").rows()
        alone = [by_damage(record, members([each])) for each in people]
        assert [each.height for each in alone] == [each is here for each in people]
        assert beside == [("JZ1", "李秀英")]


def saying(number: str | None = None, **said: str | date) -> pl.DataFrame:
    """A record of a 张建国 that says this of its owner."""
    return records(("张建国", number)).with_columns(pl.lit(value).alias(name) for name, value in said.items())


HOME, FACTORY = "山东省济南市历下区泉城路12号3单元402室", "山东泰山机械有限公司"
AT_HOME = Person("张建国", HIM.number, phone="13800000000", address=HOME, workplace=FACTORY)


def test_name_and_phone_without_a_number_are_for_a_person_to_look_at() -> None:
    assert told(link([saying(owner_phone=CALLED), crowd(60_000)], [AT_HOME, HER])) == [("C5", "review", HIM.number)]
    assert told(link([saying(owner_phone="13800000001"), crowd(60_000)], [AT_HOME])) == []
    namesake = records(("张建国", number("19700101", 77)))
    beside = link([saying(owner_phone=CALLED), namesake, crowd(60_000)], [AT_HOME, HER])
    assert told(beside) == [("C5", "review", HIM.number)]


def test_name_with_an_address_or_an_employer_is_a_lead() -> None:
    at_home, at_work = saying(owner_address="历下区泉城路12-3-402"), saying(employer="泰山机械有限责任公司")
    assert told(link([at_home, crowd(60_000)], [AT_HOME, HER])) == [("D1", "lead", HIM.number)]
    employed = PROVIDENT_FUND.fit(at_work)
    assert told(link([employed, PROVIDENT_FUND.fit(crowd(60_000))], [AT_HOME, HER])) == [("D1", "lead", HIM.number)]
    next_door = saying(owner_address="历下区泉城路12-3-403")
    assert told(link([next_door, crowd(60_000)], [AT_HOME])) == []


def test_name_birth_date_and_address_are_the_members_where_the_name_is_rare() -> None:
    both = saying(owner_birth=BORN, owner_address="历下区泉城路12号3单元402")
    assert told(link([both, crowd(60_000)], [AT_HOME, HER])) == [("B4", "accepted", HIM.number)]
    elsewhere = saying(owner_birth=BORN, owner_address="市中区经十路9号")
    assert told(link([elsewhere, crowd(60_000)], [AT_HOME, HER])) == [("C5", "review", HIM.number)]


def test_another_birth_date_speaks_against_phone_and_address() -> None:
    son = saying(owner_birth=date(1995, 1, 1), owner_phone=CALLED, owner_address=HOME)
    assert told(link([son, crowd(60_000)], [AT_HOME, HER])) == []


def test_a_number_that_is_not_theirs_is_never_made_good_by_what_else_agrees() -> None:
    covered = number("19700101", 888)[:6] + "********" + number("19700101", 888)[14:]
    other = saying(covered, owner_birth=BORN, owner_phone=CALLED, owner_address=HOME)
    assert told(link([other, crowd(60_000)], [AT_HOME])) == [("C5", "review", HIM.number)]
    no_birth = saying(covered, owner_phone=CALLED, owner_address=HOME)
    assert told(link([no_birth, crowd(60_000)], [AT_HOME])) == []


def test_a_common_name_with_a_birth_date_is_a_lead_only() -> None:
    crowded = crowd(100_000).with_columns(
        owner_name=pl.when(pl.int_range(pl.len()) % 1000 == 0).then(pl.lit("张建国")).otherwise("owner_name")
    )
    assert told(link([without_number(BORN), crowded], [HIM])) == [("D1", "lead", HIM.number)]


def test_a_row_that_contradicts_its_own_number_is_vetoed_under_another_name() -> None:
    against = records(("赵大海", HIM.number)).with_columns(contradicts=pl.lit("出生日期、性别"))
    links = link([against], [HIM, HER])
    assert told(links) == [("R", "vetoed", HIM.number)]
    assert links["reason"][0].endswith("；登记的出生日期、性别与登记号码不符")


def test_a_row_that_contradicts_its_own_number_is_the_members_under_their_name_and_says_so() -> None:
    links = link([records(HIM.record).with_columns(contradicts=pl.lit("性别"))], [HIM, HER])
    assert told(links) == [("A1", "accepted", HIM.number)]
    assert links["reason"][0].endswith("；登记的性别与登记号码不符")


def test_a_namesake_on_the_roster_who_is_not_under_check_sends_it_to_review_too() -> None:
    cousin = Person("张建国", number("19700101", 206), "JZ2")
    index = members([EVEN])
    on_roster = {EVEN.number, cousin.number}.intersection
    loose = records(("张建国", EVEN.number[:15] + "000"))
    homes = index.select("household_no", "member_no", "name_key")
    keyed = [("n000", crowd(60_000), stand_under(index, on_roster))]
    alone = work_through([loose], keyed, index, homes, on_roster).candidates
    beside = work_through([loose], keyed, index, homes, on_roster, roster=lambda: members([EVEN, cousin])).candidates
    assert decide(alone, index)["status"].to_list() == ["accepted"]
    assert decide(beside, index)["status"].to_list() == ["review"]


@pytest.mark.parametrize("sequence", [1, 998, 999])
def test_a_number_that_was_stored_as_a_float_is_found_although_the_rounding_reached_the_day(sequence: int) -> None:
    """The name is written otherwise, so nothing but the number brings them together."""
    days = [f"1976{month:02}{day:02}" for month in range(1, 13) for day in range(1, 29)]
    stored = {whole: str(int(float(whole))) for day in days if not (whole := number(day, sequence)).endswith("X")}
    reached = {whole: shown for whole, shown in stored.items() if shown[:14] != whole[:14] and not is_valid(shown)}
    assert reached
    for whole, shown in reached.items():
        (found,) = by_damage(records(("王小名", shown)), members([Person("王小明", whole)])).iter_rows(named=True)
        assert found["number"] == whole
        assert found["number_evidence"] == ("rounded" if shown.endswith("000") else "float")
