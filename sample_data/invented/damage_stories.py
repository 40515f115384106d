"""Stories of damage: a member's record whose number or name has suffered, and what may be made of it.

The records are quiet ones (a motorcycle, a declared home, a closed account), so that each tells its damage only.
"""

from collections.abc import Callable

from invented import damage
from invented.county import Cell, County, Mark
from invented.names import given_name, surname
from invented.numbers import credit_code
from invented.people import Person

SOURCES = ("vehicle", "housing", "provident_fund")
# story, what it does to the number, the sources where it is planted, the wanted last character, what must come of it
NUMBERS: tuple[tuple[str, Callable[[str], Cell], tuple[str, ...], str, str], ...] = (
    ("number_exact", str, SOURCES, "", "accepted"),
    ("number_fifteen_digits", damage.fifteen_digits, SOURCES, "", "accepted"),
    ("number_full_width", damage.full_width, ("vehicle", "provident_fund"), "", "accepted"),
    ("number_spaced", damage.spaced, ("vehicle", "housing"), "", "accepted"),
    ("number_with_tab", lambda number: number + "\t", ("provident_fund",), "", "accepted"),
    ("number_lower_case_x", str.lower, ("vehicle", "housing"), "X", "accepted"),
    ("number_times_sign_for_x", lambda number: number[:-1] + "×", ("vehicle", "provident_fund"), "X", "accepted"),
    ("number_leading_apostrophe", lambda number: "'" + number, ("vehicle", "housing"), "", "accepted"),
    ("number_substituted", damage.substituted, SOURCES, "", "accepted"),
    ("number_swapped", damage.swapped, ("vehicle", "provident_fund"), "", "accepted"),
    ("number_dropped_digit", damage.dropped, ("vehicle", "housing"), "", "accepted"),
    ("number_masked", damage.masked, ("vehicle", "provident_fund"), "", "review"),
    ("number_spreadsheet_float", damage.spreadsheet_float, ("housing", "housing"), "0", "review"),
    ("number_scientific", damage.scientific, ("vehicle", "provident_fund"), "", "none"),
    ("number_blank", lambda number: "", SOURCES, "", "none"),
)
# story, the name on the roster, the name in the extract, the source
NAMES = (
    ("name_traditional", "陈丽华", "陳麗華", "housing"),
    ("name_traditional", "刘卫东", "劉衛東", "vehicle"),
    ("name_variant", "赵海峰", "赵海峯", "vehicle"),
    ("name_surname_twin", "闫玉芝", "阎玉芝", "housing"),
    ("name_surname_twin", "付广林", "傅广林", "provident_fund"),
    ("name_homophone", "周建伟", "周建卫", "vehicle"),
    ("name_homophone", "徐红英", "徐红瑛", "provident_fund"),
    ("name_look_alike", "郭士林", "郭土林", "housing"),
    ("name_with_space", "吴刚", "吴　刚", "vehicle"),
    ("name_with_space", "孙晓燕", "孙 晓 燕", "provident_fund"),
    ("name_with_note", "朱长福", "朱长福（已故）", "housing"),
    ("name_with_note", "何文海", "何文海等2人", "vehicle"),
    ("name_rare_character_lost", "孙䶮", "孙?", "provident_fund"),
    ("name_rare_character_lost", "郑㵘", "郑□", "vehicle"),
    ("name_private_use_character", "李䶮", "李\ue863", "housing"),
    ("name_private_use_character", "田䶮", "田\ue863", "vehicle"),
    ("name_middle_dot", "艾力·买买提", "艾力•买买提", "vehicle"),
    ("name_middle_dot", "古丽·阿不都", "古丽阿不都", "housing"),
    ("name_middle_dot", "努尔·吐尔逊", "努尔.吐尔逊", "provident_fund"),
)
# the name on the roster, the former name there and in the extract, the source
WOMEN = ("陈丽华", "闫玉芝", "徐红英", "孙晓燕", "古丽·阿不都", "马玉珍", "李娜", "王秀英", "张敏")
FORMER_NAMES = (("宋建国", "宋铁柱", "vehicle"), ("马玉珍", "马招弟", "housing"))


def tell_damage(county: County) -> None:
    """Plant every story of this page."""
    for story, damaged, sources, ends_in, expect in NUMBERS:
        for source in sources:
            member = owner(county, ends_in=ends_in)
            deliver(county, source, member, member.name, damaged(member.number), story, expect)
    for story, name, delivered, source in NAMES:
        member = owner(county, name=name)
        deliver(county, source, member, delivered, member.number, story, "accepted")
    for name, former, source in FORMER_NAMES:
        member = owner(county, name=name)
        member.former_names = former
        deliver(county, source, member, former, member.number, "name_former", "accepted")
    tell_relatives(county)
    tell_twins(county)
    tell_go_betweens(county)
    tell_namesakes(county)
    tell_organisations(county)


def owner(county: County, name: str = "", ends_in: str = "") -> Person:
    """The head of a new couple, with a name of three characters unless one is given."""
    year = county.rng.randrange(1952, 1990)
    while not name:
        candidate = surname(county.rng) + given_name(county.rng, year, True)
        name = candidate if len(candidate) == 3 else ""
    man = name not in WOMEN
    head = county.people.person(year, man, name=name, ends_in=ends_in)
    spouse = county.people.person(year + 1, not man, relation="配偶")
    county.enrol([head, spouse], vehicles="1", dwellings="1")
    return head


def deliver(county: County, source: str, member: Person, name: str, number: Cell, story: str, expect: str) -> None:
    """A quiet record of this member in that source, with the name and number as delivered."""
    marks = [Mark(story, expect, member)]
    if source == "vehicle":
        county.vehicle((name, number), marks, kind="M21")
    elif source == "housing":
        county.home([(name, number)], marks)
    else:
        county.account((name, number), marks, status="05", paid_until="201705", balance=0)


def tell_relatives(county: County) -> None:
    """号名分属同户: the husband's name with the wife's number; whose it is, a person must say."""
    for source in SOURCES:
        husband = owner(county)
        wife = next(household for household in county.households if husband in household.members).members[1]
        deliver(county, source, husband, husband.name, wife.number, "number_of_spouse", "review")


def tell_twins(county: County) -> None:
    """Grown-up twins: a record each, one with a damaged number; and one that mixes the two."""
    for source in ("vehicle", "housing"):
        household = county.enrol(county.people.with_twins(), vehicles="1", dwellings="1")
        first, second = household.members[2:]
        deliver(county, source, first, first.name, first.number, "twins", "accepted")
        deliver(county, source, second, second.name, damage.substituted(second.number), "twins", "accepted")
        deliver(county, "provident_fund", first, first.name, second.number, "twins_mixed", "review")


def tell_go_betweens(county: County) -> None:
    """An agent's number beside five owners who have nothing to do with each other: it is nobody's evidence."""
    agent, seller = owner(county), owner(county)
    other = county.people.person(1979, False)
    for _ in range(5):
        buyer = county.people.person(county.rng.randrange(1955, 1995), True)
        county.vehicle((buyer.name, agent.number), [Mark("go_between_on_roster", "none", agent)])
    for turn in range(5):
        buyer = seller if turn == 2 else county.people.person(county.rng.randrange(1955, 1995), True)
        marks = [Mark("go_between_stranger", "none", seller)] if buyer is seller else []
        county.home([(buyer.name, other.number)], marks)


def tell_namesakes(county: County) -> None:
    """Strangers who bear a member's name and have numbers of their own: two valid numbers are two people."""
    for turn, name in enumerate(("王伟", "李娜", "张伟", "王秀英", "李伟", "张敏")):
        member = owner(county, name=name)
        for source in SOURCES:
            for _ in range(3):
                stranger = county.people.person(county.rng.randrange(1945, 1998), turn % 2 == 0, name=name)
                deliver(county, source, member, name, stranger.number, "namesake", "none")
        deliver(county, SOURCES[turn % 3], member, name, "", "namesake_without_number", "none")


def tell_organisations(county: County) -> None:
    """Companies and a village as owners: nobody's on the roster."""
    for serial, name in enumerate(("永和县某某运输有限公司", "永和县柳河镇柳河东村村民委员会"), 100200300):
        marks = [Mark("organisation", "none", None)]
        county.vehicle((name, credit_code(serial)), marks, kind="H31", certificate="N")
        county.home([(name, credit_code(serial))], marks, use="商业")
