"""key rotate | escrow: a new key for the workspace; its key in its custodians' hands."""

from pathlib import Path

import typer

from jiuzhu_check.cli.entry import group
from jiuzhu_check.cli.init import Provider
from jiuzhu_check.cli.options import quiet, workspace_path
from jiuzhu_check.cli.screen import progress, tell
from jiuzhu_check.errors import UsageError
from jiuzhu_check.language import say

app = group(say("密钥：更换工作区的密钥，交保管人托管。"))


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
    tell(say("以前的托管文件只打得开旧密钥：请重新执行 key escrow，并再备份一次。"))


@app.command("escrow", help=say(
    "托管密钥：把工作区的密钥用保管人的口令封存（scrypt，AES-256-GCM），写到文件；或用 --verify 查一份托管还打不打得开。记入审计。\n\n"
    "请两位保管人各设一个口令，互不相告，恢复时两个都要：一人不能单独取出密钥。口令各写一份，封好存在两处；托管文件不和备份放在一处。"
    "口令从提示符读（不显示），或从标准输入读、一位一行；不写在命令里，至少 12 个字符。\n\n"
    "密钥和所有托管都丢了，数据和备份谁也打不开。更换密钥以后要重新托管；旧的留到以前的备份都销毁。每年查一次：见 docs/keys-and-backup.md。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 key escrow -o /media/u盘/核对.escrow\n"
    "    jiuzhu-check -C 工作区 key escrow --verify /media/u盘/核对.escrow"
))  # fmt: skip
def escrow(
    ctx: typer.Context,
    output: Path | None = typer.Option(None, "--output", "-o", metavar="FILE", help=say("写到文件（仅本人可读）；在工作区以外。")),
    verify: Path | None = typer.Option(None, "--verify", metavar="FILE", help=say("查这份托管：口令打不打得开，是不是现在的密钥。")),
) -> None:  # fmt: skip
    """Put the key in escrow, or look whether it is there."""
    from jiuzhu_check.checks.key_escrow import put_in_escrow, verify_escrow
    from jiuzhu_check.cli.passphrase import escrow_bytes, new_passphrases, passphrases
    from jiuzhu_check.store.escrow import custodians

    if (output is None) == (verify is None):
        raise UsageError(say("写 -o 或 --verify，两者取一。"), hint=say("-o 写一份新的托管；--verify 查以前的。"))
    if output is not None:
        told = new_passphrases()
        key = put_in_escrow(workspace_path(ctx), output, told)
        tell(
            say(
                "编号 {key} 的密钥已托管到 {path}；要 {count} 位保管人的口令才打得开。",
                key=key,
                path=output,
                count=len(told),
            )
        )
        if len(told) == 1:
            tell(say("只有一位保管人：他一人就能取出密钥，他忘了就没有了。建议两位。"))
        tell(say("口令各写一份，封好存在两处；托管文件多拷一份，不和备份放在一处。现在就查一次：key escrow --verify。"))
        return
    assert verify is not None
    data = escrow_bytes(verify)
    key = verify_escrow(workspace_path(ctx), data, passphrases(custodians(data)))
    tell(say("托管完好：口令打得开，就是本工作区现在的密钥（编号 {key}）。", key=key))
