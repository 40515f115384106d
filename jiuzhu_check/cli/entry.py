"""Entry: the tree of commands, each imported when it is called, and what an error becomes."""

import errno
import os
import traceback
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, TypeVar
from unicodedata import east_asian_width

import typer
from typer._click import exceptions as click
from typer._click.core import Command, Context, Parameter
from typer._click.formatting import HelpFormatter
from typer.core import TyperCommand, TyperGroup
from typer.core import TyperOption as Option

from jiuzhu_check import __version__
from jiuzhu_check.cli import Terminated
from jiuzhu_check.cli.completion import offer
from jiuzhu_check.cli.pager import paged
from jiuzhu_check.errors import ExitCode, JiuzhuError, UsageError
from jiuzhu_check.language import say

Function = TypeVar("Function", bound=Callable[..., Any])

FILLER = "\0"

# name → what it does, in one line. A module of this name in cli/ holds `app`.
COMMANDS = {
    "init": "建立工作区、密钥和来源登记",
    "doctor": "体检：密钥、磁盘、时钟、权限、来源、政策是否都备好了，怎么办",
    "roster": "导入名册：在保家庭和申请家庭",
    "consent": "授权：补交、撤回、到期；撤回以前读过什么",
    "pull": "取数：收下一个部门的一份数据",
    "source": "来源：到位情况，给部门的数据质量函，来源登记（必需、可选、未签约）",
    "reject": "退回：没有收下的行和整份拒收的交付，给部门的清单，放行",
    "inquiry": "查询：部门只答所列的人，向它逐批查询",
    "check": "核对：全部在保家庭（在保必核）或全部申请家庭（凡进必核）",
    "batch": "批次：一次受理的申请家庭，到哪一步、还缺什么，关闭",
    "case": "核对一户，在终端查看",
    "run": "历次核对：列出、查看，两次之间有什么不同",
    "due": "到期：复核、办理期限、渐退期、成员死亡后的核查",
    "explain": "说明一条关联：对照、证据、其他可能、反证",
    "finding": "发现：列出、分派、导出，收回乡镇的答复",
    "dispute": "异议：家庭认为发现不对，按期复查",
    "staff": "经办人员：登记、离岗、移交",
    "review": "复核：登记的权利人是不是这名成员，由人判断",
    "match": "匹配得对不对：与真值相比，用诱饵来量",
    "policy": "政策：各地自哪一天起是什么规定，依据什么；检验，说明规则",
    "report": "报告：核对清单、总览、早间摘要",
    "export": "导出关联、发现、覆盖、退回",
    "credential": "凭据：向部门取数用的口令和私钥",
    "key": "更换工作区的密钥，托管密钥",
    "retention": "保存期：期满的数据，留下证据后清除",
    "backup": "备份工作区，不含密钥",
    "restore": "从备份恢复到空目录",
    "connector": "查看和检验各部门的接入说明（source.toml）",
    "schedule": "定时：每夜取数、核对的 systemd 单元和 cron 行",
    "audit": "校验审计记录",
}
HELP = """居民家庭经济状况核对：取数 → 匹配 → 核对 → 报告。只核对、不认定。

\b
常用顺序：
  init 建立工作区 → roster import 导入名册 → pull 收下各部门数据
  → check recipients 核对 → report 出报告
每条命令加 --help 看说明和例子。

\b
退出码：
  0  完成             1  有发现（仅加 --exit-code 时）
  2  用法或配置有误   3  完成，但必需来源不全
  4  没有该家庭、核对批次或来源          5  按规定拒绝
  10 工作区   11 被占用   12 密钥   13 交付不合约定   14 政策文件   15 完整性
  70 程序错误   75 稍后再试   130/143 中断，可重来"""


class WideFormatter(HelpFormatter):
    """A formatter that wraps by columns: a Chinese character takes two, and has a filler behind it while lines are cut."""

    def write_text(self, text: str) -> None:
        """A paragraph."""
        super().write_text(_widened(text))

    def write_dl(self, rows: Sequence[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Names, and what each means."""
        super().write_dl([(name, _widened(text)) for name, text in rows], col_max, col_spacing)

    def getvalue(self) -> str:
        """The text, without fillers."""
        return super().getvalue().replace(FILLER, "")


class SpokenContext(Context):
    """A context whose help is wrapped by columns."""

    formatter_class: type[HelpFormatter] = WideFormatter


class Spoken:
    """Help in the chosen language: typer's own copy of click has lost its translations."""

    context_class: type[Context] = SpokenContext

    def format_usage(self, ctx: Context, formatter: HelpFormatter) -> None:
        """用法：…"""
        pieces = self.collect_usage_pieces(ctx)  # type: ignore[attr-defined]
        formatter.write_usage(ctx.command_path, " ".join(pieces), prefix=say("用法：") + " ")

    def get_help_option(self, ctx: Context) -> Option | None:
        """--help, with its own words."""
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help = say("显示说明后退出。")
        return option  # type: ignore[no-any-return]

    def format_options(self, ctx: Context, formatter: HelpFormatter) -> None:
        """参数、选项、命令, each under its heading."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):  # type: ignore[attr-defined]
            record = parameter.get_help_record(ctx)
            if record is not None:
                heading = say("参数：") if parameter.param_type_name == "argument" else say("选项：")
                sections.setdefault(heading, []).append(record)
        if isinstance(self, TyperGroup):
            names = self.list_commands(ctx)
            sections[say("命令：")] = [(name, self.get_command(ctx, name).get_short_help_str(200)) for name in names]  # type: ignore[union-attr]
        for heading, rows in sections.items():
            with formatter.section(heading.rstrip(":：")):
                formatter.write_dl([(name, _spoken(text)) for name, text in rows])


def _spoken(text: str) -> str:
    """An option's help with its marks in the language chosen."""
    return text.replace("[required]", say("［必填］")).replace("[default:", say("[默认："))


class SpokenCommand(Spoken, TyperCommand):
    """A command with its help in the chosen language, whose values a shell can complete."""

    def get_params(self, ctx: Context) -> list[Parameter]:
        """Its arguments and options."""
        parameters = super().get_params(ctx)
        offer(parameters)
        return parameters


class SpokenGroup(Spoken, TyperGroup):
    """A group of commands with its help in the chosen language."""


class LazyGroup(SpokenGroup):
    """The root: names and one-line helps are known, modules are imported when called."""

    def list_commands(self, ctx: Context) -> list[str]:
        """Every command, in the order of a day's work."""
        return list(COMMANDS)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """The command's name and help; the real one is imported by resolve_command."""
        return SpokenCommand(cmd_name, help=say(COMMANDS[cmd_name])) if cmd_name in COMMANDS else None

    def resolve_command(self, ctx: Context, args: list[str]) -> tuple[str | None, Command | None, list[str]]:
        """The real command, imported now."""
        name, command, rest = super().resolve_command(ctx, args)
        if name in COMMANDS:
            command = typer.main.get_command(import_module(f"jiuzhu_check.cli.{name}").app)
            command.name = name
        return name, command, rest


class SpokenApp(typer.Typer):
    """A Typer whose commands speak the chosen language."""

    def command(self, name: str | None = None, **settings: Any) -> Callable[[Function], Function]:
        """As typer's, for a SpokenCommand."""
        return super().command(name, cls=SpokenCommand, **settings)


def group(help_text: str) -> typer.Typer:
    """A Typer for a command with subcommands."""
    app = SpokenApp(
        cls=SpokenGroup, help=help_text, no_args_is_help=True, rich_markup_mode=None, add_completion=False,
        pretty_exceptions_enable=False,
    )  # fmt: skip
    app.callback()(_nothing)
    return app


def single() -> typer.Typer:
    """A Typer for one command."""
    return SpokenApp(rich_markup_mode=None, add_completion=False, pretty_exceptions_enable=False)


def _widened(text: str) -> str:
    return "".join(each + FILLER if east_asian_width(each) in "WF" else each for each in text)


def _nothing() -> None:
    return None


def root() -> Command:
    """The whole tree."""
    app = typer.Typer(
        cls=LazyGroup, help=say(HELP), no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    )  # fmt: skip
    app.callback()(_root)
    command = typer.main.get_command(app)
    for option in command.params:
        if isinstance(option, Option) and option.name in ("install_completion", "show_completion"):
            option.help = (
                say("为当前 shell 安装命令补全。") if option.name[0] == "i" else say("显示命令补全的脚本，供自行安装。")
            )
    return command


def _version(value: bool) -> None:
    if value:
        typer.echo(f"jiuzhu-check {__version__}")
        raise typer.Exit


def _root(
    ctx: typer.Context,
    workspace: str = typer.Option(
        "", "--workspace", "-C", metavar="DIR", envvar="JIUZHU_WORKSPACE", show_envvar=False,
        help=say("工作区目录；不写则用环境变量 JIUZHU_WORKSPACE，再不然用当前目录。"),
    ),
    lang: str = typer.Option("", "--lang", metavar="zh|en", help=say("说明和错误用中文或英文；也可设 JIUZHU_LANG。")),
    quiet: bool = typer.Option(False, "--quiet", "-q", help=say("不显示进度，不说下一步。")),
    _no_pager: bool = typer.Option(False, "--no-pager", help=say("长的输出不分页；分页只在终端上，用 PAGER 或 less。")),
    _v: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help=say("显示版本后退出。")),
) -> None:  # fmt: skip
    if lang not in ("", "zh", "en"):
        raise UsageError(say("{name} 的值不对。", name="--lang"), hint=say("只有 zh 和 en。"))
    ctx.obj = {"workspace": workspace or ".", "quiet": quiet}


def run(arguments: list[str]) -> int:
    """Run one command line; the exit code. Errors become three lines on standard error, without personal data."""
    try:
        with paged(wanted="--no-pager" not in arguments):
            outcome = root().main(args=arguments, prog_name="jiuzhu-check", standalone_mode=False)
        if outcome == ExitCode.INTERRUPTED:  # typer has made an exit of Ctrl-C
            raise KeyboardInterrupt
        return int(outcome) if isinstance(outcome, int) else ExitCode.OK
    except JiuzhuError as problem:
        return _tell(problem.message, problem.hint, problem.exit_code)
    except click.NoArgsIsHelpError as problem:
        typer.echo(problem.message, err=True)
        return ExitCode.USAGE
    except click.UsageError as problem:
        path = problem.ctx.command_path if problem.ctx else "jiuzhu-check"
        return _tell(_usage(problem), say("用 {command} --help 看说明。", command=path), ExitCode.USAGE)
    except (KeyboardInterrupt, typer.Abort):
        return _tell(say("已中断。"), say("重新运行同一条命令即可，已完成的不会丢。"), ExitCode.INTERRUPTED)
    except Terminated:
        return _tell(say("收到停止信号。"), say("重新运行同一条命令即可，已完成的不会丢。"), ExitCode.TERMINATED)
    except BrokenPipeError:
        return ExitCode.OK
    except OSError as problem:
        if problem.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            return _tell(say("磁盘已满。"), say("腾出空间后重试；已有数据未受影响。"), ExitCode.TRY_LATER)
        if problem.errno in (errno.EIO, errno.EROFS):
            why = os.strerror(problem.errno)
            hint = say("检查磁盘和文件系统，然后重新执行同一命令；已存的数据在读出时会逐个校验。")
            return _tell(say("磁盘读写出错：{why}。", why=why), hint, ExitCode.STORE)
        return _bug(problem)
    except Exception as problem:
        return _bug(problem)


def _tell(message: str, hint: str, code: ExitCode) -> ExitCode:
    typer.echo(say("错误：{message}", message=_visible(message)), err=True)
    if hint:
        typer.echo(say("建议：{hint}", hint=_visible(hint)), err=True)
    typer.echo(say("退出码 {code}", code=int(code)), err=True)
    return code


def _visible(text: str) -> str:
    """What a file is called or says may stand in a message; it may not move the terminal's cursor."""
    if text.replace("\n", "").isprintable():
        return text
    from jiuzhu_check.reports.plain_text import plain

    return "\n".join(map(plain, text.split("\n")))


def _usage(problem: Any) -> str:
    """A usage error in the chosen language. It repeats no value that was typed: it could be a person's number."""
    option = getattr(problem, "param", None)
    name = getattr(problem, "option_name", "") or "?"
    if option is not None:
        name = option.metavar if option.param_type_name == "argument" else " / ".join(option.opts)
    if isinstance(problem, click.MissingParameter):
        return say("缺少 {name}。", name=name)
    if isinstance(problem, click.NoSuchOption):
        return say("没有这个选项。")
    if isinstance(problem, click.BadParameter):
        return say("{name} 的值不对。", name=name)
    if isinstance(problem, click.BadOptionUsage):
        return say("选项 {name} 缺少值，或不该有值。", name=name)
    if "No such command" in problem.message:
        return say("没有这条命令。")
    return say("用法不对：参数多了或少了。")


def _bug(problem: BaseException) -> ExitCode:
    """A bug: the place in the code and nothing of what it held, for messages of libraries may quote cells."""
    frames = traceback.extract_tb(problem.__traceback__)
    ours = [frame for frame in frames if "jiuzhu_check" in frame.filename]
    where = "；".join(f"{frame.filename.split('jiuzhu_check/')[-1]}:{frame.lineno} {frame.name}" for frame in ours[-4:])
    hint = say("请把这几行连同命令（不含个人信息）报告给维护人员；数据未受影响。")
    return _tell(say("程序错误 {kind}（{where}）", kind=type(problem).__name__, where=where), hint, ExitCode.BUG)
