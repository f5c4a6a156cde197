"""A bar for each option, longest first: name and figure as text, which wraps, and a bar as long as its part of all."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from web.figures.svg import element, percent

MOST = 20
HEIGHT = 12


@dataclass(frozen=True)
class Bar:
    """`text`: the figure as it is written; `share`: its part of all, if that is said; `good`: it was elected."""

    name: str
    value: int
    text: Markup | str
    good: bool = False
    share: Markup | str = ""


def bars(rows: Sequence[Bar], whole: int, *, most: int = MOST, line: int = 0) -> Markup:
    """A list. `whole`: what the full width stands for. `line`: where a majority or quota is marked, if not 0."""
    whole = max(whole, *(row.value for row in rows), 1) if rows else 1
    shown = sorted(rows, key=lambda row: -row.value)[:most]
    return element("ul", *(_row(row, whole, line) for row in shown), class_="bars")


def _row(row: Bar, whole: int, line: int) -> Markup:
    name = element("span", f"✓ {row.name}" if row.good else row.name, class_="name", dir="auto")
    figure = element("span", element("strong", row.text), *([" · ", row.share] if row.share else []), class_="votes")
    parts = [
        element("rect", width="100%", height=HEIGHT, rx=3, class_="track"),
        element(
            "rect",
            width=percent(100 * row.value / whole),
            height=HEIGHT,
            rx=3,
            class_="series-1" if row.good else "series-8",
        ),
    ]
    if line:
        x = percent(100 * line / whole)
        parts.append(element("line", x1=x, x2=x, y1=0, y2=HEIGHT, class_="middle"))
    bar = element("svg", *parts, class_="length", width="100%", height=HEIGHT, aria_hidden="true", focusable="false")
    return element("li", name, figure, bar, **({"class_": "elected"} if row.good else {}))
