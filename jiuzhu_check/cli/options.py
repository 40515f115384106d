"""Options that several commands share, and what they become."""

import re
from contextlib import suppress
from datetime import date
from pathlib import Path

import typer

from jiuzhu_check.errors import UsageError
from jiuzhu_check.language import say

AS_OF = typer.Option(None, "--as-of", metavar="YYYY-MM-DD", help=say("以哪一天为今天；不写则为当天。"))
RUN = typer.Option(
    "latest", "--run", metavar="ID", help=say("哪一次核对：latest 最近一次批量核对，all 每户最新结果，或核对编号。")
)
BATCH = typer.Option("", "--batch", metavar="NAME", help=say("一个受理批次的报告，代替 --run；batch list 列出批次。"))
VERSION = typer.Option(
    None, "--version", metavar="N", min=1, help=say("这个批次的第几版报告；不写则为最新一版。须与 --batch 同用。")
)
OUTPUT = typer.Option(None, "--output", "-o", metavar="FILE", help=say("写到文件（原子替换，仅本人可读）。"))
FONT_DIR = typer.Option(
    None, "--font-dir", metavar="DIR", envvar="JIUZHU_FONT_DIR", show_envvar=False,
    help=say("PDF 用的字体目录，排在 Noto CJK 之前；也可设 JIUZHU_FONT_DIR。"),
)  # fmt: skip
REVEAL = typer.Option(False, "--reveal", help=say("号码不遮盖；须写 --reason，记入审计。"))
REASON = typer.Option("", "--reason", metavar="TEXT", help=say("为何显示完整号码。"))


def day(text: str | None, option: str = "--as-of") -> date:
    """The day that an option names, or today; raises UsageError where it is none."""
    if text is None:
        return date.today()  # noqa: DTZ011 - the centre's own calendar day
    told = re.fullmatch("([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})", text)
    with suppress(ValueError):
        if told:
            return date(*map(int, told.groups()))
    raise UsageError(say("{option} 不是日期。", option=option), hint=say("写成 2018-12-01 这样。"))


def font_folder(folder: Path | None) -> str | None:
    """The folder of --font-dir, wherever the program goes."""
    return str(folder.absolute()) if folder else None


def workspace_path(ctx: typer.Context) -> Path:
    """The workspace that -C names."""
    return Path(ctx.obj["workspace"])


def quiet(ctx: typer.Context) -> bool:
    """Whether progress is unwanted."""
    return bool(ctx.obj["quiet"])
