"""A small world of every damage through the whole way from roster to links."""

import tomllib
from pathlib import Path

import polars as pl
import pytest

from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.deliveries import take, take_roster
from jiuzhu_check.checks.exports import export
from jiuzhu_check.checks.proof import decoys_of_run, evaluate_run
from jiuzhu_check.checks.run import check_all
from jiuzhu_check.matching.evaluation import Evaluation, interval
from jiuzhu_check.matching.tiers import TIERS
from tests.checks.centres import AS_OF, DATA_DATE, EXTRACTS, new_centre
from tests.measure_tiers import TABLE
from tests.worlds.damage import KINDS
from tests.worlds.world import RATES, make

PERSONS, RECORDS, SEED = 2000, 15_000, 7


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    make(folder, PERSONS, RECORDS, SEED)
    return folder


@pytest.fixture(scope="module")
def centre(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Centre:
    return checked(world, tmp_path_factory.mktemp("centre"))


def checked(world: Path, folder: Path) -> Centre:
    """A centre that has taken the world in and checked everybody."""
    centre = new_centre(folder)
    take_roster(centre, world / "roster.csv")
    for source, file in EXTRACTS.items():
        take(centre, source, world / "inbox" / file, "", DATA_DATE)
    for kind in ("recipients", "entrants"):
        check_all(centre, kind, AS_OF)
    return centre


@pytest.fixture(scope="module")
def evaluation(centre: Centre, world: Path) -> Evaluation:
    return evaluate_run(centre, world / "truth", "all")


@pytest.fixture(scope="module")
def links(centre: Centre) -> pl.DataFrame:
    return export(centre, "links", "all")


@pytest.fixture(scope="module")
def people(world: Path) -> pl.DataFrame:
    return pl.read_csv(world / "truth/people.csv", infer_schema=False)


@pytest.fixture(scope="module")
def truth(world: Path) -> pl.DataFrame:
    return pl.read_csv(world / "truth/links.csv", infer_schema=False)


def test_the_same_seed_makes_the_same_world(world: Path, tmp_path: Path) -> None:
    make(tmp_path, PERSONS, RECORDS, SEED)
    assert files(tmp_path) == files(world)


def test_another_seed_makes_another_world(world: Path, tmp_path: Path) -> None:
    make(tmp_path, PERSONS, RECORDS, SEED + 1)
    assert (tmp_path / "roster.csv").read_bytes() != (world / "roster.csv").read_bytes()


def test_every_kind_of_damage_occurs(truth: pl.DataFrame) -> None:
    rates = tomllib.loads(RATES.read_text(encoding="utf-8"))["damage"]
    assert set(KINDS) <= set(rates)
    assert set(rates) - set(truth["cls"]) == set()
    assert {"clean", "roster_typo", "agent", "agent_own"} <= set(truth["cls"])


def test_the_roster_has_twins_namesakes_and_people_without_consent(people: pl.DataFrame) -> None:
    born = pl.col("id").str.head(14)
    assert people.filter(born.is_duplicated()).height > 10
    assert people["name"].is_duplicated().any()
    assert 0 < people.filter(pl.col("consent") == "false").height < people.height / 10


def test_a_records_owner_is_told_as_the_row_has_them(world: Path, truth: pl.DataFrame) -> None:
    rows = pl.read_csv(world / "inbox/vehicle.csv", encoding="gb18030", infer_schema=False).with_row_index("row", 2)
    told = truth.filter(pl.col("source") == "vehicle").with_columns(pl.col("row").cast(pl.UInt32))
    beside = told.join(rows, on="row")
    assert beside.height == told.height
    assert beside.filter(pl.col("rid").fill_null("") != pl.col("身份证明号码").fill_null("")).is_empty()
    assert beside.filter(pl.col("key") != pl.col("车辆识别代号")).is_empty()


def test_no_accepted_link_is_wrong(evaluation: Evaluation) -> None:
    assert evaluation.wrong == 0
    assert evaluation.accepted > 2500


def test_nearly_every_owner_who_can_be_told_is_found(evaluation: Evaluation) -> None:
    lost = evaluation.kinds.filter(pl.col("resolvable") & (pl.col("found") < pl.col("records")))
    assert evaluation.recall >= 0.995, lost.select("cls", "records", "found").rows()


def test_few_links_wait_for_a_person(evaluation: Evaluation) -> None:
    assert evaluation.review_share < 0.05  # each kind occurs at least once, so a small world has more than its share


def test_a_row_that_contradicts_its_own_number_is_still_its_bearers_where_the_name_agrees(
    links: pl.DataFrame, truth: pl.DataFrame
) -> None:
    doubted = truth.filter(pl.col("cls").is_in(["birth_other", "sex_other"])).with_columns(pl.col("row").cast(pl.Int64))
    met = doubted.join(
        links, left_on=["source", "row", "id"], right_on=["source", "source_row", "person_no"], how="inner"
    )
    assert met.height == doubted.height > 2
    assert met["status"].unique().to_list() == ["accepted"]


def test_a_go_betweens_number_links_nobody(world: Path, links: pl.DataFrame) -> None:
    agents = pl.read_csv(world / "truth/go_betweens.csv", infer_schema=False)
    under = links.join(agents, left_on=["source", "owner_no"], right_on=["source", "number"], how="semi")
    assert under.height > 0
    assert under.filter(pl.col("status") == "accepted").is_empty()


def test_twins_never_cross(links: pl.DataFrame, people: pl.DataFrame, truth: pl.DataFrame) -> None:
    twins = people.filter(pl.col("id").str.head(14).is_duplicated())
    accepted = links.filter(pl.col("status") == "accepted").join(twins, left_on="person_no", right_on="typed_id")
    true = truth.join(people, on="pid").select("source", "typed_id", source_row=pl.col("row").cast(pl.Int64))
    assert accepted.height > 0
    crossed = accepted.join(
        true,
        left_on=["source", "source_row", "person_no"],
        right_on=["source", "source_row", "typed_id"],
        how="anti",
    )
    assert crossed.is_empty()


def test_nobody_without_consent_is_linked(links: pl.DataFrame, people: pl.DataFrame) -> None:
    barred = people.filter(pl.col("consent") == "false")
    assert links.join(barred, left_on="person_no", right_on="typed_id", how="semi").is_empty()


def test_no_decoy_is_accepted(centre: Centre) -> None:
    _, counts = decoys_of_run(centre, "latest")
    assert counts["accepted"].sum() == 0
    assert counts["closed"].unique().to_list() == ["no"]


def test_the_other_style_links_the_same_people(world: Path, evaluation: Evaluation, tmp_path: Path) -> None:
    make(tmp_path / "codes", PERSONS, RECORDS, SEED, "codes")
    other = evaluate_run(checked(tmp_path / "codes", tmp_path / "desk"), tmp_path / "codes/truth", "all")
    assert (other.accepted, other.wrong, other.found) == (evaluation.accepted, 0, evaluation.found)


def test_no_tier_is_less_often_right_than_was_measured_in_the_large_world(evaluation: Evaluation) -> None:
    known = tomllib.loads(TABLE.read_text(encoding="utf-8"))["tiers"]
    here = evaluation.tiers.group_by("tier").agg(pl.col("links", "right").sum())
    for tier, links, right in here.iter_rows():
        assert interval(right, links)[1] >= interval(known[tier][1], known[tier][0])[0], tier


def test_what_was_measured_accepts_nobody_wrongly() -> None:
    known = tomllib.loads(TABLE.read_text(encoding="utf-8"))["tiers"]
    accepting = {tier.code for tier in TIERS if tier.status == "accepted"}
    assert accepting <= set(known)
    assert [(links, right) for tier, (links, right) in known.items() if tier in accepting and links != right] == []
