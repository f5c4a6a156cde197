"""An election whose organiser insists, too, and what it came to."""

import random
import re
import secrets
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from ballotcast.client import published
from ballotcast.client.api import Api
from ballotcast.client.errors import ClientError
from ballotcast.client.organiser import Organiser
from ballotcast.client.receipts import check_receipt
from ballotcast.clock import to_rfc3339
from ballotcast.counting.blt import parse_blt
from ballotcast.elections.verification import verify_export
from ballotcast_tools.demo.command import differences
from ballotcast_tools.demo.electorate import Fate
from ballotcast_tools.stack.mailbox import Mail
from checkout import ROOT

from .crowd import FATES, Crowd, Person
from .insisting import insist

WARD = parse_blt((ROOT / "examples/student-union.blt").read_bytes())
METHOD = "scottish-stv"
LINK = re.compile(r"\S+/vote#\S+")
CODE = re.compile(r"^Code: +(\S+)$", re.MULTILINE)
PATIENCE = 1800.0
Found = TypeVar("Found")
PASSWORD = "correct horse battery staple 7"


@dataclass
class Outcome:
    """What a campaign came to; `lost`, `doubled` and `wrong` must be nothing.

    `idle`: kills while nobody did anything. `again`: what people had to ask for again, and why.
    """

    voters: int
    kills: int = 0
    idle: int = 0
    acknowledged: int = 0
    found_again: int = 0
    lost: int = 0
    doubled: int = 0
    mails: int = 0
    again: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def assert_kept(self) -> None:
        """Every promise is kept."""
        assert (self.wrong, self.lost, self.doubled) == ([], 0, 0), self
        assert self.acknowledged == self.voters, self


class Election:
    """`api`: the organiser's line. `mails` returns all mails so far; `again` counts what had to be asked for again."""

    def __init__(self, api: Api, mails: Callable[[], list[Mail]], chance: random.Random, voters: int) -> None:
        self.api, self._mails, self._chance = api, mails, chance
        self.organiser = Organiser(api)
        run = secrets.token_hex(4)
        self._email = f"officer@{run}.example.org"
        self.emails = [f"voter{number}@{run}.example.org" for number in range(voters)]
        self.again: Counter[str] = Counter()
        self.id = ""

    def sign_in(self) -> None:
        """An account, and a session."""
        identity = self.insist(lambda: self.organiser.sign_up(self._email, PASSWORD))
        code = self.wait_for(self._newest_code)
        self.insist(lambda: self.organiser.verify(identity, code))
        self.insist(lambda: self.organiser.log_in(self._email, PASSWORD))

    def draft(self) -> None:
        """An account, and an election that is open as soon as it is frozen."""
        self.sign_in()
        now = datetime.now(UTC)
        contest = {"title": WARD.title, "method": METHOD, "options": list(WARD.options), "seats": WARD.seats}
        draft = {
            "title": "A campaign",
            "opens_at": to_rfc3339(now),
            "closes_at": to_rfc3339(now + timedelta(days=1)),
            "contests": [contest],
            "second_factor": "none",
            "mode": "managed",
        }
        self.id = str(self.insist(lambda: self.organiser.create_election(draft))["id"])

    def import_roll(self, parts: int = 1) -> None:
        """The whole roll, in so many files."""
        size = -(-len(self.emails) // parts)
        for start in range(0, len(self.emails), size):
            rows = "\r\n".join(["email", *self.emails[start : start + size]]).encode()
            self.insist(lambda rows=rows: self.organiser.import_voters(self.id, rows))

    def invite(self) -> None:
        self.insist(lambda: self.organiser.invite(self.id))

    def invited(self) -> list[Person]:
        """Everybody on the roll with the links of all their mails, once each has a mail and none is under way."""
        links = self.wait_for(self._links_of_all)
        ballots = self._chance.sample(list(WARD.each_ballot()), len(self.emails))
        people = [Person(email, links[email], ballot) for email, ballot in zip(self.emails, ballots, strict=True)]
        for number, person in enumerate(people):
            if number % 5 < 2:
                person.fate = FATES[number // 5 % len(FATES)]
        return people

    def close(self) -> None:
        self.insist(lambda: self.organiser.close(self.id))

    def wait_until_counted(self) -> None:
        self.insist(self._counted)

    def outcome(self, crowd: Crowd) -> Outcome:
        """Once it is counted, hold the log, the result and the export to what voters meant and were told."""
        result = self.insist(self._counted)
        found = Outcome(
            voters=len(crowd.people),
            acknowledged=sum(len(person.receipts) for person in crowd.people),
            found_again=sum(person.found_again and person.fate is not Fate.TWICE for person in crowd.people),
            mails=sum(len(person.links) for person in crowd.people),
            again=crowd.again + self.again,
            wrong=list(crowd.wrong),
        )
        places: list[int] = []
        for receipt in (receipt for person in crowd.people for receipt in person.receipts):
            try:
                places.append(check_receipt(self.api, receipt.receipt, receipt.checkpoint).index)
            except ClientError as error:
                found.lost += 1
                found.wrong.append(f"{type(error).__name__}: {error}")
        found.doubled = len(places) - len(set(places)) + max(0, result["cast"] - len(crowd.people))
        found.wrong += differences(result, WARD, METHOD, Counter(person.choice for person in crowd.people))
        found.wrong += [f"{check}" for check in self._export_checks()]
        issued = [voter["issued"] for voter in self.insist(lambda: list(self.organiser.voters(self.id)))]
        if issued != [True] * len(crowd.people):
            found.wrong.append(f"{issued.count(True)} of {len(issued)} on the roll are issued")
        return found

    def insist(self, act: Callable[[], Found]) -> Found:
        return insist(act, self._count)

    def wait_for(self, look: Callable[[], Found | None]) -> Found:
        deadline = time.monotonic() + PATIENCE
        while (found := look()) is None:
            if time.monotonic() > deadline:
                raise TimeoutError("something did not come in time")
            time.sleep(1)
        return found

    def _newest_code(self) -> str | None:
        codes = [code for mail in self._mails() if self._email in mail.to for code in CODE.findall(mail.text)]
        return codes[-1] if codes else None

    def _links_of_all(self) -> dict[str, list[str]] | None:
        """None while a mail is missing, or while the service still has some to send."""
        if any(voter["delivery"] != "sent" for voter in self.insist(lambda: list(self.organiser.voters(self.id)))):
            return None
        links: dict[str, list[str]] = {email: [] for email in self.emails}
        for mail in self._mails():
            for email in mail.to:
                if email in links:
                    links[email] += LINK.findall(mail.text)
        missing = [email for email, found in links.items() if not found]
        assert not missing, f"{len(missing)} mails are missing, which the roll says are sent"
        away = [link for found in links.values() for link in found if not link.startswith(self.api.address)]
        assert not away, "links lead elsewhere"
        return links

    def _counted(self) -> dict[str, Any]:
        return published.results(self.api, self.id, patience=60)

    def _export_checks(self) -> list[str]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "export.zip")
            self.insist(lambda: published.export(self.api, self.id, path))
            report = verify_export(path)
        return [] if report.ok else [f"{check}" for check in report.checks if check.outcome.value != "passed"]

    def _count(self, error: Exception) -> None:
        self.again[getattr(error, "slug", "") or type(error).__name__] += 1
