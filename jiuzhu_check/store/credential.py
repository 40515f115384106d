"""凭据 credential: what a department admits us by. A source.toml holds its name; the secret is in one of three places.

systemd   $CREDENTIALS_DIRECTORY/NAME, put there by the service unit; read only
file      NAME in the user's own folder, mode 0400
keyring   the desktop's key ring, where its class is known to encrypt

A name is in one place, said when it is set; nothing is looked for elsewhere when that place does not answer.
"""

import os
import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from jiuzhu_check.errors import CredentialError, NotFound, UsageError
from jiuzhu_check.language import say
from jiuzhu_check.store.durable import make_dir, sync_folder, write_new
from jiuzhu_check.store.own_folder import own_folder
from jiuzhu_check.store.secret_file import LONGEST, read_secret_file

PROVIDERS = ("file", "keyring")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_IN_RING = ".keyring"  # a marker beside the secret files: this name is in the key ring


@dataclass(frozen=True)
class Credential:
    """Where a secret is, and since when; never what it is."""

    name: str
    place: str
    set_on: date | None


def read_credential(name: str) -> bytes:
    """The secret of that name.

    raises: CredentialError where there is none, or its place does not give it
    """
    _check(name)
    granted = _granted(name)
    if granted is not None:
        return granted
    if _marker(name).exists():
        from jiuzhu_check.store.keyring_key import read_from_keyring

        return read_from_keyring(_entry(name)).encode()
    if not _file(name).exists():
        raise CredentialError(
            say("没有名为 {name} 的凭据。", name=name),
            hint=say(
                "运行 jiuzhu-check credential set {name}；由 systemd 启动的，在单元里写 LoadCredential。", name=name
            ),
        )
    what = say("凭据文件 {path}", path=_file(name))
    return read_secret_file(_file(name), what, say("重新运行 jiuzhu-check credential set {name}。", name=name))


def set_credential(name: str, secret: bytes, provider: str) -> None:
    """Keep a secret, in the place of an older one of that name, and read it back.

    provider: file | keyring
    raises:   UsageError for a name or secret that cannot be kept, CredentialError where its place does not keep it
    """
    _check(name)
    if provider not in PROVIDERS:
        raise UsageError(
            say("没有名为 {provider} 的凭据存放处。", provider=provider),
            hint=say("可用：{providers}。", providers="、".join(PROVIDERS)),
        )
    if not secret.strip() or len(secret) > LONGEST:
        raise UsageError(say("凭据是空的，或超过 64 KiB。"), hint=say("从标准输入给出口令或私钥。"))
    if provider == "keyring":
        _to_ring(name, secret)
    else:
        make_dir(_folder())
        _put(_file(name), secret)
        if _marker(name).exists():
            _from_ring(name)
    if _granted(name) is None and read_credential(name) != secret:
        raise CredentialError(say("凭据存进去后读出来不一样。"), hint=say("换一个存放处：--provider。"))


def list_credentials() -> list[Credential]:
    """Every credential, by name."""
    folder = _folder()
    kept = [
        Credential(path.stem, "keyring" if path.suffix == _IN_RING else "file", _day(path))
        for path in (folder.iterdir() if folder.is_dir() else ())
        if _NAME.fullmatch(path.stem) and path.suffix in ("", _IN_RING)
    ]
    given = os.environ.get("CREDENTIALS_DIRECTORY")
    granted = [
        Credential(path.name, "systemd", None)
        for path in (Path(given).iterdir() if given and Path(given).is_dir() else ())
        if _NAME.fullmatch(path.name)
    ]
    return sorted([*kept, *granted], key=lambda each: (each.name, each.place))


def credential_files() -> dict[str, Path]:
    """Name → file of every credential that lies in the user's own folder, for a service to be granted them."""
    return {each.name: _file(each.name) for each in list_credentials() if each.place == "file"}


def delete_credential(name: str) -> None:
    """Forget a secret; raises NotFound where there is none of that name, CredentialError where its place does not answer."""
    _check(name)
    if _marker(name).exists():
        _from_ring(name)
    elif _file(name).exists():
        _file(name).unlink()
        sync_folder(_folder())
    else:
        raise NotFound(
            say("没有名为 {name} 的凭据。", name=name), hint=say("用 jiuzhu-check credential list 看有哪些。")
        )


def _to_ring(name: str, secret: bytes) -> None:
    from jiuzhu_check.store.keyring_key import put_in_keyring

    try:
        text = secret.decode()
    except UnicodeDecodeError:
        raise UsageError(say("密钥环只存文本，这个凭据不是。"), hint=say("改用 --provider file。")) from None
    put_in_keyring(_entry(name), text)
    make_dir(_folder())
    _put(_marker(name), b"")
    _file(name).unlink(missing_ok=True)
    sync_folder(_folder())


def _from_ring(name: str) -> None:
    from jiuzhu_check.store.keyring_key import delete_from_keyring

    delete_from_keyring(_entry(name))
    _marker(name).unlink()
    sync_folder(_folder())


def _put(path: Path, data: bytes) -> None:
    """Write beside it and rename, so that a reader finds the old secret or the new one."""
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    write_new(new, data, mode=0o400)
    new.rename(path)
    sync_folder(path.parent)


def _granted(name: str) -> bytes | None:
    """What systemd put there for this service, or null."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    if not folder:
        return None
    try:
        return (Path(folder) / name).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CredentialError(
            say("systemd 凭据 {name} 打不开：{why}", name=name, why=os.strerror(error.errno or 0)),
            hint=say("核对服务单元的 LoadCredential 和运行的用户。"),
        ) from None


def _check(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise UsageError(
            say("凭据的名称只用小写字母、数字、下划线和连字符，最多 64 个。"), hint=say("如 gjj-sftp；名称里不写口令。")
        )


def _folder() -> Path:
    return own_folder() / "credentials"


def _file(name: str) -> Path:
    return _folder() / name


def _marker(name: str) -> Path:
    return _folder() / f"{name}{_IN_RING}"


def _entry(name: str) -> str:
    return f"credential/{name}"


def _day(path: Path) -> date:
    return datetime.fromtimestamp(path.stat().st_mtime).date()  # noqa: DTZ006 - the centre's own calendar day
