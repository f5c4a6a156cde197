"""What of a channel is asked for: from when to when, and which fields."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import Query

from ballotcast.channels.exports import Format
from ballotcast.channels.schemas import ChannelSchema
from ballotcast.errors import invalid_field
from channel.exporting import Wanted

_DURATION = re.compile(
    r"P(?=.)(?:(\d{1,5})D)?(?:T(?=.)(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,8}(?:\.\d{1,6})?)S)?)?", re.ASCII
)
_UNITS = ("days", "hours", "minutes", "seconds")
From = Annotated[str | None, Query(alias="from", max_length=40)]
To = Annotated[str | None, Query(alias="to", max_length=40)]
Duration = Annotated[str | None, Query(max_length=40)]
Fields = Annotated[str | None, Query(max_length=4000)]
Form = Annotated[Format, Query(alias="format")]


def wanted(
    schema: ChannelSchema,
    form: Format,
    start: str | None,
    end: str | None,
    duration: str | None,
    fields: str | Sequence[str] | None,
    place: str = "/query",
) -> Wanted:
    """Invalid, naming the field below `place`. `duration` stands for `to` after `from`, or for `from` before `to`."""
    since, until = _moment(start, f"{place}/from"), _moment(end, f"{place}/to")
    if duration is not None:
        if (since is None) == (until is None):
            raise invalid_field(f"{place}/duration", "duration-alone")
        length = _length(duration, f"{place}/duration")
        try:
            since, until = since or _before(until, length), until or _after(since, length)
        except OverflowError:
            raise invalid_field(f"{place}/duration", "duration-too-far") from None
    names = fields.split(",") if isinstance(fields, str) else list(fields or ())
    return Wanted(
        form,
        schema.on_axis(since) if since else None,
        schema.on_axis(until) if until else None,
        _columns(schema, form, names, f"{place}/fields"),
    )


def _columns(schema: ChannelSchema, form: Format, names: Sequence[str], pointer: str) -> tuple[str, ...]:
    if names and form == "avro":
        raise invalid_field(pointer, "all-fields")
    if strange := [name for name in names if name not in schema.fields]:
        raise invalid_field(
            pointer, "no-such-field", field=strange[0][:64].encode("utf-8", "backslashreplace").decode()
        )
    return tuple(name for name in schema.fields if name in names)


def _before(moment: datetime | None, length: timedelta) -> datetime:
    assert moment
    return moment - length


def _after(moment: datetime | None, length: timedelta) -> datetime:
    assert moment
    return moment + length


def _length(text: str, pointer: str) -> timedelta:
    found = _DURATION.fullmatch(text)
    if not found or not any(found.groups()):
        raise invalid_field(pointer, "not-duration")
    return timedelta(**{unit: float(part) for unit, part in zip(_UNITS, found.groups(), strict=True) if part})


def _moment(text: str | None, pointer: str) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise invalid_field(pointer, "not-moment")
