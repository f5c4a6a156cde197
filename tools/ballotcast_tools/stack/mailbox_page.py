"""`/_ballotcast/mailbox`: the messages that a local stack keeps instead of sending, as a page without scripts.

`?to=` shows what went to one address or telephone number.
"""

import base64
import hashlib
import re
from collections.abc import Sequence
from html import escape

from .mailbox import Mail, TextMessage

PATH = "/_ballotcast/mailbox"
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
LOST = "What this machine sent. Nothing of it left the machine, and it is gone when the stack stops."
KEPT = "What this machine sent. Nothing of it left the machine."
_LINK = re.compile(r"https?://[^\s<>\"]+")


def page(mails: Sequence[Mail], texts: Sequence[TextMessage], to: str, *, action: str = PATH, note: str = LOST) -> str:
    """Return the messages as HTML, the newest first, text messages before mails; only those to `to`, if given.

    `action`: the page's own path. `note`: a sentence on what becomes of the messages.
    """
    articles = [_article("Text message", (text.to,), "", text.text) for text in texts if to in ("", text.to)]
    articles = [_of_mail(mail) for mail in mails if not to or to in mail.to] + articles
    found = "".join(reversed(articles)) or "<p>Nothing was sent yet.</p>"
    asked = f"""<form action="{escape(action)}">
<label for="to">Only to</label> <input id="to" name="to" value="{escape(to)}"> <button>Look again</button>
</form>"""
    return _page(f"<p>{escape(note)}</p>\n{asked}\n{found}")


def _page(content: str) -> str:
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
{content}
</main>
</body>
</html>
"""


DOOR = _page(
    """<p>The mails that this machine keeps hold voters’ links, so the mailbox opens only at an address with a key.</p>
<p>The terminal in which Ballotcast was started shows that address after “Mailbox”;
<code>.venv/bin/ballotcast stack status</code> shows it again.</p>"""
)
"""What is shown to whoever comes without the key."""


def _of_mail(mail: Mail) -> str:
    return _article(mail.subject, mail.to, f", {mail.sent_at:%Y-%m-%d %H:%M:%S} UTC", mail.text)


def _article(heading: str, to: Sequence[str], at: str, text: str) -> str:
    return (
        f"<article><h2>{escape(heading)}</h2>"
        f"<p>To {escape(', '.join(to))}{at}</p>"
        f"<pre>{_with_links(text)}</pre></article>"
    )


def _with_links(text: str) -> str:
    parts, end = [], 0
    for found in _LINK.finditer(text):
        address = escape(found[0])
        parts += [escape(text[end : found.start()]), f'<a href="{address}">{address}</a>']
        end = found.end()
    return "".join([*parts, escape(text[end:])])
