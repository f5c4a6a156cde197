"""Time zones that an organiser can choose: names of the IANA database."""

from functools import cache
from zoneinfo import available_timezones

REGIONS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@cache
def zones() -> tuple[str, ...]:
    """Names of the IANA database, UTC first."""
    return ("UTC", *sorted(name for name in available_timezones() if name.partition("/")[0] in REGIONS))
