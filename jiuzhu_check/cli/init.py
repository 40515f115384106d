"""init: a workspace, its key and its register of sources."""

from enum import StrEnum
from pathlib import Path

import typer

from jiuzhu_check.cli.entry import single
from jiuzhu_check.cli.screen import next_step, tell
from jiuzhu_check.language import say

app = single()


class Provider(StrEnum):
    """Where the workspace's key is kept."""

    file = "file"
    systemd = "systemd"
    keyring = "keyring"


@app.command(help=say(
    "建立工作区：目录、密钥和来源登记（sources.toml）。\n\n\b\n例：jiuzhu-check init /srv/hedui --region 370100 --key-provider file\n\n"
    "密钥在工作区之外；丢了密钥就丢了全部数据，请另存一份并由两人分别保管。"
))  # fmt: skip
def init(
    workspace: Path = typer.Argument(..., metavar="DIR", help=say("新工作区的目录。")),
    region: str = typer.Option(..., "--region", metavar="CODE", help=say("本中心的行政区划代码（GB/T 2260），六位。")),
    provider: Provider = typer.Option(
        ..., "--key-provider", help=say("密钥放在哪里：file 只读密钥文件 | systemd 凭据 | keyring 系统密钥环。不会悄悄换用别的。")
    ),
    key_file: Path = typer.Option(
        None, "--key-file", metavar="PATH", help=say("密钥文件；不写则放在用户配置目录。仅用于 file。")
    ),
) -> None:  # fmt: skip
    """Make a workspace and say where its key is."""
    from jiuzhu_check.checks.centre import create_centre

    made = create_centre(workspace, region, provider.value, key_file)
    tell(say("已建立工作区 {path}。", path=workspace))
    tell(say("密钥：{place}。请另存一份；没有它，任何人都打不开数据。", place=made.key_place))
    tell(say("来源登记：{path}。签约的来源写 required 或 optional。", path=made.sources_toml))
    next_step(
        say("导入名册；再看一遍密钥、磁盘、来源是否都备好了。"),
        say("roster import 名册.csv"),
        "doctor",
        workspace=workspace,
    )
