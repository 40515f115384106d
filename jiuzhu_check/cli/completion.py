"""补全 completion: values that a shell may offer: sources, rules, runs, regions, batches. Nothing of a person.

It reads names of folders and files, opens no key but for batches, and offers nothing where something is not as it should be.
"""

import os
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import tomli
from typer._click.core import Context, Parameter
from typer._click.shell_completion import CompletionItem

from jiuzhu_check.errors import JiuzhuError


def offer(parameters: Iterable[Parameter]) -> None:
    """Let every parameter that takes such a value offer it: known by its name, or by what its help calls the value."""
    for parameter in parameters:
        called = (parameter.metavar or "").strip("[].") if hasattr(parameter, "metavar") else ""
        values = _BY_NAME.get(parameter.name or "") or _BY_METAVAR.get(called)
        if values is not None:
            parameter._custom_shell_complete = partial(_offered, values)


def _offered(
    values: Callable[[Path], list[str]], ctx: Context, _parameter: Parameter, incomplete: str
) -> list[CompletionItem]:
    told = ctx.find_root().params.get("workspace") or os.environ.get("JIUZHU_WORKSPACE") or "."
    try:
        found = values(Path(str(told)))
    except (OSError, ValueError, KeyError, JiuzhuError):
        return []
    return [CompletionItem(value) for value in sorted(set(found)) if value.startswith(incomplete)]


def sources(workspace: Path) -> list[str]:
    """Every source that can be read here."""
    from jiuzhu_check.intake.shipped import shipped_connectors

    folders = (shipped_connectors(), workspace / "connectors")
    names = [file.parent.name for folder in folders for file in folder.glob("[!._]*/source.toml")]
    return [name for name in names if name != "roster"]


def rules(_workspace: Path) -> list[str]:
    """Every rule."""
    from jiuzhu_check.reports.possible_explanation import possible_explanations

    return list(possible_explanations())


def runs(workspace: Path) -> list[str]:
    """The kept runs, and the words that stand for some."""
    kept = [folder.name.partition(".")[0].partition("~")[0] for folder in (workspace / "store/runs").glob("*.snapshot")]
    return ["latest", "all", *(name[7:] for name in kept)]


def regions(workspace: Path) -> list[str]:
    """The centre's region, those that policy files speak of, and those whose offices delivered."""
    files = (workspace / "workspace.toml", *(workspace / "policy").glob("*.toml"))
    told = [tomli.loads(file.read_text(encoding="utf-8")).get("region", "") for file in files]
    return [*(str(each).ljust(6, "0") for each in told if each), *(each.name for each in _suppliers(workspace))]


def batches(workspace: Path) -> list[str]:
    """The batches of which there is a report, or that were closed."""
    from jiuzhu_check.checks.batch_history import read_history
    from jiuzhu_check.checks.centre import Centre

    history = read_history(Centre.open(workspace).store)
    return [*history.versions["batch"], *history.events["batch"]]


def _suppliers(workspace: Path) -> Iterable[Path]:
    return (each for each in (workspace / "store/records").glob("*/*") if each.name.isdigit())


_BY_NAME = {"run": runs, "batch": batches}
_BY_METAVAR = {"SOURCE": sources, "RULE": rules, "REGION": regions, "RUN": runs, "BATCH": batches}
