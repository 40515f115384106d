"""A first-time user is led: help with examples that hold, the next step after each command, values that a shell completes."""

import os
import pty
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from jiuzhu_check.checks.results import DATASET
from jiuzhu_check.cli.completion import rules, runs, sources
from jiuzhu_check.rules.run import all_rules
from tests.cli.command_tree import command_lines, helps, leaves, parse
from tests.cli.conftest import Walked
from tests.cli.program import AS_OF, PROGRAM, Desk, environment, run

# What prints no table: a text, a file, or a line that says it was done.
WITHOUT_TABLE = {
    "batch close", "batch reopen", "init", "source quality", "reject export", "inquiry ask", "review decide", "review export", "report worklist",
    "consent withdraw", "key rotate", "dispute close", "dispute evidence", "dispute open", "finding assign", "finding export", "staff add", "staff retire",
    "report overview", "report summary", "credential set", "credential test", "credential delete", "connector guess",
    "schedule show", "retention apply", "backup", "restore", "key escrow",
}  # fmt: skip


@pytest.mark.parametrize(("spoken", "word"), [("zh", "例："), ("en", "Example:")])
def test_every_command_teaches_by_an_example_that_can_be_typed(spoken: str, word: str):
    for words, text in helps(spoken).items():
        assert word in text, words
        assert words in [parse(line) for line in command_lines(text.split(word, 1)[1])], words


def test_every_command_that_prints_a_table_takes_a_format():
    without = {
        words for words, command, context in leaves() if all(p.name != "form" for p in command.get_params(context))
    }
    assert without == WITHOUT_TABLE


@pytest.mark.parametrize(
    ("step", "then"),
    [
        ("init", "roster import"),
        ("roster", "pull"),
        ("pull vehicle", "check recipients"),
        ("check recipients", "report worklist"),
        ("worklist recipients", "report worklist"),
        ("case", "explain"),
    ],
)
def test_each_step_says_what_comes_next_and_how_it_is_typed(walked: Walked, step: str, then: str):
    told = walked.said[step].err
    assert "下一步：" in told
    lines = command_lines(told.split("下一步：")[1])
    assert then in [parse(line) for line in lines]
    assert all(f"-C {walked.desk.workspace}" in line for line in lines)


def test_with_quiet_nothing_is_said_of_it(walked: Walked):
    desk = walked.desk
    assert "下一步" in desk.run("source", "list", "--as-of", AS_OF).err
    assert run("--quiet", "-C", str(desk.workspace), "source", "list", "--as-of", AS_OF).err == ""


def test_a_program_that_reads_the_result_is_not_disturbed(walked: Walked):
    assert "下一步" not in walked.desk.run("due", "--as-of", AS_OF, "--format", "json").out


def completed(line: str, shell: str, **more: str) -> list[str]:
    words = line.split(" ")
    told = {
        "bash": {"COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)},
        "zsh": {"_TYPER_COMPLETE_ARGS": line},
        "fish": {"_TYPER_COMPLETE_ARGS": line, "_TYPER_COMPLETE_FISH_ACTION": "get-args"},
    }[shell]
    said = run(**told, _JIUZHU_CHECK_COMPLETE=f"complete_{shell}", **more)
    assert said.err == ""
    if shell == "zsh":  # "value":"help" or "value", a line each, within a call of _arguments or _describe
        return [each.replace("\\", "") for each in re.findall(r'^[^"]*"([^"]+?)"', said.out, re.M)]
    return [each.split("\t")[0] for each in said.out.splitlines() if each]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("jiuzhu-check ro", "roster"),
        ("jiuzhu-check report o", "overview"),
        ("jiuzhu-check report worklist --vil", "--village-copy"),
        ("jiuzhu-check report worklist --by c", "county"),
        ("jiuzhu-check pull provi", "provident_fund"),
        ("jiuzhu-check policy explain undeclared_v", "undeclared_vehicle"),
        ("jiuzhu-check -C {workspace} policy show 37", "370000"),
        ("jiuzhu-check -C {workspace} report worklist --run la", "latest"),
        ("jiuzhu-check -C {workspace} export links --run recipients", "recipients-20181201"),
    ],
)
def test_a_shell_completes_commands_options_and_values(walked: Walked, shell: str, line: str, offered: str):
    got = completed(line.format(workspace=walked.desk.workspace), shell)
    assert any(each.startswith(offered) for each in got), got


def test_nothing_of_a_household_or_a_person_is_offered(walked: Walked):
    for option in ("case --household ", "explain --member ", "case --person-no ", "case --name ", "review show "):
        assert completed(f"jiuzhu-check -C {walked.desk.workspace} {option}", "bash") == []


def test_what_can_be_completed_is_what_there_is(walked: Walked):
    kept = {snapshot.id[7:] for snapshot in centre_of(walked.desk).store.snapshots(DATASET)}
    assert set(runs(walked.desk.workspace)) == {*kept, "latest", "all"}
    assert set(rules(walked.desk.workspace)) == {rule.id for rule in all_rules()}
    assert set(sources(walked.desk.workspace)) == set(centre_of(walked.desk).sources)
    assert runs(Path("/nowhere")) == ["latest", "all"]


def centre_of(desk: Desk):
    from jiuzhu_check.checks.centre import Centre

    return Centre.open(desk.workspace)


def test_bash_itself_completes(walked: Walked):
    script = f"""
        PATH={PROGRAM.parent}:$PATH
        eval "$(_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION=1 jiuzhu-check --show-completion bash)"
        COMP_WORDS=(jiuzhu-check report su) COMP_CWORD=2
        $(complete -p jiuzhu-check | sed 's/.*-F \\([^ ]*\\).*/\\1/') jiuzhu-check
        echo "${{COMPREPLY[@]}}"
    """
    said = subprocess.run(["bash", "-c", script], capture_output=True, text=True, env=environment())
    assert (said.stdout.strip(), said.stderr) == ("summary", "")


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_the_script_for_another_shell_can_be_had_and_that_shell_reads_it(shell: str):
    said = run("--show-completion", shell, _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    assert said.code == 0
    assert "jiuzhu" in said.out
    if found := shutil.which(shell):
        told = subprocess.run([found, "-n", "/dev/stdin"], input=said.out, capture_output=True, text=True)
        assert (told.returncode, told.stderr) == (0, "")


def on_a_terminal(*arguments: str, lines: int = 24, **more: str) -> str:
    """What the program writes to a terminal of that height."""
    ours, theirs = pty.openpty()
    told = {"TERM": "xterm", "LINES": str(lines), "COLUMNS": "80", **more}
    program = subprocess.Popen(
        [PROGRAM, *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment(**told),
        start_new_session=True,
    )
    os.close(theirs)
    said = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:
            break
        if not piece:
            break
        said += piece
    os.close(ours)
    assert program.wait() == 0
    return said.decode().replace("\r\n", "\n")


@pytest.fixture
def pager(tmp_path: Path) -> Path:
    """A pager that says that it was used, and with what."""
    file = tmp_path / "pager"
    file.write_text('#!/bin/sh\necho "PAGED secure=$LESSSECURE history=$LESSHISTFILE"\ncat\n', encoding="utf-8")
    file.chmod(0o755)
    return file


def test_long_output_on_a_terminal_is_paged_and_leaves_no_trace(pager: Path):
    said = on_a_terminal("policy", "explain", lines=24, PAGER=str(pager))
    assert said.startswith("PAGED secure=1 history=-\n")
    assert "undeclared_vehicle" in said


def test_help_is_paged_too(pager: Path):
    assert on_a_terminal("pull", "--help", lines=12, PAGER=str(pager)).startswith("PAGED")


@pytest.mark.parametrize(
    ("arguments", "more"),
    [
        (["--no-pager", "policy", "explain"], {}),
        (["policy", "explain"], {"PAGER": "cat"}),
        (["policy", "explain"], {"PAGER": ""}),
        (["policy", "explain"], {"TERM": "dumb"}),
        (["policy", "explain"], {"PAGER": "/nowhere/pager"}),
        (["--version"], {}),
    ],
)
def test_what_is_short_or_not_to_be_paged_comes_at_once(pager: Path, arguments: list[str], more: dict[str, str]):
    said = on_a_terminal(*arguments, **{"PAGER": str(pager), **more})
    assert "PAGED" not in said
    assert said.strip()


def test_in_a_pipe_nothing_is_paged(pager: Path):
    assert "PAGED" not in run("policy", "explain", PAGER=str(pager), LINES="5").out


def test_what_is_told_beside_keeps_its_place(walked: Walked, pager: Path):
    said = on_a_terminal("-C", str(walked.desk.workspace), "source", "list", "--as-of", AS_OF, PAGER=str(pager))
    assert said.index("机动车" if "机动车" in said else "vehicle") < said.index("未签约；") < said.index("下一步：")
