"""排印: papers are set on every core, each process with a press of its own, in the order in which they were given."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import get_context

from jiuzhu_check.reports.docx_paper import DocxPress
from jiuzhu_check.reports.paper import Issue, Paper
from jiuzhu_check.reports.pdf_paper import PdfPress
from jiuzhu_check.reports.typesetting import MissingCharacters

ALONE = 16  # as many papers are set sooner than another process has started


Press = PdfPress | DocxPress


@contextmanager
def workers(papers: int) -> Iterator[Executor | None]:
    """Processes for so many papers; null where this one does it alone."""
    cores = min(len(os.sched_getaffinity(0)), 8)
    if papers <= ALONE or cores == 1:
        yield None
        return
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
        yield pool


def printed(press: Press, papers: Sequence[tuple[Paper, Issue]], pool: Executor | None) -> Iterator[bytes | str]:
    """Each paper's bytes, in order; instead of them the characters that no font has. A pool is at work from now on."""
    if pool is None:
        return (_printed(press, *paper) for paper in papers)
    bare = replace(press)  # without what it has opened in this process
    return pool.map(_print, [bare] * len(papers), papers, chunksize=8)


_OWN: dict[str, Press] = {}  # one press a process: it knows fonts and template


def _print(press: Press, paper: tuple[Paper, Issue]) -> bytes | str:
    return _printed(_OWN.setdefault(repr(press), press), *paper)


def _printed(press: Press, paper: Paper, issue: Issue) -> bytes | str:
    try:
        return press.print(paper, issue)
    except MissingCharacters as problem:
        return problem.characters
