"""Bars as inline SVG: no script, readable on paper and at any width, with every number in words for screen readers."""

from collections.abc import Sequence
from dataclasses import dataclass

from jiuzhu_check.language import spoken
from jiuzhu_check.reports.page import in_chinese, safe

ROW = 50
_TOGETHER = 14  # bars of one SVG: paper cannot break within one
HATCH = "gap"  # the look of what was not looked at: hatched, so that it never passes for an answer


@dataclass(frozen=True)
class Bar:
    """One bar. counts: one for each part of its chart; note: what stands at the right, above the bar.

    spoken: what a screen reader says instead of the counts, where they are not the plainest words
    """

    label: str
    counts: Sequence[int]
    note: str
    spoken: str = ""


def stacked_bars(title: str, parts: Sequence[tuple[str, str]], bars: Sequence[Bar], *, unit: str) -> str:
    """A legend and a bar a row on one scale, in SVG: the longest fills the width. Nothing without bars.

    parts: label and look of each part; looks are the CSS classes of page.py
    """
    if not bars:
        return ""
    longest = max(sum(bar.counts) for bar in bars)
    legend = "".join(f'<li><i class="{look}"></i>{safe(label)}</li>' for label, look in parts)
    pieces = [bars[place : place + _TOGETHER] for place in range(0, len(bars), _TOGETHER)]
    drawn = (_piece(title, parts, piece, longest, unit) for piece in pieces)
    return f'<ul class="legend">{legend}</ul>{"".join(drawn)}'


def _piece(title: str, parts: Sequence[tuple[str, str]], bars: Sequence[Bar], longest: int, unit: str) -> str:
    _, colon, stop = _marks()
    words = stop.join(f"{bar.label}{colon}{bar.spoken or _spoken(parts, bar.counts, unit)}" for bar in bars)
    body = "".join(_bar(parts, bar, place, longest, unit) for place, bar in enumerate(bars))
    return (
        f'<svg role="img" aria-label="{safe(title)}{colon}{safe(words)}" width="100%" height="{ROW * len(bars)}">'
        f"<title>{safe(title)}</title>{body}</svg>"
    )


def _bar(parts: Sequence[tuple[str, str]], bar: Bar, place: int, longest: int, unit: str) -> str:
    top = place * ROW
    comma, colon, _ = _marks()
    drawn, start = "", 0.0
    for (label, look), count in zip(parts, bar.counts, strict=True):
        share = count / longest if longest else 0.0
        drawn += _segment(comma.join((bar.label, f"{label}{colon}{count:,} {unit}")), look, count, start, share, top)
        start += share
    return (
        f'<text x="0" y="{top + 16}" class="name"{in_chinese(bar.label)}>{safe(bar.label)}</text>'
        f'<text x="100%" y="{top + 16}" class="note">{safe(bar.note)}</text>'
        f'<rect x="0" y="{top + 23}" width="100%" height="18" class="track"/>{drawn}'
    )


def _segment(title: str, look: str, count: int, start: float, share: float, top: int) -> str:
    if not count:
        return ""
    number = f"{count:,}"
    fits = share > 0.022 * len(number) + 0.01
    text = f'<text x="{(start + share / 2):.3%}" y="{top + 36}" class="in {look}">{number}</text>' if fits else ""
    box = f'x="{start:.3%}" y="{top + 23}" width="{share:.3%}" height="18"'
    under = f'<rect {box} class="under"/>' if look == HATCH else ""
    return f'<g><title>{safe(title)}</title>{under}<rect {box} class="{look}"/>{text}</g>'


def _spoken(parts: Sequence[tuple[str, str]], counts: Sequence[int], unit: str) -> str:
    return _marks()[0].join(f"{label} {count:,} {unit}" for (label, _), count in zip(parts, counts, strict=True))


def _marks() -> tuple[str, str, str]:
    """Comma, colon and semicolon of the language that is spoken."""
    return ("，", "：", "；") if spoken() == "zh" else (", ", ": ", "; ")
