"""Both READMEs name every command, exit code, export column, parameter, table and dependency, and nothing that is not."""

import re
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest
import typer

from jiuzhu_check import tables
from jiuzhu_check.cli.entry import root
from jiuzhu_check.errors import ExitCode
from jiuzhu_check.parameters.policy import load_policy
from jiuzhu_check.tables.coverage import COVERAGE
from jiuzhu_check.tables.finding import FINDING_EXPORT
from jiuzhu_check.tables.link import LINK_EXPORT
from jiuzhu_check.tables.reject import REJECT
from jiuzhu_check.tables.schema import Table

PROJECT = Path(__file__).parents[1]
README = {"en": "README.md", "zh": "README.zh-CN.md"}


@pytest.fixture(params=README)
def readme(request: pytest.FixtureRequest) -> str:
    return (PROJECT / README[request.param]).read_text(encoding="utf-8")


def commands() -> Iterator[tuple[str, list[str]]]:
    """Each command that can be run, and its options; the program's own under the empty name."""

    def below(command, words: tuple[str, ...]) -> Iterator[tuple[str, list[str]]]:
        context = typer.Context(command, **command.context_settings)
        names = command.list_commands(context) if hasattr(command, "list_commands") else []
        if not names or not words:
            options = [option for each in command.get_params(context) for option in each.opts if option[0] == "-"]
            yield " ".join(words), options
        for name in names:
            yield from below(command.resolve_command(context, [name])[1], (*words, name))

    return below(root(), ())


def section(readme: str, *titles: str) -> str:
    """What stands under a heading, down to the next one."""
    found = re.search(rf"^#+ (?:{'|'.join(titles)})\n(.*?)(?=^##|\Z)", readme, re.M | re.S)
    assert found, f"no section {titles}"
    return found[1]


def rows(text: str) -> list[list[str]]:
    """The cells of the tables in a text, without their heads."""
    lines = re.findall(r"^\|.*\|$", text, re.M)
    heads = {
        place for place, line in enumerate(lines) if place + 1 < len(lines) and set(lines[place + 1]) == {"|", "-"}
    }
    told = [line for place, line in enumerate(lines) if place not in heads and set(line) != {"|", "-"}]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in told]


def test_the_table_of_commands_holds_every_command_and_no_other(readme):
    cells = [cell for cell, *_ in rows(section(readme, "Commands", "命令")) if re.fullmatch(r"`[a-z][^`]*`", cell)]
    assert [re.sub(r" [A-Z]+$", "", cell.strip("`")) for cell in cells] == [name for name, _ in commands() if name]


def test_every_option_is_documented_and_no_other(readme):
    options = {option for _, every in commands() for option in every}
    told = {
        told
        for cells in rows(section(readme, "Commands", "命令"))
        for told in re.findall(r"`(-[^` ]+)", "".join(cells))
    }
    assert told == options


def test_every_exit_code_is_documented_and_no_other(readme):
    told = [code for cell, _ in rows(section(readme, "Exit codes", "退出码")) for code in re.findall(r"\d+", cell)]
    assert told == [str(int(code)) for code in ExitCode]


def test_an_export_has_the_columns_that_are_documented(readme):
    told = {
        name: tuple(re.sub(r"\W*JSON\W*", "", column) for column in columns.split(", "))
        for name, columns in rows(section(readme, "Export columns", "导出的列"))
    }
    assert told == {
        "links": LINK_EXPORT,
        "findings": FINDING_EXPORT,
        "coverage": tuple(COVERAGE.columns),
        "rejects": tuple(REJECT.columns),
    }


def test_every_parameter_that_a_county_may_set_is_documented_with_its_title_and_unit():
    page = (PROJECT / "docs" / "policy.md").read_text(encoding="utf-8")
    told = {cells[0].strip("`"): (cells[1], cells[3]) for cells in rows(page.split("\n## ")[0])}
    due = {each.id: each for each in load_policy().parameters.values() if each.type != "text"}
    assert {name: unit for name, (_, unit) in told.items()} == {name: each.unit for name, each in due.items()}
    assert [name for name, (title, _) in told.items() if not title.startswith(due[name].title)] == []


def test_every_table_stands_in_the_glossary(readme):
    modules = [import_module(f"jiuzhu_check.tables.{each.name}") for each in iter_modules(tables.__path__)]
    names = {value.name for module in modules for value in vars(module).values() if isinstance(value, Table)}
    words = re.findall(r"[a-z_]+", section(readme, "Glossary", "词汇表"))
    assert {"household", "member", "declaration", "consent", "finding", "coverage", "link"} <= names
    assert names - set(words) == set()


def test_the_glossary_has_one_english_name_for_each_chinese_term(readme):
    told = [
        (re.split(r"[、,]\s*", terms), re.split(r", ", names))
        for terms, names, _ in rows(section(readme, "Glossary", "词汇表"))
    ]
    for each in ([term for terms, _ in told for term in terms], [name for _, names in told for name in names]):
        assert sorted(each) == sorted(set(each))


def test_the_two_languages_have_the_same_sections_tables_and_names():
    english, chinese = ((PROJECT / name).read_text(encoding="utf-8") for name in README.values())
    assert re.findall("^#+", english, re.M) == re.findall("^#+", chinese, re.M)
    assert len(rows(english)) == len(rows(chinese))
    assert [names for _, names, _ in rows(section(english, "Glossary"))] == [
        names for _, names, _ in rows(section(chinese, "词汇表"))
    ]


def test_every_dependency_says_why_it_is_there(readme):
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    told = section(readme, "Dependencies", "依赖")
    needed = [re.split(r"[<>=]", each)[0] for each in project["project"]["dependencies"]]
    assert [name for name, _ in rows(told)] == needed
    assert [each for each in project["dependency-groups"]["dev"] if re.split(r"[<>=]", each)[0] not in told] == []


@pytest.mark.parametrize("page", list(README.values()))
def test_every_picture_and_page_that_is_linked_exists(page):
    links = re.findall(r"\]\(([^)#]+)\)", (PROJECT / page).read_text(encoding="utf-8"))
    assert len(links) > 3
    assert [link for link in links if not (PROJECT / link).exists()] == []


def test_every_target_that_the_pages_name_is_in_the_makefile():
    targets = set(re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.M))
    pages = "".join((PROJECT / page).read_text(encoding="utf-8") for page in [*README.values(), "CONTRIBUTING.md"])
    named = set(re.findall(r"(?:^|`)make ([a-z]+)", pages, re.M))
    assert {"demo", "test", "setup"} <= named <= targets
