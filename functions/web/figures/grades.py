"""Majority judgment: each option's ballots from the best grade to the worst, with the middle marked."""

from collections.abc import Sequence

from markupsafe import Markup

from web.figures.bars import MOST
from web.figures.svg import TEXT, clipped, element, figure, percent

BAR, GAP = 18, 10
_ROW = TEXT + BAR + GAP


def grades(id_: str, title: str, description: str, rows: Sequence[tuple[str, Sequence[int], str]]) -> Markup:
    """rows: (name, how many ballots give 0, 1, 2, …, text of the middle grade), in the order of drawing."""
    shown = rows[:MOST]
    drawn = [_row(*row, place * _ROW) for place, row in enumerate(shown)]
    return figure(id_, title, description, len(shown) * _ROW, *drawn)


def _row(name: str, counts: Sequence[int], middle: str, top: float) -> Markup:
    total, x, parts = sum(counts) or 1, 0.0, []
    highest = len(counts) - 1
    for grade, count in reversed(list(enumerate(counts))):
        width = 100 * count / total
        strength = 0.12 + 0.88 * grade / (highest or 1)
        parts.append(
            element(
                "rect",
                x=percent(x),
                y=top + TEXT,
                width=percent(width),
                height=BAR,
                class_="series-3 part",
                fill_opacity=strength,
            )
        )
        x += width
    return element(
        "g",
        clipped(name, 0, top, 78, TEXT),
        element("text", middle, x="100%", y=top + TEXT - 5, text_anchor="end"),
        *parts,
        element("line", x1="50%", x2="50%", y1=top + TEXT - 2, y2=top + TEXT + BAR + 2, class_="middle"),
    )
