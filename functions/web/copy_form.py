"""The page that drafts another election like one: with or without its voters."""

from fastapi import Response

from ballotcast.client.errors import ClientError
from ballotcast.client.organiser import Organiser
from web.faults import Faults, by_label, faults_of
from web.forms import Form
from web.organising import form_page
from web.pages import Page

LABELS = {"title": "manage.title"}
COPY_ACTS = ("copy", "rehearse")


def copy_election(page: Page, organiser: Organiser, election: str, form: Form) -> Response:
    """Ask first; then lead to the draft, because its dates are only a proposal. A rehearsal is made at once."""
    shown = organiser.election(election)
    if form.text("act") == "rehearse":
        made = organiser.rehearse(election)
        return page.redirect(f"/manage/elections/{made['id']}?done=rehearse")
    if form.text("sure") != "yes":
        return _asked(page, shown, shown["title"])
    title, roll = form.text("title"), form.text("roll") == "yes"
    try:
        made = organiser.copy_election(election, {"title": title}, roll=roll)
    except ClientError as error:
        return _asked(page, shown, title, faults_of(page, error, by_label(page, LABELS)), roll=roll)
    return page.redirect(f"/manage/elections/{made['id']}?done={'copyroll' if roll else 'copy'}")


def _asked(
    page: Page, election: dict[str, object], title: object, faults: Faults | None = None, *, roll: bool = True
) -> Response:
    return form_page(page, "manage/copy", faults, election=election, title=title, roll=roll)
