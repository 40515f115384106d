"""The workspace: one centre's folder, its region, and where its key is. The key itself lies elsewhere.

workspace.toml  format, id, region, key     sources.toml  which sources are signed
store/          encrypted data              audit/        the chained log
policy/         the county's parameters     connectors/   the county's departments     reports/
"""

import json
import os
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

from jiuzhu_check.errors import CredentialError, StoreError, UsageError
from jiuzhu_check.language import say
from jiuzhu_check.store.durable import make_dir, write_file
from jiuzhu_check.store.keys import PROVIDERS, Keys, create_key, load_key
from jiuzhu_check.store.own_folder import own_folder
from jiuzhu_check.store.snapshot import Store

FORMAT = 1
_FILE = "workspace.toml"
_SOURCES = "sources.toml"
_FOLDERS = ("store", "audit", "policy", "connectors", "reports")


@dataclass(frozen=True)
class Contact:
    """Whom a household turns to, as [centre] in workspace.toml says; what it does not say is empty, and never invented."""

    name: str = ""
    phone: str = ""
    address: str = ""
    hours: str = ""


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
    contact: Contact = Contact()

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
        write_file(path / _FILE, _to_toml(identity, region, provider, location, keys.id).encode())
        return cls(path, identity, region, keys, f"{provider} {location}")

    @classmethod
    def open(cls, path: Path) -> "Workspace":
        """The workspace at a path.

        raises: StoreError where there is none or it is newer than the program, CredentialError where its key is
                missing, not allowed, or another one
        """
        path = path.absolute()
        settings = _read(path)
        key = settings["key"]
        keys = load_key(key["provider"], key["location"], workspace=settings["id"], root=path)
        if keys.id != key["kek_id"]:
            raise CredentialError(
                say("这把密钥不是工作区 {path} 的密钥", path=path),
                hint=say(
                    "取回建立工作区时的密钥：{provider} {location}。",
                    provider=key["provider"],
                    location=key["location"],
                ),
            )
        place = f"{key['provider']} {key['location']}"
        return cls(path, settings["id"], settings["region"], keys, place, _contact(path, settings))

    @cached_property
    def store(self) -> Store:
        """The encrypted store."""
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
    if (path / _FILE).exists():
        raise StoreError(say("{path} 已经是工作区", path=path), hint=say("直接使用它，或换一个路径。"))
    if path.exists() and not path.is_dir():
        raise StoreError(say("{path} 不是目录", path=path), hint=say("换一个路径。"))
    if path.exists() and not {each.name for each in path.iterdir()} <= {*_FOLDERS, _SOURCES}:
        raise StoreError(say("目录 {path} 不是空的", path=path), hint=say("换一个空目录，或一个还不存在的路径。"))


def _location(provider: str, identity: str, key_file: Path | None) -> str:
    if provider == "file":
        return str((key_file or default_key_file(identity)).absolute())
    return "jiuzhu-check" if provider == "systemd" else identity


def _to_toml(identity: str, region: str, provider: str, location: str, key_id: str) -> str:
    def quoted(text: str) -> str:
        return json.dumps(text, ensure_ascii=False)

    return (
        f"format = {FORMAT}\n"
        f"id = {quoted(identity)}\n"
        f"region = {quoted(region)}\n\n"
        "[key]\n"
        f"provider = {quoted(provider)}\n"
        f"location = {quoted(location)}\n"
        f"kek_id = {quoted(key_id)}\n\n"
        "# 核对单位，印在核对报告和告知单上；没有填的，留空由人手写\n"
        "[centre]\n" + "".join(f'{each.name} = ""\n' for each in fields(Contact))
    )


def _contact(path: Path, settings: Mapping[str, Any]) -> Contact:
    said = settings.get("centre", {})
    known = [each.name for each in fields(Contact)]
    if not isinstance(said, dict) or not set(said) <= set(known) or not _all_text(said, *said):
        raise UsageError(
            say("{path} 的 [centre] 读不懂", path=path / _FILE),
            hint=say("只写这些键，值是文字：{keys}。", keys="、".join(known)),
        )
    return Contact(**{name: " ".join(words.split()) for name, words in said.items()})


def _read(path: Path) -> Mapping[str, Any]:
    try:
        settings = tomllib.loads((path / _FILE).read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise StoreError(
            say("{path} 不是工作区", path=path),
            hint=say("用 -C 指定工作区，或先执行 jiuzhu-check init {path} --region 行政区划代码。", path=path),
        ) from None
    except OSError as error:
        why = os.strerror(error.errno or 0)
        raise StoreError(say("工作区 {path} 读不出：{why}", path=path, why=why), hint=say("检查目录的权限。")) from None
    except ValueError:
        raise _not_readable(path) from None
    if isinstance(settings.get("format"), int) and settings["format"] > FORMAT:
        raise StoreError(say("工作区 {path} 的格式比本程序新", path=path), hint=say("请升级 jiuzhu-check。"))
    key = settings.get("key")
    if not isinstance(key, dict) or not _all_text(settings, "id", "region"):
        raise _not_readable(path)
    if not _all_text(key, "provider", "location", "kek_id"):
        raise _not_readable(path)
    return settings


def _all_text(settings: Mapping[str, Any], *names: str) -> bool:
    return all(isinstance(settings.get(name), str) for name in names)


def _not_readable(path: Path) -> StoreError:
    return StoreError(say("{path} 不是有效的工作区文件", path=path / _FILE), hint=say("从备份恢复该文件。"))
