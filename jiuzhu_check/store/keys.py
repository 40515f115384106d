"""The workspace key, from a provider that is named and never guessed, and what is derived from it."""

import hmac
import os
import secrets
from base64 import b64decode, b64encode
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from jiuzhu_check.errors import CredentialError
from jiuzhu_check.language import say
from jiuzhu_check.store.durable import make_dir, write_once
from jiuzhu_check.store.place import Place
from jiuzhu_check.store.secret_file import read_secret_file

PROVIDERS = ("file", "systemd", "keyring")

_KEY_BYTES = 32
_NONCE_BYTES = 12


class Keys:
    """What the workspace key opens. Two workspaces with one key still have different sub-keys.

    id:     short hash of the key: recognises a wrong one, says nothing of it
    audit:  key of the audit log
    bucket: key that decides which part a number falls in
    before: the keys that these replace, while files may still be wrapped by them

    A new key takes over the audit and bucket keys (kept): the log is one chain, and the parts are cut already.
    """

    def __init__(self, key: bytes, workspace: str, *, kept: str = "", before: "Keys | None" = None) -> None:
        def derive(label: str) -> bytes:
            info = f"jiuzhu-check/{label}".encode()
            return HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=workspace.encode(), info=info).derive(key)

        self.id = derive("id")[:8].hex()
        self.before = before
        self._wrap = AESGCM(derive("wrap"))
        self._manifest = derive("manifest")
        self._keep = AESGCM(derive("keep"))
        stays = self._kept(kept) if kept else derive("audit") + derive("bucket")
        self.audit, self.bucket = stays[:_KEY_BYTES], stays[_KEY_BYTES:]

    def __repr__(self) -> str:
        return f"Keys({self.id})"

    def wrap(self, file_key: bytes, place: Place, sha256: str) -> str:
        """A file's own key, encrypted for the manifest and bound to the file's place and content."""
        nonce = os.urandom(_NONCE_BYTES)
        return b64encode(nonce + self._wrap.encrypt(nonce, file_key, self._bound_to(place, sha256))).decode()

    def unwrap(self, wrapped: str, place: Place, sha256: str) -> bytes:
        """The file's own key.

        raises: IntegrityError where it was wrapped for another place, content or workspace
        """
        try:
            return self._open(wrapped, place, sha256)
        except (InvalidTag, ValueError):
            if self.before is not None:
                return self.before.unwrap(wrapped, place, sha256)
            raise place.damaged(say("的密钥无法解开")) from None

    def keep(self, older: "Keys") -> str:
        """What a workspace.toml holds so that these keys take over the audit and bucket keys of older ones."""
        nonce = os.urandom(_NONCE_BYTES)
        return b64encode(nonce + self._keep.encrypt(nonce, older.audit + older.bucket, self.id.encode())).decode()

    def sealing(self, key_id: str) -> "Keys | None":
        """These keys or those before them, whichever have that id; null where neither has."""
        return next((keys for keys in (self, self.before) if keys is not None and keys.id == key_id), None)

    def mac(self, data: bytes) -> str:
        """HMAC-SHA256 that only a holder of the key can make, in hex."""
        return hmac.digest(self._manifest, data, "sha256").hex()

    def _open(self, wrapped: str, place: Place, sha256: str) -> bytes:
        sealed = b64decode(wrapped, validate=True)
        return self._wrap.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], self._bound_to(place, sha256))

    def _kept(self, kept: str) -> bytes:
        try:
            sealed = b64decode(kept, validate=True)
            return self._keep.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], self.id.encode())
        except (InvalidTag, ValueError):
            raise CredentialError(
                say("这把密钥解不开工作区里封存的审计密钥"), hint=say("从备份恢复 workspace.toml，或换用它所指的密钥。")
            ) from None

    def _bound_to(self, place: Place, sha256: str) -> bytes:
        return f"{self.id}|".encode() + place.aad + f"|{sha256}".encode()


def create_key(provider: str, location: str, *, workspace: str, root: Path) -> Keys:
    """A new key in the named provider; one that is there already is used and never overwritten.

    location:  the file's path, the systemd credential's name, or the entry's name in the key ring
    workspace: the workspace's id
    root:      the workspace's folder; a key file inside it is refused
    raises:    CredentialError
    """
    return Keys(_create(provider, location, root), workspace)


def load_key(
    provider: str, location: str, *, workspace: str, root: Path, kept: str = "", before: Keys | None = None
) -> Keys:
    """The key from the named provider and from nowhere else.

    kept, before: as Keys
    raises:       CredentialError where it is missing, readable by others, not a key, or its provider is not allowed
    """
    return Keys(_load(provider, location, root), workspace, kept=kept, before=before)


def read_key(provider: str, location: str, root: Path) -> bytes:
    """The key itself, for its escrow; raises CredentialError as load_key."""
    return _load(provider, location, root)


def write_key_file(path: Path, key: bytes, root: Path) -> None:
    """Put a key that came out of escrow into a key file; one that is there stays. Raises CredentialError as load_key."""
    _outside(path, root)
    make_dir(path.parent)
    write_once(path, key.hex().encode() + b"\n", mode=0o400)


def _create(provider: str, location: str, root: Path) -> bytes:
    if provider == "file":
        return _create_file(Path(location), root)
    if provider == "keyring":
        from jiuzhu_check.store.keyring_key import create_in_keyring

        return _parse(
            create_in_keyring(location, secrets.token_hex(_KEY_BYTES)), say("密钥环条目 {name}", name=location)
        )
    return _load(provider, location, root)


def _load(provider: str, location: str, root: Path) -> bytes:
    if provider == "file":
        return _load_file(Path(location), root)
    if provider == "systemd":
        return _load_systemd(location)
    if provider == "keyring":
        from jiuzhu_check.store.keyring_key import read_from_keyring

        return _parse(read_from_keyring(location), say("密钥环条目 {name}", name=location))
    raise CredentialError(
        say("没有名为 {provider} 的密钥来源", provider=provider),
        hint=say("可用的来源：{providers}。", providers="、".join(PROVIDERS)),
    )


def _create_file(path: Path, root: Path) -> bytes:
    _outside(path, root)
    make_dir(path.parent)
    write_once(path, secrets.token_hex(_KEY_BYTES).encode() + b"\n", mode=0o400)
    return _load_file(path, root)


def _load_file(path: Path, root: Path) -> bytes:
    _outside(path, root)
    what = say("密钥文件 {path}", path=path)
    hint = say("确认路径正确、由当前用户所有、不是符号链接；密钥丢失后数据无法恢复，请从备份取回。")
    return _parse(read_secret_file(path, what, hint).decode("ascii", "replace"), what)


def _outside(path: Path, root: Path) -> None:
    if path.resolve().is_relative_to(root.resolve()):
        raise CredentialError(
            say("密钥文件 {path} 在工作区之内，备份工作区就会带走密钥", path=path),
            hint=say("用 --key-file 指定工作区以外的路径。"),
        )


def _load_systemd(name: str) -> bytes:
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    if not folder:
        raise CredentialError(
            say("没有 systemd 凭据：环境变量 CREDENTIALS_DIRECTORY 未设置"),
            hint=say("在服务单元中写 LoadCredentialEncrypted={name}:… 并由 systemd 启动。", name=name),
        )
    if Path(name).name != name:
        raise CredentialError(say("systemd 凭据的名称不能含路径"), hint=say("只写凭据的名称。"))
    try:
        text = (Path(folder) / name).read_text("ascii", "replace")
    except OSError as error:
        raise CredentialError(
            say("systemd 凭据 {name} 打不开：{why}", name=name, why=os.strerror(error.errno or 0)),
            hint=say("凭据内容为 64 位十六进制随机数，用 systemd-creds encrypt 生成，再由服务单元加载。"),
        ) from None
    return _parse(text, say("systemd 凭据 {name}", name=name))


def _parse(text: str, where: str) -> bytes:
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise CredentialError(
            say("{where} 的内容不是密钥", where=where), hint=say("密钥是 64 位十六进制数；请从备份取回。")
        )
    return key
