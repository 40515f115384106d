"""Spoilt files: a bit turned, a block of zeroes, an end cut off, in every kind of file that a workspace or its user has."""

import csv
import io
import random
import re
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.torture.compared import lost, without_run
from tests.torture.faults import FIGURES, Torture
from tests.torture.program import Ended
from tests.torture.world import exports

BLOCKS = (1, 16, 64, 512)
# kind → where its files are, below the folder that holds workspace and key
SEALED = {
    "record part": "workspace/store/records/*/*/*.snapshot/[nlr]*.parquet",
    "roster part": "workspace/store/roster/*.snapshot/[hi]*.parquet",
    "part of a run": "workspace/store/runs/*.snapshot/*.parquet",
    "snapshot.json": "workspace/store/**/*.snapshot/snapshot.json",
    "MANIFEST.json": "workspace/store/**/MANIFEST.json",
    "workspace.toml": "workspace/workspace.toml",
    "key file": "workspace.key",
    "lock": "workspace/lock",
}
KEPT = {"landed file": "workspace/store/landed/**/raw.enc"}
LOGGED = {"audit log": "workspace/audit/*.jsonl", "checkpoint.json": "workspace/audit/checkpoint.json"}
WRITTEN = {"sources.toml": "workspace/sources.toml", "policy": "workspace/policy/*.toml"}
CODES = {0, 2, 3, 4, 5, 10, 12, 13, 14, 15}


def spoil(file: Path, dice: random.Random) -> str:
    """Spoil a file in one way; says how."""
    whole = file.read_bytes()
    way = dice.choice(("bit", "bit", "bit", "zeroes", "cut"))
    changed = bytearray(whole)
    if way == "bit" and whole:
        changed[dice.randrange(len(whole))] ^= 1 << dice.randrange(8)
    elif way == "zeroes" and whole:
        start, size = dice.randrange(len(whole)), dice.choice(BLOCKS)
        changed[start : start + size] = bytes(len(changed[start : start + size]))
    else:
        del changed[dice.randrange(len(whole) + 1) :]
    file.unlink()  # it may be the same file as another workspace's
    file.write_bytes(bytes(changed))
    file.chmod(0o400 if file.suffix == ".key" else 0o600)
    return way if changed != whole else "nothing"


def damage(
    torture: Torture, kind: str, pattern: str, times: int, look: Callable[[Torture, str], str], seed: int = 2018
) -> Counter[str]:
    """Spoil a file of a kind, look, and begin anew, so many times; what came out."""
    outcomes: Counter[str] = Counter()
    for turn in range(times):
        dice = random.Random(f"{seed} {kind} {turn}")
        torture.reset("key rotate")
        file = dice.choice(sorted(torture.here.glob(pattern)))
        way = spoil(file, dice)
        outcome = look(torture, f"{kind} {turn}: {way} in {file.relative_to(torture.here)}")
        outcomes[outcome] += 1
        FIGURES["damage", kind, outcome] += 1
    return outcomes


def _well_said(ended: Ended, where: str) -> Ended:
    assert "Traceback" not in ended.said, (where, ended)
    assert ended.code in CODES, (where, ended)
    return ended


def results(torture: Torture, where: str) -> str:
    """Check again and export: an error with a code, the same tables, or what is lost is said to be unchecked."""
    to = torture.program.folder / "exports"
    to.mkdir(exist_ok=True)
    for file in to.iterdir():
        file.unlink()
    checked = _well_said(torture.program.run(torture.lines["check"]), where)
    exported = _well_said(torture.program.run(*exports(torture.workspace, to)), where)
    if exported.code or checked.code not in (0, 3):
        return f"exit {exported.code or checked.code}"
    now = {name: (to / f"{name}.csv").read_bytes() for name in torture.tables}
    if without_run(now) == without_run(torture.tables):
        return "identical"
    assert checked.code == 3, (where, "another result")
    unchecked = lost(now, torture.tables, where)
    return f"exit 3, {'' if unchecked else 'nobody '}unchecked"


def read_back(torture: Torture, where: str) -> str:
    """The delivery that was kept: byte for byte, or an error."""
    program = torture.program
    ended = program.try_digest(torture.workspace)
    if ended.code:
        assert ended.said.startswith("IntegrityError"), (where, ended)
        return "exit 15"
    assert program.digest(torture.workspace) == torture.held["check"], where
    return "identical"


def verified(torture: Torture, where: str) -> str:
    """The audit log: whole, or said not to be; and what is exported is the same or refused."""
    ended = _well_said(torture.program.run(["-C", str(torture.workspace), "audit", "verify"]), where)
    assert ended.code in (0, 15), (where, ended)
    if not ended.code:
        assert "nothing" in where or where.startswith("checkpoint.json"), (where, "not noticed")
    told = results(torture, where)
    assert told == "identical" or told == "exit 15", (where, told)
    return f"exit {ended.code}" if ended.code else told


def as_written(torture: Torture, where: str) -> str:
    """What people write by hand: an error with a code, or it is read as it stands, and the run says so."""
    to = torture.program.folder / "exports"
    to.mkdir(exist_ok=True)
    checked = _well_said(torture.program.run(torture.lines["check"]), where)
    if checked.code not in (0, 3):
        return f"exit {checked.code}"
    exported = _well_said(torture.program.run(*exports(torture.workspace, to)), where)
    assert exported.code == 0, (where, exported)
    now = {name: (to / f"{name}.csv").read_bytes() for name in torture.tables}
    if without_run(now) == without_run(torture.tables):
        return "identical"
    assert now["coverage"] != torture.tables["coverage"] or _run(now) != _run(torture.tables), (where, "silently")
    return "read as it stands, told"


def _run(tables: Mapping[str, bytes]) -> str:
    return next(csv.DictReader(io.StringIO(tables["coverage"].decode())))["run"]


def handed_in(torture: Torture, name: str, times: int, seed: int = 2018) -> Counter[str]:
    """Spoil what a department or the platform sends: it is refused, or all of its rows are accounted for."""
    outcomes: Counter[str] = Counter()
    for turn in range(times):
        dice = random.Random(f"{seed} {name} {turn}")
        torture.reset(name)
        line = list(torture.lines[name])
        place = next(at for at, word in enumerate(line) if word.endswith((".csv", ".xlsx", ".txt")))
        file = torture.here / f"spoilt{Path(line[place]).suffix}"
        file.write_bytes(Path(line[place]).read_bytes())
        where = f"{name} {turn}: {spoil(file, dice)}"
        line[place] = str(file)
        ended = _well_said(torture.program.run(line), where)
        outcome = f"exit {ended.code}"
        if not ended.code:
            outcome = "accounted for"
            delivered, accepted, returned = _rows(ended.said, where)
            assert delivered == accepted + returned, (where, ended)
        outcomes[outcome] += 1
        FIGURES["damage", f"delivery: {name}", outcome] += 1
    return outcomes


def _rows(said: str, where: str) -> tuple[int, int, int]:
    """Delivered, accepted and returned, as the program says them."""
    told = said.replace(",", "")
    line = re.search(r"交来 (\d+) 行 = 收下 (\d+) 行 \+ 退回 (\d+) 行", told)
    counted = [re.search(rf"^{word}\t(\d+)", told, re.M) for word in ("交来行数", "收下", "退回")]
    numbers = line.groups() if line else [each[1] for each in counted if each]
    assert len(numbers) == 3, (where, said)
    return int(numbers[0]), int(numbers[1]), int(numbers[2])


LOOKS: dict[str, tuple[str, Callable[[Torture, str], str]]] = {
    **{kind: (pattern, results) for kind, pattern in SEALED.items()},
    **{kind: (pattern, read_back) for kind, pattern in KEPT.items()},
    **{kind: (pattern, verified) for kind, pattern in LOGGED.items()},
    **{kind: (pattern, as_written) for kind, pattern in WRITTEN.items()},
}
