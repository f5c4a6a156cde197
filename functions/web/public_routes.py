"""Pages for everybody, static files, and the choice of a language."""

from typing import Annotated

from fastapi import Path, Query, Response
from fastapi.responses import RedirectResponse

from ballotcast.errors import NotFound
from ballotcast.http.access import Access, contract
from web import static_files
from web.language import languages
from web.local_path import local_path
from web.pages import LANGUAGE_COOKIE, Paged
from web.routing import page_routes

router = page_routes()
PUBLIC = contract(Access.PUBLIC)
Release = Annotated[str, Path(pattern="^[0-9a-f]{1,64}$")]
StaticPath = Annotated[str, Path(pattern="^[A-Za-z0-9_./-]{1,200}$")]
YEAR = 365 * 24 * 60 * 60


@router.get("/", openapi_extra=PUBLIC)
def home(page: Paged) -> Response:
    """What this is, and where to go."""
    return page.render("home")


@router.get("/language/{code}", openapi_extra=PUBLIC)
def choose_language(
    page: Paged, code: Annotated[str, Path(pattern="^[a-z-]{1,10}$")], back: Annotated[str, Query()] = "/"
) -> Response:
    """Keep a language for this browser, and go back."""
    if code not in languages():
        raise NotFound("no-language", "these pages do not speak that language")
    response: RedirectResponse = page.redirect(local_path(back))
    secure = page.address.startswith("https://")
    response.set_cookie(
        LANGUAGE_COOKIE, code, max_age=YEAR, path=page.prefix + "/", secure=secure, httponly=True, samesite="lax"
    )
    return response


@router.get("/static/{release}/{path:path}", openapi_extra=PUBLIC)
def static(release: Release, path: StaticPath) -> Response:
    """A script or style with this hash, for ever."""
    found = static_files.served(f"{release}/{path}")
    if found is None:
        raise NotFound("no-file", "there is no such file in this release")
    content, media_type = found
    headers = {"Cache-Control": f"public, max-age={YEAR}, immutable"}
    return Response(content, headers=headers, media_type=media_type)
