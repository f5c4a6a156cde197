"""What a draft must be, so that it can be frozen and counted: the manifest's own rules, told field by field."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from math import comb
from typing import Any

from pydantic import ValidationError

from ballotcast.ballots.contest import Contest
from ballotcast.counting import RULES, require_countable
from ballotcast.counting.ballots import PAIRED
from ballotcast.counting.proportional_approval import LARGEST_FIELD
from ballotcast.crypto import canonical
from ballotcast.elections.typed_text import look_alike, typed
from ballotcast.errors import FieldError, field_error, invalid, invalid_field
from ballotcast.faults import FaultError
from ballotcast.faults.validation import fault_of

_PERCENT = re.compile(r"(>?)([0-9]{1,3})(?:\.([0-9]{1,3}))?%", re.ASCII)
CONTESTS_LENGTH = 80_000
"""Bytes of all contests together in canonical JSON, so that the manifest keeps within its own limit."""


FARTHEST = 10
"""Years from now, of 366 days, until an election closes at the latest: anyone who types 9999 did not mean it."""


def require_window(opens_at: datetime, closes_at: datetime, now: datetime) -> None:
    """Invalid, naming `/closes_at`, unless the election would close after it opens, after now and within `FARTHEST`."""
    if closes_at <= opens_at:
        raise invalid_field("/closes_at", "before-opening")
    if closes_at <= now:
        raise invalid_field("/closes_at", "past")
    if closes_at - now > timedelta(days=366 * FARTHEST):
        raise invalid_field("/closes_at", "far-off", years=FARTHEST)


def contests_of(given: Sequence[Mapping[str, Any]]) -> tuple[Contest, ...]:
    """Number the contests (c1, c2, …), normalise their texts, fill in what was left out, and check them.

    Left out: seats 1; min 0; max: the seats in a plurality contest, 5 where options are scored or get points, else the
    number of options; tie: `lot`, but `previous-stages` for Scottish STV, ERS97 and STAR, as their sources have it;
    threshold_of: `valid`; conditions: none. Parts such as `40%` are written as the manifest has them. Invalid, with a
    pointer for each contest that is wrong, or has two options that look alike.
    """
    if not given:
        raise invalid_field("/contests", "no-contests")
    contests, wrong = [], []
    for number, fields in enumerate(given):
        try:
            contest = _contest(number, fields)
        except ValidationError as error:
            wrong += [FieldError(_pointer(number, found["loc"]), fault_of(found)) for found in error.errors()]
        except FaultError as error:
            wrong.append(FieldError(f"/contests/{number}/method", error.fault))
        else:
            contests.append(contest)
            if pair := look_alike(contest.options):
                wrong.append(field_error(_pointer(number, ["options"]), "look-alike", option=pair[0], other=pair[1]))
    if wrong:
        raise invalid(wrong)
    if sum(map(_committees, contests)) > LARGEST_FIELD:
        raise invalid_field("/contests", "too-many-committees", most=LARGEST_FIELD)
    if len(canonical.dumps([contest.model_dump(mode="json") for contest in contests])) > CONTESTS_LENGTH:
        raise invalid_field("/contests", "contests-too-long", most=CONTESTS_LENGTH)
    return tuple(contests)


def _contest(number: int, fields: Mapping[str, Any]) -> Contest:
    method, seats, options = fields.get("method"), fields.get("seats", 1), min(255, len(fields.get("options", ())))
    defaults = {
        "seats": 1,
        "min": 0,
        "max": max(1, min(seats, options) if method == "plurality" else options),
        "tie": "previous-stages" if method in ("scottish-stv", "ers97", "star") else "lot",
    }
    rule = RULES.get(str(method))
    if rule and rule.ballot in PAIRED:
        defaults["max"] = 5
    texts = {"title": typed(fields.get("title")), "options": [typed(option) for option in fields.get("options", ())]}
    contest = Contest(id=f"c{number + 1}", **{**defaults, **_conditions(fields), **texts})
    require_countable(contest.method, seats=contest.seats, tie=contest.tie, options=len(contest.options))
    return contest


def _conditions(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as the manifest has them: what is switched off is left out, and a part is a fraction."""
    told = {name: value for name, value in fields.items() if value is not False and (name, value) != ("order", "fixed")}
    for name in ("quorum", "threshold"):
        if isinstance(part := told.get(name), str):
            told[name] = as_fraction(part)
    text = _lines(told.pop("text", ""))
    told |= {"text": text} if text else {}
    if "about" in told:
        about = [{name: text for name, value in one.items() if (text := _lines(value))} for one in told.pop("about")]
        told |= {"about": about} if any(about) else {}
    if "threshold" in told:
        told.setdefault("threshold_of", "valid")
    return told


def _lines(text: str) -> str:
    """Lines as the manifest has them: in NFC, divided by U+000A, without tabs, and without spaces around them."""
    lines = typed(text).replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").split("\n")
    return "\n".join(line.strip(" ") for line in lines).strip("\n")


def as_fraction(part: str) -> str:
    """`40%` as `40/100` and `> 33.5%` as `>335/1000`; fractions, and what is no part, stay as they are."""
    text = part.replace(" ", "")
    if not (found := _PERCENT.fullmatch(text)):
        return text
    more, whole, decimals = found[1], found[2], (found[3] or "").rstrip("0")
    return f"{more}{int(whole + decimals)}/{100 * 10 ** len(decimals)}"


def _committees(contest: Contest) -> int:
    """How many the contest's rule compares. One step of the count has to get through those of all contests."""
    return comb(len(contest.options), contest.seats) if contest.method == "proportional-approval" else 0


def _pointer(number: int, location: Sequence[int | str]) -> str:
    return "/".join(["/contests", str(number), *map(str, location)])
