"""`/_ballotcast/mailbox`: what the stack sent to nobody, as a page; without scripts, and with links to click.

`?to=` shows what went to one address or telephone number.
"""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Any

from .private import module, private, wrap

PATH = "/_ballotcast/mailbox"
MAILS, TEXTS = "/_ministack/ses/messages", "/_ministack/sns/sms-messages"
"""Where ministack tells them as JSON."""
STYLE = """
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
:root { background: #fbfbf9; color: #1b1f24; }
a { color: #1d4f91; }
@media (prefers-color-scheme: dark) {
  :root { background: #14171a; color: #e8eaed; }
  a { color: #8db8f0; }
}
body { max-width: 48rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
article { border-top: 1px solid GrayText; padding: 0.5rem 0; }
h2 { font-size: 1.125rem; margin: 0.5rem 0; }
pre { white-space: pre-wrap; font: inherit; }
input, button { font: inherit; padding: 0.5rem; }
"""
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_HASH}'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Links lead on without telling from where; the page may load its own style and nothing else."""
_LINK = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True)
class Message:
    """A mail, or an SMS, which has no subject."""

    to: tuple[str, ...]
    subject: str
    text: str
    at: float | None = None
    """Seconds since 1970; ministack does not tell when an SMS went."""


def patch_mailbox() -> None:
    """Replace what `app` does with requests of its own. Raises UnknownMinistack."""
    app = module("app")
    texts = private(app, "_handle_sns_sms_messages_request")

    def answering(mails: Callable[..., Any]) -> Callable[..., Any]:
        async def handle_or_show(method: str, path: str, headers: Any, query: Any) -> Any:
            if path != PATH or method != "GET":
                return await mails(method, path, headers, query)
            answers = [await mails("GET", MAILS, headers, {}), await texts("GET", TEXTS, headers, {})]
            found = messages(*(json.loads(content) for _, _, content in answers))
            return 200, dict(HEADERS), page(found, query.get("to", [""])[0].strip()).encode()

        return handle_or_show

    wrap(app, "_handle_ses_messages_request", answering)


def page(messages: Sequence[Message], to: str) -> str:
    """The messages, last one first; to one address only, if `to` says so."""
    shown = [one for one in reversed(messages) if not to or to in one.to]
    found = "".join(map(_article, shown)) or "<p>Nothing was sent yet.</p>"
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Mailbox · Ballotcast</title>
<style>{STYLE}</style>
</head>
<body>
<main>
<h1>Mailbox</h1>
<p>What this machine sent. Nothing of it left the machine, and it is gone when the stack stops.</p>
<form action="{PATH}">
<label for="to">Only to</label> <input id="to" name="to" value="{escape(to)}"> <button>Look again</button>
</form>
{found}
</main>
</body>
</html>
"""


def _article(message: Message) -> str:
    at = f", {datetime.fromtimestamp(message.at, UTC):%Y-%m-%d %H:%M:%S} UTC" if message.at else ""
    return (
        f"<article><h2>{escape(message.subject or 'Text message')}</h2>"
        f"<p>To {escape(', '.join(message.to))}{at}</p>"
        f"<pre>{_with_links(message.text)}</pre></article>"
    )


def _with_links(text: str) -> str:
    parts, end = [], 0
    for found in _LINK.finditer(text):
        address = escape(found[0])
        parts += [escape(text[end : found.start()]), f'<a href="{address}">{address}</a>']
        end = found.end()
    return "".join([*parts, escape(text[end:])])


def messages(mails: Any, texts: Any) -> list[Message]:
    """What ministack tells: mails, oldest first, and then text messages, those to one number in their order."""
    return [*sorted(_mails(mails), key=lambda mail: mail.at or 0), *_texts(texts)]


def _mails(told: Any) -> Iterator[Message]:
    for account in told["messages"].values():
        for mail in account:
            text = (mail["BodyText"] or "").replace("\r\n", "\n")
            yield Message(tuple(mail["To"]), mail["Subject"], text, mail["Timestamp"])


def _texts(told: Any) -> Iterator[Message]:
    for number, sent in told["sms_messages"].items():
        for sms in sent:
            yield Message((number,), "", sms["Message"])
