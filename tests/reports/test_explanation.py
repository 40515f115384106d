"""A link laid open: whole texts compared, and what a mask must never show."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiuzhu_check import __version__
from jiuzhu_check.checks.explain import Asked, explain
from jiuzhu_check.checks.run import check_all
from jiuzhu_check.reports.explanation import Dossier, difference, mask_as_written
from tests.checks.centres import AS_OF, Member, Small, number
from tests.conftest import SameAsExpected

HE, SHE = Member("张建国", number(11)), Member("李秀英", number(22))
DIGITS = st.text("0123456789", min_size=18, max_size=18)


def written(dossier: Dossier) -> str:
    """The dossier line by line, as a pipe has it."""
    links = [line for link in dossier.links for line in (link.title, *sections(link.sections))]
    return "\n".join([dossier.heading, *sections(dossier.before), *links, *sections((dossier.basis,))]) + "\n"


def sections(parts) -> list[str]:
    told = []
    for part in parts:
        told.append(
            f"{part.title}：{part.nothing}" if part.rows.is_empty() else "\t".join([part.title, *part.rows.columns])
        )
        told += ["\t".join(["", *(str(cell or "") for cell in row)]) for row in part.rows.iter_rows()]
    return told


@pytest.fixture
def couple(tmp_path: Path) -> Small:
    """A couple, and cars that are theirs, theirs with a slip of the finger, and one with his number and her name."""
    small = Small(tmp_path)
    small.require({"vehicle": "required"})
    small.enrol([HE, SHE])
    slip = HE.number[:11] + str(9 - int(HE.number[11])) + HE.number[12:]
    small.vehicles([(HE.name, HE.number), ("張建國", slip), (SHE.name, HE.number), ("王大力", SHE.number)])
    check_all(small.centre, "recipients", AS_OF)
    return small


def test_the_explanation_of_a_household_reads_as_expected(couple: Small, same_as_expected: SameAsExpected) -> None:
    (dossier,) = explain(couple.centre, Asked(household_no="JZ1"), "dispute")
    text = written(dossier)
    basis = dict(dossier.basis.rows.iter_rows())
    for name, stands_for in (
        (dossier.run, "核对编号"),
        (basis["政策指纹"], "政策指纹"),
        (dossier.links[0].sections[0].rows["快照"][0], "快照编号"),
        (dossier.links[0].sections[0].rows["接入指纹"][0], "接入指纹"),
        (f"程序版本\t{__version__}", "程序版本"),
    ):
        text = text.replace(name, f"〈{stands_for}〉")
    same_as_expected("explanation.txt", text)


@given(DIGITS, st.integers(1, 18))
def test_a_masked_number_shows_no_birth_date_however_short_it_was_cut(digits: str, kept: int) -> None:
    shown = mask_as_written(digits[:kept])
    assert len(shown) == kept
    assert not shown[6:14].strip("*") or kept in (15, 17)
    assert sum(letter.isdigit() for letter in shown) <= 10


@given(DIGITS, st.integers(0, 17))
def test_a_masked_number_keeps_its_marks_where_they_stand(digits: str, place: int) -> None:
    spaced = f"{digits[:place]} -{digits[place:]}"
    assert mask_as_written(spaced).replace(" -", "") == mask_as_written(digits)
    assert mask_as_written(spaced)[place : place + 2] == " -"


@given(DIGITS, DIGITS)
def test_where_two_numbers_differ_is_told_without_their_digits(recorded: str, member: str) -> None:
    said = difference(recorded, member)
    assert (said == "") == (recorded == member)
    assert recorded[6:14] not in said
    assert member[6:14] not in said
