"""无人值守 night: what a batch check heeds and tells that nobody watches: a deadline, a request to stop, a log of its stages."""

import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from jiuzhu_check.checks.progress import Progress, silent
from jiuzhu_check.checks.reading import Reading
from jiuzhu_check.errors import ExitCode, Stopped
from jiuzhu_check.language import say
from jiuzhu_check.store.lock import Patience


@dataclass(frozen=True)
class Plan:
    """What a check did anew.

    everything: why all of it, one of checks/tonight.py; empty where only some households were
    anew, of:   how many households were checked anew, of how many
    upon:       the run whose results stand of all others
    changed:    title of each source of which increments came, and under how many numbers there are other records now
    whole:      title of each source that was delivered whole, and read whole
    rostered:   how many households stand otherwise on the roster
    """

    everything: str = ""
    anew: int = 0
    of: int = 0
    upon: str = ""
    changed: tuple[tuple[str, int], ...] = ()
    whole: tuple[str, ...] = ()
    rostered: int = 0


@dataclass
class Night:
    """How one batch check goes along. Between two pieces of work it asks whether to go on; what it kept of parts stays.

    full:      read every part, whatever is remembered
    lock_wait: seconds to wait for the workspace
    deadline:  when to stop; null: never
    asked:     the exit code that somebody asked it to stop with; null while nobody did
    tell:      is told who holds the workspace that is waited for
    log:       is told each stage, as a line of JSON; no personal data
    now:       the time of day
    clock:     seconds that pass
    reading:   how many parts were read, and how many stood
    plan:      what was done anew; null before that is known
    """

    full: bool = False
    lock_wait: float = 0
    deadline: datetime | None = None
    asked: Callable[[], ExitCode | None] = lambda: None
    tell: Callable[[str], None] = lambda _text: None
    log: Callable[[str], None] = lambda _line: None
    now: Callable[[], datetime] = lambda: datetime.now().astimezone()
    clock: Callable[[], float] = time.monotonic
    reading: Reading = field(default_factory=Reading)
    plan: Plan | None = None
    _stage: str = "start"
    _began: float = 0
    _parts: dict[str, tuple[int, int]] = field(default_factory=dict)
    _shown: Progress = silent

    @property
    def patience(self) -> Patience:
        """How the workspace is waited for."""
        return Patience(self.lock_wait, self.tell, self.go_on)

    def go_on(self) -> None:
        """Nothing, or Stopped: the time is over, or somebody asked."""
        code = self.asked()
        if code is not None:
            raise Stopped(self._where(say("收到停止信号")), code, hint=_again())
        if self.deadline is not None and self.now() >= self.deadline:
            until = self.deadline.strftime("%H:%M:%S")
            raise Stopped(self._where(say("到了期限 {until}", until=until)), ExitCode.TRY_LATER, hint=_again())

    def stage(self, stage: str, **counts: int | str) -> None:
        """A stage begins: told to the log, and a place to stop."""
        self._stage = stage
        self.line(stage, **counts)
        self.go_on()

    def line(self, stage: str, **counts: float | str | Mapping[str, int]) -> None:
        """A line of the log, with how long the run has been at work."""
        self._began = self._began or self.clock()
        spent = round(self.clock() - self._began, 3)
        told = {"time": self.now().isoformat(timespec="seconds"), "pid": os.getpid(), "stage": stage, "spent": spent}
        self.log(json.dumps({**told, **counts}, ensure_ascii=False))

    def watched(self, progress: Progress) -> Progress:
        """The same progress, with a place to stop after every part; what comes after the parts is shown there too."""
        self._shown = progress

        def move(title: str, done: int, of: int) -> None:
            self._parts[title] = done, of
            progress(title, done, of)
            self.go_on()

        return move

    def moved(self, done: int, of: int) -> None:
        """Show how many groups of households of so many the stage that is under way has done."""
        self._shown(_stages()[self._stage], done, of)

    def _where(self, why: str) -> str:
        if not self._parts:
            return say("{why}：核对还没有开始读数据。", why=why)
        parts = list(self._parts.values())  # other threads may still be at work
        done, of = (sum(each[place] for each in parts) for place in (0, 1))
        return say(
            "{why}：核对停在{stage}，{sources} 项来源共 {of} 个分片，走完 {done} 个。这次核对没有存入，也没有留下一半。",
            why=why, stage=_stages().get(self._stage, self._stage), sources=len(parts), done=done, of=of,
        )  # fmt: skip


def _stages() -> dict[str, str]:
    """What the stages are called."""
    return {
        "sources": say("看来源"),
        "link": say("读分片、找归属"),
        "coverage": say("算覆盖"),
        "rules": say("比对规则"),
        "keep": say("存入之前"),
    }


def _again() -> str:
    return say("重新运行同一条命令就接着做：读过的分片记着，没有变的不再读。")
