"""The workspace: one centre's folder, its region, and where its key is. The key itself lies elsewhere.

workspace.toml  format, id, region, key     sources.toml  which sources are signed
store/          encrypted data              audit/        the chained log
policy/         the county's parameters     connectors/   the county's departments     reports/
"""

import hmac
import re
import secrets
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from jiuzhu_check.errors import CredentialError, StoreError, UsageError
from jiuzhu_check.language import say
from jiuzhu_check.store.durable import make_dir, remove_leftovers, write_file
from jiuzhu_check.store.keys import PROVIDERS, Keys, create_key, load_key
from jiuzhu_check.store.own_folder import own_folder
from jiuzhu_check.store.settings import FILE, Contact, KeyPlace, Settings, not_readable, read_settings, write_settings

if TYPE_CHECKING:
    from jiuzhu_check.store.snapshot import Store

_SOURCES = "sources.toml"
_FOLDERS = ("store", "audit", "policy", "connectors", "reports")
_NUMBERED = re.compile(r"(.+)-(\d{1,6})")


@dataclass(frozen=True)
class Workspace:
    """An opened workspace, with a key that fits.

    id:        random, names the key and binds it to this workspace
    region:    GB/T 2260 code
    key_place: the key's provider and location, to be told to who made the workspace
    contact:   the centre itself, for papers that households read
    """

    path: Path
    id: str
    region: str
    keys: Keys
    key_place: str
    contact: Contact

    @classmethod
    def create(
        cls, path: Path, region: str, provider: str, key_file: Path | None = None, *, sources_toml: str = ""
    ) -> "Workspace":
        """A new workspace and its key.

        path:         a folder that does not exist yet, or is empty
        provider:     file, systemd or keyring
        key_file:     of the provider file; by default under the user's configuration. A key that is there is used.
        sources_toml: the text of the register of sources
        raises:       StoreError where there is something already, CredentialError as store/keys.py, UsageError
        """
        _check_arguments(region, provider, key_file)
        path = path.absolute()
        _refuse_occupied(path)
        identity = secrets.token_hex(6)
        location = _location(provider, identity, key_file)
        make_dir(path)
        keys = create_key(provider, location, workspace=identity, root=path)
        for folder in _FOLDERS:
            make_dir(path / folder)
        write_file(path / _SOURCES, sources_toml.encode())
        settings = Settings(identity, region, KeyPlace(provider, location, keys.id))
        write_settings(path, replace(settings, seal=keys.mac(settings.sealed())))
        return cls(path, identity, region, keys, _told(settings.key), Contact())

    @classmethod
    def open(cls, path: Path) -> "Workspace":
        """The workspace at a path.

        raises: StoreError where there is none or it is newer than the program, CredentialError where its key is
                missing, not allowed, or another one
        """
        path = path.absolute()
        settings = read_settings(path)
        before = _key(path, settings, settings.before) if settings.before else None
        keys = _key(path, settings, settings.key, before)
        if not hmac.compare_digest(settings.seal.encode(), keys.mac(settings.sealed()).encode()):
            raise not_readable(path)
        return cls(path, settings.id, settings.region, keys, _told(settings.key), settings.contact)

    def begin_rotation(self, provider: str = "", key_file: Path | None = None) -> "Workspace":
        """The workspace under a new key, with the old one beside it until finish_rotation; one that was begun goes on.

        provider: where the new key is made; by default where the old one is
        key_file: of the provider file; by default beside the old one
        raises:   CredentialError, UsageError as create. Only for the holder of the workspace's lock.
        """
        remove_leftovers(self.path)
        settings = read_settings(self.path)
        if settings.before:
            if provider not in ("", settings.key.provider) or (
                key_file and str(key_file.absolute()) != settings.key.location
            ):
                raise UsageError(
                    say("上一次更换密钥还没有完成：新密钥在 {place}", place=_told(settings.key)),
                    hint=say("先不带选项执行 jiuzhu-check key rotate，把它做完。"),
                )
            return self
        old, provider = settings.key, provider or settings.key.provider
        _check_provider(provider, key_file)
        location = _next_location(provider, self.id, old, key_file)
        made = create_key(provider, location, workspace=self.id, root=self.path)
        if made.id == self.keys.id:
            raise CredentialError(
                say("{place} 里就是现在的密钥", place=f"{provider} {location}"), hint=say("为新密钥另指一处。")
            )
        new = replace(settings, key=KeyPlace(provider, location, made.id, made.keep(self.keys)), before=old)
        write_settings(self.path, replace(new, seal=made.mac(new.sealed())))
        return Workspace.open(self.path)

    def finish_rotation(self) -> "Workspace":
        """The workspace under the new key alone, once every dataset is resealed."""
        write_settings(self.path, replace(read_settings(self.path), before=None))
        return Workspace.open(self.path)

    @cached_property
    def store(self) -> "Store":
        """The encrypted store."""
        from jiuzhu_check.store.snapshot import Store  # here: the key and the log are opened without frames

        return Store(self.store_dir, self.keys)

    @property
    def store_dir(self) -> Path:
        """Where the store is."""
        return self.path / "store"

    @property
    def audit_dir(self) -> Path:
        """Where the chained log is."""
        return self.path / "audit"

    @property
    def policy_dir(self) -> Path:
        """The county's own parameters."""
        return self.path / "policy"

    @property
    def connectors_dir(self) -> Path:
        """The county's own departments."""
        return self.path / "connectors"

    @property
    def reports_dir(self) -> Path:
        """Where reports go."""
        return self.path / "reports"

    @property
    def sources_toml(self) -> Path:
        """The register of sources."""
        return self.path / _SOURCES


def default_key_file(workspace: str) -> Path:
    """Where a workspace's key file is when nobody says otherwise."""
    return own_folder() / "keys" / f"{workspace}.key"


def _check_arguments(region: str, provider: str, key_file: Path | None) -> None:
    if not (len(region) == 6 and region.isascii() and region.isdigit()):
        raise UsageError(
            say("行政区划代码应为 6 位数字：{region}", region=region), hint=say("按 GB/T 2260 填写，例如 370100。")
        )
    _check_provider(provider, key_file)


def _check_provider(provider: str, key_file: Path | None) -> None:
    if provider not in PROVIDERS:
        raise UsageError(
            say("没有名为 {provider} 的密钥来源", provider=provider),
            hint=say("可用的来源：{providers}。", providers="、".join(PROVIDERS)),
        )
    if key_file is not None and provider != "file":
        raise UsageError(
            say("--key-file 只用于密钥来源 file"), hint=say("去掉 --key-file，或改用 --key-provider file。")
        )


def _refuse_occupied(path: Path) -> None:
    if (path / FILE).exists():
        raise StoreError(say("{path} 已经是工作区", path=path), hint=say("直接使用它，或换一个路径。"))
    if path.exists() and not path.is_dir():
        raise StoreError(say("{path} 不是目录", path=path), hint=say("换一个路径。"))
    if path.is_dir():
        remove_leftovers(path)  # of an init that was killed
    if path.exists() and not {each.name for each in path.iterdir()} <= {*_FOLDERS, _SOURCES}:
        raise StoreError(say("目录 {path} 不是空的", path=path), hint=say("换一个空目录，或一个还不存在的路径。"))


def _location(provider: str, identity: str, key_file: Path | None) -> str:
    if provider == "file":
        return str((key_file or default_key_file(identity)).absolute())
    return "jiuzhu-check" if provider == "systemd" else identity


def _next_location(provider: str, identity: str, old: KeyPlace, key_file: Path | None) -> str:
    """A place beside the old key's: centre.key, centre-2.key, centre-3.key. The same again after a run that was killed."""
    if key_file is not None or provider == "systemd" != old.provider:
        return _location(provider, identity, key_file)
    if provider != old.provider:  # where an earlier key of this workspace may lie, one of its own name
        return _location(provider, f"{identity}-{old.kek_id[:8]}", None)
    path = Path(old.location)
    stem, suffix = (path.stem, path.suffix) if provider == "file" else (old.location, "")
    found = _NUMBERED.fullmatch(stem)
    name = f"{found[1]}-{int(found[2]) + 1}" if found else f"{stem}-2"
    return str(path.with_name(name + suffix)) if provider == "file" else name


def _key(path: Path, settings: Settings, place: KeyPlace, before: Keys | None = None) -> Keys:
    keys = load_key(place.provider, place.location, workspace=settings.id, root=path, kept=place.kept, before=before)
    if keys.id != place.kek_id:
        raise CredentialError(
            say("这把密钥不是工作区 {path} 的密钥", path=path),
            hint=say(
                "取回建立工作区时的密钥：{provider} {location}。", provider=place.provider, location=place.location
            ),
        )
    return keys


def _told(place: KeyPlace) -> str:
    return f"{place.provider} {place.location}"
