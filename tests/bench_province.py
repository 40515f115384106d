"""make bench-province: the first night of a province, beside what bare polars takes to join the same records on the number.

    python -m tests.bench_province [--persons 1570000] [--records 55000000] [--runs 3] [--folder FOLDER]

The world of that size and one of a tenth of it are made and pulled, both from their seed. Whatever is measured is a process
of its own. The night is from opening the workspace to findings and coverage of everybody; with keeping it is measured once more,
and what summary, worklist and exports take stands apart. On the second night one record in a hundred has another owner, which an increment of each source told; what differs
is checked anew, and the result is that of checking everything. A question about one household after the first night stands
beside importing polars. The bare join has the same records as plain Parquet, part by part as in the store, and the members with their
numbers; it reads and joins them and does nothing else. Both are run in turn, so that the ratio is of one time of the day.
Everything lies in a temporary folder, which is removed: some 15 GB for the default size.
"""

import argparse
import codecs
import contextlib
import csv
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import polars as pl
from python_calamine import CalamineWorkbook

from jiuzhu_check import MEMORY
from tests.bench_match import most_memory

SEED, TENTH = 2018, 10
AS_OF, DATA = date(2018, 12, 3), "2018-11-30"
NEXT = date(2018, 12, 4)
SOURCES = ("vehicle", "housing", "provident_fund")
# What names a record in each, what stands between its cells, and the headings of its owner.
CHANGES = {
    "vehicle": ("vin", ",", ("机动车所有人", "身份证明号码")),
    "housing": ("cert_no", ",", ("权利人", "证件号码")),
    "provident_fund": ("account_no", "|", ("姓名", "证件号码")),
}
HOUSEHOLD, ASKED = "JZ00000000", 11  # who is asked about, and how often
EACH = 100  # one record in so many is another on the second day
PROGRAM = Path(sys.executable).with_name("jiuzhu-check")
STAGES = ("before", "linkage", "rules")  # what is counted against the bare join
Told = dict[str, float]


def main() -> None:
    """Make both worlds, run the contenders in turn, print the table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--persons", type=int, default=1_570_000)
    asked.add_argument("--records", type=int, default=55_000_000)
    asked.add_argument("--runs", type=int, default=3)
    asked.add_argument("--folder", type=Path, help="where the worlds are made; what stands there already is used")
    asked.add_argument("--contender", choices=CONTENDERS)
    given = asked.parse_args()
    if given.contender:
        print(json.dumps(CONTENDERS[given.contender](given.folder)))
        return
    print(machine())
    folder = given.folder or Path(tempfile.mkdtemp(prefix="jiuzhu-province-"))
    try:
        print(f"{'':<52}{'seconds':>9}{'CPU':>9}{'GiB':>7}{'x bare':>8}{'CPU':>7}{'limit':>7}")
        nights = [
            province(folder / name, given.persons // of, given.records // of, given.runs)
            for name, of in (("tenth", TENTH), ("whole", 1))
        ]
        times, cpu = (nights[1][each] / nights[0][each] for each in ("wall", "cpu"))
        print(f"{'ten times the data / the tenth':<52}{'':>25}{times:>8.1f}{cpu:>7.1f}{'11':>7}", flush=True)
    finally:
        if given.folder is None:
            shutil.rmtree(folder)


def province(folder: Path, persons: int, records: int, runs: int) -> Told:
    """Make one world, measure, print its rows; the first night's medians."""
    print(f"{persons:,} persons x {records:,} records", flush=True)
    made(folder, persons, records)
    contenders = ("bare", "first night", "kept night")
    told: dict[str, list[Told]] = {name: [] for name in contenders}
    for _ in range(runs):
        for name in contenders:
            told[name].append(run(name, folder))
    bare, first, kept = ({what: median(told[name], what) for what in told[name][0]} for name in contenders)
    row("bare polars join of plain Parquet on the number", bare)
    row("the first night: linkage, rules, coverage", first, bare, "5; 6 GiB")
    for stage in STAGES:
        row(f"  {stage}", {"wall": first[f"{stage} wall"], "cpu": first[f"{stage} cpu"]})
    row("the same, and kept", kept, bare)
    question(folder)
    row("apart: summary, worklist and the four exports", run("worklists", folder))
    told_of_changes(folder)
    second = [run("second night", folder) for _ in range(runs)]
    row("a second night: one record in a hundred changed", {what: median(second, what) for what in second[0]})
    times, cpu = (median(second, each) / kept[each] for each in ("wall", "cpu"))
    print(f"{'  it / the first night with keeping':<52}{'':>25}{times:>8.2f}{cpu:>7.2f}{'0.10':>7}", flush=True)
    of_whom(second)
    told_of_households(folder)
    third = [run("third night", folder) for _ in range(runs)]
    row("a night after one household in a hundred changed", {what: median(third, what) for what in third[0]})
    of_whom(third)
    return first


def of_whom(told: list[Told]) -> None:
    """How many households were checked anew."""
    anew, of = (int(median(told, each)) for each in ("anew", "of"))
    print(f"  {anew:,} of {of:,} households checked anew", flush=True)


def question(folder: Path) -> None:
    """Ask about one household after the night, the whole process, beside importing polars, in turn."""
    words = ("--household", HOUSEHOLD, "--purpose", "recheck", "--as-of", AS_OF)
    commands = {
        "case": (PROGRAM, "-C", folder / "night", "case", *words),
        "import": (sys.executable, "-c", "import polars"),
    }
    told: dict[str, list[Told]] = {name: [] for name in commands}
    for _ in range(ASKED):
        for name, command in commands.items():
            told[name].append(spent(*command))
    ours, bare = ({what: median(told[name], what) for what in told[name][0]} for name in commands)
    row("case, after the night / python -c 'import polars'", ours, bare, "2")


def row(what: str, told: Told, bare: Told | None = None, limit: str = "") -> None:
    """Print one row of the table."""
    memory = f"{told['gib']:>7.2f}" if "gib" in told else " " * 7
    times = f"{told['wall'] / bare['wall']:>8.1f}{told['cpu'] / bare['cpu']:>7.1f}" if bare else ""
    print(f"{what:<52}{told['wall']:>9.2f}{told['cpu']:>9.2f}{memory}{times}{limit:>10}".rstrip(), flush=True)


def median(told: list[Told], what: str) -> float:
    """Of all runs."""
    return statistics.median(each[what] for each in told)


def machine() -> str:
    """What it is measured on."""
    model = next(
        (line.split(":")[1].strip() for line in lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.machine(),
    )
    memory = int(next(line for line in lines("/proc/meminfo") if line.startswith("MemTotal:")).split()[1]) / 2**20
    versions = f"{platform.system()} {platform.release()}, Python {platform.python_version()}, polars {pl.__version__}"
    return f"{len(os.sched_getaffinity(0))} cores ({model}), {memory:.0f} GiB; {versions}; {date.today()}"  # noqa: DTZ011


def lines(path: str) -> list[str]:
    """Of a file that the system tells of itself with."""
    return Path(path).read_text(encoding="utf-8").splitlines()


def made(folder: Path, persons: int, records: int) -> None:
    """The world pulled into folder/workspace, and the same records in folder/plain; as far as they are not there."""
    if (folder / "plain" / "members.parquet").exists():
        return
    world, workspace = folder / "world", folder / "workspace"
    sizes = ("--persons", persons, "--records", records, "--seed", SEED)
    if not (world / "truth" / "world.json").exists():
        row("apart: make the world", spent(sys.executable, "-m", "tests.worlds", world, *sizes))
    key = folder / "workspace.key"
    spent(PROGRAM, "init", workspace, "--region", "370000", "--key-provider", "file", "--key-file", key)
    sample = Path(__file__).resolve().parent.parent / "sample_data"
    shutil.copytree(sample / "policy", workspace / "policy", dirs_exist_ok=True)
    row("apart: roster import", spent(PROGRAM, "-C", workspace, "roster", "import", world / "roster.csv"))
    for source in SOURCES:
        (extract,) = (world / "inbox").glob(f"{source}.*")
        pull = spent(PROGRAM, "-C", workspace, "pull", source, "--file", extract, "--data-date", DATA)
        row(f"apart: pull {source}", pull)
        write_changes(extract, source, folder / f"{source}.changes")
    shutil.rmtree(world)
    run("plain", folder)


def write_changes(extract: Path, source: str, out: Path) -> None:
    """Of one row in a hundred, the owners of every two exchanged."""
    _, cut, owner = CHANGES[source]
    rows = rows_of(extract, cut)
    heads = next(row for row in rows if owner[0] in row)
    places = [heads.index(each) for each in owner]
    some = [row for at, row in enumerate(rows) if at % EACH == 0 and len(row) == len(heads)]
    for one, other in zip(some[::2], some[1::2], strict=False):
        for place in places:
            one[place], other[place] = other[place], one[place]
    with out.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file, delimiter=cut, lineterminator="\n").writerows([heads, *some])


def rows_of(extract: Path, cut: str) -> Iterator[list[str]]:
    """The cells of a file, row by row; a small one of housing is a workbook."""
    if extract.suffix == ".xlsx":
        for row in CalamineWorkbook.from_path(extract).get_sheet_by_index(0).to_python():
            yield [str(cell) for cell in row]
        return
    with extract.open("rb") as file:
        encoding = "utf-8-sig" if file.read(3) == codecs.BOM_UTF8 else "gb18030"
    with extract.open(encoding=encoding, newline="") as file:
        yield from csv.reader(file, delimiter=cut)


def told_of_changes(folder: Path) -> None:
    """folder/told: the workspace of the first night, to which the increments came."""
    told = folder / "told"
    shutil.rmtree(told, ignore_errors=True)
    shutil.copytree(folder / "night", told, copy_function=os.link)
    for source, (key, _, _) in CHANGES.items():
        connector = told / "connectors" / source
        connector.mkdir(parents=True, exist_ok=True)
        (connector / "source.toml").write_text(f'[extract]\nkey = ["{key}"]\n', encoding="utf-8")
        file = folder / f"{source}.changes"
        words = ("--file", file, "--data-date", str(AS_OF), "--changes", "--accept-columns")
        row(f"apart: pull {source} --changes", spent(PROGRAM, "-C", told, "pull", source, *words))


def told_of_households(folder: Path) -> None:
    """folder/rostered: the workspace of the second night, and a roster with one household in a hundred otherwise."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.values.identity_number import with_check

    workspace = folder / "rostered"
    shutil.rmtree(workspace, ignore_errors=True)
    shutil.copytree(folder / "second", workspace, copy_function=os.link)
    rows = Centre.open(workspace).roster().filter(pl.col("stage") == "recipient")
    homes = rows["household_no"].unique().sort().gather_every(EACH).to_frame().with_row_index("_at")
    some = rows.join(homes, on="household_no").sort("household_no", "member_no")
    ends, grows = pl.col("_at") % 3 == 0, pl.col("_at") % 3 == 1
    born = pl.format("{}20180101{}", pl.col("region").fill_null("370000"), pl.col("_at").mod(900).add(100))
    child = some.filter(grows).unique("household_no", keep="first", maintain_order=True)
    child = child.with_columns(person_no=with_check(born), name=pl.col("name").str.head(1) + "小宝")
    told = pl.concat([some, child]).sort("household_no", maintain_order=True).select(
        pl.col("household_no").alias("家庭编号"),
        pl.col("programme").alias("救助类别"),
        pl.when(ends).then(pl.lit("停保")).otherwise(pl.lit("在保")).alias("办理状态"),
        pl.col("region").alias("行政区划代码"),
        pl.col("name").alias("姓名"),
        pl.col("person_no").alias("身份证号码"),
        pl.col("consent_no").alias("授权书编号"),
        pl.col("signed_on").alias("授权日期"),
        pl.col("valid_until").alias("授权截止日期"),
    )  # fmt: skip
    told.write_csv(folder / "changed.csv")
    row("apart: roster import", spent(PROGRAM, "-C", workspace, "roster", "import", folder / "changed.csv"))


def second_night(folder: Path) -> Told:
    """The night after the increments came: whole, and with keeping."""
    return later_night(folder / "told", folder / "second")


def third_night(folder: Path) -> Told:
    """The night after the roster changed, likewise."""
    return later_night(folder / "rostered", folder / "third")


def later_night(before: Path, workspace: Path) -> Told:
    """A night that begins from the last one."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.night import Night
    from jiuzhu_check.checks.run import check_all

    shutil.rmtree(workspace, ignore_errors=True)
    shutil.copytree(before, workspace, copy_function=os.link)
    began, night = now(), Night()
    check_all(Centre.open(workspace), "recipients", NEXT, night=night)
    assert night.plan is not None
    assert not night.plan.everything, night.plan.everything
    return {**since(began), "anew": night.plan.anew, "of": night.plan.of}


def spent(*command: object) -> Told:
    """What a command takes as a whole process; it must end well."""
    begin = time.perf_counter()
    silent = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_WRONLY, 0) for stream in (1, 2)]
    words = [str(word) for word in command]
    _, ended, used = os.wait4(os.posix_spawn(words[0], words, os.environ, file_actions=silent), 0)
    assert ended == 0, f"{words} ended with {os.waitstatus_to_exitcode(ended)}"
    wall = time.perf_counter() - begin
    return {"wall": wall, "cpu": used.ru_utime + used.ru_stime, "gib": used.ru_maxrss / 2**20}


def run(contender: str, folder: Path) -> Told:
    """What a contender's own process says of itself."""
    command = [sys.executable, "-m", "tests.bench_province", "--contender", contender, "--folder", str(folder)]
    # the program says how polars takes memory; bare polars does as it likes, and has said so of this process already
    name, ours = MEMORY
    around = {each: value for each, value in os.environ.items() if each != name}
    around |= {} if contender == "bare" else {name: ours}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=around)
    told: Told = json.loads(done.stdout.splitlines()[-1])
    return told


def plain(folder: Path) -> Told:
    """The records of the workspace as plain Parquet, and the members with their numbers."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.intake.stored import read_records

    centre, began = Centre.open(folder / "workspace"), now()
    (folder / "plain").mkdir(exist_ok=True)
    for source in SOURCES:
        (dataset,) = centre.store.datasets(f"records/{source}/")
        snapshot = centre.store.latest(dataset)
        for part in snapshot.part_names():
            if part.startswith(("n", "loose")):
                read_records(snapshot, part).write_parquet(folder / "plain" / f"{source}-{part}.parquet")
    members = centre.roster().filter(pl.col("stage") == "recipient")
    index = members.select("household_no", "member_no", "person_no", "number", "name_key")
    index.write_parquet(folder / "plain" / "members.parquet")
    return since(began)


def bare(folder: Path) -> Told:
    """The inner join of every source with the members on the number, and nothing else."""
    began = now()
    members = pl.read_parquet(folder / "plain" / "members.parquet").lazy()
    found = [
        pl.scan_parquet(folder / "plain" / f"{source}-*.parquet")
        .join(members, left_on="owner_no", right_on="number", how="inner")
        .collect()
        .height
        for source in SOURCES
    ]
    return {**since(began), "pairs": sum(found)}


class _Done(Exception):
    """Everything was made, and is not kept."""


def first_night(folder: Path) -> Told:
    """All recipients of a fresh copy of the workspace, without keeping: whole, and stage by stage."""
    from jiuzhu_check.checks import keeping
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.night import Night
    from jiuzhu_check.checks.run import check_all
    from jiuzhu_check.store.snapshot import Store

    named = {**dict.fromkeys(("start", "plan", "sources"), "before"), "link": "linkage", "coverage": "before"}
    workspace, began, told, stages = fresh(folder), now(), Told(), list[str]()

    def log(line: str) -> None:
        if stages:
            spent_here = since(began)
            for what in ("wall", "cpu"):
                so_far = sum(value for name, value in told.items() if name.endswith(f" {what}"))
                stage = f"{stages[-1]} {what}"
                told[stage] = told.get(stage, 0) + spent_here[what] - so_far
        stage = json.loads(line)["stage"]
        stages.append(named.get(stage, stage))

    def all_made(_store: Store, checked: keeping.Checked) -> str:
        for group in checked.groups:
            assert group.tables["coverage"].height
        raise _Done

    keeping.keep = all_made  # type: ignore[assignment]
    with contextlib.suppress(_Done):
        check_all(Centre.open(workspace), "recipients", AS_OF, night=Night(log=log))
    return {**told, **since(began)}


def kept_night(folder: Path) -> Told:
    """The same night as it is, kept in folder/night."""
    from jiuzhu_check.checks.centre import Centre
    from jiuzhu_check.checks.run import check_all

    workspace, began = fresh(folder), now()
    check_all(Centre.open(workspace), "recipients", AS_OF)
    return since(began)


def fresh(folder: Path) -> Path:
    """folder/night: a copy of the workspace."""
    workspace = folder / "night"
    shutil.rmtree(workspace, ignore_errors=True)
    shutil.copytree(folder / "workspace", workspace, copy_function=os.link)
    return workspace


def worklists(folder: Path) -> Told:
    """What people read of the night that was kept: summary, worklist, and the exports."""
    began, night = now(), folder / "night"
    out = folder / "out"
    words = [["report", "summary"], ["report", "worklist", "-o", out / "worklist.xlsx"]]
    words += [["export", table, "-o", out / f"{table}.csv"] for table in ("links", "findings", "coverage", "rejects")]
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    costs = [spent(PROGRAM, "-C", night, *each) for each in words]
    shutil.rmtree(out)
    most = max(cost["gib"] for cost in costs)
    return {"wall": since(began)["wall"], "cpu": sum(cost["cpu"] for cost in costs), "gib": most}


def now() -> tuple[float, float]:
    """Seconds by the clock, and of CPU."""
    return time.perf_counter(), time.process_time()


def since(began: tuple[float, float]) -> Told:
    """What has gone since, and the most memory so far."""
    wall, cpu = (after - before for after, before in zip(now(), began, strict=True))
    return {"wall": wall, "cpu": cpu, "gib": most_memory()}


CONTENDERS: dict[str, Callable[[Path], Told]] = {
    "plain": plain,
    "bare": bare,
    "first night": first_night,
    "kept night": kept_night,
    "second night": second_night,
    "third night": third_night,
    "worklists": worklists,
}


if __name__ == "__main__":
    main()
