"""Decoys in a run, and a truth that cannot be read."""

from pathlib import Path

import polars as pl
import pytest

from jiuzhu_check.checks import results
from jiuzhu_check.checks.case import check_case
from jiuzhu_check.checks.exports import export
from jiuzhu_check.checks.night import Night
from jiuzhu_check.checks.progress import silent
from jiuzhu_check.checks.proof import decoys_now, decoys_of_run, evaluate_run
from jiuzhu_check.checks.run import check_all, summarise
from jiuzhu_check.checks.run_decoys import run_decoys
from jiuzhu_check.errors import NotFound, UsageError
from jiuzhu_check.matching.candidates import INDEX
from jiuzhu_check.tables import roster as rosters
from tests.checks.centres import AS_OF, TABLES, Member, Small, number

SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈", "建国红梅志强秀英海燕"
MEMBERS = [
    Member(SURNAMES[turn % 10] + GIVEN[turn * 3 % 10] + GIVEN[turn % 7], number(turn + 1, f"19{60 + turn}0101"), f"JZ{turn}")
    for turn in range(30)
]  # fmt: skip
OWN = [(each.name, each.number) for each in MEMBERS[:5]]


@pytest.fixture
def small(tmp_path: Path) -> Small:
    small = Small(tmp_path)
    small.require({"vehicle": "required"})
    small.enrol(MEMBERS)
    return small


def nobodies(small: Small) -> list[tuple[str, str]]:
    """Name and number of the decoys that a run on that day will try."""
    index = rosters.members(small.centre.roster()).select(INDEX)
    taken = set(index["number"])
    return run_decoys(index, AS_OF, taken.intersection).select("name_key", "number").rows()


def test_a_run_says_how_many_decoys_it_linked(small: Small) -> None:
    small.vehicles(OWN)
    result, _ = check_all(small.centre, "recipients", AS_OF)
    line = summarise(result, None).proof()
    assert line == [
        "诱饵核验：30 人，误采信 A1 0、A2 0、A3 0、B1 0、B2 0、B3 0、B4 0、B5 0 条；一层级未见误采信时，误采信率大约不超过 3/30。"
    ]
    assert len(summarise(result, None).lines()) == 3


def test_a_run_keeps_what_it_counted(small: Small) -> None:
    small.vehicles(OWN)
    result, _ = check_all(small.centre, "recipients", AS_OF)
    name, counts = decoys_of_run(small.centre, "latest")
    assert name == result.id
    assert counts.equals(result.decoy)


def test_a_tier_that_accepts_decoys_closes_for_that_source(small: Small) -> None:
    small.vehicles([*OWN, *nobodies(small)[:3]])
    result, _ = check_all(small.centre, "recipients", AS_OF)
    assert result.link.select("tier", "status").unique().rows() == [("A1", "review")]
    assert result.link.height == len(OWN)
    told = summarise(result, None).proof()
    assert len(told) == 2
    assert "A1（误采信 3 条）" in told[1]


def test_two_false_links_close_nothing(small: Small) -> None:
    small.vehicles([*OWN, *nobodies(small)[:2]])
    result, _ = check_all(small.centre, "recipients", AS_OF)
    assert result.link["status"].unique().to_list() == ["accepted"]


def test_a_closed_tier_stays_closed_for_a_case_until_the_next_batch(small: Small) -> None:
    small.vehicles([*OWN, *nobodies(small)[:3]])
    check_all(small.centre, "recipients", AS_OF)
    assert check_case(small.centre, "JZ0", "recheck", AS_OF).link["status"].to_list() == ["review"]
    small.vehicles([*OWN, *nobodies(small)[:2]])
    check_all(small.centre, "recipients", AS_OF)
    assert check_case(small.centre, "JZ0", "recheck", AS_OF).link["status"].to_list() == ["accepted"]


def test_a_decoy_stands_in_no_table(small: Small) -> None:
    false = nobodies(small)[:3]
    small.vehicles([*OWN, *false])
    result, _ = check_all(small.centre, "recipients", AS_OF)
    kept = results.load(results.find(small.centre.store, "latest")[0])
    tables = [kept.roster, kept.link, kept.finding, kept.coverage, kept.source_state, kept.decoy, kept.household]
    tables += [export(small.centre, table, "latest") for table in TABLES]
    text = "".join(table.write_ndjson() for table in tables)
    assert "诱饵" not in text
    assert [owner for _, owner in false if owner in text] == []
    assert result.coverage.height == len(MEMBERS)


def test_decoys_change_nothing_for_the_members(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    small.vehicles(OWN)
    with_decoys, _ = check_all(small.centre, "recipients", AS_OF)
    monkeypatch.setattr("jiuzhu_check.checks.run.run_decoys", lambda index, *_: index.clear())
    without, _ = check_all(small.centre, "recipients", AS_OF, night=Night(full=True))
    assert without.decoy["decoys"].sum() == 0
    for table in ("link", "finding", "coverage", "run"):
        assert getattr(with_decoys, table).equals(getattr(without, table))


def test_decoys_can_be_tried_again_and_nothing_is_kept(small: Small) -> None:
    small.vehicles([*OWN, *nobodies(small)[:3]])
    result, _ = check_all(small.centre, "recipients", AS_OF)
    before = len(small.centre.store.snapshots(results.DATASET))
    name, counts = decoys_now(small.centre, "latest", 10, silent)
    assert name == result.id
    assert 0 < counts["decoys"][0] <= 10
    assert len(small.centre.store.snapshots(results.DATASET)) == before


def test_a_case_has_no_decoys_of_its_own(small: Small) -> None:
    small.vehicles(OWN)
    case = check_case(small.centre, "JZ0", "recheck", AS_OF)
    assert case.decoy.is_empty()
    with pytest.raises(NotFound, match="没有诱饵"):
        decoys_of_run(small.centre, case.id)


PEOPLE = "pid,typed_id,consent\n1,A,true\n"
LINKS = "source,row,pid,cls\nvehicle,2,1,clean\n"


@pytest.mark.parametrize(
    ("people", "links", "says"),
    [
        (None, LINKS, "没有 people.csv"),
        ("pid,consent\n1,true\n", LINKS, "people.csv 缺少列：typed_id"),
        (PEOPLE, "source,row\nvehicle,2\n", "links.csv 缺少列：pid、cls"),
        (PEOPLE, "source,row,pid,cls\nvehicle,,1,clean\n", "links.csv 的列有空白：row"),
        (PEOPLE + "1,B,true\n", LINKS, "pid 有重复"),
        (PEOPLE.replace("true", "是"), LINKS, "只能写 true 或 false"),
        (PEOPLE, LINKS + "vehicle,3,7,clean\n", "1 行的 pid 不在"),
        ("", LINKS, "people.csv 不是能读的 CSV"),
        (PEOPLE, LINKS + "a,b,c,d,e,f\n", "links.csv 不是能读的 CSV"),
    ],
)
def test_a_truth_that_does_not_fit_is_refused(
    small: Small, tmp_path: Path, people: str | None, links: str, says: str
) -> None:
    folder = tmp_path / "truth"
    folder.mkdir()
    if people is not None:
        (folder / "people.csv").write_text(people, encoding="utf-8")
    (folder / "links.csv").write_text(links, encoding="utf-8")
    with pytest.raises(UsageError, match=says):
        evaluate_run(small.centre, folder, "all")


def test_a_truth_is_compared_with_the_links_of_a_run(small: Small, tmp_path: Path) -> None:
    small.vehicles(OWN)
    check_all(small.centre, "recipients", AS_OF)
    folder = tmp_path / "truth"
    folder.mkdir()
    people = pl.DataFrame({"pid": range(30), "typed_id": [each.number for each in MEMBERS], "consent": "true"})
    links = pl.DataFrame({"source": "vehicle", "row": range(2, 7), "pid": [0, 1, 2, 3, 9], "cls": "clean"})
    people.write_csv(folder / "people.csv")
    links.write_csv(folder / "links.csv")
    found = evaluate_run(small.centre, folder, "latest")
    assert (found.accepted, found.wrong, found.resolvable, found.found) == (5, 1, 5, 4)
