"""`/_ballotcast/mailbox`: the messages that a local stack keeps instead of sending, as an inbox without scripts.

`?to=` shows what went to one address or telephone number, `?mail=` opens a message, `?from=` the messages from so many
on, and `?html=` is what the frame of a message loads: its HTML, as mail programs show it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from urllib.parse import urlencode

from .mailbox import Mail, TextMessage
from .mailbox_style import HASH, MARK, PICTURE, STYLE

PATH = "/_ballotcast/mailbox"
HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{HASH}'; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Links lead on without telling from where; the page may load its own style, a message's frame, and nothing else."""
FRAMED = {
    **HEADERS,
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox",
}
"""Of a message's HTML: nothing runs and nothing is loaded; its links open a window of their own."""
LOST = "What this machine sent. Nothing of it left the machine, and it is gone when the stack stops."
KEPT = "What this machine sent. Nothing of it left the machine."
AT_ONCE = 50
_LINK = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True)
class _Message:
    id: str
    to: Sequence[str]
    subject: str
    text: str
    at: str = ""
    """Local time; text messages have none."""


def respond(
    mails: Sequence[Mail],
    texts: Sequence[TextMessage],
    query: Mapping[str, str],
    html_of: Callable[[str], str],
    *,
    action: str = PATH,
    note: str = LOST,
) -> tuple[dict[str, str], str]:
    """Return headers and HTML: the inbox, the newest first, text messages before mails; or a mail's HTML.

    `html_of`: returns the HTML of the mail with an id, empty if it has none. `action`: the page's own path.
    `note`: a sentence on what becomes of the messages.
    """
    if "html" in query:
        return dict(FRAMED), f'<base target="_blank">{html_of(query["html"])}'
    to = query.get("to", "").strip()
    sent = [_Message(mail.id, mail.to, mail.subject, mail.text, _local(mail)) for mail in mails]
    sent += [_Message(text.id, (text.to,), "Text message", text.text) for text in texts]
    newest_first = [message for message in reversed(sent) if to in ("", *message.to)]
    return dict(HEADERS), _inbox(newest_first, query, to, action, note)


def _local(mail: Mail) -> str:
    """In local time; of today's mails only the time of day."""
    at = mail.sent_at.astimezone()
    return f"{at:%H:%M}" if at.date() == datetime.now().astimezone().date() else f"{at:%Y-%m-%d %H:%M}"


def _inbox(messages: Sequence[_Message], query: Mapping[str, str], to: str, action: str, note: str) -> str:
    chosen = next((message for message in messages if message.id == query.get("mail")), None)
    first = int(query["from"]) if query.get("from", "").isascii() and query.get("from", "").isdigit() else 0
    shown = messages[first : first + AT_ONCE]
    search = f"""<form action="{escape(action)}">
<label for="to">Only to this address</label>
<input id="to" name="to" value="{escape(to)}" placeholder="Only to this address" autocomplete="off">
<button>Refresh</button>
</form>"""
    if not shown:
        text = f"Nothing was sent to {escape(to)} yet." if to else "Nothing was sent yet."
        next_step = "Invitations, codes and reminders appear here: press “Refresh” after you have sent one."
        body = f'<div class="empty">{PICTURE}<h2>{text}</h2><p class="quiet">{next_step}</p></div>'
        return _page(search, f'<p class="quiet">{escape(note)}</p><div class="panes">{body}</div>')
    opened = chosen or shown[0]
    rows = "".join(_row(message, opened, to, first, action) for message in shown)
    turns = "".join(
        f'<a class="button" href="{_address(action, to, start)}">{name}</a>'
        for name, start, there in (
            ("Newer", max(0, first - AT_ONCE), first > 0),
            ("Older", first + AT_ONCE, first + AT_ONCE < len(messages)),
        )
        if there
    )
    count = f"{len(messages)} message{'' if len(messages) == 1 else 's'}{f' to {escape(to)}' if to else ''}."
    turn = f'<nav class="turn" aria-label="Pages">{turns}</nav>' if turns else ""
    return _page(
        search,
        f'<p class="quiet">{count} {escape(note)}</p>\n<div class="panes {"reading" if chosen else "listing"}">'
        f'<nav class="list" aria-label="Messages"><ul>{rows}</ul></nav>'
        f"{_article(opened, action, _address(action, to, first))}</div>{turn}",
    )


def _address(action: str, to: str, first: int, mail: str = "") -> str:
    given = {"to": to, "from": str(first) if first else "", "mail": mail}
    return escape(f"{action}?{urlencode({name: value for name, value in given.items() if value})}")


def _row(message: _Message, opened: _Message, to: str, first: int, action: str) -> str:
    current = ' aria-current="true"' if message is opened else ""
    when = f"<time>{message.at}</time>" if message.at else ""
    return (
        f'<li><a href="{_address(action, to, first, message.id)}"{current}>'
        f'<span class="who"><span>{escape(", ".join(message.to))}</span>{when}</span>'
        f'<span class="what">{escape(message.subject)}</span></a></li>'
    )


def _article(message: _Message, action: str, back: str) -> str:
    text = f"<pre>{_with_links(message.text)}</pre>"
    if message.at:
        source = escape(f"{action}?{urlencode({'html': message.id})}")
        frame = f'<iframe title="The message" src="{source}" loading="lazy"></iframe>'
        text += f"<details><summary>As mail programs show it</summary>{frame}</details>"
    at = f", {message.at}" if message.at else ""
    return (
        f'<article><a class="button back" href="{back}">All messages</a><h2>{escape(message.subject)}</h2>'
        f'<p class="quiet">To {escape(", ".join(message.to))}{at}</p>{text}</article>'
    )


def _page(search: str, content: str) -> str:
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Mailbox · Ballotcast</title>
<style>{STYLE}</style>
</head>
<body>
<header><div><h1>{MARK} Mailbox</h1>{search}</div></header>
<main>
{content}
</main>
</body>
</html>
"""


DOOR = _page(
    "",
    f"""<div class="panes"><div class="empty">{PICTURE}<h2>This mailbox needs its key</h2>
<p>The mails that this machine keeps hold voters’ links, so the mailbox opens only at an address with a key.</p>
<p>The terminal in which Ballotcast was started shows that address after “Mailbox”;
<code>.venv/bin/ballotcast stack status</code> shows it again.</p></div></div>""",
)
"""What is shown to anyone who comes without the key."""


def _with_links(text: str) -> str:
    parts, end = [], 0
    for found in _LINK.finditer(text):
        address = escape(found[0])
        parts += [escape(text[end : found.start()]), f'<a href="{address}">{address}</a>']
        end = found.end()
    return "".join([*parts, escape(text[end:])])
