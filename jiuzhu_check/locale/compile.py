"""The English catalogue: every text that the program says, merged into jiuzhu_check.po and compiled beside it.

Run by `make update`. A new text gets an empty translation to be filled in, one that is no longer said is dropped.
"""

import ast
import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from jiuzhu_check import __version__

PROJECT = "jiuzhu-check"
PACKAGE = Path(__file__).resolve().parents[1]
PO = PACKAGE / "locale" / "en" / "LC_MESSAGES" / "jiuzhu_check.po"


def said(package: Path = PACKAGE) -> dict[str, list[str]]:
    """Each text that a module passes to say(), with the modules that say it.

    A constant counts as said where say() is given its name or one of its entries, be it of the same module or of one that
    it imports (`wording.KINDS[kind]`, or `KINDS[kind]`).
    """
    texts: dict[str, list[str]] = {}
    for file in sorted(package.rglob("*.py")):
        name = file.relative_to(package.parent).as_posix()
        for text in dict.fromkeys(_texts(_tree(file), package)):
            texts.setdefault(text, []).append(name)
    return texts


def merged(texts: dict[str, list[str]], before: Catalog) -> Catalog:
    """A catalogue of exactly these texts, with the translations that there were before."""
    people = dict.fromkeys(("copyright_holder", "msgid_bugs_address", "last_translator", "language_team"), PROJECT)
    catalog = Catalog(
        locale="en", project=PROJECT, version=__version__, header_comment="# English: help and errors.", fuzzy=False,
        creation_date=before.creation_date, revision_date=before.creation_date, **people,
    )  # fmt: skip
    for text, modules in texts.items():
        known = before.get(text)
        catalog.add(text, known.string if known else "", locations=[(module, 0) for module in modules])
    return catalog


def compiled(catalog: Catalog) -> bytes:
    """The catalogue as gettext reads it."""
    file = io.BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def read(po: Path = PO) -> Catalog:
    """The catalogue in a .po file; an empty one where there is none."""
    if not po.exists():
        return Catalog(locale="en")
    with po.open("rb") as file:
        return read_po(file, locale="en")


def update(po: Path = PO) -> list[str]:
    """Merge and compile; the texts that still want a translation."""
    catalog = merged(said(), read(po))
    with po.open("wb") as file:
        write_po(file, catalog, width=0, include_lineno=False)
    po.with_suffix(".mo").write_bytes(compiled(catalog))
    return [str(message.id) for message in catalog if message.id and not message.string]


def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def _texts(tree: ast.Module, package: Path) -> Iterator[str]:
    own = _constants(tree)
    imported = {
        name.asname or name.name: (package.parent.joinpath(*node.module.split(".")), name.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for name in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say":
            said = node.args[0]
            named = said.value if isinstance(said, ast.Subscript) else said
            if isinstance(named, ast.Name) and named.id in imported:
                module, constant = imported[named.id]
                said = _constants(_tree(module.with_suffix(".py")))[constant]
            elif isinstance(named, ast.Name):
                said = own.get(named.id, said)
            elif isinstance(named, ast.Attribute) and isinstance(named.value, ast.Name):
                folder, module_name = imported[named.value.id]
                said = _constants(_tree(folder / f"{module_name}.py"))[named.attr]
            yield from _strings(said)


def _constants(tree: ast.Module) -> dict[str, ast.expr]:
    return {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _strings(value: ast.expr) -> Iterator[str]:
    told = ast.literal_eval(value)
    yield from told.values() if isinstance(told, dict) else [told]


if __name__ == "__main__":
    for text in update():
        print("untranslated:", text.splitlines()[0])  # noqa: T201 - told to the person who runs make update
