"""credential: the secrets by which departments admit us. They are named in source.toml and never stand in a command."""

import sys
from enum import StrEnum

import typer

from jiuzhu_check.cli.entry import group
from jiuzhu_check.cli.screen import FORM, Form, next_step, show, tell
from jiuzhu_check.errors import UsageError
from jiuzhu_check.language import say

app = group(
    say("凭据：向部门取数用的口令和私钥。source.toml 只写名称；内容从标准输入或提示符读，不写在命令里。不需要工作区。")
)
NAME = typer.Argument(..., metavar="NAME", help=say("凭据的名称，即 source.toml 里 transport.credential 所写的。"))


class Provider(StrEnum):
    """Where a secret is kept."""

    file = "file"
    keyring = "keyring"


@app.command("set", help=say(
    "存一个凭据；同名的被替换。终端上提示输入（不显示），否则读标准输入到底。\n\n"
    "服务器上用 file（用户配置目录下，权限 0400）或由 systemd 的 LoadCredential 给出；桌面上可用 keyring。\n\n"
    "\b\n例：jiuzhu-check credential set gjj-sftp\n    jiuzhu-check credential set gjj-sftp < 私钥.pem"
))  # fmt: skip
def set_(
    name: str = NAME,
    provider: Provider = typer.Option(Provider.file, "--provider", help=say("file 文件 | keyring 系统密钥环")),
) -> None:
    """Keep a secret."""
    from jiuzhu_check.store.credential import set_credential

    set_credential(name, _secret(), provider.value)
    tell(say("凭据 {name} 已存在 {place}。", name=name, place=provider.value))
    next_step(say("看能不能读出来；再连一次部门。"), f"credential test {name}", say("connector test 来源"))


@app.command(
    "list", help=say("列出有哪些凭据，存在哪里，何时存的。不显示内容。\n\n\b\n例：jiuzhu-check credential list")
)
def list_(form: Form | None = FORM) -> None:
    """List the names."""
    from jiuzhu_check.store.credential import list_credentials

    rows = [(each.name, each.place, each.set_on) for each in list_credentials()]
    show(say("凭据"), [say("名称"), say("存放处"), say("存入日期")], rows, form)


@app.command("test", help=say(
    "看一个凭据现在能不能读出来；读不出来以 12 退出。部门认不认它，用 connector test。\n\n"
    "\b\n例：jiuzhu-check credential test gjj-sftp"
))  # fmt: skip
def try_(name: str = NAME) -> None:
    """Read it, and say so."""
    from jiuzhu_check.store.credential import read_credential

    read_credential(name)
    tell(say("凭据 {name} 可以读出。", name=name))


@app.command("delete", help=say("删去一个凭据。\n\n\b\n例：jiuzhu-check credential delete gjj-sftp --yes"))
def delete(name: str = NAME, yes: bool = typer.Option(False, "--yes", help=say("不再询问。"))) -> None:
    """Forget it."""
    from jiuzhu_check.store.credential import delete_credential

    if not yes:
        if not sys.stdin.isatty():
            raise UsageError(say("没有终端可以询问。"), hint=say("确认要删去的，加 --yes。"))
        typer.confirm(say("删去凭据 {name}？", name=name), abort=True, err=True)
    delete_credential(name)
    tell(say("凭据 {name} 已删去。", name=name))


def _secret() -> bytes:
    """What was typed or piped in; a newline at the end of a single line is not part of it."""
    from jiuzhu_check.store.secret_file import LONGEST

    if sys.stdin is None or sys.stdin.closed:
        return b""
    if sys.stdin.isatty():
        return str(typer.prompt(say("口令"), hide_input=True, confirmation_prompt=say("再输一次"), err=True)).encode()
    given = sys.stdin.buffer.read(LONGEST + 1)
    return given.rstrip(b"\r\n") if given.count(b"\n") <= 1 else given
