"""The page that withdraws an option while voting runs: which one, and why."""

import re
from typing import Any

from fastapi import Response

from ballotcast.client.errors import ClientError
from ballotcast.client.organiser import Organiser
from web.faults import Faults, faults_of
from web.forms import Form
from web.organising import form_page
from web.pages import Page

PICKED = re.compile(r"(c[1-9]\d{0,4})-([1-9]\d{0,2})", re.ASCII)
"""An option as the form names it: its contest's id and its number."""


def withdraw_option(page: Page, organiser: Organiser, election: str, form: Form) -> Response:
    """Ask first; then do it, and go back to the election."""
    typed = {name: form.text(name) for name in ("option", "reason")}
    if form.text("sure") != "yes":
        return _asked(page, organiser, election, {"option": "", "reason": ""})
    picked = PICKED.fullmatch(typed["option"])
    if picked is None:
        faults = Faults()
        faults.add("option", page.text("manage.option_to_withdraw"), page.text("manage.withdraw_pick"))
        return _asked(page, organiser, election, typed, faults)
    try:
        organiser.withdraw(election, picked[1], int(picked[2]), typed["reason"])
    except ClientError as error:
        return _asked(page, organiser, election, typed, faults_of(page, error, lambda pointer: _place(page, pointer)))
    return page.redirect(f"/manage/elections/{election}?done=withdraw")


def _asked(
    page: Page, organiser: Organiser, election: str, typed: dict[str, str], faults: Faults | None = None
) -> Response:
    shown = organiser.election(election)
    return form_page(page, "manage/withdraw", faults, election=shown, typed=typed, contests=_left(shown))


def _left(election: dict[str, Any]) -> list[dict[str, Any]]:
    """The contests with the options that are left, each by the name that the form gives it.

    A motion keeps both, and none of the above and a default option stay.
    """
    return [
        {
            "title": contest["title"],
            "options": [
                (f"{contest['id']}-{number}", name)
                for number, name in enumerate(contest["options"], 1)
                if number not in election["withdrawn"].get(contest["id"], ())
                and not (contest.get("none_of_the_above") and number == len(contest["options"]))
            ],
        }
        for contest in election["contests"]
        if not contest.get("motion")
    ]


def _place(page: Page, pointer: str) -> tuple[str, str]:
    name = {"/contest": "option"}.get(pointer, pointer.removeprefix("/"))
    labels = {"option": "manage.option_to_withdraw", "reason": "manage.reason"}
    return (name, str(page.text(labels[name]))) if name in labels else ("", "")
