"""One HTML page that asks the outside for nothing: its shell, its look, its tables. All text goes through `safe`."""

from collections.abc import Sequence
from html import escape

from jiuzhu_check.reports.plain import plain

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
.legend i.full { background: var(--accent); } .legend i.mid { background: var(--mid); }
.legend i.light { background: var(--light); }
.legend i.gap { background: repeating-linear-gradient(45deg, #fff 0 3px, #6b7784 3px 5px); }
svg { display: block; margin: 4px 0 10px; overflow: hidden; }
svg.defs { position: absolute; margin: 0; }
svg text { font-size: 14px; fill: var(--ink); } svg .note { text-anchor: end; fill: var(--soft); }
svg text.in { font-size: 12px; text-anchor: middle; font-variant-numeric: tabular-nums; }
svg .track { fill: #eef1f4; } svg .under { fill: #fff; } svg rect.gap { fill: url(#hatch); stroke: #6b7784; }
svg .hatching { stroke: #6b7784; stroke-width: 2; }
svg rect.full { fill: var(--accent); } svg text.in.full { fill: #fff; }
svg rect.mid { fill: var(--mid); } svg rect.light { fill: var(--light); stroke: #8a9bab; stroke-width: .5; }
svg text.in.gap { paint-order: stroke; stroke: #fff; stroke-width: 4px; }
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
  table { font-size: 13px; } th, td { padding: 5px 4px; }
  thead th, thead th.n { white-space: normal; vertical-align: bottom; } tbody th { min-width: 5.5em; } }
@media print { @page { size: A4; margin: 14mm; } body { background: #fff; font-size: 12px; }
  main { max-width: none; padding: 0; } h2, .lead, .legend { break-after: avoid; }
  section { break-inside: avoid; border: 0; padding: 0; margin-bottom: 8mm; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } .scroll { overflow: visible; } }
""".strip()
HATCH = (
    '<svg class="defs" width="0" height="0" aria-hidden="true"><defs><pattern id="hatch" width="6" height="6" '
    'patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="6" class="hatching"/>'
    "</pattern></defs></svg>"
)


def safe(text: object) -> str:
    """Any value as text that is no markup and hides nothing."""
    return escape(plain(str(text)), quote=True)


def page(title: str, body: str) -> str:
    """The whole document. body: finished HTML."""
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{safe(title)}</title>\n<style>\n{STYLE}\n</style>\n</head>\n<body>\n{HATCH}\n"
        f"<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def section(heading: str, lead: str, *parts: str) -> str:
    """A headed section; parts: finished HTML."""
    inner = "\n".join(parts)
    return f'<section>\n<h2>{safe(heading)}</h2>\n<p class="lead">{safe(lead)}</p>\n{inner}\n</section>'


def table(
    headings: Sequence[str], rows: Sequence[Sequence[object]], total: Sequence[object] = (), *, numbers: int
) -> str:
    """A table whose last `numbers` columns are numbers, at the right; whole numbers get thousands separators."""
    if not rows:
        return '<p class="none">没有数据。</p>'
    words = len(headings) - numbers
    head = _row(headings, words, "th")
    body = "\n".join(_row(row, words, "td") for row in rows)
    foot = f"<tfoot>{_row(total, words, 'td')}</tfoot>" if total else ""
    return f'<div class="scroll"><table>\n<thead>{head}</thead>\n<tbody>\n{body}\n</tbody>{foot}</table></div>'


def _row(cells: Sequence[object], words: int, tag: str) -> str:
    return "<tr>" + "".join(_cell(cell, place, words, tag) for place, cell in enumerate(cells)) + "</tr>"


def _cell(cell: object, place: int, words: int, tag: str) -> str:
    shown = safe(f"{cell:,}" if isinstance(cell, int) else cell)
    if tag == "th":
        return f'<th scope="col"{"" if place < words else _NUMBER}>{shown}</th>'
    if place == 0:
        return f'<th scope="row">{shown}</th>'
    return f"<td{'' if place < words else _NUMBER}>{shown}</td>"


_NUMBER = ' class="n"'
