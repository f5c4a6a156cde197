"""A page: a template in the reader's language, with addresses that hold behind any stage, and a strict policy."""

import json
from functools import cache
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote, urlsplit

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ballotcast.http.address import base_url, own_url
from ballotcast.http.cookies import FormToken, is_signed_in
from web import static_files, times
from web.language import choose, languages

LANGUAGE_COOKIE = "ballotcast-language"
POLICY = (
    "default-src 'none'; script-src {static}; style-src {static}; img-src 'self'; connect-src 'self'; "
    "worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""`static`: where scripts and styles may come from."""
HEADERS = {
    "Content-Security-Policy": POLICY.format(static="'self'"),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
}


class Page:
    """One request's page. `prefix` is what stands before every path of ours: a stage (`/v1`), or nothing.

    `address` is where browsers reach the deployment, `api_address` where this function reaches the API.
    """

    def __init__(self, request: Request) -> None:
        self.request = request
        settings = request.app.state.wiring.settings
        self.address, self.api_address = base_url(request, settings), own_url(request, settings)
        self.mailbox, self._static_url = settings.mailbox_page, settings.static_url
        self.prefix = urlsplit(self.address).path
        self.language = choose(request.cookies.get(LANGUAGE_COOKIE), request.headers.get("accept-language", ""))
        self.form = FormToken(request)

    def text(self, key: str, **values: Any) -> Markup:
        return self.language.text(key, **values)

    def url(self, path: str) -> str:
        return self.prefix + quote(path, safe="/?=&%#")

    def render(self, template: str, status: int = 200, **context: Any) -> HTMLResponse:
        """The template `templates/<template>.html`, in UTF-8."""
        known = {
            "page": self,
            "t": self.language.text,
            "has_text": self.language.has,
            "url": self.url,
            "language": self.language.code,
            "languages": languages(),
            "form_token": self.form.masked,
            "signed_in": is_signed_in(self.request),
            "moment": times.moment,
            "release": static_files.release(),
        }
        response = HTMLResponse(_templates().get_template(f"{template}.html").render({**known, **context}), status)
        self.form.keep(response)
        if self._static_url:
            origin = "{0.scheme}://{0.netloc}".format(urlsplit(self._static_url))
            response.headers["Content-Security-Policy"] = POLICY.format(static=f"'self' {origin}")
        return response

    def redirect(self, path: str) -> RedirectResponse:
        """See other (303): what a form was sent to answers so, that reloading sends nothing again."""
        return RedirectResponse(f"/{self.url(path).lstrip('/')}", 303)  # `//` would lead to another host

    def static(self, name: str) -> str:
        """The address of a file on this page's own origin."""
        return f"{self.prefix}/static/{static_files.static_files()[name].path}"

    def style(self, name: str) -> Markup:
        """The element that loads a style sheet."""
        return Markup('<link rel="stylesheet" href="{}"{}>').format(*self._loaded(name))

    def script(self, entry: str) -> Markup:
        """The element that loads the bundle of a page's module and of all that it imports."""
        return Markup('<script type="module" src="{}"{}></script>').format(*self._loaded(entry))

    def _loaded(self, name: str) -> tuple[str, Markup]:
        """Where browsers load a file from, a CDN perhaps, and the attributes by which they check it."""
        file = static_files.static_files()[name]
        checked = Markup(' integrity="{}"').format(file.integrity)
        if not self._static_url:
            return self.static(name), checked
        return f"{self._static_url}/{file.path}", checked + Markup(' crossorigin="anonymous"')

    def strings(self, *sections: str) -> Markup:
        """What the page's scripts say, as data."""
        return self.data("strings", self.language.sections(*sections))

    def data(self, name: str, value: Any) -> Markup:
        """Data for a script: an element with this id that holds JSON."""
        text = json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")
        return Markup('<script type="application/json" id="{}">{}</script>').format(name, Markup(text))  # noqa: S704


@cache
def _templates() -> Environment:
    loader = FileSystemLoader(Path(__file__).parent / "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def page_of(request: Request) -> Page:
    return Page(request)


Paged = Annotated[Page, Depends(page_of)]
