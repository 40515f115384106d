from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend
from keyring.backends.fail import Keyring as FailKeyring
from keyring.backends.null import Keyring as NullKeyring
from keyring.errors import KeyringLocked

from jiuzhu_check.errors import CredentialError
from jiuzhu_check.store.keys import create_key, load_key

pytestmark = pytest.mark.usefixtures("key_ring")


class MemoryRing(KeyringBackend):
    """A ring that keeps its secrets in memory, under the name of one that is allowed or of one that is not."""

    priority = 0.0  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


def ring_named(module: str, name: str) -> MemoryRing:
    return type(name, (MemoryRing,), {"__module__": module, "__qualname__": name})()


def secret_service() -> MemoryRing:
    return ring_named("keyring.backends.SecretService", "Keyring")


def test_a_key_is_made_in_an_allowed_ring_and_found_again(tmp_path: Path) -> None:
    keyring.set_keyring(secret_service())
    made = create_key("keyring", "w1", workspace="w1", root=tmp_path)
    assert load_key("keyring", "w1", workspace="w1", root=tmp_path).id == made.id
    assert create_key("keyring", "w1", workspace="w1", root=tmp_path).id == made.id
    with pytest.raises(CredentialError, match="没有条目"):
        load_key("keyring", "w2", workspace="w2", root=tmp_path)


@pytest.mark.parametrize(
    "ring",
    [
        NullKeyring(),
        FailKeyring(),
        ring_named("keyrings.alt.file", "PlaintextKeyring"),
        ring_named("keyrings.alt.file", "EncryptedKeyring"),
        ring_named("elsewhere.SecretService", "Keyring"),
    ],
)
def test_any_ring_that_is_not_on_the_list_is_refused(tmp_path: Path, ring: KeyringBackend) -> None:
    keyring.set_keyring(ring)
    with pytest.raises(CredentialError, match="不允许使用这种密钥环"):
        create_key("keyring", "w1", workspace="w1", root=tmp_path)


def test_in_a_chain_only_the_allowed_ring_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain, allowed = ring_named("keyrings.alt.file", "PlaintextKeyring"), secret_service()
    monkeypatch.setattr(ChainerBackend, "backends", [plain, allowed])
    keyring.set_keyring(ChainerBackend())
    create_key("keyring", "w1", workspace="w1", root=tmp_path)
    assert allowed.kept
    assert not plain.kept


def test_a_ring_that_forgets_is_noticed_when_the_key_is_made(tmp_path: Path) -> None:
    ring = secret_service()
    ring.set_password = lambda *_: None  # type: ignore[method-assign]
    keyring.set_keyring(ring)
    with pytest.raises(CredentialError, match="没有存住密钥"):
        create_key("keyring", "w1", workspace="w1", root=tmp_path)


def test_a_locked_ring_is_a_credential_error(tmp_path: Path) -> None:
    def locked(service: str, username: str) -> str:
        raise KeyringLocked

    ring = secret_service()
    ring.get_password = locked  # type: ignore[method-assign]
    keyring.set_keyring(ring)
    with pytest.raises(CredentialError, match="KeyringLocked"):
        load_key("keyring", "w1", workspace="w1", root=tmp_path)
