"""The page that chooses when voters are reminded: so long before the end of voting.

The end is part of the form, so that a form that is sent twice asks for the same time.
"""

from fastapi import Response

from ballotcast.client.errors import ClientError
from ballotcast.client.organiser import Organiser
from web.faults import Faults, faults_of
from web.forms import Form
from web.moved_time import earlier
from web.organising import form_page
from web.pages import Page

REMIND_ACTS = ("remind-later", "remind-cancel")
UNITS = ("hours", "days")


def schedule_reminder(page: Page, organiser: Organiser, election: str, form: Form) -> Response:
    """Ask how long before the end, then choose that time; or call it off. Then go back to the election."""
    typed = {"at": form.text("at"), "unit": form.text("unit")}
    if form.text("act") == "remind-cancel":
        organiser.remind_at(election, None)
        return page.redirect(f"/manage/elections/{election}?done=uncalled")
    if form.text("sure") != "yes":
        return _asked(page, organiser, election, {"at": "1", "unit": "days"})
    at = earlier(form.text("until"), typed["at"], typed["unit"]) if typed["unit"] in UNITS else None
    if at is None:
        faults = Faults()
        faults.add("at", str(page.text("manage.before_end")), page.text("field.number"))
        return _asked(page, organiser, election, typed, faults)
    try:
        organiser.remind_at(election, at)
    except ClientError as error:
        return _asked(page, organiser, election, typed, faults_of(page, error, lambda pointer: _place(page, pointer)))
    return page.redirect(f"/manage/elections/{election}?done=later")


def _asked(
    page: Page, organiser: Organiser, election: str, typed: dict[str, str], faults: Faults | None = None
) -> Response:
    shown = organiser.election(election)
    return form_page(page, "manage/remind", faults, election=shown, typed=typed, units=UNITS)


def _place(page: Page, pointer: str) -> tuple[str, str]:
    return ("at", str(page.text("manage.before_end"))) if pointer == "/at" else ("", "")
