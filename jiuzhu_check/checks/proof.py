"""证明 proof: how right the links are, against a truth that somebody knows, and by decoys that nobody's record can be."""

from collections.abc import Collection, Mapping
from pathlib import Path

import polars as pl

from jiuzhu_check.checks import results
from jiuzhu_check.checks.audited import audited
from jiuzhu_check.checks.centre import Centre
from jiuzhu_check.checks.consent import papers, without_consent
from jiuzhu_check.checks.decisions import read_decisions
from jiuzhu_check.checks.exports import export
from jiuzhu_check.checks.linking import link
from jiuzhu_check.checks.progress import Progress
from jiuzhu_check.checks.sources import source_states
from jiuzhu_check.errors import NotFound, UsageError
from jiuzhu_check.language import say
from jiuzhu_check.matching.candidates import INDEX
from jiuzhu_check.matching.decoys import decoys
from jiuzhu_check.matching.evaluation import LINKS, PEOPLE, Evaluation, evaluate

_FILES: Mapping[str, Collection[str]] = {"people.csv": PEOPLE, "links.csv": LINKS}


def evaluate_run(centre: Centre, truth: Path, run: str) -> Evaluation:
    """The links of a run (latest, all, or its ID) against the truth in a folder: people.csv and links.csv.

    Only those whom the run has checked count.

    raises: UsageError where the folder holds no such truth, NotFound where there is no such run
    """
    people, true = (_truth(truth / name, columns) for name, columns in _FILES.items())
    _consistent(people, true)
    with audited(centre.audit, "evaluate", facts={"run": run}) as ending:
        links = export(centre, "links", run)
        checked = export(centre, "coverage", run)["person_no"].unique()
        ending.counts = {"links": links.height}
        return evaluate(links, people.filter(pl.col("typed_id").is_in(checked.implode())), true)


def decoys_of_run(centre: Centre, run: str) -> tuple[str, pl.DataFrame]:
    """A kept batch run's name and its DECOY rows; raises NotFound where it has none."""
    snapshot = results.find(centre.store, run)[0]
    counts = results.decoys(snapshot)
    if counts.is_empty():
        raise NotFound(say("这次核对没有诱饵。"), hint=say("写 --run latest，或加 --sample 现在另做一次。"))
    return snapshot.id[7:], counts


def decoys_now(centre: Centre, run: str, most: int, progress: Progress) -> tuple[str, pl.DataFrame]:
    """DECOY rows of so many new decoys of a kept run's members, linked to the sources as they stood on its day.

    Nothing is kept, and nobody's record is linked to a member.
    """
    snapshot = results.find(centre.store, run)[0]
    result = results.load(snapshot)
    with audited(centre.audit, "decoys", facts={"run": result.id}) as ending:
        everybody = set(centre.roster()["number"].drop_nulls())
        barred = without_consent(result.member, papers(centre.store, result.roster), result.as_of)
        readable = result.member.join(barred, on=["household_no", "member_no"], how="anti").select(INDEX)
        invented = decoys(readable, result.as_of.toordinal(), everybody.intersection, most)
        linked = link(
            source_states(centre.store, centre.sources, centre.register, result.as_of),
            readable.clear(),
            result.member.select("household_no", "member_no", "name_key").clear(),
            everybody.intersection,
            centre.store.bucket_key,
            progress,
            decisions=read_decisions(centre.store).clear(),
            everyone=True,
            decoys=invented,
        )
        ending.counts = {"decoys": invented.height}
    return result.id, linked.decoys


def _truth(file: Path, columns: Collection[str]) -> pl.DataFrame:
    if not file.is_file():
        raise UsageError(
            say("真值文件夹里没有 {file}。", file=file.name), hint=say("真值要有 people.csv 和 links.csv，见 README。")
        )
    try:
        read = pl.read_csv(file, infer_schema=False)
    except (pl.exceptions.PolarsError, UnicodeDecodeError):
        raise UsageError(
            say("{file} 不是能读的 CSV。", file=file.name), hint=say("要 UTF-8、逗号分隔、首行列名。")
        ) from None
    missing = [name for name in columns if name not in read.columns]
    if missing:
        raise UsageError(
            say("{file} 缺少列：{columns}。", file=file.name, columns="、".join(missing)),
            hint=say("须有的列：{columns}。", columns="、".join(columns)),
        )
    blank = [name for name in columns if name != "typed_id" and read[name].null_count()]
    if blank:
        raise UsageError(
            say("{file} 的列有空白：{columns}。", file=file.name, columns="、".join(blank)),
            hint=say("每行都要填这些列。"),
        )
    return read


def _consistent(people: pl.DataFrame, true: pl.DataFrame) -> None:
    if people["pid"].is_duplicated().any():
        raise UsageError(say("people.csv 的 pid 有重复。"), hint=say("一名成员一行。"))
    if not people["consent"].is_in(["true", "false"]).all():
        raise UsageError(say("people.csv 的 consent 只能写 true 或 false。"), hint=say("true 表示授权有效。"))
    unknown = true.join(people, on="pid", how="anti").height
    if unknown:
        raise UsageError(
            say("links.csv 有 {count:,} 行的 pid 不在 people.csv 里。", count=unknown),
            hint=say("两个文件要出自同一份真值。"),
        )
