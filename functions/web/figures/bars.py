"""A bar for each option, longest first; no more than fit on a screen."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from web.figures.svg import TEXT, clipped, element, figure, percent

MOST = 20
BAR, GAP = 14, 8
_ROW = TEXT + BAR + GAP
_NAME = 72.0
"""Percent of the width that names may take."""


@dataclass(frozen=True)
class Bar:
    """`text`: the figure as it is written; `good`: stands out, as who is elected does."""

    name: str
    value: int
    text: str
    good: bool = False


def bars(id_: str, title: str, description: str, rows: Sequence[Bar]) -> Markup:
    longest = max((row.value for row in rows), default=0) or 1
    shown = sorted(rows, key=lambda row: -row.value)[:MOST]
    drawn = [_row(row, longest, place * _ROW) for place, row in enumerate(shown)]
    return figure(id_, title, description, len(shown) * _ROW, *drawn)


def _row(row: Bar, longest: int, top: float) -> Markup:
    name = f"✓ {row.name}" if row.good else row.name
    return element(
        "g",
        clipped(name, 0, top, _NAME, TEXT, class_="strong" if row.good else "plain"),
        element("text", row.text, x="100%", y=top + TEXT - 5, text_anchor="end"),
        element("rect", x=0, y=top + TEXT, width="100%", height=BAR, class_="track"),
        element(
            "rect",
            x=0,
            y=top + TEXT,
            width=percent(100 * row.value / longest),
            height=BAR,
            class_="series-1" if row.good else "series-8",
        ),
    )
