"""workspace.toml: which workspace this is, and where its key is. What decides what is read of the data is sealed by the key.

provider and location may be edited by hand, to move a key, and so may [centre]; id is bound into the key's own id, region and what was kept
of an earlier key by the seal.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import tomli

from jiuzhu_check.errors import StoreError, UsageError
from jiuzhu_check.language import say
from jiuzhu_check.store.durable import write_file
from jiuzhu_check.store.manifest import canonical

FORMAT = 1
FILE = "workspace.toml"


@dataclass(frozen=True)
class KeyPlace:
    """Where a key is, and how it is recognised.

    kek_id: the short hash of the key
    kept:   what stays of the workspace's first key, wrapped by this one; empty for the first
    """

    provider: str
    location: str
    kek_id: str
    kept: str = ""


@dataclass(frozen=True)
class Contact:
    """Whom a household turns to, as [centre] in workspace.toml says; what it does not say is empty, and never invented."""

    name: str = ""
    phone: str = ""
    address: str = ""
    hours: str = ""


@dataclass(frozen=True)
class Settings:
    """What workspace.toml says.

    contact: the centre itself, for papers that households read; written by hand
    before: the key that is being replaced, while files may still be wrapped by it
    seal:   HMAC over what may not be edited
    """

    id: str
    region: str
    key: KeyPlace
    before: KeyPlace | None = None
    seal: str = ""
    contact: Contact = Contact()

    def sealed(self) -> bytes:
        """What the seal is over."""
        body = {
            "format": FORMAT,
            "id": self.id,
            "region": self.region,
            "kek_id": self.key.kek_id,
            "kept": self.key.kept,
        }
        return b"workspace|" + canonical(body)


def write_settings(workspace: Path, settings: Settings) -> None:
    """Put the file in place, in one step; of one that is there, what people wrote stays as it stands."""
    file = workspace / FILE
    if not file.exists():
        write_file(file, _to_toml(settings).encode())
        return
    import tomlkit

    told, new = tomlkit.parse(file.read_text("utf-8")), tomlkit.parse(_to_toml(settings))
    for name in ("seal", "key"):
        told[name] = new[name]
    write_file(file, tomlkit.dumps(told).encode())


def read_settings(workspace: Path) -> Settings:
    """The file again; raises StoreError where there is none, it cannot be read, or it is of a newer format."""
    try:
        return parse_settings((workspace / FILE).read_bytes(), workspace)
    except (FileNotFoundError, NotADirectoryError):
        raise StoreError(
            say("{path} 不是工作区", path=workspace),
            hint=say("用 -C 指定工作区，或先执行 jiuzhu-check init {path} --region 行政区划代码。", path=workspace),
        ) from None
    except OSError as error:
        why = os.strerror(error.errno or 0)
        hint = say("检查目录的权限。")
        raise StoreError(say("工作区 {path} 读不出：{why}", path=workspace, why=why), hint=hint) from None


def parse_settings(data: bytes, workspace: Path) -> Settings:
    """What the file's bytes say; raises StoreError as read_settings, naming the workspace."""
    try:
        told = tomli.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        raise not_readable(workspace) from None
    if isinstance(told.get("format"), int) and told["format"] > FORMAT:
        raise StoreError(say("工作区 {path} 的格式比本程序新", path=workspace), hint=say("请升级 jiuzhu-check。"))
    if not _all_text(told, "id", "region", "seal") or not isinstance(told.get("key"), dict):
        raise not_readable(workspace)
    key = told["key"]
    before = key.pop("before", None)
    for place in (key, before):
        if place is not None and not (isinstance(place, dict) and _all_text({"kept": "", **place}, *_PLACE)):
            raise not_readable(workspace)
    return Settings(
        told["id"],
        told["region"],
        _place(key),
        _place(before) if before is not None else None,
        told["seal"],
        _contact(workspace / FILE, told.get("centre", {})),
    )


def not_readable(workspace: Path) -> StoreError:
    """The error that says that the file is not what was written."""
    return StoreError(say("{path} 不是有效的工作区文件", path=workspace / FILE), hint=say("从备份恢复该文件。"))


_PLACE = ("provider", "location", "kek_id", "kept")


def _place(told: Mapping[str, Any]) -> KeyPlace:
    return KeyPlace(told["provider"], told["location"], told["kek_id"], told.get("kept", ""))


def _contact(file: Path, said: object) -> Contact:
    known = [each.name for each in fields(Contact)]
    if not isinstance(said, dict) or not set(said) <= set(known) or not _all_text(said, *said):
        raise UsageError(
            say("{path} 的 [centre] 读不懂", path=file),
            hint=say("只写这些键，值是文字：{keys}。", keys="、".join(known)),
        )
    return Contact(**{name: " ".join(words.split()) for name, words in said.items()})


def _all_text(told: Mapping[str, Any], *names: str) -> bool:
    return all(isinstance(told.get(name), str) for name in names)


def _to_toml(settings: Settings) -> str:
    def lines(values: Mapping[str, str]) -> str:
        return "".join(f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in values.items() if value)

    def place(key: KeyPlace) -> str:
        return lines({name: getattr(key, name) for name in _PLACE})

    head = lines({"id": settings.id, "region": settings.region, "seal": settings.seal})
    before = f"\n[key.before]\n{place(settings.before)}" if settings.before else ""
    contact = "".join(f'{each.name} = ""\n' for each in fields(Contact))
    return (
        f"format = {FORMAT}\n{head}\n[key]\n{place(settings.key)}{before}\n"
        f"# 核对单位，印在核对报告和告知单上；没有填的，留空由人手写\n[centre]\n{contact}"
    )
