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
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; worker-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
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
        self.mailbox = settings.mailbox_page
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
        return response

    def redirect(self, path: str) -> RedirectResponse:
        """See other (303): what a form was sent to answers so, that reloading sends nothing again."""
        return RedirectResponse(f"/{self.url(path).lstrip('/')}", 303)  # `//` would lead to another host

    def static(self, name: str) -> str:
        return f"{self.prefix}/static/{static_files.release()}/{name}"

    def script(self, entry: str) -> Markup:
        """The elements that load a page's module and all that it imports, at once."""
        first, *imported = static_files.modules(entry)
        preload = Markup('<link rel="modulepreload" href="{}" integrity="{}">')
        links = (preload.format(self.static(file.name), file.integrity) for file in imported)
        module = Markup('<script type="module" src="{}" integrity="{}"></script>')
        return Markup("\n").join([*links, module.format(self.static(first.name), first.integrity)])

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
