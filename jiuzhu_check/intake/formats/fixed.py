"""Fixed width: lines of one length in bytes, cut by the widths that source.toml gives. A line of another length shifts nothing."""

import codecs
from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from jiuzhu_check.errors import ExtractChanged
from jiuzhu_check.intake.decode import encoding_of
from jiuzhu_check.intake.format_spec import Field
from jiuzhu_check.intake.formats.slices import cut
from jiuzhu_check.intake.grid import BROKEN, Grid
from jiuzhu_check.language import say


def read(data: bytes, fields: Sequence[Field], encoding: str, extract: str) -> Grid:
    """The lines of the file, each numbered by its place; one of another length is refused.

    data:   ended by line feeds, in whichever encoding
    raises: ExtractChanged where the last line is a short one: the file may have been cut off in it
    """
    encoding = encoding_of(data, extract, encoding)
    every = data.removeprefix(codecs.BOM_UTF8).removesuffix(b"\n").split(b"\n")
    width = sum(field.width for field in fields)
    fitting = [number for number, line in enumerate(every, start=1) if len(line) == width]
    others = [(number, line) for number, line in enumerate(every, start=1) if len(line) != width and line.strip()]
    if others and others[-1][0] > max(fitting, default=0) and len(others[-1][1]) < width:
        raise ExtractChanged(
            say(
                "{extract} 最后一行（第 {last} 行）只有 {length} 字节，应有 {width} 字节，文件被截断。",
                extract=extract,
                last=others[-1][0],
                length=len(others[-1][1]),
                width=width,
            ),
            hint=say("请部门重新提供完整文件；也请核对 source.toml 的 format.fields 各列字节数。"),
        )
    block = b"".join(every[number - 1] for number in fitting)
    grid = cut(block, fields, pl.Series("source_row", fitting, pl.Int64), encoding)
    refused = [
        (number, line.decode(encoding, "ignore").split(), "length", f"应有 {width} 字节，实有 {len(line)} 字节")
        for number, line in others
    ]
    return replace(grid, broken=pl.concat([grid.broken, pl.DataFrame(refused, BROKEN, orient="row")]))
