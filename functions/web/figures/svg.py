"""SVG made on the server: classes and presentation attributes only, because the pages' policy knows no inline style.

A figure is as wide as its place: horizontal measures are percentages, heights are CSS pixels, so that text keeps its
size on every screen. What a figure shows stands in a table next to it; to screen readers it is one image with a name.
"""

from typing import Any

from markupsafe import Markup, escape

TEXT = 18
"""Pixels that a line of text takes."""


def element(name: str, *children: Markup | str, **attributes: Any) -> Markup:
    """`element("rect", class_="series-1", fill_opacity=0.5)`; numbers are written with at most two decimals."""
    written = (f' {_attribute(key)}="{escape(_value(value))}"' for key, value in attributes.items())
    inside = Markup("").join(children)
    return Markup(f"<{name}{''.join(written)}>{inside}</{name}>")  # noqa: S704 - escaped above, by join and escape


def figure(id_: str, title: str, description: str, height: float, *children: Markup) -> Markup:
    """Return the whole image; `id_` is unique on its page."""
    return element(
        "svg",
        element("title", title, id=f"{id_}-title"),
        element("desc", description, id=f"{id_}-desc"),
        *children,
        role="img",
        aria_labelledby=f"{id_}-title {id_}-desc",
        width="100%",
        height=height,
    )


def clipped(text: str, x: float, y: float, width: float, height: float, **attributes: Any) -> Markup:
    """Text that ends where its box does; x and width in percent."""
    line = element("text", text, x=4, y=height - 5, **attributes)
    return element("svg", line, x=percent(x), y=y, width=percent(width), height=height)


def percent(part: float) -> str:
    return f"{part:.2f}%"


def _attribute(key: str) -> str:
    return key.rstrip("_").replace("_", "-") if key.islower() else key


def _value(value: Any) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
