"""Spark 集群 cluster: started for one run, given errands, and stopped.

Spark is only a carrier: what it is given and gives back is sealed (errand.py), so that its heaps, spill files, shuffle files
and logs hold neither a name nor a number nor a key. Its own encryption is switched on beside that. Which cluster, how much
memory, how many executors: --spark-master, and what Spark's own configuration says (SPARK_CONF_DIR/spark-defaults.conf).
"""

import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import pyarrow as pa

from jiuzhu_check.checks.spark.errand import ANSWER, ERRAND, Answer, Errand, answers, run_errands
from jiuzhu_check.errors import ExitCode, IntegrityError, JiuzhuError, TryLater, UsageError
from jiuzhu_check.language import say
from jiuzhu_check.matching.engines.gathered import Gathered
from jiuzhu_check.store.session_key import Desk, SessionKey, hand_out

# What Spark's configuration may say to this program: where the session key is handed out, for a firewall; and how many
# members a process compares with a part at a time, for its memory.
KEY_PORT, SLICE = "spark.jiuzhu.keyPort", "spark.jiuzhu.sliceMembers"
_JAVA = 17
_SLICE = "1000000"
_MASTER = re.compile(
    r"local(\[(\*|\d+)(,\d+)?\])?|local-cluster\[\d+,\d+,\d+\]|spark://[^\s/]+:\d+(,[^\s/]+:\d+)*|yarn|k8s://\S+"
)
_ALONE = re.compile(r"local(\[.*\])?|local-cluster\[.*\]")  # a cluster that lives as long as the run
_JOBS = 16  # groups of parts at once: free executors take from the next
_LOOK = 0.3  # seconds between two looks at how far a job is
_EXECUTORS_WITHIN = 180  # seconds
_NOTHING = Gathered()
_WARNINGS = 20  # lines of Spark's log that are told
# What the run cannot do without, whatever the configuration says.
_CONF = {
    "spark.app.name": "jiuzhu-check",
    "spark.submit.deployMode": "client",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.eventLog.enabled": "false",
    "spark.authenticate": "true",
    "spark.network.crypto.enabled": "true",
    "spark.network.crypto.cipher": "AES/GCM/NoPadding",
    "spark.io.encryption.enabled": "true",
    "spark.driver.maxResultSize": "0",
    "spark.python.worker.reuse": "true",
    # one errand is one task
    "spark.sql.execution.arrow.maxRecordsPerBatch": "1",
    "spark.sql.execution.arrow.localRelationThreshold": "0",
}


class BugElsewhere(JiuzhuError):
    """A bug that showed itself on another machine."""

    exit_code = ExitCode.BUG


@dataclass
class Cluster:
    """Spark at work for one run.

    parts: executor → how many errands it did
    spent: of each errand done, its answer without what was found
    """

    master: str
    session: SessionKey
    desk: Desk
    context: Any
    pool: ThreadPoolExecutor
    slice_rows: int
    parts: Counter[str] = field(default_factory=Counter)
    spent: list[Answer] = field(default_factory=list)
    _jobs: int = 0

    def begin(self, errands: Sequence[Errand]) -> "Job":
        """Have these errands done, side by side; raises IntegrityError where the key of a file cannot be unwrapped."""
        self._jobs += 1
        group = f"parts-{self._jobs}"
        sealed = [each.sealed(self.session, f"{group}/{place}") for place, each in enumerate(errands)]
        listed = pa.table([range(len(sealed)), sealed], schema=ERRAND)
        return Job(self, group, len(errands), self.pool.submit(self._collected, group, listed))

    def _collected(self, group: str, errands: pa.Table) -> pa.Table:
        from pyspark.sql import SparkSession

        self.context.setJobGroup(group, group)
        sealed = SparkSession(self.context).createDataFrame(errands)
        return sealed.mapInArrow(partial(run_errands, self.desk, group), ANSWER).toArrow()

    def done(self, group: str) -> int:
        """How many errands of a group are done."""
        tracker = self.context.statusTracker()
        stages = (
            tracker.getStageInfo(stage)
            for job in tracker.getJobIdsForGroup(group)
            for stage in getattr(tracker.getJobInfo(job), "stageIds", ())
        )
        return max((stage.numCompletedTasks for stage in stages if stage), default=0)


@dataclass(frozen=True)
class Job:
    """A group of errands under way."""

    cluster: Cluster
    group: str
    errands: int
    coming: Future[pa.Table]

    def wait(self, tell: Callable[[int], None]) -> list[Answer]:
        """The answers, in the order of the errands; of those that were found or damaged.

        tell:   is told how many are done, again and again; what it raises ends the waiting
        raises: TryLater, UsageError or IntegrityError where the cluster cannot do it
        """
        while not wait([self.coming], timeout=_LOOK).done:
            tell(self._done())
        try:
            rows = self.coming.result()
        except Exception as problem:
            tell(0)  # where somebody asked to stop, Spark may have been stopped too
            raise _failed(problem) from None
        found = answers(rows, self.cluster.session, self.group, self.errands)
        for answer in found:
            heed(answer, self.cluster.desk)
            self.cluster.parts[answer.executor] += 1
        self.cluster.spent += [Answer(**{**vars(each), "gathered": _NOTHING}) for each in found]
        return found

    def _done(self) -> int:
        try:
            return self.cluster.done(self.group)
        except Exception:  # Spark is going; what it was about is told by the job itself
            return 0


@contextmanager
def cluster(master: str, go_on: Callable[[], None], warn: Callable[[str], None]) -> Iterator[Cluster]:
    """Spark, for as long as the block runs.

    master: Spark's master URL; empty: what Spark's configuration says
    go_on:  is asked between two looks whether to go on
    warn:   is told afterwards what Spark warned of, line by line
    raises: UsageError where something is not installed or configured, TryLater where no cluster is to be had
    """
    _look_around(master)
    with ExitStack() as until_end:
        folder = Path(
            until_end.enter_context(
                tempfile.TemporaryDirectory(prefix="jiuzhu-check-spark-", ignore_cleanup_errors=True)
            )
        )
        until_end.callback(lambda: _tell_warnings(folder / "log", warn))
        gateway = _gateway(master, folder)
        until_end.callback(_end, gateway)
        conf = _conf(gateway, folder)
        context = _context(conf, gateway, folder)
        until_end.callback(_stop, context)
        _wait_for_executors(context, go_on)
        host, port = str(context.getConf().get("spark.driver.host")), int(conf.get(KEY_PORT, "0"))
        bind = context.getConf().get("spark.driver.bindAddress", host)
        try:
            session, desk = until_end.enter_context(hand_out(bind, port))
        except OSError as problem:
            raise UsageError(
                say(
                    "交付密钥的端口 {host}:{port} 开不了：{why}",
                    host=bind,
                    port=port,
                    why=os.strerror(problem.errno or 0),
                ),
                hint=say("用 {name} 换一个端口，用 spark.driver.host 写本机对集群的地址。", name=KEY_PORT),
            ) from None
        pool = until_end.enter_context(ThreadPoolExecutor(_JOBS))
        until_end.callback(_cancel, context)
        there = Desk(host, desk.port, desk.token)
        yield Cluster(context.master, session, there, context, pool, int(conf.get(SLICE, _SLICE)))


def _look_around(master: str) -> None:
    """Refuse at once what cannot go well."""
    if master and not _MASTER.fullmatch(master):
        raise UsageError(
            say("--spark-master 不是 Spark 集群的地址。"),
            hint=say("写成 spark://主机:7077、yarn、k8s://…，或在本机上的 local[4]。"),
        )
    try:
        import_module("pandas")
        import_module("pyspark")
    except ImportError:
        raise UsageError(
            say("没有装 Spark 引擎用的库。"), hint=say("运行 pip install 'jiuzhu-check[spark]'。")
        ) from None
    version = _java_version()
    if version < _JAVA:
        found = say("找到的是 Java {version}", version=version) if version else say("没有找到 java")
        raise UsageError(
            say("Spark 要 Java {least}，{found}。", least=_JAVA, found=found),
            hint=say("运行 apt-get install openjdk-17-jre-headless，或用 JAVA_HOME 指定。"),
        )
    if master.startswith("spark://") and not any(map(_answers, master.removeprefix("spark://").split(","))):
        raise _unreachable(master, say("没有应答"))


def _java_version() -> int:
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    try:
        told = subprocess.run([java or "java", "-version"], capture_output=True, text=True, check=True).stderr  # noqa: S603 - as Spark would start it
    except (OSError, subprocess.CalledProcessError):
        return 0
    found = re.search(r'version "(?:1\.)?(\d+)', told)
    return int(found[1]) if found else 0


def _answers(place: str) -> bool:
    host, _, port = place.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=10).close()
    except OSError:
        return False
    return True


def _gateway(master: str, folder: Path) -> Any:
    """Spark's Java process. Its arguments are seen by everybody on this machine: no secret is among them."""
    from pyspark import SparkConf
    from pyspark.java_gateway import launch_gateway

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    conf = SparkConf(loadDefaults=False)
    conf.setAll([*_CONF.items(), ("spark.local.dir", str(folder / "local"))])
    conf.set("spark.sql.warehouse.dir", str(folder / "warehouse"))
    if master:
        conf.setMaster(master)
    with (folder / "log").open("wb") as log:
        try:
            return launch_gateway(conf, {"stdout": log, "stderr": log, "cwd": folder})
        except Exception:
            raise TryLater(say("Spark 没有启动起来：{why}", why=_last_words(folder / "log"))) from None


def _conf(gateway: Any, folder: Path) -> Any:
    """What the configuration says, and how strangers are kept out."""
    from pyspark import SparkConf

    conf = SparkConf(_jvm=gateway.jvm)
    if _ALONE.fullmatch(conf.get("spark.master", "")):
        conf.set("spark.authenticate.secret", secrets.token_hex(32))  # told in memory, not as an argument
        for name in ("spark.driver.host", "spark.driver.bindAddress"):
            if not conf.contains(name):
                conf.set(name, "127.0.0.1")  # nobody else has anything to say here
    elif conf.get("spark.master", "").startswith("spark://") and not conf.contains("spark.authenticate.secret"):
        raise UsageError(
            say("这个 Spark 集群没有约定口令，任何人都能混进来。"),
            hint=say("在集群和本机的 spark-defaults.conf 里写 spark.authenticate true 和 spark.authenticate.secret。"),
        )
    if not conf.contains("spark.executorEnv.POLARS_MAX_THREADS"):
        conf.set("spark.executorEnv.POLARS_MAX_THREADS", conf.get("spark.task.cpus", "1"))
    return conf


def _context(conf: Any, gateway: Any, folder: Path) -> Any:
    from pyspark import SparkContext

    try:
        return SparkContext(conf=conf, gateway=gateway)
    except Exception:
        raise _unreachable(conf.get("spark.master", ""), _last_words(folder / "log")) from None


def _unreachable(master: str, why: str) -> TryLater:
    return TryLater(
        say("连不上 Spark 集群 {master}：{why}", master=master, why=why),
        hint=say("确认集群开着、地址和口令对，再运行同一条命令；或用 --engine local。"),
    )


def _wait_for_executors(context: Any, go_on: Callable[[], None]) -> None:
    """Until the first one is there: an empty cluster would let the run wait for ever."""
    if context.master.startswith("local") and not context.master.startswith("local-cluster"):
        return
    until = time.monotonic() + _EXECUTORS_WITHIN
    while len(context._jsc.sc().statusTracker().getExecutorInfos()) < 2:  # the driver is among them
        go_on()
        if time.monotonic() > until:
            raise _unreachable(context.master, say("{seconds} 秒内没有分到执行进程", seconds=_EXECUTORS_WITHIN))
        time.sleep(_LOOK)


def heed(answer: Answer, desk: Desk) -> None:
    """Nothing, where the part was worked through or is damaged; of whatever else, the error."""
    host = answer.executor.split("/")[0]
    if answer.outcome == "no_key":
        where = f"{desk.host}:{desk.port}"
        raise UsageError(
            say("集群的机器 {host} 连不上本机交付密钥的端口 {where}。", host=host, where=where),
            hint=say("放行这个端口；用 {name} 固定它，用 spark.driver.host 写本机对集群的地址。", name=KEY_PORT),
        )
    if answer.outcome == "unseen":
        raise UsageError(
            say("集群的机器 {host} 看不到工作区的目录 {folder}。", host=host, folder=answer.detail),
            hint=say("把工作区放在每台机器以同一路径挂载的共享目录里，执行进程以同一账户运行。"),
        )
    if answer.outcome == "another":
        raise UsageError(
            say("集群的机器 {host} 装的是另一版 jiuzhu-check 或 polars。", host=host),
            hint=say("每台机器装同一版；不同的版本可能算出不同的结果。"),
        )
    if answer.outcome == "later":
        raise TryLater(answer.detail, hint=say("重新执行同一命令。"))
    if answer.outcome == "people":
        raise IntegrityError(answer.detail, hint=say("重新执行同一命令；再出现时检查共享目录的磁盘。"))
    if answer.outcome == "bug":
        raise BugElsewhere(
            say("集群的机器 {host} 上程序错误 {detail}", host=host, detail=answer.detail),
            hint=say("请把这几行连同命令（不含个人信息）报告给维护人员；数据未受影响。"),
        )


def _failed(problem: Exception) -> TryLater:
    """What became of a job that Spark gave up."""
    return TryLater(
        say("Spark 没有做完：{kind}", kind=type(problem).__name__),
        hint=say("多半是执行进程没有了，或内存不够：看集群的日志，减少每个执行进程同时做的分片，再运行同一条命令。"),
    )


def _cancel(context: Any) -> None:
    """What is under way need not be done."""
    with suppress(Exception):
        context.cancelAllJobs()


def _stop(context: Any) -> None:
    """Let the cluster go; of one that lives on this machine for the run, its working folder goes too."""
    application, home = context.applicationId, os.environ.get("SPARK_HOME") or context._jvm.System.getenv("SPARK_HOME")
    with suppress(Exception):
        context.stop()
    if context.master.startswith("local-cluster") and home:
        shutil.rmtree(Path(home) / "work" / application, ignore_errors=True)


def _end(gateway: Any) -> None:
    """Spark's Java process ends, and this one forgets it."""
    from pyspark import SparkContext

    with suppress(Exception):
        gateway.shutdown()
    gateway.proc.stdin.close()
    try:
        gateway.proc.wait(timeout=30)
    except subprocess.TimeoutExpired:
        gateway.proc.kill()
        gateway.proc.wait()
    SparkContext._gateway = SparkContext._jvm = None


def _tell_warnings(log: Path, warn: Callable[[str], None]) -> None:
    told = [line for line in _lines(log) if " WARN " in line or " ERROR " in line]
    for line in list(dict.fromkeys(line.split(" ", 2)[-1] for line in told))[:_WARNINGS]:
        warn(line)


def _last_words(log: Path) -> str:
    """The last that Spark said of what was wrong; it knows of no record."""
    told = [line for line in _lines(log) if re.search("ERROR|Exception|Error", line)]
    return told[-1].strip()[:200] if told else say("没有说明原因")


def _lines(log: Path) -> list[str]:
    try:
        return log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
