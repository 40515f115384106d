"""backup: a consistent copy of the workspace, without its key."""

from datetime import UTC, datetime
from pathlib import Path

import typer

from jiuzhu_check.cli.entry import single
from jiuzhu_check.cli.options import quiet, workspace_path
from jiuzhu_check.cli.screen import next_step, progress, tell
from jiuzhu_check.language import say

app = single()


@app.command(help=say(
    "备份工作区到一个目录：设置、政策、接入说明、加密的数据、审计记录。不含密钥：没有密钥，备份里的数据谁也打不开。"
    "也不含 reports/：那是明文，可以重新打印。\n\n"
    "目录里已有以前的备份的，只拷新的；每个文件都按 SHA-256 核对，清单最后写。中途断掉，以前的备份仍然完整，再执行一次。"
    "备份时工作区被占用（与核对不能同时）；有损坏的文件就不备份，并说是哪一个。\n\n"
    "密钥另外托管（key escrow），两样要分开放：见 docs/keys-and-backup.md。按保存期清除以后，更新每一份备份。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 backup /mnt/备份/核对\n    jiuzhu-check -C 工作区 key escrow -o /media/u盘/核对.escrow"
))  # fmt: skip
def backup(
    ctx: typer.Context,
    to: Path = typer.Argument(
        ..., metavar="TO", help=say("备份目录：空的，或本工作区以前的备份；在别的磁盘、最好别的机器上。")
    ),
) -> None:
    """Back the workspace up, and say what is needed to come back from it."""
    from jiuzhu_check.checks.backup import back_up

    workspace = workspace_path(ctx)
    with progress(say("备份"), quiet=quiet(ctx)) as move:
        done = back_up(workspace, to, datetime.now(UTC), progress=lambda at, of: move("", at, of))
    tell(
        say(
            "已备份 {files:,} 个文件、{size:,} 字节到 {to}；新拷 {copied:,} 个，移去不再属于的 {removed:,} 个。",
            files=len(done.listing.files), size=done.listing.size, to=to, copied=done.copied, removed=done.removed,
        )
    )  # fmt: skip
    if done.left_out:
        tell(say("{count} 个不是普通文件，没有备份，如 {path}。", count=len(done.left_out), path=done.left_out[0]))
    tell(
        say(
            "备份里没有密钥。恢复要用编号 {key} 的密钥：请确认它已托管，托管文件和备份不放在一处。",
            key=done.listing.kek_id,
        )
    )
    next_step(say("托管密钥；每年在另一台机器上恢复一次。"), "key escrow -o " + say("托管文件"))
