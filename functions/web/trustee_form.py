"""The trustees of an election on its page: naming them, beginning again, having them confirm, reminding them."""

from typing import Any

from fastapi import Response

from ballotcast.client.errors import ApiError, ClientError
from ballotcast.client.organiser import Organiser
from web.faults import Fault, Faults, faults_of
from web.forms import Form
from web.pages import Page

TRUSTEE_ACTS = ("trustees-begin", "trustees-fix", "trustees-remind")
FIELD = "trustees-people"
NEEDED = "trustees-needed"
ATTEMPT = "trustees-attempt"
"""Which ceremony the form begins: sent again, or from a page that is out of date, it must not begin another one."""


def ceremony_of(organiser: Organiser, election: dict[str, Any]) -> dict[str, Any] | None:
    """How far the trustees are; None if nobody was asked yet."""
    if election["mode"] != "trustees":
        return None
    try:
        return organiser.trustees(election["id"])
    except ApiError as error:
        if error.slug != "no-ceremony":
            raise
        return None


def order_trustees(page: Page, organiser: Organiser, election: str, form: Form) -> Response | Faults:
    """Do it, and go back to the election; the faults, if it is refused."""
    act = form.text("act").removeprefix("trustees-")
    try:
        if act == "begin":
            people, wrong = _people(page, form.text(FIELD))
            needed = form.text(NEEDED)
            if not wrong and not needed.isdecimal():
                wrong = Fault(NEEDED, page.text("trustees.needed"), page.text("trustees.no_number"))
            if wrong:
                return Faults([wrong], status=422)
            attempt = form.text(ATTEMPT)
            _begin(organiser, election, int(attempt) if attempt.isdecimal() else 0, int(needed), people)
        else:
            organiser.order_trustees(election, act)
    except ClientError as error:
        return faults_of(
            page, error, lambda pointer: (NEEDED if pointer == "/t" else FIELD, page.text("trustees.title"))
        )
    return page.redirect(f"/manage/elections/{election}?done=trustees-{act}#trustees")


def _begin(organiser: Organiser, election: str, attempt: int, needed: int, people: list[dict[str, str]]) -> None:
    if organiser.election(election)["mode"] != "trustees":
        organiser.edit_election(election, {"mode": "trustees"})
    organiser.order_trustees(election, "begin", attempt=attempt, t=needed, trustees=people)


def _people(page: Page, text: str) -> tuple[list[dict[str, str]], Fault | None]:
    """One on each line: a name, a comma, an address; and what is wrong with the first line that is not so."""
    people = []
    for line in filter(None, map(str.strip, text.splitlines())):
        name, comma, email = line.rpartition(",")
        if not comma or not name.strip() or "@" not in email:
            return [], Fault(FIELD, page.text("trustees.people"), page.text("trustees.bad_line", line=line[:100]))
        people.append({"name": name.strip(), "email": email.strip()})
    if len(people) < 2:
        return [], Fault(FIELD, page.text("trustees.people"), page.text("trustees.too_few"))
    return people, None
