"""restore: a workspace out of a backup."""

from pathlib import Path

import typer

from jiuzhu_check.cli.entry import single
from jiuzhu_check.cli.options import quiet
from jiuzhu_check.cli.screen import next_step, progress, tell
from jiuzhu_check.language import say

app = single()


@app.command(help=say(
    "从备份恢复到一个空目录；每个文件都核对，有缺失、损坏的不恢复，并说是哪一个。中途断掉，那里还不是工作区，再执行一次即接着做完。\n\n"
    "密钥从哪里来：--key-file 指明密钥文件；--escrow 用托管文件（口令从提示符或标准输入读，一位保管人一行），"
    "密钥写到 --key-file，不写则在用户配置目录；都不写，则照工作区原来写的地方。密钥不合，以 12 退出。\n\n"
    "备份以后按保存期清除的，恢复出来又在：恢复以后先执行 retention plan，期满的照样清除。原来的机器不要再用，两边的审计记录会分岔。\n\n"
    "\b\n例：jiuzhu-check restore /mnt/备份/核对 /srv/核对 --escrow /media/u盘/核对.escrow\n"
    "    jiuzhu-check restore /mnt/备份/核对 /srv/核对 --key-file /etc/hedui/centre.key"
))  # fmt: skip
def restore(
    ctx: typer.Context,
    source: Path = typer.Argument(..., metavar="FROM", help=say("备份目录。")),
    target: Path = typer.Argument(..., metavar="WS", help=say("新的工作区：还不存在的路径，或空目录。")),
    key_file: Path | None = typer.Option(
        None, "--key-file", metavar="PATH", help=say("密钥文件；与 --escrow 同用时，密钥写到这里。")
    ),
    escrow: Path | None = typer.Option(None, "--escrow", metavar="FILE", help=say("密钥托管文件。")),
) -> None:
    """Restore, and say what to do next."""
    from jiuzhu_check.checks.restore import restore as bring_back
    from jiuzhu_check.cli.passphrase import escrow_bytes, passphrases
    from jiuzhu_check.store.escrow import custodians, open_escrow

    held = None
    if escrow is not None:
        data = escrow_bytes(escrow)
        held = open_escrow(data, passphrases(custodians(data)))
    with progress(say("恢复"), quiet=quiet(ctx)) as move:
        done = bring_back(source, target, key_file=key_file, escrow=held, progress=lambda at, of: move("", at, of))
    tell(
        say(
            "已恢复 {files:,} 个文件到 {target}；备份的时间是 {made}（UTC），此后的没有。",
            files=len(done.listing.files), target=target, made=done.listing.made,
        )
    )  # fmt: skip
    tell(say("密钥：{place}。", place=done.key_place))
    next_step(
        say("体检；校验审计记录；备份以后清除过的，照样清除。"),
        "doctor",
        "audit verify",
        "retention plan",
        workspace=target,
    )
