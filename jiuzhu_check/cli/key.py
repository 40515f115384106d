"""key rotate: a new key for the workspace."""

from pathlib import Path

import typer

from jiuzhu_check.cli.entry import group
from jiuzhu_check.cli.init import Provider
from jiuzhu_check.cli.options import quiet, workspace_path
from jiuzhu_check.cli.screen import progress, tell
from jiuzhu_check.language import say

app = group(say("密钥：更换工作区的密钥。"))


@app.command("rotate", help=say(
    "更换工作区的密钥：生成新密钥，用它重新封存各文件的密钥和清单，数据文件不动；记入审计。\n\n"
    "新密钥放在旧密钥旁边（centre.key → centre-2.key；密钥环里的条目同样加 -2）。中途断掉，数据仍可读写，再执行一次即接着做完。\n\n"
    "旧密钥不删：以前的备份只有它打得开。请先把新密钥另存一份、由两人分别保管，不再留那些备份时才销毁旧密钥。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 key rotate\n    jiuzhu-check -C 工作区 key rotate --key-provider file --key-file /etc/hedui/2026.key"
))  # fmt: skip
def rotate(
    ctx: typer.Context,
    provider: Provider | None = typer.Option(
        None, "--key-provider", help=say("新密钥放在哪里：file | systemd | keyring；不写则与旧密钥相同。")
    ),
    key_file: Path = typer.Option(
        None, "--key-file", metavar="PATH", help=say("新密钥文件；不写则放在旧密钥旁边。仅用于 file。")
    ),
) -> None:
    """Rotate the key, and say where the new one is."""
    from jiuzhu_check.checks.key_rotation import rotate_key

    wanted = provider.value if provider else ""
    with progress(say("重新封存"), quiet=quiet(ctx)) as move:
        done = rotate_key(workspace_path(ctx), wanted, key_file, progress=lambda at, of: move("", at, of))
    if done.resumed:
        tell(say("接着做完了上次中断的更换。"))
    tell(
        say("已更换密钥：{datasets} 组数据、{files:,} 个文件改由新密钥封存。", datasets=done.datasets, files=done.files)
    )
    tell(say("新密钥：{place}。请另存一份；没有它，任何人都打不开数据。", place=done.new))
    tell(say("旧密钥：{place}。只有它打得开更换以前的备份；不再留那些备份时请销毁。", place=done.old))
