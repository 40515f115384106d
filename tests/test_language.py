"""Chinese is the source, English the catalogue: nothing that the program says may be lost between the two."""

import gettext
import io
import re
import subprocess
import sys
from pathlib import Path
from string import Formatter

import pytest

from jiuzhu_check import language
from jiuzhu_check.language import say
from jiuzhu_check.locale.compile import PO, compiled, merged, read, said

PROGRAM = Path(sys.executable).with_name("jiuzhu-check")
# Every help text, by one process: texts of options are spoken when their module is imported.
WALK = """
from jiuzhu_check.cli.entry import root

def walk(command, context):
    print(command.get_help(context))
    for name in getattr(command, "list_commands", lambda _: [])(context):
        _, child, _ = command.resolve_command(context, [name])
        walk(child, child.context_class(child, parent=context, info_name=name))

top = root()
walk(top, top.context_class(top, info_name="jiuzhu-check"))
"""


def placeholders(text: str) -> set[tuple[str, str]]:
    return {(name, form or "") for _, name, form, _ in Formatter().parse(text) if name is not None}


def chinese(text: str) -> list[str]:
    return re.findall("[\u4e00-\u9fff]+", text)


@pytest.fixture
def english():
    language.choose("en")
    yield
    language.choose("zh")


def test_every_text_that_is_said_has_an_english_translation():
    english = read()
    assert [text for text in said() if text not in english or not english[text].string] == []


def test_no_translation_is_of_a_text_that_is_no_longer_said():
    texts = said()
    assert [message.id for message in read() if message.id and message.id not in texts] == []


def test_a_translation_takes_the_same_values_in_the_same_form():
    wrong = [m.id for m in read() if m.string and placeholders(m.id) != placeholders(m.string)]
    assert wrong == []


def test_a_translation_is_english():
    assert {message.string: found for message in read() if message.id and (found := chinese(message.string))} == {}


def test_the_compiled_catalogue_says_what_the_written_one_says():
    """Its texts, not its bytes: the header names the version of the library that wrote it."""
    with PO.with_suffix(".mo").open("rb") as file:
        spoken = gettext.GNUTranslations(file)
    assert texts(spoken) == {m.id: m.string for m in read() if m.id and m.string}
    assert texts(gettext.GNUTranslations(io.BytesIO(compiled(read())))) == texts(spoken)


def texts(spoken):
    return {text: translation for text, translation in spoken._catalog.items() if text}


def test_a_text_is_collected_where_it_is_said_and_where_a_constant_holds_it(tmp_path):
    package = tmp_path / "centre"
    package.mkdir()
    (package / "one.py").write_text(
        'HEADS = {"a": "家庭", "b": "成员"}\nTITLE = "名册"\nUNSAID = "户籍"\n'
        'def f(key):\n    return say("收下 {rows} 行", rows=1) + say(HEADS[key]) + say(TITLE) + "不译"\n'
    )
    (package / "two.py").write_text('def g():\n    return say("名册")\n')
    (package / "four.py").write_text(
        "def h(state):\n    from centre.words import STATES\n    return say(STATES[state])\n"
    )
    (package / "words.py").write_text('STATES = {"a": "到位"}\nOTHER = "不说"\n')
    (package / "three.py").write_text(
        "from centre import words\n\ndef h(state):\n    return say(words.STATES[state])\n"
    )
    assert said(package) == {
        "收下 {rows} 行": ["centre/one.py"],
        "家庭": ["centre/one.py"],
        "成员": ["centre/one.py"],
        "名册": ["centre/one.py", "centre/two.py"],
        "到位": ["centre/four.py", "centre/three.py"],
    }


def test_a_text_that_cannot_be_collected_stops_the_update(tmp_path):
    (tmp_path / "one.py").write_text('def f(name):\n    return say(f"没有 {name}")\n')
    with pytest.raises(ValueError, match="malformed node"):
        said(tmp_path)


def test_merging_keeps_what_is_translated_leaves_what_is_new_empty_and_drops_what_is_stale():
    before = merged({"旧的": ["a.py"], "都有": ["a.py"]}, read())
    before["都有"].string = "both"
    before["旧的"].string = "old"
    after = merged({"都有": ["b.py"], "新的": ["b.py"]}, before)
    assert {message.id: message.string for message in after if message.id} == {"都有": "both", "新的": ""}


def test_english_is_spoken_with_its_values_put_in(english):
    assert say("没有名为 {name} 的来源。", name="tax") == "There is no source named tax."


@pytest.mark.parametrize(
    ("asked", "environment", "spoken"),
    [
        (None, None, "缺这一项"),
        ("zh", "en", "缺这一项"),
        ("en", None, "missing"),
        (None, "en_GB.UTF-8", "missing"),
        (None, "fr", "缺这一项"),
    ],
)
def test_the_command_line_wins_over_the_environment_and_chinese_is_the_rest(asked, environment, spoken, monkeypatch):
    monkeypatch.delenv("JIUZHU_LANG", raising=False)
    if environment:
        monkeypatch.setenv("JIUZHU_LANG", environment)
    try:
        language.choose(asked)
        assert say("缺这一项") == spoken
    finally:
        language.choose("zh")


def test_chinese_help_of_every_command_has_no_english_heading():
    spoken = subprocess.run([sys.executable, "-c", WALK], capture_output=True, text=True, check=True).stdout
    assert spoken.count("用法：") > 15
    assert re.findall(r"^(Usage|Arguments|Options|Commands):|\[required\]|Show this message", spoken, re.M) == []


@pytest.mark.parametrize(
    "wrong",
    [
        ["nothing"],
        ["pull"],
        ["case", "--purpose", "neither"],
        ["init", "here", "--region", "37", "--key-provider", "file"],
        ["-C", "nowhere", "check", "recipients"],
        ["report", "overview", "--run", "all"],
    ],
)
def test_an_error_says_what_is_wrong_and_what_to_do_in_either_language(wrong, tmp_path):
    def told(spoken: str) -> list[str]:
        done = subprocess.run(
            [PROGRAM, *wrong], capture_output=True, text=True, check=False, cwd=tmp_path, env={"JIUZHU_LANG": spoken}
        )
        assert done.stdout == ""
        return done.stderr.splitlines()

    english, source = told("en"), told("zh")
    assert [line.split(" ")[0] for line in english] == ["Error:", "What", "Exit"]
    assert chinese("".join(english)) == []
    assert [line[:2] for line in source] == ["错误", "建议", "退出"]
