"""A ranked count as one bar for each round, divided among the options, and between the bars where votes went."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from web.figures.flows import Groups, flows
from web.figures.scale import Scale
from web.figures.svg import clipped, element, figure, percent

MOST = 25
"""Rounds in the figure: the first, and the last ones."""
BAR, FLOW = 26, 30
LEFT = 6.0
"""Percent of the width for the rounds' numbers."""
_PRECISION = 1000
"""Steps of the stretched plane in which flows are drawn."""


def rounds(
    id_: str, title: str, description: str, contest: Mapping[str, Any], groups: Groups, names: Sequence[str]
) -> Markup:
    """`names`: of `groups.all`."""
    stages = contest["rounds"]
    scale = Scale.of([stage["votes"] for stage in stages], ("", ""))
    shown = stages if len(stages) <= MOST else [stages[0], *stages[-(MOST - 1) :]]
    total = max(sum(groups.votes(stages[0], scale).values()), 1)
    named = dict(zip(groups.all, names, strict=True))
    drawn = []
    for place, stage in enumerate(shown):
        top = place * (BAR + FLOW)
        drawn += [_label(stage["stage"], top), _plot(_bar(groups, stage, scale, total, named), top, BAR)]
        if place + 1 < len(shown) and shown[place + 1]["stage"] == stage["stage"] + 1:
            drawn.append(_plot([_flows(groups, stage, shown[place + 1], scale, total)], top + BAR, FLOW))
    return figure(id_, title, description, len(shown) * (BAR + FLOW) - FLOW, *drawn)


def swatch(group: int) -> str:
    """Return the class of a group's colour."""
    return "left-over" if group > 7 else f"series-{group + 1}"


def _label(number: int, top: float) -> Markup:
    return element("text", str(number), x=0, y=top + 18, class_="quiet")


def _plot(parts: Sequence[Markup], top: float, height: float) -> Markup:
    return element("svg", *parts, x=percent(LEFT), y=top, width=percent(100 - LEFT), height=height)


def _bar(groups: Groups, stage: Mapping[str, Any], scale: Scale, total: int, names: Mapping[int, str]) -> list[Markup]:
    parts, x = [], 0.0
    for group, units in groups.votes(stage, scale).items():
        width = 100 * units / total
        if units:
            colour = f"{swatch(group)} part"
            parts.append(element("rect", x=percent(x), y=0, width=percent(width), height=BAR, class_=colour))
            tone = "plain" if group == groups.left else "on-series"
            parts.append(clipped(names[group], x, 4, width, 18, class_=tone))
        x += width
    return parts


def _flows(groups: Groups, before: Mapping[str, Any], after: Mapping[str, Any], scale: Scale, total: int) -> Markup:
    """Ribbons: what stays, first; then each group gives, and gets, from left to right in the groups' order."""
    moved = flows(groups, before, after, scale)
    starts, ends = _places(groups.votes(before, scale)), _places(groups.votes(after, scale))
    ribbons = []
    for (giver, taker), units in sorted(moved.items(), key=lambda item: (item[0][0] != item[0][1], item[0])):
        here, there = starts[giver], ends[taker]
        starts[giver] += units
        ends[taker] += units
        path = _ribbon(here / total, there / total, units / total)
        strength = 0.16 if giver == taker else 0.5
        ribbons.append(element("path", d=path, class_=swatch(giver), fill_opacity=strength))
    plane = f"0 0 {_PRECISION} {FLOW}"
    return element("svg", *ribbons, viewBox=plane, preserveAspectRatio="none", width="100%", height=FLOW)


def _places(votes: Mapping[int, int]) -> dict[int, int]:
    """Return where each group's part of the bar begins."""
    found, at = {}, 0
    for group, units in votes.items():
        found[group] = at
        at += units
    return found


def _ribbon(here: float, there: float, width: float) -> str:
    a, b, w, middle = here * _PRECISION, there * _PRECISION, width * _PRECISION, FLOW / 2
    down = f"M{a:.1f} 0C{a:.1f} {middle} {b:.1f} {middle} {b:.1f} {FLOW}"
    return f"{down}H{b + w:.1f}C{b + w:.1f} {middle} {a + w:.1f} {middle} {a + w:.1f} 0Z"
