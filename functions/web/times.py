"""Moments on a page: written in UTC, which a script turns into the reader's own time zone."""

from datetime import datetime

from markupsafe import Markup


def moment(rfc3339: str) -> Markup:
    """A `<time>` element of a time as the API tells it (`2026-11-20T09:00:00Z`)."""
    at = datetime.fromisoformat(rfc3339)
    return Markup('<time datetime="{}">{} UTC</time>').format(rfc3339, f"{at:%Y-%m-%d %H:%M}")
