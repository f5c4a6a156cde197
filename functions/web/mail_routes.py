"""The page of what an election's mails say: chosen, looked at, and tried on oneself."""

from typing import Annotated, Any

from fastapi import Query, Response
from fastapi.responses import HTMLResponse

from ballotcast.client.errors import ClientError
from ballotcast.client.organiser import Organiser
from ballotcast.elections.time_zones import zones
from ballotcast.http.access import Access, contract
from ballotcast.http.cookies import SignedIn
from ballotcast.http.fields import ElectionId
from ballotcast.mails.language import DEFAULT, MailWords, codes
from ballotcast.mails.logo import Logo
from ballotcast.mails.placeholders import KNOWN
from web.faults import Faults, by_label, faults_of, in_words, told
from web.forms import Form
from web.organising import done_text, form_page, organiser_at
from web.pages import Page, Paged
from web.routing import page_routes

router = page_routes()
SESSION = contract(Access.BROWSER_SESSION)
FIELDS = ("organisation", "contact", "language", "zone", "subject", "text", "logo")
LABELS = {name: f"mail.{'own_text' if name == 'text' else name}" for name in FIELDS}
ACTS = {"mail": "save", "mail-preview": "preview", "mail-test": "test"}
"""What the form's buttons send. Lambda's policy has no room for a permission of a route of their own."""
MAIL_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'none'; sandbox"
)
"""Of a mail as a page: its styles are in its elements, as mails have them; nothing runs and nothing is loaded."""


@router.get("/manage/elections/{id}/mail", openapi_extra=SESSION)
def mail_form(
    page: Paged,
    token: SignedIn,
    election: ElectionId,
    done: Annotated[str, Query(max_length=20)] = "",
    alone: Annotated[bool, Query()] = False,
) -> Response:
    """What the mails say now; or the saved mail `alone`, as mail programs show it."""
    organiser = organiser_at(page, token)
    if alone:
        shown = organiser.preview_mail(election)
        return HTMLResponse(shown["html"], headers={"Content-Security-Policy": MAIL_POLICY})
    return _form(page, organiser, election, organiser.mail(election), done=done)


def change_mail(page: Page, organiser: Organiser, election: str, form: Form) -> Response:
    """Save what was typed, look at it first, or have a test sent. The page of the election takes the form (`ACTS`)."""
    typed, act = _typed(form), ACTS[form.text("act")]
    try:
        if act == "preview":
            shown = organiser.preview_mail(election, typed, reminds=form.text("reminds") == "yes")
            return _form(page, organiser, election, typed, shown=shown)
        kept = organiser.choose_mail(election, typed)
        if act == "test":
            organiser.test_mail(election, reminds=form.text("reminds") == "yes")
    except ClientError as error:
        return _form(page, organiser, election, typed, faults_of(page, error, _place(page)))
    if kept["notes"]:
        return _form(page, organiser, election, kept, done="mailtest" if act == "test" else "mail")
    return page.redirect(f"/manage/elections/{election}/mail?done={'mailtest' if act == 'test' else 'mail'}")


def _typed(form: Form) -> dict[str, str]:
    """As typed, but for lines: a browser sends a field without line breaks, and anyone who sends one is told."""
    return {name: form.text(name) for name in FIELDS}


def _place(page: Page) -> Any:
    """The API's pointers lead to fields here, those of a preview too."""
    labels = by_label(page, LABELS)
    return lambda pointer: labels(pointer.removeprefix("/mail"))


def _form(
    page: Page,
    organiser: Organiser,
    election: str,
    typed: dict[str, Any],
    faults: Faults | None = None,
    *,
    shown: dict[str, Any] | None = None,
    done: str = "",
) -> Response:
    found = organiser.election(election)
    notes = (shown or typed).get("notes", [])
    words = MailWords(typed["language"] if typed["language"] in codes() else DEFAULT)
    return form_page(
        page,
        "manage/mail",
        faults,
        election=found,
        typed=typed,
        shown=shown,
        logo=Logo.read(typed["logo"]) if Logo.names(typed["logo"]) else None,
        untouched=not any(typed[name] for name in ("organisation", "contact", "subject", "text")),
        notes=[(page.text(LABELS[note["field"]]), in_words(page, told(note, "note"))) for note in notes],
        usual=words.text("subject", title=found["title"]),
        placeholders=", ".join(f"{{{name}}}" for name in KNOWN),
        languages_of_mails={code: MailWords(code).text("language") for code in codes()},
        zones=zones(),
        done=done_text(page, done, election=found),
    )
