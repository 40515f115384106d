"""A department's password or key is kept where it was said to be kept, and nowhere does it show."""

from pathlib import Path

import keyring
import pytest
from keyring.backends.fail import Keyring as FailKeyring
from keyring.backends.null import Keyring as NullKeyring

from jiuzhu_check.errors import CredentialError, JiuzhuError, NotFound, UsageError
from jiuzhu_check.store.credential import delete_credential, list_credentials, read_credential, set_credential
from tests.store.test_keyring_key import ring_named, secret_service

pytestmark = pytest.mark.usefixtures("key_ring", "own")
SECRET = "Geheim-口令-7391".encode()


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    return tmp_path / "jiuzhu-check" / "credentials"


def told(problem: pytest.ExceptionInfo[JiuzhuError]) -> str:
    return problem.value.message + problem.value.hint + repr(problem.value)


def test_a_secret_in_a_file_is_its_owners_alone(own: Path) -> None:
    set_credential("gjj-sftp", SECRET, "file")
    assert read_credential("gjj-sftp") == SECRET
    assert oct((own / "gjj-sftp").stat().st_mode)[-3:] == "400"
    assert oct(own.stat().st_mode)[-3:] == "700"
    assert [(each.name, each.place) for each in list_credentials()] == [("gjj-sftp", "file")]


def test_a_new_secret_takes_the_place_of_the_old_one() -> None:
    for secret in (SECRET, b"-----BEGIN KEY-----\nabc\n-----END KEY-----\n"):
        set_credential("gjj-sftp", secret, "file")
        assert read_credential("gjj-sftp") == secret


def test_a_secret_is_in_one_place_only(own: Path) -> None:
    ring = secret_service()
    keyring.set_keyring(ring)
    set_credential("gjj", SECRET, "file")
    set_credential("gjj", SECRET + b"2", "keyring")
    assert read_credential("gjj") == SECRET + b"2"
    assert not (own / "gjj").exists()
    set_credential("gjj", SECRET, "file")
    assert read_credential("gjj") == SECRET
    assert [(each.name, each.place) for each in list_credentials()] == [("gjj", "file")]


def test_what_the_service_manager_grants_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_credential("gjj", b"of the user", "file")
    granted = tmp_path / "granted"
    granted.mkdir()
    (granted / "gjj").write_bytes(SECRET)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(granted))
    assert read_credential("gjj") == SECRET
    assert {(each.name, each.place) for each in list_credentials()} == {("gjj", "file"), ("gjj", "systemd")}
    with pytest.raises(CredentialError):
        read_credential("another")


@pytest.mark.parametrize(
    "ring", [NullKeyring(), FailKeyring(), ring_named("keyrings.alt.file", "PlaintextKeyring")], ids=str
)
def test_a_ring_that_keeps_nothing_or_keeps_it_in_clear_is_refused(ring: object, own: Path) -> None:
    keyring.set_keyring(ring)  # type: ignore[arg-type]
    with pytest.raises(CredentialError, match="不允许使用这种密钥环") as refused:
        set_credential("gjj", SECRET, "keyring")
    assert SECRET.decode() not in told(refused)
    assert refused.value.hint
    assert not own.exists() or not list(own.iterdir())


def test_a_ring_that_went_away_is_not_replaced_by_another_place(own: Path) -> None:
    keyring.set_keyring(secret_service())
    set_credential("gjj", SECRET, "keyring")
    keyring.set_keyring(FailKeyring())
    with pytest.raises(CredentialError):
        read_credential("gjj")


def test_a_file_that_others_may_read_or_that_is_a_link_is_not_read(own: Path, tmp_path: Path) -> None:
    set_credential("gjj", SECRET, "file")
    (own / "gjj").chmod(0o440)
    with pytest.raises(CredentialError, match="可被其他用户读取") as refused:
        read_credential("gjj")
    assert SECRET.decode() not in told(refused)
    (own / "gjj").unlink()
    (tmp_path / "elsewhere").write_bytes(SECRET)
    (own / "gjj").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(CredentialError, match="打不开"):
        read_credential("gjj")


@pytest.mark.parametrize("name", ["", "../gjj", "GJJ", "a b", "a/b", ".gjj", "x" * 65, "口令", "gjj.keyring"])
def test_a_name_is_a_plain_word(name: str) -> None:
    for use in (read_credential, delete_credential, lambda each: set_credential(each, SECRET, "file")):
        with pytest.raises(UsageError, match="凭据的名称"):
            use(name)


@pytest.mark.parametrize("secret", [b"", b" \n", b"x" * 65537])
def test_nothing_and_too_much_is_no_secret(secret: bytes) -> None:
    with pytest.raises(UsageError, match="凭据是空的"):
        set_credential("gjj", secret, "file")


def test_a_secret_that_is_no_text_fits_a_file_but_no_ring() -> None:
    keyring.set_keyring(secret_service())
    set_credential("gjj", b"\xff\x00", "file")
    assert read_credential("gjj") == b"\xff\x00"
    with pytest.raises(UsageError, match="只存文本"):
        set_credential("gjj", b"\xff\x00", "keyring")


def test_a_forgotten_secret_is_gone_from_its_place(own: Path) -> None:
    ring = secret_service()
    keyring.set_keyring(ring)
    set_credential("one", SECRET, "file")
    set_credential("two", SECRET, "keyring")
    delete_credential("one")
    delete_credential("two")
    assert list_credentials() == []
    assert not ring.kept
    assert not list(own.iterdir())
    with pytest.raises(NotFound):
        delete_credential("one")
