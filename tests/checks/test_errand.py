"""What another machine is told of a part and answers: the same as here, and nothing that a carrier could read."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest

from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.parts import Parts, all_parts, is_loose
from jiuzhu_check.checks.sources import source_states
from jiuzhu_check.checks.spark import errand as errands
from jiuzhu_check.checks.spark.cluster import heed
from jiuzhu_check.checks.spark.errand import ERRAND, Answer, Errand, answers, run_errands
from jiuzhu_check.checks.spark.spread import Lending, lending
from jiuzhu_check.errors import UsageError
from jiuzhu_check.intake.stored import read_records
from jiuzhu_check.matching.candidates import INDEX, stand_under
from jiuzhu_check.matching.engines.by_part import numbered, spelt
from jiuzhu_check.matching.engines.gathered import Gathered
from jiuzhu_check.matching.namesakes import Holders
from jiuzhu_check.store.session_key import Desk, SessionKey, hand_out
from tests.checks.centres import AS_OF, copied

HOMES = ("household_no", "member_no", "name_key")
EVERYBODY = 10_000  # more members than the county has


@dataclass(frozen=True)
class Elsewhere:
    """The county's parts of one source, its members, and a session: all that an errand is made of, without Spark."""

    parts: Parts
    everybody: pl.DataFrame
    lending: Lending
    session: SessionKey
    desk: Desk

    @property
    def homes(self) -> pl.DataFrame:
        return self.everybody.select(HOMES)

    def errand(self, part: str) -> Errand:
        names = self.lending.names(self.everybody["name_key"].drop_nulls().unique())
        if is_loose(part):
            slices = self.lending.slices(self.everybody, self.homes, EVERYBODY)
            return Errand(part, self.parts.snapshot, slices, "m000", "homes-m000")
        people = self.lending.placed(self.everybody, self.homes, self.parts)
        who = part if part in people.part_names() else "nobody"
        return Errand(part, self.parts.snapshot, people, who, f"homes-{who}", names)

    def carried(self, asked: list[Errand]) -> tuple[pa.Table, pa.Table]:
        """What a carrier sees: the errands, and the answers of whoever does them."""
        sealed = [each.sealed(self.session, f"g/{place}") for place, each in enumerate(asked)]
        told = pa.table([range(len(sealed)), sealed], schema=ERRAND)
        return told, pa.Table.from_batches(run_errands(self.desk, "g", iter(told.to_batches())))

    def done(self, asked: list[Errand]) -> list[Answer]:
        return answers(self.carried(asked)[1], self.session, "g", len(asked))


@pytest.fixture
def elsewhere(county: Centre, tmp_path: Path) -> Iterator[Elsewhere]:
    centre = copied(county, tmp_path)
    states = source_states(centre.store, centre.sources, centre.register, AS_OF)
    (state,) = [each for each in states if each.source.id == "vehicle"]
    everybody = centre.roster().select(INDEX)
    on_roster = set(everybody["number"].drop_nulls()).intersection
    parts = all_parts(state, stand_under(everybody, on_roster), centre.store.bucket_key, lambda _done, _of: None, {})
    with lending(centre.store) as lent, hand_out("127.0.0.1") as (session, desk):
        yield Elsewhere(parts, everybody, lent, session, desk)


def same(one: Gathered, other: Gathered) -> bool:
    """Whether both gave the same rows."""

    def rows(frame: pl.DataFrame) -> list[tuple[object, ...]]:
        return sorted(frame.rows(), key=repr)

    frames = all(rows(getattr(one, each)) == rows(getattr(other, each)) for each in ("pairs", "holders", "generic"))
    records = [rows(pl.concat(each.records)) if each.records else [] for each in (one, other)]
    return frames and one.people == other.people and records[0] == records[1]


def test_a_part_gives_elsewhere_what_it_gives_here(elsewhere: Elsewhere) -> None:
    names, pairs = elsewhere.parts.names, 0
    for part, answer in zip(names, elsewhere.done([elsewhere.errand(each) for each in names]), strict=True):
        records = read_records(elsewhere.parts.snapshot, part)
        if is_loose(part):
            here = spelt([records], elsewhere.everybody, elsewhere.homes)
        else:
            members = elsewhere.parts.placed.get(part, next(iter(elsewhere.parts.placed.values())).clear())
            holders = Holders(elsewhere.everybody["name_key"].drop_nulls())
            here = numbered([(part, records, members)], elsewhere.homes, holders)
        assert answer.outcome == "found"
        assert same(answer.gathered, here)
        pairs += here.pairs.height
    assert pairs > 50


def test_slices_of_the_members_give_together_what_all_of_them_give(elsewhere: Elsewhere) -> None:
    (loose,) = [each for each in elsewhere.parts.names if is_loose(each)]
    (whole,) = elsewhere.done([elsewhere.errand(loose)])
    cut = elsewhere.lending.slices(elsewhere.everybody.clone(), elsewhere.homes, 50)
    members = [name for name in cut.part_names() if not name.startswith("homes")]
    households = [set(cut.read(name)["household_no"]) for name in members]
    assert len(members) > 5
    assert sum(map(len, households)) == len(set().union(*households))
    asked = [Errand(loose, elsewhere.parts.snapshot, cut, each, f"homes-{each}") for each in members]
    found = pl.concat(answer.gathered.pairs for answer in elsewhere.done(asked))
    assert found.height
    assert sorted(found.rows(), key=repr) == sorted(whole.gathered.pairs.rows(), key=repr)


def test_the_carrier_can_read_neither_a_number_nor_a_name_nor_a_key(elsewhere: Elsewhere) -> None:
    snapshot, everybody = elsewhere.parts.snapshot, elsewhere.everybody
    told, answered = elsewhere.carried([elsewhere.errand(each) for each in elsewhere.parts.names])
    seen = b"".join(each for rows in (told, answered) for each in rows["sealed"].to_pylist())
    secret = [text.encode() for name in ("number", "person_no", "name_key") for text in everybody[name].drop_nulls()]
    for key in (snapshot.key(file) for file in snapshot.files):
        secret += [key, key.hex().encode()]
    assert len(secret) > 1000
    assert not [each for each in secret if each in seen]


def test_a_part_that_is_not_what_was_published_is_said_to_be_damaged(elsewhere: Elsewhere) -> None:
    (file,) = elsewhere.parts.snapshot.folder.glob("n005.parquet")
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    outcomes = [each.outcome for each in elsewhere.done([elsewhere.errand("n005"), elsewhere.errand("n006")])]
    assert outcomes == ["damaged", "found"]


def test_a_machine_with_other_code_does_not_work(elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch) -> None:
    told = elsewhere.errand("n001").sealed(elsewhere.session, "g/0")
    monkeypatch.setattr(errands, "part_code", lambda: "of another version")
    rows = run_errands(elsewhere.desk, "g", iter(pa.table([[0], [told]], schema=ERRAND).to_batches()))
    (answer,) = answers(pa.Table.from_batches(rows), elsewhere.session, "g", 1)
    with pytest.raises(UsageError, match="另一版"):
        heed(answer, elsewhere.desk)


def test_a_machine_that_does_not_see_the_shared_folder_says_so(elsewhere: Elsewhere) -> None:
    told = elsewhere.errand("n001")
    home = told.records.folder.parent
    home.rename(home.with_name("elsewhere"))
    (answer,) = elsewhere.done([told])
    with pytest.raises(UsageError, match="看不到"):
        heed(answer, elsewhere.desk)


def test_a_machine_that_cannot_have_the_key_says_so(elsewhere: Elsewhere) -> None:
    away = replace(elsewhere, desk=replace(elsewhere.desk, token=bytes(32)))
    (answer,) = away.done([away.errand("n001")])
    with pytest.raises(UsageError, match="交付密钥的端口"):
        heed(answer, away.desk)


def test_an_answer_that_came_back_in_part_is_not_taken_for_all_of_it(elsewhere: Elsewhere) -> None:
    each = (elsewhere.carried([elsewhere.errand(name)])[1] for name in elsewhere.parts.placed)
    answered = next(rows for rows in each if rows.num_rows > 1)  # in which part the members' records lie, the key says
    for rows in (answered.slice(0, answered.num_rows - 1), answered.slice(0, 0)):
        with pytest.raises(AssertionError, match="in part"):
            answers(rows, elsewhere.session, "g", 1)


def test_what_goes_wrong_elsewhere_is_told_without_what_it_was_about(elsewhere: Elsewhere) -> None:
    people = elsewhere.lending.store.publish(
        "cluster",
        "odd",
        {"m": pl.DataFrame({"owner_no": ["37019919700101001X"]}), "h": elsewhere.homes},
        data_date=None,
    )
    (answer,) = elsewhere.done([Errand("n001", elsewhere.parts.snapshot, people, "m", "h")])
    assert answer.outcome == "bug"
    assert "matching/candidates.py" in answer.detail
    assert "37019919700101001X" not in answer.detail
