"""Bars as inline SVG: no script, readable on paper and at any width, with every number in words for screen readers."""

from collections.abc import Sequence
from dataclasses import dataclass

from jiuzhu_check.reports.page import safe

ROW = 50
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
    """A legend and one SVG, a bar a row on one scale: the longest fills the width. Nothing without bars.

    parts: label and look of each part; looks are the CSS classes of page.py
    """
    if not bars:
        return ""
    longest = max(sum(bar.counts) for bar in bars)
    spoken = "；".join(f"{bar.label}：{bar.spoken or _spoken(parts, bar.counts, unit)}" for bar in bars)
    body = "".join(_bar(parts, bar, place, longest, unit) for place, bar in enumerate(bars))
    legend = "".join(f'<li><i class="{look}"></i>{safe(label)}</li>' for label, look in parts)
    return (
        f'<ul class="legend">{legend}</ul>'
        f'<svg role="img" aria-label="{safe(title)}。{safe(spoken)}" width="100%" height="{ROW * len(bars)}">'
        f"<title>{safe(title)}</title>{body}</svg>"
    )


def _bar(parts: Sequence[tuple[str, str]], bar: Bar, place: int, longest: int, unit: str) -> str:
    top = place * ROW
    drawn, start = "", 0.0
    for (label, look), count in zip(parts, bar.counts, strict=True):
        share = count / longest if longest else 0.0
        drawn += _segment(f"{bar.label}，{label}：{count:,} {unit}", look, count, start, share, top)
        start += share
    return (
        f'<text x="0" y="{top + 16}" class="name">{safe(bar.label)}</text>'
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
    return "，".join(f"{label} {count:,} {unit}" for (label, _), count in zip(parts, counts, strict=True))
