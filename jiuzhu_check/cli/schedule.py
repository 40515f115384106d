"""schedule: what has the machine pull and check every night."""

import sys
from datetime import datetime
from pathlib import Path

import typer

from jiuzhu_check.cli.entry import group
from jiuzhu_check.cli.options import workspace_path
from jiuzhu_check.cli.screen import next_step, tell
from jiuzhu_check.errors import UsageError
from jiuzhu_check.language import say

app = group(say("定时：每夜取数、核对在保家庭，由 systemd 或 cron 启动。"))


@app.command("show", help=say(
    "写出每夜运行 pull --all、再运行 check recipients 的 systemd 服务和定时器，以及一行 cron。只写出来，不安装。\n\n"
    "服务除工作区外什么也不能写；密钥由 systemd 给的，和向部门取数的凭据，由单元加载。必需来源不全（3）在日志里是警告，不算失败。\n\n"
    "\b\n例：jiuzhu-check -C 工作区 schedule show --at 02:15 -o 单元"
))  # fmt: skip
def show(
    ctx: typer.Context,
    at: str = typer.Option("02:15", "--at", metavar="HH:MM", help=say("每天几点开始。")),
    user: str = typer.Option("", "--user", metavar="NAME", help=say("以哪个系统账户运行；不写则为工作区的主人。")),
    folder: Path | None = typer.Option(None, "--output", "-o", metavar="DIR", help=say("写到这个目录；不写则显示。")),
) -> None:  # fmt: skip
    """Show or write the units."""
    from jiuzhu_check.checks.schedule import NAME, night_units, write_units

    try:
        time = datetime.strptime(at, "%H:%M").time()  # noqa: DTZ007 - the machine's own clock
    except ValueError:
        raise UsageError(say("--at 不是钟点。"), hint=say("写成 02:15 这样。")) from None
    units = night_units(workspace_path(ctx), _program(), time, user)
    if folder is None:
        typer.echo("\n".join(f"# {name}\n{text}" for name, text in units.items()), nl=False)
        return
    write_units(units, folder)
    for name in units:
        tell(str(folder / name))
    next_step(
        say("由系统管理员把两个单元装到 /etc/systemd/system，运行 systemctl enable --now {name}.timer。", name=NAME)
    )


def _program() -> Path:
    """The program as it was started, by its whole path."""
    beside = Path(sys.executable).with_name("jiuzhu-check")
    return beside if beside.exists() else Path(sys.argv[0]).absolute()
