"""Plots as SVG: readable in light and dark, every word in a place of its own, no number without its unit."""

from collections.abc import Mapping, Sequence
from math import ceil, log10
from xml.sax.saxutils import escape

WIDTH = 760
LEFT, RIGHT, TOP, BOTTOM = 60, 220, 48, 40
"""Room next to the plot: for the axes, and for the legend on the right."""
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#8c6bb1", "#7f7f7f")
"""Told apart also by people who do not see all colours (Okabe and Ito), on white and on black."""
_STYLE = """
text { font: 13px system-ui, sans-serif; fill: #24292f } .title { font-weight: 600 } .number { text-anchor: end }
.middle { text-anchor: middle } .grid { stroke: #8886; stroke-width: 1 } .line { fill: none; stroke-width: 2.5 }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } }
"""


def lines(title: str, unit: str, sizes: Sequence[int], series: Mapping[str, Sequence[float]]) -> str:
    """A line for each series over the sizes, which lie a power of ten apart; the legend has the lines' order."""
    height, bottom = 360, 360 - BOTTOM
    top = _round(max(value for values in series.values() for value in values))
    step = (WIDTH - LEFT - RIGHT) / (len(sizes) - 1)
    parts = [_text(LEFT, 20, f"{title} ({unit})", "title")]
    for part in range(5):
        y = bottom - (bottom - TOP) * part / 4
        parts.append(f'<path class="grid" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>')
        parts.append(_text(LEFT - 8, y + 4, f"{top * part / 4:g}", "number"))
    parts += [_text(LEFT + step * n, bottom + 22, f"{size:,}", "middle") for n, size in enumerate(sizes)]
    coloured = [(name, values, colour) for (name, values), colour in zip(series.items(), COLOURS, strict=False)]
    for number, (name, values, colour) in enumerate(sorted(coloured, key=lambda one: -one[1][-1])):
        points = [(LEFT + step * n, bottom - (bottom - TOP) * value / top) for n, value in enumerate(values)]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        parts.append(f'<path class="line" stroke="{colour}" d="M{path}"/>')
        y = TOP + 10 + number * 24
        parts.append(f'<path class="line" stroke="{colour}" d="M{WIDTH - RIGHT + 20} {y - 4}h20"/>')
        parts.append(_text(WIDTH - RIGHT + 48, y, f"{name} {values[-1]:.3g}"))
    return _drawing(height, parts)


def bars(title: str, unit: str, rows: Sequence[tuple[str, float, float]]) -> str:
    """For each row what was asked, as a frame, and what was given, as a bar; each row has a scale of its own."""
    height, parts = TOP + 44 * len(rows) + 8, [_text(10, 20, f"{title} ({unit})", "title")]
    for number, (name, given, asked) in enumerate(rows):
        y, room = TOP + 44 * number, WIDTH - 20
        parts.append(_text(10, y + 10, name))
        parts.append(_text(WIDTH - 10, y + 10, f"{given:,.0f} of {asked:,.0f}", "number"))
        parts.append(f'<path fill="{COLOURS[0]}" d="M10 {y + 17}h{room * given / asked:.1f}v10H10z"/>')
        parts.append(f'<path class="grid" fill="none" d="M10 {y + 17}h{room}v10H10z"/>')
    return _drawing(height, parts)


def _drawing(height: int, parts: Sequence[str]) -> str:
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">'
    return "\n".join([opening, f"<style>{_STYLE}</style>", *parts, "</svg>\n"])


def _round(value: float) -> float:
    """The next number above that is easy to quarter."""
    power = 10.0 ** (ceil(log10(value)) - 1)
    return next(step * power for step in (1, 2, 4, 6, 8, 10) if step * power >= value)


def _text(x: float, y: float, words: str, kind: str = "") -> str:
    told = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{told}>{escape(words)}</text>'
