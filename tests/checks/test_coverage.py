"""Every member × every signed source: hit, no record, or not checked. Nothing missing is ever read as nothing owned."""

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from jiuzhu_check.checks.case import check_case
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.ended import is_complete
from jiuzhu_check.checks.results import Result
from jiuzhu_check.checks.run import check_all
from jiuzhu_check.store.bucket import bucket
from tests.checks.centres import AS_OF, DATA_DATE, Member, Small, copied, number

HE, SHE = Member("张建国", number(11)), Member("李秀英", number(22))
SOURCES = ["housing", "provident_fund", "vehicle"]


def states(result: Result, source: str = "vehicle") -> list[tuple[str, str | None]]:
    return result.coverage.filter(pl.col("source") == source).select("state", "reason").rows()


def check(centre: Centre, as_of: date = AS_OF) -> Result:
    return check_all(centre, "recipients", as_of)[0]


@pytest.fixture
def one_source(small: Small) -> Small:
    """A centre that has signed vehicles and nothing else, with a couple on its roster."""
    small.require({"vehicle": "required"})
    small.enrol([HE, SHE])
    return small


def test_members_times_signed_sources_are_the_rows_each_once(recipients: Result) -> None:
    coverage = recipients.coverage
    assert coverage.height == recipients.member.height * len(SOURCES)
    assert coverage.select("household_no", "member_no", "source").is_unique().all()
    assert sorted(coverage["source"].unique()) == SOURCES
    assert set(coverage["state"]) == {"hit", "no_record", "unchecked"}


def test_every_unchecked_cell_says_why(recipients: Result) -> None:
    unchecked = recipients.coverage.filter(pl.col("state") == "unchecked")
    assert unchecked.height > 0
    assert unchecked["reason"].null_count() == 0
    assert (unchecked["reason"].str.len_chars() > 0).all()


def test_a_hit_has_a_link_and_a_member_with_a_link_is_a_hit(recipients: Result) -> None:
    key = ["household_no", "member_no", "source"]
    hits = recipients.coverage.filter(pl.col("state") == "hit").select(key)
    shown = recipients.link.filter(pl.col("status").is_in(["accepted", "review"])).select(key).unique()
    assert hits.sort(key).equals(shown.sort(key))


def test_each_member_is_hit_or_not_found(one_source: Small) -> None:
    one_source.vehicles([(HE.name, HE.number), ("赵大海", number(33))])
    assert states(check(one_source.centre)) == [("hit", None), ("no_record", None)]


def test_a_required_source_that_never_came_leaves_everybody_unchecked(one_source: Small) -> None:
    result = check(one_source.centre)
    assert {state for state, _ in states(result)} == {"unchecked"}
    assert not is_complete(result)
    assert "没有数据时点" in states(result)[0][1]


def test_an_optional_source_that_never_came_leaves_everybody_unchecked_and_the_run_complete(small: Small) -> None:
    small.require({"vehicle": "required", "housing": "optional"})
    small.enrol([HE])
    small.vehicles([(HE.name, HE.number)])
    result = check(small.centre)
    assert [state for state, _ in states(result, "housing")] == ["unchecked"]
    assert is_complete(result)


def test_an_unsigned_source_is_not_in_the_coverage(one_source: Small) -> None:
    one_source.vehicles([(HE.name, HE.number)])
    result = check(one_source.centre)
    assert result.coverage["source"].unique().to_list() == ["vehicle"]
    unsigned = result.source_state.filter(pl.col("state") == "unsigned")
    assert {"housing", "provident_fund"} <= set(unsigned["source"])
    assert set(result.source_state["source"]) - set(unsigned["source"]) == {"vehicle"}


def test_data_past_its_freshness_is_not_looked_at(one_source: Small) -> None:
    one_source.vehicles([(HE.name, HE.number)], on=AS_OF - timedelta(days=41))
    result = check(one_source.centre)
    assert {state for state, _ in states(result)} == {"unchecked"}
    assert "41 天" in states(result)[0][1]
    assert result.link.is_empty()
    assert not is_complete(result)


def test_data_on_its_last_fresh_day_is_looked_at(one_source: Small) -> None:
    one_source.vehicles([(HE.name, HE.number)], on=AS_OF - timedelta(days=40))
    assert states(check(one_source.centre))[0] == ("hit", None)


def test_the_newest_data_not_after_the_day_is_read(one_source: Small) -> None:
    one_source.vehicles([(HE.name, HE.number)], on=date(2018, 11, 10))
    one_source.vehicles([(SHE.name, SHE.number)], on=date(2018, 11, 20))
    one_source.vehicles([("赵大海", number(33))], on=date(2018, 12, 5))
    then, now, later = (check(one_source.centre, date(2018, *day)) for day in ((11, 15), (12, 1), (12, 6)))
    assert [state for state, _ in states(then)] == ["hit", "no_record"]
    assert [state for state, _ in states(now)] == ["no_record", "hit"]
    assert [state for state, _ in states(later)] == ["no_record", "no_record"]
    assert now.coverage["data_date"].unique().to_list() == [date(2018, 11, 20)]


def test_two_offices_deliveries_stand_side_by_side(one_source: Small) -> None:
    one_source.vehicles([(HE.name, HE.number)], supplier="370100")
    one_source.vehicles([(SHE.name, SHE.number)], supplier="370200", on=date(2018, 11, 20))
    result = check(one_source.centre)
    assert [state for state, _ in states(result)] == ["hit", "hit"]
    assert result.link["supplier"].to_list() == ["370100", "370200"]
    assert result.coverage["snapshot"].str.contains("+", literal=True).all()
    assert result.coverage["data_date"].unique().to_list() == [date(2018, 11, 20)]


def test_one_office_out_of_date_leaves_unfound_members_unchecked_and_found_ones_noted(one_source: Small) -> None:
    one_source.vehicles([(HE.name, HE.number)], supplier="370100")
    one_source.vehicles([(SHE.name, SHE.number)], supplier="370200", on=date(2018, 1, 20))
    result = check(one_source.centre)
    (found, noted), (unfound, why) = states(result)
    assert (found, unfound) == ("hit", "unchecked")
    assert noted.startswith("另有未读：")
    assert "2018-01-20" in why
    assert not is_complete(result)


def test_a_number_that_fails_its_checksum_leaves_its_member_unchecked(one_source: Small) -> None:
    broken = Member("王芳", number(44)[:17] + ("0" if number(44)[17] != "0" else "1"), "JZ2")
    one_source.enrol([broken])
    one_source.vehicles([(HE.name, HE.number)])
    assert states(check(one_source.centre))[2] == ("unchecked", "名册号码不可用：校验位不符")


def test_a_go_betweens_own_cars_are_unchecked_and_not_no_record(one_source: Small) -> None:
    one_source.vehicles([(name, HE.number) for name in ("赵大海", "钱小梅", "孙志强")])
    result = check(one_source.centre)
    assert states(result)[0] == ("unchecked", "本人号码的登记被否决，见关联清单")
    assert set(result.link["status"]) == {"vetoed"}


def parts_of(centre: Centre) -> Path:
    (folder,) = (centre.workspace.path / "store" / "records" / "vehicle" / "370000").glob("*.snapshot")
    return folder


def test_a_lost_part_leaves_exactly_its_households_unchecked(
    county: Centre, recipients: Result, tmp_path: Path
) -> None:
    spoilt = copied(county, tmp_path)
    (parts_of(spoilt) / "n007.parquet").unlink()
    result = check(spoilt)
    placed = recipients.member.with_columns(part=bucket(pl.col("number"), 64, county.store.bucket_key))
    in_part = pl.col("part") == 7
    lost = placed.filter(in_part.any().over("household_no")).select("household_no", "member_no")
    key = ["household_no", "member_no"]
    vehicle = pl.col("source") == "vehicle"
    assert lost.height > 0
    theirs = result.coverage.filter(vehicle).join(lost, on=key, how="semi")
    assert theirs.filter(pl.col("state") == "no_record").is_empty()
    assert theirs.filter(pl.col("state") == "unchecked").height > 0
    told = [*key, "source", "state", "reason"]
    unusable = recipients.member.filter(pl.col("number").is_null()).select(key)  # found by name, in whichever part
    aside = pl.concat([lost, unusable])
    others = result.coverage.join(aside, on=key, how="anti").select(told)
    assert others.equals(recipients.coverage.join(aside, on=key, how="anti").select(told))
    elsewhere = result.coverage.filter(~vehicle).select(told)
    assert elsewhere.equals(recipients.coverage.filter(~vehicle).select(told))
    assert not is_complete(result)


def test_a_lost_part_without_numbers_leaves_all_who_were_not_found_unchecked(
    county: Centre, recipients: Result, tmp_path: Path
) -> None:
    spoilt = copied(county, tmp_path)
    for file in parts_of(spoilt).glob("loose*.parquet"):
        file.unlink()
    result = check(spoilt)
    vehicle = result.coverage.filter(pl.col("source") == "vehicle")
    assert vehicle.filter(pl.col("state") == "no_record").is_empty()
    before = recipients.coverage.filter((pl.col("source") == "vehicle") & (pl.col("state") == "hit"))
    assert 0 < vehicle.filter(pl.col("state") == "hit").height <= before.height


def test_an_altered_part_is_as_good_as_lost(county: Centre, tmp_path: Path) -> None:
    lost, altered = copied(county, tmp_path / "lost"), copied(county, tmp_path / "altered")
    (parts_of(lost) / "n007.parquet").unlink()
    file = parts_of(altered) / "n007.parquet"
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.chmod(0o600)
    file.write_bytes(data)
    one, other = check(lost), check(altered)
    assert one.coverage.equals(other.coverage)
    assert one.finding.equals(other.finding)


def test_a_lost_part_of_others_does_not_touch_a_case(one_source: Small) -> None:
    one_source.vehicles([(HE.name, HE.number), *((f"赵海{place}", number(100 + place)) for place in range(60))])
    centre = one_source.centre
    own = {
        place
        for (place,) in pl.DataFrame({"n": [HE.number, SHE.number]})
        .select(bucket(pl.col("n"), 64, centre.store.bucket_key))
        .rows()
    }
    for file in parts_of(centre).glob("n*.parquet"):
        if int(file.stem[1:]) not in own:
            file.unlink()
    result = check_case(centre, "JZ1", "recheck", AS_OF)
    assert states(result) == [("hit", None), ("no_record", None)]
    assert is_complete(result)


def test_the_data_date_stands_beside_every_cell(recipients: Result) -> None:
    assert recipients.coverage["data_date"].unique().to_list() == [DATA_DATE]


def test_a_roster_number_that_may_be_wrong_is_said_where_nothing_was_found(small: Small) -> None:
    small.require({"vehicle": "required"})
    round_one = next(each for each in (number(place) for place in range(100, 999)) if each.endswith("000"))
    small.enrol([Member("张建国", round_one)])
    small.vehicles([("赵大海", number(33))])
    reason = "名册号码末三位是000，可能被电子表格改坏，请核对号码"
    assert states(check(small.centre)) == [("no_record", reason)]


def test_runs_that_lost_different_parts_have_different_names(county: Centre, tmp_path: Path) -> None:
    one, other = copied(county, tmp_path / "one"), copied(county, tmp_path / "other")
    (parts_of(one) / "n007.parquet").unlink()
    (parts_of(other) / "n008.parquet").unlink()
    assert check_all(one, "recipients", AS_OF)[0].id != check_all(other, "recipients", AS_OF)[0].id
