import os
from pathlib import Path

import pytest

from jiuzhu_check.errors import CredentialError, IntegrityError
from jiuzhu_check.store.keys import Keys, create_key, load_key
from jiuzhu_check.store.place import Place

KEY = bytes(range(32))
PLACE = Place("records/vehicle/370100", "20181130-abc", "n000")


def in_file(path: Path, root: Path) -> Keys:
    return load_key("file", str(path), workspace="w1", root=root)


def test_a_key_file_is_made_once_and_then_loaded(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "w1.key"
    made = create_key("file", str(path), workspace="w1", root=tmp_path / "centre")
    assert path.stat().st_mode & 0o777 == 0o400
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert in_file(path, tmp_path / "centre").id == made.id


def test_a_key_file_that_is_there_is_used_and_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "w1.key"
    path.write_text(KEY.hex(), encoding="ascii")
    path.chmod(0o400)
    assert create_key("file", str(path), workspace="w1", root=tmp_path / "centre").id == Keys(KEY, "w1").id
    assert path.read_text(encoding="ascii") == KEY.hex()


@pytest.mark.parametrize("mode", [0o440, 0o404, 0o660, 0o644])
def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "w1.key"
    path.write_text(KEY.hex(), encoding="ascii")
    path.chmod(mode)
    with pytest.raises(CredentialError, match="可被其他用户读取"):
        in_file(path, tmp_path / "centre")


def test_a_key_file_inside_the_workspace_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CredentialError, match="在工作区之内"):
        create_key("file", str(tmp_path / "centre" / "a" / "w1.key"), workspace="w1", root=tmp_path / "centre")
    assert not (tmp_path / "centre").exists()


def test_a_link_into_the_workspace_is_refused_too(tmp_path: Path) -> None:
    (tmp_path / "centre").mkdir()
    (tmp_path / "elsewhere").symlink_to(tmp_path / "centre")
    with pytest.raises(CredentialError, match="在工作区之内"):
        create_key("file", str(tmp_path / "elsewhere" / "w1.key"), workspace="w1", root=tmp_path / "centre")


def test_a_link_to_a_key_file_a_pipe_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "real.key").write_text(KEY.hex(), encoding="ascii")
    (tmp_path / "real.key").chmod(0o400)
    (tmp_path / "link.key").symlink_to(tmp_path / "real.key")
    os.mkfifo(tmp_path / "pipe.key", 0o400)
    for name in ("link.key", "pipe.key", "none.key"):
        with pytest.raises(CredentialError):
            in_file(tmp_path / name, tmp_path / "centre")


@pytest.mark.parametrize("text", ["", "00", "zz" * 32, "00" * 31, "00" * 33, "钥" * 32])
def test_what_is_not_a_key_is_refused_and_not_repeated(tmp_path: Path, text: str) -> None:
    path = tmp_path / "w1.key"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o400)
    with pytest.raises(CredentialError, match="不是密钥") as caught:
        in_file(path, tmp_path / "centre")
    assert not text or text not in str(caught.value)


def test_a_systemd_credential_is_read_from_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    (tmp_path / "jiuzhu-check").write_text(KEY.hex() + "\n", encoding="ascii")
    loaded = load_key("systemd", "jiuzhu-check", workspace="w1", root=tmp_path / "centre")
    assert loaded.id == Keys(KEY, "w1").id
    for name in ("other", "../jiuzhu-check"):
        with pytest.raises(CredentialError):
            load_key("systemd", name, workspace="w1", root=tmp_path / "centre")


def test_without_systemd_there_is_no_other_way_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    with pytest.raises(CredentialError, match="CREDENTIALS_DIRECTORY"):
        create_key("systemd", "jiuzhu-check", workspace="w1", root=tmp_path)


def test_an_unknown_provider_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CredentialError, match="没有名为 vault"):
        load_key("vault", "x", workspace="w1", root=tmp_path)


def test_every_use_has_its_own_key_and_every_workspace_too() -> None:
    one, other = Keys(KEY, "w1"), Keys(KEY, "w2")
    assert len({one.audit, one.bucket, other.audit, other.bucket, KEY}) == 5
    assert one.id != other.id
    assert one.mac(b"x") != other.mac(b"x")


def test_the_key_does_not_stand_in_the_repr() -> None:
    keys = Keys(KEY, "w1")
    assert repr(keys) == f"Keys({keys.id})"
    assert KEY.hex()[:8] not in repr(keys)


def test_a_file_key_opens_only_for_its_place_content_and_workspace() -> None:
    keys, file_key = Keys(KEY, "w1"), b"k" * 32
    wrapped = keys.wrap(file_key, PLACE, "00ff")
    assert keys.unwrap(wrapped, PLACE, "00ff") == file_key
    elsewhere = Place(PLACE.dataset, "20190101-abc", PLACE.part)
    for holder, place, sha256 in ((Keys(KEY, "w2"), PLACE, "00ff"), (keys, elsewhere, "00ff"), (keys, PLACE, "00fe")):
        with pytest.raises(IntegrityError, match="密钥无法解开"):
            holder.unwrap(wrapped, place, sha256)
    with pytest.raises(IntegrityError):
        keys.unwrap("not base64!", PLACE, "00ff")
