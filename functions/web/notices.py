"""What an organiser says in addition to the manifest, as pages show it: what holds now, and every change."""

from collections.abc import Sequence
from typing import Any

from fastapi import Response

from ballotcast.client.api import Api
from ballotcast.client.errors import ClientError
from ballotcast.client.organiser import Organiser
from ballotcast.client.published import said
from ballotcast.mails.logo import Logo
from web.faults import Faults, by_label, faults_of
from web.forms import Form
from web.organising import form_page
from web.pages import Page

NOTICE_ACTS = ("notices", "notice", "description")
"""What forms of an election send: to see this page, to say or correct something, to change the description."""
LABELS = {"text": "manage.notice_text", "replaces": "manage.notice_text", "description": "manage.description"}

Said = dict[str, Any]


def shown_notices(api: Api, election: str) -> dict[str, Any]:
    """`now`: each notice that holds, newest first, with its own `number`, `text` and `at`; `history`: every change.

    `organisation`: who says it, or empty; `logo`: its picture, or None.
    """
    told = said(api, election)
    history: Sequence[Said] = told["notices"]
    holding: dict[int, Said] = {}
    for one in history:
        if one["kind"] == "notice":
            own = one["replaces"] or one["number"]
            holding[own] = {"number": own, "text": one["text"], "at": one["at"], "corrected": bool(one["replaces"])}
    now = sorted((one for one in holding.values() if one["text"]), key=lambda one: -one["number"])
    return {"now": now, "history": history, "organisation": told.get("organisation", ""), "logo": _logo(told)}


def _logo(told: Said) -> Logo | None:
    """None too for the name of a picture that these pages cannot read."""
    name = told.get("logo", "")
    return Logo.read(name) if Logo.names(name) else None


def change_notices(page: Page, organiser: Organiser, election: str, form: Form) -> Response:
    """Say something to everybody, correct or take back a notice, or change the description; or show what there is."""
    act, text = form.text("act"), form.text("text").replace("\r\n", "\n").strip()
    replaces = form.text("replaces")
    try:
        match act:
            case "notice":
                organiser.give_notice(election, text, int(replaces) if replaces.isdecimal() else 0)
            case "description":
                organiser.edit_election(election, {"description": text})
            case _:
                return _asked(page, organiser, election)
    except ClientError as error:
        return _asked(page, organiser, election, text, faults_of(page, error, by_label(page, LABELS)), replaces, act)
    return page.redirect(f"/manage/elections/{election}?done=notice")


def _asked(
    page: Page,
    organiser: Organiser,
    election: str,
    text: str = "",
    faults: Faults | None = None,
    replaces: str = "",
    act: str = "",
) -> Response:
    shown = organiser.election(election)
    given = shown_notices(organiser.api, election)
    typed = {"text": text, "replaces": replaces, "act": act}
    return form_page(page, "manage/notices", faults, election=shown, notices=given, typed=typed)
