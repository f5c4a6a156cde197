"""The mailbox as a page, at the address that `make run` has too; as JSON LocalStack has it at /_aws/ses."""

from typing import Any

from ballotcast_tools.stack.mailbox import html_of, parse_mail, parse_mails, parse_texts
from ballotcast_tools.stack.mailbox_page import PATH, respond


def serve_mailbox() -> None:
    """Add the page's route to LocalStack's gateway."""
    from localstack.http import Response, route
    from localstack.services.edge import ROUTER
    from localstack.services.ses.provider import EMAILS
    from localstack.services.sns.models import sns_stores

    class Mailbox:
        @route(PATH, methods=["GET"])
        def show(self, request: Any) -> Response:
            mails = parse_mails({"messages": list(EMAILS.values())})
            numbers: dict[str, list[Any]] = {}
            for _, _, store in sns_stores.iter_stores():
                for sms in store.sms_messages:
                    numbers.setdefault(sms["PhoneNumber"], []).append(sms)
            texts = parse_texts({"sms_messages": numbers})

            def html(mail: str) -> str:
                return next((html_of(parse_mail(sent)) for sent in EMAILS.values() if sent["Id"] == mail), "")

            headers, shown = respond(mails, texts, request.args, html)
            return Response(shown, headers=headers)

    ROUTER.add(Mailbox())
