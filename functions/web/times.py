"""Moments on a page: written in UTC, which a script turns into the reader's own time zone."""

from datetime import datetime

from markupsafe import Markup

from web.language import Language


def moment(rfc3339: str) -> Markup:
    """A `<time>` element of a time as the API tells it (`2026-11-20T09:00:00Z`)."""
    at = datetime.fromisoformat(rfc3339)
    return Markup('<time datetime="{}">{} UTC</time>').format(rfc3339, f"{at:%Y-%m-%d %H:%M}")


def left(language: Language, until: datetime, now: datetime) -> Markup:
    """How long it is until then, in the largest unit of which two are left; rounded down."""
    seconds = max(0, int((until - now).total_seconds()))
    for unit, length in (("days", 86_400), ("hours", 3600)):
        if seconds >= 2 * length:
            return language.text(f"manage.left_{unit}", count=seconds // length)
    return language.text("manage.left_minutes", count=seconds // 60)
