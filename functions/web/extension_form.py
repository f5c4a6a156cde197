"""The page that has voting end later: by how much, and why.

The end that was in force is part of the form, so that a form that is sent twice asks for the same end.
"""

from fastapi import Response

from ballotcast.client.errors import ClientError
from ballotcast.client.organiser import Organiser
from web.faults import Faults, faults_of
from web.forms import Form
from web.moved_time import UNITS, later
from web.organising import form_page
from web.pages import Page

FIELDS = {"closes_at": "manage.amount", "reason": "manage.reason"}
"""`closes_at` is typed as a number of `unit`."""


def extend_voting(page: Page, organiser: Organiser, election: str, form: Form) -> Response:
    """Ask first; then do it, and go back to the election."""
    typed = {name: form.text(name) for name in ("closes_at", "unit", "reason")}
    if form.text("sure") != "yes":
        return _asked(page, organiser, election, {"closes_at": "", "unit": "hours", "reason": ""})
    closes_at = later(form.text("from"), typed["closes_at"], typed["unit"])
    if closes_at is None:
        faults = Faults()
        faults.add("closes_at", str(page.text("manage.amount")), page.text("field.number"))
        return _asked(page, organiser, election, typed, faults)
    try:
        organiser.extend(election, closes_at, typed["reason"])
    except ClientError as error:
        return _asked(page, organiser, election, typed, faults_of(page, error, lambda pointer: _place(page, pointer)))
    return page.redirect(f"/manage/elections/{election}?done=extend")


def _asked(
    page: Page, organiser: Organiser, election: str, typed: dict[str, str], faults: Faults | None = None
) -> Response:
    shown = organiser.election(election)
    return form_page(page, "manage/extend", faults, election=shown, typed=typed, units=UNITS)


def _place(page: Page, pointer: str) -> tuple[str, str]:
    name = pointer.removeprefix("/")
    return (name, str(page.text(FIELDS[name]))) if name in FIELDS else ("", "")
