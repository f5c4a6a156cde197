"""Charts of several channels on one page, with one window of time and one range of values."""

from typing import Annotated, Any

from fastapi import Query, Response

from ballotcast.channels.names import NAME
from ballotcast.client.api import Api
from ballotcast.client.channels import Channels
from ballotcast.client.errors import ApiError
from web.channel_schemas import signals
from web.pages import Page

MOST = 6
"""Channels on one page: each is asked about when the page is made, and followed by it."""
WINDOWS = (60, 300, 900, 3600)
"""Seconds; the live window holds an hour."""
FARTHEST = 1e15
Number = Annotated[str, Query(max_length=30)]
Document = dict[str, Any]


class Together:
    """What the address asks for. What cannot be meant is left out: the form shows what was understood."""

    def __init__(
        self,
        channel: Annotated[list[str] | None, Query(max_length=50)] = None,
        window: Number = "",
        low: Number = "",
        high: Number = "",
        fields: Annotated[str, Query(max_length=1000)] = "",
    ) -> None:
        asked = [name.strip() for name in channel or ()]
        self.names = list(dict.fromkeys(name for name in asked if NAME.fullmatch(name)))[:MOST]
        self.window = next((seconds for seconds in WINDOWS if str(seconds) == window), 0)
        self.low, self.high = number(low), number(high)
        if self.low is not None and self.high is not None and self.high - self.low < narrowest(self.low, self.high):
            self.low = self.high = None
        self.fields = [part for part in map(str.strip, fields.split(",")) if part]


def number(text: str) -> float | None:
    """One that a scale can show, else None."""
    try:
        found = float(text)
    except ValueError:
        return None
    return found if abs(found) <= FARTHEST else None


def narrowest(low: float, high: float) -> float:
    """The least distance at which a scale can still tell its two ends apart."""
    return max(abs(low), abs(high), 1e-6) * 1e-6


def show_together(page: Page, api: Api, view: Together) -> Response:
    shown = [found for name in view.names if (found := _shown(Channels(api), name, view))]
    missing = [name for name in view.names if name not in {one["channel"]["name"] for one in shown}]
    return page.render("watch/together", view=view, shown=shown, missing=missing, windows=WINDOWS, most=MOST)


def _shown(channels: Channels, name: str, view: Together) -> Document | None:
    """A channel with the signals to draw; None if there is none: the others are shown all the same."""
    try:
        channel, schema = channels.get_channel(name), channels.get_schema(name)
    except ApiError as error:
        if error.status != 404:
            raise
        return None
    axis = channel["time"]["field"]
    numeric = [one for one in signals(schema) if one.numeric and one.name != axis]
    return {"channel": channel, "signals": [one.pair for one in numeric if not view.fields or one.name in view.fields]}
