"""Shows the mailbox page (mailbox_page.py) on ministack, which itself has its messages as JSON only."""

import json
from collections.abc import Callable
from typing import Any

from ballotcast_cli.stack.mailbox import parse_mails, parse_texts
from ballotcast_cli.stack.mailbox_page import HEADERS, PATH, page

from .private import module, private, wrap

MAILS, TEXTS = "/_ministack/ses/messages", "/_ministack/sns/sms-messages"


def patch_mailbox() -> None:
    """Replace what `app` does with requests of its own. Raises UnknownMinistack."""
    app = module("app")
    texts = private(app, "_handle_sns_sms_messages_request")

    def answering(mails: Callable[..., Any]) -> Callable[..., Any]:
        async def handle_or_show(method: str, path: str, headers: Any, query: Any) -> Any:
            if path != PATH or method != "GET":
                return await mails(method, path, headers, query)
            answers = [await mails("GET", MAILS, headers, {}), await texts("GET", TEXTS, headers, {})]
            sent, texted = (json.loads(content) for _, _, content in answers)
            html = page(parse_mails(sent), parse_texts(texted), query.get("to", [""])[0].strip())
            return 200, dict(HEADERS), html.encode()

        return handle_or_show

    wrap(app, "_handle_ses_messages_request", answering)
