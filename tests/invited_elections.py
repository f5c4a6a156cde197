"""Elections for voters in a browser: drafted, invited and opened on the real stack, every link read from a mail."""

import re
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ballotcast.client.api import Api
from ballotcast.client.organiser import Organiser
from ballotcast.clock import to_rfc3339
from ballotcast_tools.stack.mailbox import Mail, read_mails

LINK = re.compile(r"\S+/vote#(\S+)")
SIGN_UP_CODE = re.compile(r"^Code: +(\S+)$", re.MULTILINE)
CODE = re.compile(r"\b[0-9]{6}\b")
PATIENCE = 120.0


@dataclass(frozen=True)
class Invited:
    """Who was mailed a link. `link`: the fragment, without `#`."""

    email: str
    link: str


@dataclass(frozen=True)
class Election:
    id: str
    title: str
    voters: list[Invited]


class Elections:
    """One organiser who makes elections. `mailbox`: where the stack's mails are read."""

    def __init__(self, api: Api, mailbox: str) -> None:
        self.api = api
        self.mailbox = mailbox
        self.organiser = Organiser(api)
        email, password = f"organiser@{secrets.token_hex(4)}.example.org", secrets.token_urlsafe(16)
        identity = self.organiser.sign_up(email, password)
        [code] = SIGN_UP_CODE.findall(self.newest_mail(email).text)
        self.organiser.verify(identity, code)
        self.organiser.log_in(email, password)

    def make(
        self,
        contests: Sequence[dict[str, Any]],
        voters: int,
        *,
        title: str = "Works council",
        second_factor: str = "none",
        opens_in: timedelta = timedelta(),
        lasts: timedelta = timedelta(days=1),
        description: str = "",
        mail: Mapping[str, str] | None = None,
    ) -> Election:
        """Frozen and invited; opens after `opens_in`, for as long as it `lasts`. `mail`: who asks, as in the mails."""
        opens = datetime.now(UTC) + opens_in
        draft = {
            "title": title,
            "description": description,
            "opens_at": to_rfc3339(opens),
            "closes_at": to_rfc3339(opens + lasts),
            "contests": list(contests),
            "second_factor": second_factor,
            "mode": "managed",
        }
        election = str(self.organiser.create_election(draft)["id"])
        run = secrets.token_hex(4)
        emails = [f"voter{number}@{run}.example.org" for number in range(voters)]
        self.organiser.import_voters(election, "\r\n".join(["email", *emails]).encode())
        if mail:
            self.organiser.choose_mail(election, mail)
        self.organiser.invite(election)
        return Election(election, title, [Invited(email, self.newest_link(email)) for email in emails])

    def newest_link(self, email: str, than: int = 0) -> str:
        return str(LINK.findall(self.newest_mail(email, than).text)[0])

    def newest_mail(self, email: str, than: int = 0) -> Mail:
        """The newest mail to an address, once there are more than `than`."""
        mails = self.wait_for(lambda: found if len(found := self.mails(email)) > than else None)
        return mails[-1]

    def mails(self, email: str) -> list[Mail]:
        return [mail for mail in read_mails(self.mailbox) if email in mail.to]

    def wait_for(self, look: Callable[[], list[Mail] | None]) -> list[Mail]:
        deadline = time.monotonic() + PATIENCE
        while (found := look()) is None:
            if time.monotonic() > deadline:
                raise TimeoutError("a mail did not arrive")
            time.sleep(0.1)
        return found
