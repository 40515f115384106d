"""A month after the invented county's first check: all is delivered and checked again, and nothing is kept longer than it must."""

import json

from tests.cli.program import EXTRACTS, SAMPLE, Desk

NEXT_DATA, NEXT_AS_OF = "2018-12-31", "2019-01-01"
SHORT = "".join(
    f'\n[[retention.{kind}]]\nfrom = 2018-01-01\nvalue = 0\nunit = "个月"\nsource = "本中心规定"\n'
    for kind in ("landed", "records", "superseded", "unfinished")
)


def shorten(desk: Desk) -> None:
    """The county keeps nothing longer than it must."""
    (desk.workspace / "policy" / "retention.toml").write_text(f'region = "370000"\n{SHORT}', encoding="utf-8")


def deliver_again(desk: Desk) -> None:
    """A month later: every department delivers again, everybody is checked again, and the batches are closed."""
    for source, file in EXTRACTS.items():
        said = desk.run("pull", source, "--file", str(SAMPLE / "inbox" / file), "--data-date", NEXT_DATA)
        assert said.code == 0, said
    for kind in ("recipients", "entrants"):
        assert desk.run("check", kind, "--as-of", NEXT_AS_OF).code in (0, 3)
    for batch in json.loads(desk.run("batch", "list", "--format", "json").out):
        desk.run("batch", "close", next(iter(batch.values())), "--by", "赵核实", "--reason", "已出报告")
