"""man jiuzhu-check: the manual page in both languages, made of the very help that the commands give.

Run by `make man`; what it writes is kept in docs/man and installed by the wheel. Lines of Chinese may break between any
two characters, which troff is told by a break point; examples stand as they are.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from typer._click.core import Command, Context

from jiuzhu_check import __version__, language
from jiuzhu_check.language import say

FOLDER = Path(__file__).parents[2] / "docs" / "man"
PAGES = {"en": FOLDER / "man1" / "jiuzhu-check.1", "zh": FOLDER / "zh_CN" / "man1" / "jiuzhu-check.1"}
_WIDE = "[\u2e80-\u9fff\uff00-\uffef\u3000-\u303f“”‘’…]"
_OPENS, _CLOSES = "（《“‘「【", "，。；：！？）》”’」】、…"
_BETWEEN = re.compile(f"(?<={_WIDE})(?<![{_OPENS}])(?={_WIDE})(?![{_CLOSES}])")


def manual() -> str:
    """The page in the language that is spoken now."""
    from jiuzhu_check.cli.entry import root

    command = root()
    context = command.context_class(command, info_name="jiuzhu-check")
    name = say("居民家庭经济状况核对")
    lines = [
        f'.TH JIUZHU-CHECK 1 "" "jiuzhu-check {__version__}" "{_plain(name)}"',
        ".ad l",
        ".nh",
        _heading(say("名称")),
        f"jiuzhu-check \\- {_text(name)}",
        _heading(say("概要")),
        f".B jiuzhu-check\n{_plain('[-C DIR] COMMAND [OPTION]...')}",
        _heading(say("描述")),
        *_paragraphs(command.help or ""),
        _heading(say("选项")),
        *_parameters(command, context),
        _heading(say("命令")),
    ]
    for words, each, its in _leaves(command, context, ()):
        lines += [f".SS {_plain(' '.join(words))}", *_paragraphs(each.help or ""), *_parameters(each, its)]
    return "\n".join(line for line in lines if line) + "\n"


def _heading(title: str) -> str:
    return f".SH {_plain(title.upper())}"


def _leaves(
    command: Command, context: Context, words: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Command, Context]]:
    names = command.list_commands(context) if hasattr(command, "list_commands") else []
    if not names:
        yield words, command, context
    for name in names:
        _, child, _ = command.resolve_command(context, [name])  # type: ignore[attr-defined]
        yield from _leaves(child, child.context_class(child, parent=context, info_name=name), (*words, name))


def _paragraphs(text: str) -> Iterator[str]:
    """Each paragraph of a help text; one that is marked as lines of its own keeps them."""
    for paragraph in text.split("\n\n"):
        if paragraph.startswith("\b"):
            yield ".PP\n.nf"
            yield from (_plain(line) for line in paragraph.removeprefix("\b").strip("\n").split("\n"))
            yield ".fi"
        else:
            yield f".PP\n{_text(' '.join(paragraph.split()))}"


def _parameters(command: Command, context: Context) -> Iterator[str]:
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record:
            yield f".TP\n.B {_plain(record[0])}"
            yield _text(record[1].replace("[required]", say("［必填］"))) or "\\&"


def _text(text: str) -> str:
    return _BETWEEN.sub(r"\\:", _plain(text))


def _plain(text: str) -> str:
    """Text that troff takes for nothing but text."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    escaped = escaped.replace("^", "\\(ha").replace("~", "\\(ti").replace('"', "\\(dq")
    return "\\&" + escaped if escaped[:1] in (".", " ") else escaped


def main() -> None:
    """Write both pages: each by a process of its own, for texts of options are spoken when their module is imported."""
    for spoken, page in PAGES.items():
        command = [sys.executable, "-m", "jiuzhu_check.cli.manual", spoken]
        done = subprocess.run(command, capture_output=True, check=True)  # noqa: S603
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_bytes(done.stdout)


if __name__ == "__main__":
    if sys.argv[1:]:
        language.choose(sys.argv[1])
        sys.stdout.buffer.write(manual().encode())
    else:
        main()
