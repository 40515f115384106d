"""A check on a Spark cluster: the same bytes as on one machine, and nothing that anybody could read on a disk."""

import os
import signal
import socket
import time
from pathlib import Path

import polars as pl
import pytest

from jiuzhu_check.checks import results
from jiuzhu_check.checks.centre import Centre
from tests.cli.program import run
from tests.spark.clusters import (
    ALONE,
    SEVERAL,
    WORK,
    Ended,
    Eyes,
    Secrets,
    Site,
    copy_of,
    executors,
    family,
    forms,
    gone,
    has_snapshot,
    kill,
    made_for,
    spoil,
    unchecked,
)

AGAIN = {
    "programme": "救助类别",
    "region": "行政区划代码",
    "name": "姓名",
    "person_no": "身份证号码",
    "consent_no": "授权书编号",
    "signed_on": "授权日期",
    "valid_until": "授权截止日期",
}


def clean(ended: Ended, site: Site) -> None:
    """Nothing of the cluster is left: what it was lent, its folders, its words."""
    assert not (site.workspace / "store" / "cluster").exists()
    assert [each.name for each in site.disk.iterdir() if "spark" in each.name] == ["spark-defaults.conf"]
    assert not list(WORK.glob("app-*"))
    assert "WARN" not in ended.err + ended.out
    assert "py4j" not in ended.err + ended.out


def test_a_cluster_in_one_process_gives_the_same_bytes(site: Site, here: dict[str, bytes]) -> None:
    ended = site.check(ALONE)
    assert ended.code == 0, ended.err
    assert site.exports() == here
    clean(ended, site)


def test_two_executors_share_the_parts_and_no_disk_log_or_argument_holds_a_person_or_a_key(
    site: Site, here: dict[str, bytes], tmp_path: Path
) -> None:
    secrets, noted = Secrets.of(site.workspace), tmp_path / "noted"
    with Eyes(site.disk, WORK).open() as eyes:
        ended = site.ended(site.begin(SEVERAL, noted=noted))
    assert ended.code == 0, ended.err
    assert site.exports() == here
    assert len(ended.parts) == 2
    assert min(ended.parts.values()) >= 20
    session, _token = made_for("hand_out", noted)
    passwords = made_for("token_hex", noted)
    assert passwords
    assert any(each.name == "stderr" for each in eyes.files), "the executors' own logs were looked at"
    assert any("blockmgr" in str(each) or "spark-" in str(each) for each in eyes.files)
    assert not secrets.found_in(eyes.whole)
    assert not [form for form in forms(session) if form in eyes.whole]
    assert not [form for each in passwords for form in forms(each) if form in eyes.readable]
    clean(ended, site)


def test_a_share_gives_the_same_bytes_where_people_of_other_shares_stand_under_the_same_numbers(
    site: Site, tmp_path: Path
) -> None:
    share = ("--shard", "2/3")
    rows = Centre.open(site.workspace).roster().filter(pl.col("stage") == "recipient", pl.col("number").is_not_null())
    again = tmp_path / "again.csv"
    rows.head(60).select(
        pl.format("AG{}", pl.int_range(pl.len())).alias("家庭编号"),
        pl.lit("在保").alias("办理状态"),
        *(pl.col(name).alias(heading) for name, heading in AGAIN.items()),
    ).write_csv(again)
    took = run("-C", str(site.workspace), "roster", "import", str(again))
    assert took.code == 0, took.err
    alone = copy_of(site, tmp_path / "alone")
    local, ended = alone.check("", *share), site.check(ALONE, *share)
    assert (local.code, ended.code) == (0, 0), ended.err
    assert site.exports() == alone.exports()
    centre = Centre.open(site.workspace)
    (checked,) = results.find(centre.store, "latest")
    beside = centre.beside(checked.read("roster"))
    assert beside.filter(pl.col("household_no").str.starts_with("AG")).height > 0
    assert beside.filter(~pl.col("household_no").str.starts_with("AG")).height > 0
    clean(ended, site)


def test_eyes_would_see_a_number_a_name_and_a_key(site: Site, tmp_path: Path) -> None:
    secrets = Secrets.of(site.workspace)
    assert min(map(len, (secrets.numbers, secrets.names, secrets.keys))) > 500
    some = [sorted(each)[0] for each in (secrets.numbers, secrets.names, secrets.keys)]
    log = tmp_path / "written" / "log"
    log.parent.mkdir()
    log.write_bytes(b"x=" + b";".join(some) + os.urandom(64))
    with Eyes(log.parent).open() as eyes:
        pass
    assert set(some) <= set(secrets.found_in(eyes.whole))


def test_a_driver_that_is_killed_leaves_no_process_and_nothing_to_read_and_the_next_check_goes_through(
    site: Site, here: dict[str, bytes], tmp_path: Path
) -> None:
    secrets, noted = Secrets.of(site.workspace), tmp_path / "noted"
    with Eyes(site.disk, WORK, site.workspace / "store" / "cluster").open() as eyes:
        begun = site.begin(SEVERAL, noted=noted)
        site.wait_for_parts(begun)
        while not executors(begun.pid):
            time.sleep(0.05)
        time.sleep(2)
        processes = family(begun.pid)
        kill(begun.pid)
        begun.communicate()
        assert gone(processes)
    session, _token = made_for("hand_out", noted)
    assert not secrets.found_in(eyes.whole)
    assert not [form for form in forms(session) if form in eyes.whole]
    assert site.check(SEVERAL).code == 0
    assert site.exports() == here


def test_the_work_of_an_executor_that_dies_is_done_again(site: Site, here: dict[str, bytes]) -> None:
    begun = site.begin(SEVERAL)
    site.wait_for_parts(begun)
    while len(there := executors(begun.pid)) < 2:
        assert begun.poll() is None
        time.sleep(0.05)
    kill(there[0])
    ended = site.ended(begun)
    assert ended.code == 0, ended.err
    assert site.exports() == here


@pytest.mark.parametrize("part", ["n007", "loose000"])
def test_a_damaged_part_is_lost_on_a_cluster_as_it_is_here(site: Site, tmp_path: Path, part: str) -> None:
    spoil(site.workspace, part)
    alone = copy_of(site, tmp_path / "alone")
    assert alone.check().code == 3
    ended = site.check(ALONE)
    assert ended.code == 3
    assert site.exports() == alone.exports()
    lost = unchecked(site)
    assert lost.filter(lost["reason"].str.contains("分片")).height > 0


def test_a_check_that_is_asked_to_stop_lets_the_cluster_go_and_ends_with_143(
    site: Site, here: dict[str, bytes]
) -> None:
    begun = site.begin(SEVERAL)
    site.wait_for_parts(begun)
    processes = family(begun.pid)
    begun.send_signal(signal.SIGTERM)
    ended = site.ended(begun)
    assert ended.code == 143, ended.err
    assert "没有存入" in ended.err
    assert gone(processes)
    clean(ended, site)
    assert site.check().code == 0
    assert site.exports() == here


def test_what_a_cluster_found_before_the_stop_stands_for_the_next_check(site: Site, here: dict[str, bytes]) -> None:
    begun = site.begin(ALONE)
    kept = site.workspace / "store" / "progress"
    while not has_snapshot(kept):
        assert begun.poll() is None, begun.communicate()
        time.sleep(0.02)
    begun.send_signal(signal.SIGTERM)
    assert site.ended(begun).code == 143
    again = site.check(ALONE)
    assert again.code == 0
    assert "接着上次停下的做" in again.err
    assert site.exports() == here


def test_the_deadline_stops_a_cluster_with_try_later(site: Site) -> None:
    assert site.check(ALONE, "--deadline", "4").code == 75
    assert not (site.workspace / "store" / "cluster").exists()


def test_a_cluster_that_does_not_answer_is_tried_later(site: Site) -> None:
    ended = site.check("spark://127.0.0.1:1")
    assert ended.code == 75
    assert "连不上 Spark 集群" in ended.err


def test_a_cluster_without_a_common_secret_is_not_trusted(site: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        ended = site.check(f"spark://127.0.0.1:{server.getsockname()[1]}")
    assert ended.code == 2
    assert "spark.authenticate.secret" in ended.err
