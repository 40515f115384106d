import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.cli.program import AS_OF, EXTRACTS, SAMPLE, Desk, Said


@dataclass(frozen=True)
class Walked:
    """A desk after the whole job, what each command said, and the audit log as it then was."""

    desk: Desk
    said: dict[str, Said] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Walked:
    """The whole job on the invented county: read it, copy it, put nothing into it."""
    walked = Walked(Desk(tmp_path_factory.mktemp("desk")))
    desk, said, files = walked.desk, walked.said, walked.desk.folder
    said["init"] = desk.init()
    shutil.copytree(SAMPLE / "policy", desk.workspace / "policy", dirs_exist_ok=True)
    said["roster"] = desk.run("roster", "import", str(SAMPLE / "roster.csv"))
    for source, file in EXTRACTS.items():
        said[f"pull {source}"] = desk.pull(source, SAMPLE / "inbox" / file)
    for kind in ("recipients", "entrants"):
        said[f"check {kind}"] = desk.run("check", kind, "--as-of", AS_OF)
        said[f"worklist {kind}"] = desk.run("report", "worklist", "-o", str(files / f"{kind}.xlsx"))
        said[f"overview {kind}"] = desk.run("report", "overview", "-o", str(files / f"{kind}.html"))
        said[f"summary {kind}"] = desk.run("report", "summary")
    case = ("case", "--household", "JZ00000120", "--purpose", "recheck", "--as-of", AS_OF)
    said["case"] = desk.run(*case)
    said["case as a table"] = desk.run(*case, "--format", "table")
    said["case as json"] = desk.run(*case, "--format", "json")
    for table in ("links", "findings", "coverage", "rejects"):
        said[f"export {table}"] = desk.run("export", table, "--run", "all", "-o", str(files / f"{table}.csv"))
    said["connector list"] = desk.run("connector", "list")
    said["connector validate"] = desk.run("connector", "validate")
    said["audit verify"] = desk.run("audit", "verify")
    walked.log.extend(desk.log())
    return walked


@pytest.fixture
def desk(walked: Walked, tmp_path: Path) -> Desk:
    """A desk of one's own after the whole job, to be spoilt."""
    own = Desk(tmp_path)
    shutil.copytree(walked.desk.workspace, own.workspace)
    shutil.copy2(walked.desk.key, own.key)
    settings = own.workspace / "workspace.toml"
    told = settings.read_text(encoding="utf-8").replace(str(walked.desk.key), str(own.key))
    settings.write_text(told, encoding="utf-8")
    return own


@pytest.fixture
def fresh(tmp_path: Path) -> Desk:
    """A desk with a new workspace and nothing in it."""
    own = Desk(tmp_path)
    assert own.init().code == 0
    return own
