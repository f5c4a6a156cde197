"""The API as an organiser's page asks it, and what such pages show in one way."""

from collections.abc import Mapping
from typing import Any

from fastapi import Response

from ballotcast.client.organiser import Organiser
from ballotcast.clock import from_rfc3339
from ballotcast.http.cookies import device_of, keep_device, keep_session
from ballotcast.http.sessions import LIFETIME
from web.faults import Faults
from web.pages import Page
from web.times import left

FIXED = frozenset({"scheduled", "open"})
ANY = FIXED | {"draft", "closed", "erased"}
DONE = {
    "verified": frozenset({""}),
    "password": frozenset({""}),
    "delete": frozenset({""}),
    "empty": frozenset({"draft"}),
    "saved": frozenset({"draft"}),
    "added": FIXED | {"draft"},
    "edited": FIXED | {"draft"},
    "removed": FIXED | {"draft"},
    "ended": FIXED,
    "moved": FIXED,
    "resent": FIXED,
    "begin": FIXED,
    "trustees-begin": frozenset({"draft"}),
    "trustees-fix": frozenset({"draft"}),
    "trustees-remind": frozenset({"draft"}),
    "mail": FIXED | {"draft"},
    "mailtest": FIXED | {"draft"},
    "invite": FIXED,
    "remind": FIXED,
    "later": FIXED,
    "uncalled": FIXED,
    "result": frozenset({"closed"}),
    "stop": FIXED,
    "bounced": FIXED,
    "all": FIXED,
    "open": frozenset({"open"}),
    "extend": FIXED,
    "notice": FIXED | {"closed"},
    "copy": frozenset({"draft"}),
    "rehearse": frozenset({"draft"}),
    "release": frozenset({"closed", "erased"}),
    "copyroll": frozenset({"draft"}),
    "withdraw": FIXED,
    "close": frozenset({"closed"}),
    "count": frozenset({"closed"}),
    "erase": frozenset({"erased"}),
    "left": frozenset({""}),
    "joined": ANY,
    "invited": ANY,
    "removed_person": ANY,
}
"""What a page may say was done just before, and the election's states in which that can be so (empty: no election).

It comes in the address, so nothing else is said.
"""


BADGES = {"open": "live", "scheduled": "warn", "closed": "warn", "counted": "good", "held": "warn"}
"""State of an election → class of its badge."""


def time_left(page: Page, election: Mapping[str, Any]) -> str:
    """How long it is until the election opens or, if it is open, closes; else nothing."""
    now, status = page.request.app.state.wiring.clock(), election["status"]
    if status not in FIXED:
        return ""
    until = from_rfc3339(election["opens_at" if status == "scheduled" else "closes_at"])
    return page.text(f"manage.until_{status}", left=left(page.language, until, now))


def organiser_at(page: Page, token: str = "") -> Organiser:
    """`token`: the session's, or empty for anyone who has none yet."""
    return Organiser(page.request.app.state.connect(page.api_address), token, device_of(page.request))


def keep(page: Page, response: Response, organiser: Organiser) -> Response:
    """Keep a session that was opened just now, and what the next log-in in this browser takes."""
    keep_session(page.request, response, organiser.token, int(LIFETIME.total_seconds()))
    keep_device(page.request, response, organiser.device)
    return response


def done_text(page: Page, done: str, count: int | None = None, election: Mapping[str, Any] | None = None) -> str:
    """Return what was done just before, unless the election's state contradicts it."""
    status = "" if election is None else "erased" if election["personal_data_erased"] else election["status"]
    if status not in DONE.get(done, ()):
        return ""
    if count is not None and page.language.has(f"manage.done_{done}_count"):
        return page.text(f"manage.done_{done}_count", count=count)
    return page.text(f"manage.done_{done}")


def form_page(page: Page, template: str, faults: Faults | None = None, **context: Any) -> Response:
    """A page with a form; if something is wrong with it, under the status that tells so."""
    faults = Faults(status=200) if faults is None else faults
    return page.render(template, faults.status, faults=faults, **context)


def standing(voters: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Those of the voters whose right nobody asked to end."""
    return [voter for voter in voters if voter["right"] in ("none", "stated")]


def delivery_counts(voters: list[Mapping[str, Any]]) -> dict[str, int]:
    """How many of these voters' mails are in each state."""
    states = [voter["delivery"] for voter in voters]
    return {state: states.count(state) for state in ("none", "queued", "sent", "bounced") if state in states}


def grouped(fingerprint: str) -> str:
    """Hex in groups of four, as mails show it and people compare it."""
    return " ".join(fingerprint[at : at + 4] for at in range(0, len(fingerprint), 4))
