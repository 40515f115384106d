import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from jiuzhu_check.errors import CredentialError, StoreError, UsageError
from jiuzhu_check.store.workspace import Contact, Workspace, default_key_file

ROOT = Path(__file__).parents[2]


def test_a_workspace_is_made_and_opened_again(tmp_path: Path) -> None:
    register = '[vehicle]\nrequirement = "required"\n'
    made = Workspace.create(tmp_path / "w", "370000", "file", tmp_path / "w.key", sources_toml=register)
    found = Workspace.open(tmp_path / "w")
    assert (found.path, found.id, found.region, found.keys.id) == (made.path, made.id, "370000", made.keys.id)
    assert found.sources_toml.read_text("utf-8") == register
    for folder in (found.store_dir, found.audit_dir, found.policy_dir, found.connectors_dir, found.reports_dir):
        assert folder.stat().st_mode & 0o777 == 0o700
    for file in (found.sources_toml, tmp_path / "w" / "workspace.toml"):
        assert file.stat().st_mode & 0o777 == 0o600


def test_by_default_the_key_is_under_the_users_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    made = Workspace.create(tmp_path / "w", "370000", "file")
    assert default_key_file(made.id) == tmp_path / "config" / "jiuzhu-check" / "keys" / f"{made.id}.key"
    assert default_key_file(made.id).exists()
    monkeypatch.setenv("XDG_CONFIG_HOME", "relative")
    assert default_key_file(made.id).is_relative_to(Path.home())


def test_a_key_file_named_from_here_is_found_from_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Workspace.create(Path("w"), "370000", "file", Path("w.key"))
    monkeypatch.chdir("/")
    assert Workspace.open(tmp_path / "w").region == "370000"


def test_where_there_is_no_workspace_the_hint_is_to_make_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for path in (tmp_path, tmp_path / "nowhere", tmp_path / "file"):
        with pytest.raises(StoreError, match="不是工作区") as caught:
            Workspace.open(path)
        assert caught.value.exit_code == 10
        assert "jiuzhu-check init" in caught.value.hint


def test_a_newer_workspace_is_refused(workspace: Workspace) -> None:
    file = workspace.path / "workspace.toml"
    file.write_text(file.read_text("utf-8").replace("format = 1", "format = 2"), encoding="utf-8")
    with pytest.raises(StoreError, match="比本程序新"):
        Workspace.open(workspace.path)


@pytest.mark.parametrize("text", ["", "format = ", 'format = 1\nid = "a"\nregion = 3\n', "\x00"])
def test_a_spoilt_workspace_file_is_said_to_be_so(workspace: Workspace, text: str) -> None:
    (workspace.path / "workspace.toml").write_text(text, encoding="utf-8")
    with pytest.raises(StoreError, match="不是有效的工作区文件"):
        Workspace.open(workspace.path)


def test_another_key_and_a_missing_one_are_recognised(workspace: Workspace, tmp_path: Path) -> None:
    key = tmp_path / "keys" / "centre.key"
    key.unlink()
    with pytest.raises(CredentialError, match="打不开"):
        Workspace.open(workspace.path)
    key.write_text("00" * 32, encoding="ascii")
    key.chmod(0o400)
    with pytest.raises(CredentialError, match="不是工作区") as caught:
        Workspace.open(workspace.path)
    assert caught.value.exit_code == 12


def test_what_is_there_is_never_made_a_workspace(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("x", encoding="utf-8")
    for path in (workspace.path, tmp_path / "full", tmp_path / "full" / "letter.txt"):
        with pytest.raises(StoreError):
            Workspace.create(path, "370000", "file", tmp_path / "new.key")
    assert not (tmp_path / "new.key").exists()


def test_arguments_that_do_not_fit_make_nothing(tmp_path: Path) -> None:
    for region, provider, key_file in (
        ("37000", "file", None),
        ("３７００００", "file", None),
        ("370000", "env", None),
        ("370000", "systemd", tmp_path / "a.key"),
    ):
        with pytest.raises(UsageError):
            Workspace.create(tmp_path / "w", region, provider, key_file)
    assert not list(tmp_path.iterdir())


def test_reading_a_part_needs_neither_keyring_nor_pyarrow(workspace: Workspace) -> None:
    workspace.store.publish("roster", "a", {"n000": pl.DataFrame({"a": [1]})}, data_date=None)
    program = (
        "import sys; from pathlib import Path; from jiuzhu_check.store.workspace import Workspace;"
        "assert Workspace.open(Path(sys.argv[1])).store.latest('roster').read('n000').height == 1;"
        "sys.exit(any(name in sys.modules for name in ('keyring', 'pyarrow')))"
    )
    assert subprocess.run([sys.executable, "-c", program, str(workspace.path)], cwd=ROOT).returncode == 0


def test_whom_households_turn_to_is_read_and_what_is_not_said_stays_empty(tmp_path: Path) -> None:
    Workspace.create(tmp_path / "w", "370000", "file", tmp_path / "w.key")
    assert Workspace.open(tmp_path / "w").contact == Contact()
    settings = tmp_path / "w" / "workspace.toml"
    written = settings.read_text("utf-8")
    settings.write_text(written.replace('phone = ""', 'phone = " 0000-\\n1234567 "'), "utf-8")
    assert Workspace.open(tmp_path / "w").contact == Contact(phone="0000- 1234567")
    settings.write_text(written[: written.index("[centre]")], "utf-8")  # of a workspace from before there was one
    assert Workspace.open(tmp_path / "w").contact == Contact()


@pytest.mark.parametrize("line", ['fax = "1"', "phone = 1234567", "name = ['a']"])
def test_a_setting_of_the_centre_that_is_not_understood_is_refused(tmp_path: Path, line: str) -> None:
    Workspace.create(tmp_path / "w", "370000", "file", tmp_path / "w.key")
    settings = tmp_path / "w" / "workspace.toml"
    written = settings.read_text("utf-8")
    settings.write_text(written[: written.index("[centre]")] + f"[centre]\n{line}\n", "utf-8")
    with pytest.raises(UsageError, match="centre"):
        Workspace.open(tmp_path / "w")
