"""One HTML page that asks the outside for nothing: its shell, its look, its tables. All text goes through `safe`.

It reads on a narrow screen, on A4, by keyboard (skip link, contents, tables that scroll and fold) and without colour:
each look has a pattern of its own.
"""

import re
from collections.abc import Sequence
from html import escape

from jiuzhu_check.language import say, spoken
from jiuzhu_check.reports.plain_text import plain

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
STYLE = """
:root { --ink: #1c2733; --soft: #526171; --line: #d5dce3; --paper: #fff; --ground: #f5f7f9;
  --accent: #1d5b8f; --mid: #9fc1de; --light: #dce8f2; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); line-height: 1.6;
  font: 16px/1.6 "Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif; }
main { max-width: 980px; margin: 0 auto; padding: 28px 24px 48px; }
h1 { font-size: 26px; line-height: 1.35; margin: 0 0 4px; }
h2 { font-size: 19px; margin: 0 0 2px; }
p { margin: 0 0 10px; }
.soft, .lead, footer { color: var(--soft); font-size: 14px; }
.principle { border-left: 4px solid var(--accent); padding: 2px 0 2px 12px; margin: 14px 0 20px; }
.figures { display: grid; grid-template-columns: repeat(4, 1fr); gap: 12px; margin: 0 0 20px; padding: 0; }
.figures div, section { background: var(--paper); border: 1px solid var(--line); border-radius: 6px; }
.figures div { padding: 12px 16px; }
.figures dt { color: var(--soft); font-size: 14px; }
.figures dd { margin: 0; font-size: 28px; line-height: 1.3; font-variant-numeric: tabular-nums; }
.figures small { font-size: 14px; color: var(--soft); margin-left: 4px; }
section { padding: 18px 20px 16px; margin: 0 0 20px; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 8px 0 4px; padding: 0;
  font-size: 14px; }
.legend i { display: inline-block; width: 14px; height: 14px; margin-right: 6px; vertical-align: -2px;
  border: 1px solid var(--soft); }
.legend i.full { background: var(--accent); }
.legend i.mid { background: radial-gradient(circle at 2px 2px, var(--accent) 1.2px, transparent 1.3px) 0 0 / 5px 5px
  var(--light); }
.legend i.light { background: #fff; }
.legend i.gap { background: repeating-linear-gradient(45deg, #fff 0 3px, #6b7784 3px 5px); }
svg { display: block; margin: 4px 0 10px; overflow: hidden; }
svg.defs { position: absolute; margin: 0; }
svg text { font-size: 14px; fill: var(--ink); } svg .note { text-anchor: end; fill: var(--soft); }
svg text.in { font-size: 12px; text-anchor: middle; font-variant-numeric: tabular-nums; }
svg .track { fill: #eef1f4; } svg .under { fill: #fff; } svg rect.gap { fill: url(#hatch); stroke: #6b7784; }
svg .hatching { stroke: #6b7784; stroke-width: 2; }
svg rect.full { fill: var(--accent); } svg text.in.full { fill: #fff; }
svg rect.mid { fill: url(#dots); stroke: var(--accent); stroke-width: .5; }
svg .dotting { fill: var(--accent); } svg .dotted { fill: var(--light); }
svg rect.light { fill: #fff; stroke: #526171; stroke-width: 1; }
svg text.in.gap, svg text.in.mid { paint-order: stroke; stroke: #fff; stroke-width: 4px; }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: 2px 18px; margin: 0 0 18px; padding: 0; font-size: 14px; }
a { color: var(--accent); }
.skip { position: absolute; left: -999px; top: 0; background: var(--paper); padding: 6px 12px; z-index: 1; }
.skip:focus { left: 8px; top: 8px; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
summary { cursor: pointer; color: var(--accent); font-size: 14px; padding: 4px 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th, td { padding: 5px 10px; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
thead th { color: var(--soft); font-weight: 600; border-bottom-color: var(--soft); white-space: nowrap; }
th { font-weight: 400; } tbody th { min-width: 6.5em; }
tfoot th, tfoot td { font-weight: 600; border-bottom: 0; border-top: 1px solid var(--soft); }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.none { color: var(--soft); }
@media (max-width: 640px) { main { padding: 18px 12px 32px; } h1 { font-size: 22px; }
  .figures { grid-template-columns: repeat(2, 1fr); } section { padding: 14px 12px 12px; }
  table { font-size: 13px; } th, td { padding: 5px 4px; } td { min-width: 3.2em; }
  thead th, thead th.n { white-space: normal; vertical-align: bottom; } tbody th { min-width: 5.5em; } }
@media print { @page { size: A4; margin: 14mm; } body { background: #fff; font-size: 12px; }
  main { max-width: none; padding: 0; } h2, .lead, .legend { break-after: avoid; }
  section { break-inside: avoid; border: 0; padding: 0; margin-bottom: 8mm; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } .scroll { overflow: visible; }
  section.long { break-inside: auto; } tr, svg { break-inside: avoid; } thead { display: table-header-group; }
  nav, .skip, details.table > summary { display: none; } summary { list-style: none; color: var(--ink); }
  details::details-content { content-visibility: visible; height: auto; block-size: auto; } }
""".strip()
PATTERNS = (
    '<svg class="defs" width="0" height="0" aria-hidden="true"><defs><pattern id="hatch" width="6" height="6" '
    'patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="6" class="hatching"/>'
    '</pattern><pattern id="dots" width="5" height="5" patternUnits="userSpaceOnUse">'
    '<rect width="5" height="5" class="dotted"/><circle cx="2" cy="2" r="1.1" class="dotting"/></pattern></defs></svg>'
)
MANY = 30  # rows beyond which a table may go on over several sheets of paper
_CHINESE = re.compile("[\u4e00-\u9fff]")


def safe(text: object) -> str:
    """Any value as text that is no markup and hides nothing."""
    return escape(plain(str(text)), quote=True)


def in_chinese(text: object) -> str:
    """The attribute that says so, for a text that stays Chinese on a page in English."""
    return ' lang="zh-CN"' if spoken() == "en" and _CHINESE.search(str(text)) else ""


def page(title: str, body: str) -> str:
    """The whole document. body: finished HTML."""
    return (
        f'<!DOCTYPE html>\n<html lang="{"en" if spoken() == "en" else "zh-CN"}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{safe(title)}</title>\n<style>\n{STYLE}\n</style>\n</head>\n<body>\n"
        f'<a class="skip" href="#main">{safe(say("跳到正文"))}</a>\n{PATTERNS}\n'
        f'<main id="main" tabindex="-1">\n{body}\n</main>\n</body>\n</html>\n'
    )


def section(heading: str, lead: str, *parts: str, name: str = "", long: bool = False) -> str:
    """A headed section; parts: finished HTML.

    name: for links to it; long: it may go on over several sheets of paper
    """
    inner = "\n".join(parts)
    told = (f' id="{safe(name)}"' if name else "") + (' class="long"' if long else "")
    return f'<section{told}>\n<h2>{safe(heading)}</h2>\n<p class="lead">{safe(lead)}</p>\n{inner}\n</section>'


def contents(sections: Sequence[tuple[str, str]]) -> str:
    """Links to the sections: each one's name and heading."""
    items = "".join(f'<li><a href="#{safe(name)}">{safe(heading)}</a></li>' for name, heading in sections)
    return f'<nav aria-label="{safe(say("目录"))}"><ul>{items}</ul></nav>'


def folding(summary: str, inner: str, *, unfolded: bool = True, look: str = "") -> str:
    """What can be folded away; printed whole in any case. inner: finished HTML."""
    told = (f' class="{look}"' if look else "") + (' open=""' if unfolded else "")
    return f"<details{told}><summary{in_chinese(summary)}>{safe(summary)}</summary>{inner}</details>"


def table(
    headings: Sequence[str], rows: Sequence[Sequence[object]], total: Sequence[object] = (), *, numbers: int
) -> str:
    """A table whose last `numbers` columns are numbers, at the right; whole numbers get thousands separators."""
    if not rows:
        return f'<p class="none">{safe(say("没有数据。"))}</p>'
    words = len(headings) - numbers
    head = _row(headings, words, "th")
    body = "\n".join(_row(row, words, "td") for row in rows)
    foot = f"<tfoot>{_row(total, words, 'td')}</tfoot>" if total else ""
    name = safe("、".join(map(str, headings)) if spoken() == "zh" else ", ".join(map(str, headings)))
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{name}"><table>\n<thead>{head}</thead>\n'
        f"<tbody>\n{body}\n</tbody>{foot}</table></div>"
    )


def _row(cells: Sequence[object], words: int, tag: str) -> str:
    return "<tr>" + "".join(_cell(cell, place, words, tag) for place, cell in enumerate(cells)) + "</tr>"


def _cell(cell: object, place: int, words: int, tag: str) -> str:
    shown = safe(f"{cell:,}" if isinstance(cell, int) else cell)
    if tag == "th":
        return f'<th scope="col"{"" if place < words else _NUMBER}>{shown}</th>'
    if place == 0:
        return f'<th scope="row"{in_chinese(cell)}>{shown}</th>'
    return f"<td{in_chinese(cell)}{'' if place < words else _NUMBER}>{shown}</td>"


_NUMBER = ' class="n"'
