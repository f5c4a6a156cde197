"""Pages of an organiser's elections: all of them, and the form in which one is drafted."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

from fastapi import Query, Response

from ballotcast.client.errors import ApiError, ClientError
from ballotcast.client.organiser import Organiser
from ballotcast.elections.photo import Photo
from ballotcast.elections.templates import TEMPLATES
from ballotcast.elections.time_zones import zones
from ballotcast.http.access import Access, contract
from ballotcast.http.cookies import SignedIn, is_signed_in, signed_in
from ballotcast.http.fields import ElectionId
from web.draft_form import MOST_CONTESTS, ContestForm, DraftForm, ballot_of, broken_rules, position
from web.faults import Fault, Faults, by_label, faults_of, in_words
from web.forms import Form, LongForm
from web.methods import BY_BALLOT, RECOMMENDED
from web.organising import BADGES, done_text, form_page, keep, organiser_at, time_left
from web.pages import Page, Paged
from web.routing import OVER, page_routes

router = page_routes()
SESSION = contract(Access.BROWSER_SESSION)
LONG = contract(Access.PUBLIC, body_limit=1024 * 1024)
"""A form whose session is over comes back with all that was typed, and takes the log-in itself."""

Save = Callable[[Organiser, dict[str, Any]], dict[str, Any]]
LABELS = {"email": "account.email", "password": "account.password"}


@router.get("/manage", openapi_extra=SESSION)
def dashboard(
    page: Paged,
    token: SignedIn,
    cursor: Annotated[str, Query(max_length=400)] = "",
    done: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """An organiser's elections: how each stands, and what comes next."""
    listed = organiser_at(page, token).page("/elections", cursor)
    newest_first = sorted(listed["elections"], key=lambda election: election["created_at"], reverse=True)
    more = listed["next_cursor"]
    known: dict[str, Any] = {"badges": BADGES, "time_left": partial(time_left, page)}
    return page.render("manage/dashboard", **known, elections=newest_first, more=more, done=done_text(page, done))


@router.get("/manage/elections/new", openapi_extra=SESSION)
def new(page: Paged, token: SignedIn) -> Response:
    """The form of a new draft."""
    return _form(page, DraftForm(), guess=True)


@router.post("/manage/elections/new", openapi_extra=LONG)
def create(page: Paged, form: LongForm) -> Response:
    """Draft an election, or change the form itself."""
    return _posted(page, form, lambda organiser, draft: organiser.create_election(draft))


@router.get("/manage/elections/{id}/edit", openapi_extra=SESSION)
def edit_form(page: Paged, token: SignedIn, election: ElectionId) -> Response:
    """The form with a draft in it."""
    return _form(page, DraftForm.of(organiser_at(page, token).election(election)), election, guess=True)


@router.post("/manage/elections/{id}/edit", openapi_extra=LONG)
def edit(page: Paged, form: LongForm, election: ElectionId) -> Response:
    """Change a draft, or the form itself."""
    return _posted(page, form, lambda organiser, draft: organiser.edit_election(election, draft), election)


def _posted(page: Page, form: Form, save: Save, election: str = "") -> Response:
    draft, act = DraftForm.typed(form), form.text("act")
    lapsed = not is_signed_in(page.request)
    if act == "add" and len(draft.contests) < MOST_CONTESTS:
        draft.contests.append(ContestForm())
        return _form(page, draft, election, focus=f"contest-{len(draft.contests) - 1}-title", lapsed=lapsed)
    if act.startswith("template-") and act.removeprefix("template-") in TEMPLATES:
        kept = [contest for contest in draft.contests if not contest.untouched][: MOST_CONTESTS - 1]
        draft.contests = [*kept, ContestForm.from_template(act.removeprefix("template-"), page)]
        return _form(page, draft, election, focus=f"contest-{len(kept)}-title", lapsed=lapsed)
    if act.startswith("texts-"):
        return _form(page, draft, election, focus=f"contest-{act.removeprefix('texts-')}-about", lapsed=lapsed)
    if act.startswith("remove-"):
        draft.contests = [one for n, one in enumerate(draft.contests) if f"remove-{n}" != act]
        return _form(page, draft, election, focus="add", lapsed=lapsed)
    if act != "save":
        return _form(page, draft, election, focus="ballot", lapsed=lapsed)
    if form.outdated:
        return _form(page, draft, election, Faults(notice=page.text("manage.outdated"), status=403), lapsed=lapsed)
    faults = Faults()
    given = draft.read(page, faults)
    if faults and lapsed:
        return _form(page, draft, election, faults, lapsed=lapsed)
    return _saved(page, form, draft, given, faults, save, election)


def _saved(
    page: Page, form: Form, draft: DraftForm, given: dict[str, Any], faults: Faults, save: Save, election: str
) -> Response:
    organiser, email = organiser_at(page), form.text("email")
    fresh = bool(email)
    if not fresh and not is_signed_in(page.request):
        return _form(page, draft, election, Faults(status=401), lapsed=True)
    try:
        if fresh:
            organiser.log_in(email, form.secret("password"), page.language.code)
        else:
            organiser.token = signed_in(page.request)
    except ClientError as error:
        return _form(page, draft, election, faults_of(page, error, by_label(page, LABELS)), lapsed=True, email=email)
    try:
        saved = save(organiser, given)
    except ClientError as error:
        over = isinstance(error, ApiError) and error.slug in OVER
        faults = Faults(status=401) if over else _all(page, draft, given, faults, error)
        response = _form(page, draft, election, faults, lapsed=over)
    else:
        response = page.redirect(f"/manage/elections/{saved['id']}?done=saved")
    return keep(page, response, organiser) if fresh else response


def _all(page: Page, draft: DraftForm, given: dict[str, Any], faults: Faults, refusal: ClientError) -> Faults:
    """All that is wrong, in the order of the form: what could not be read, what was refused, what breaks a rule."""
    place = draft.place(page)
    faults.join(faults_of(page, refusal, place))
    if faults.found:
        wrong = broken_rules(given, page.request.app.state.wiring.clock())
        faults.join(Faults([Fault(*place(one.pointer), in_words(page, one.fault)) for one in wrong]))
        faults.found.sort(key=position)
    return faults


def _form(
    page: Page,
    draft: DraftForm,
    election: str = "",
    faults: Faults | None = None,
    *,
    guess: bool = False,
    focus: str = "",
    lapsed: bool = False,
    email: str = "",
) -> Response:
    """`guess`: the time zone is not chosen yet. `focus`: what was changed. `lapsed`: there is no session any more."""
    return form_page(
        page,
        "manage/draft",
        faults,
        draft=draft,
        election=election,
        guess=guess,
        focus=focus,
        lapsed=lapsed,
        email=email,
        zones=zones(),
        methods=BY_BALLOT,
        recommended=RECOMMENDED,
        templates=list(TEMPLATES),
        ballots=ballot_of(draft) if focus == "ballot" else [],
        photo_stored=Photo.names,
    )
