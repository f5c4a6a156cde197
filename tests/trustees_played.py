"""Trustees who hold a ceremony through the routes: each has the links of its mails and the secrets of its device."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

import httpx2 as httpx

from api_events import TestClient
from ballotcast.ballots.link import Link
from ballotcast.ballots.manifest import Manifest
from ballotcast.store.openings import Waiters
from ballotcast.trustees.agreement import Agreement
from ballotcast.trustees.deal import Deal
from ballotcast.trustees.end import End, agree
from ballotcast.trustees.faults import CeremonyError
from ballotcast.trustees.join import Join
from ballotcast.trustees.secrets import Secrets
from ballotcast.trustees.setup import Setup
from ballotcast.trustees.transcript import Transcript
from ballotcast.wiring import Wiring
from election_fixture import FrozenElection
from notify.worker import Worker
from organising import Organiser
from outbox import Mail, Outbox
from trustee.app import create_app
from world import World

NAMES = ("Ada", "Bo", "Cleo")
LINK = re.compile(r"^\S+/trustee#(\S+)$", re.MULTILINE)


@dataclass
class Trustee:
    """link: the newest that was mailed. secrets: on its device."""

    email: str
    client: TestClient
    links: list[str] = field(default_factory=list)
    secrets: Secrets | None = None

    @property
    def link(self) -> str:
        return self.links[-1]

    def visit(self) -> dict[str, Any]:
        answer = self.client.post("/trustees/visits", json={"link": self.link})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def send(self, message: bytes) -> httpx.Response:
        return self.client.post("/trustees/messages", json={"link": self.link, "message": message.decode()})

    def join(self) -> httpx.Response:
        visit = self.visit()
        setup = Setup.model_validate_json(visit["setup"])
        if self.secrets is None or self.secrets.setup != setup:
            self.secrets = Secrets.begin(setup, visit["index"])
        return self.send(self.secrets.join.encode())

    def deal(self) -> httpx.Response:
        assert self.secrets
        joins = [Join.parse(one.encode()) for one in self.visit()["joins"]]
        self.secrets = self.secrets.with_deal(joins)
        assert self.secrets.deal
        return self.send(self.secrets.deal.encode())

    def transcript(self) -> Transcript:
        visit = self.visit()
        joins = tuple(Join.parse(one.encode()) for one in visit["joins"])
        deals = tuple(Deal.parse(one.encode()) for one in visit["deals"])
        return Transcript(Setup.model_validate_json(visit["setup"]), joins, deals)

    def confirm(self) -> httpx.Response:
        """Confirm, or complain about whose share is wrong."""
        assert self.secrets
        transcript, manifest = self.transcript(), self.visit()["manifest"].encode()
        try:
            self.secrets = self.secrets.with_confirmation(transcript, sha256(manifest).digest())
        except CeremonyError as fault:
            accused = fault.index or 0
        else:
            accused = 0
        if accused:
            self.secrets = self.secrets.with_complaint(transcript, accused)
            assert self.secrets.complaint
            return self.send(self.secrets.complaint.encode())
        assert self.secrets.confirmation
        return self.send(self.secrets.confirmation.encode())

    def end(self) -> End:
        return End.parse(self.client.get(f"/elections/{self.visit()['election']}/end").content)

    def agree(self, now: datetime) -> httpx.Response:
        assert self.secrets
        self.secrets = agree(self.secrets, self.end(), now)
        assert self.secrets.agreement
        return self.send(self.secrets.agreement.encode())

    def release(self, now: datetime) -> httpx.Response:
        assert self.secrets
        assert self.secrets.confirmation
        agreements = [Agreement.parse(one.encode()) for one in self.visit()["agreements"]]
        checkpoint = self.end().require(self.secrets.confirmation.manifest, now)
        self.secrets = self.secrets.with_release(self.transcript(), checkpoint, agreements)
        assert self.secrets.release
        return self.send(self.secrets.release.encode())


class Ceremony:
    """An organiser's draft with voters, and its trustees."""

    def __init__(self, deployment: World, organiser: Organiser, names: Sequence[str] = NAMES, **draft: Any) -> None:
        self.deployment, self.organiser = deployment, organiser
        self.outbox = Outbox()
        self.election = organiser.create("ada@example.org", "bob@example.org", mode="trustees", **draft)
        self.wiring = deployment.wiring()
        """Of the function `trustee`."""
        self.client = TestClient(create_app(self.wiring))
        self.trustees = [Trustee(f"{name.lower()}@trustees.example.org", self.client) for name in names]
        self.names = list(names)

    @classmethod
    def of(cls, deployment: World, organiser: Organiser, election: str) -> "Ceremony":
        """One that was begun in another way."""
        played = cls(deployment, organiser)
        played.election = election
        return played

    def order(self, act: str, **more: Any) -> httpx.Response:
        return self.organiser.post(f"/elections/{self.election}/trustees", json={"act": act, **more})

    def begin(self, attempt: int = 1, t: int = 2) -> httpx.Response:
        people = [{"name": n, "email": one.email} for n, one in zip(self.names, self.trustees, strict=True)]
        begun = self.order("begin", attempt=attempt, t=t, trustees=people)
        self.deliver()
        return begun

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = self.organiser.get(f"/elections/{self.election}/trustees").json()
        return found

    def deliver(self) -> list[Mail]:
        """Have what waits mailed, and give each trustee its links; all mails to trustees that went out now."""
        before = len(self.outbox.mails())
        worker = Worker(self.deployment.wiring())
        for message in self.deployment.take_messages("MAIL_QUEUE"):
            worker.deliver(message)
        new = self.outbox.mails()[before:]
        for mail in new:
            for trustee in self.trustees:
                if mail.to == trustee.email:
                    trustee.links += LINK.findall(mail.body)
        return [mail for mail in new if LINK.search(mail.body)]

    def join_all(self) -> None:
        for one in self.trustees:
            assert one.join().status_code == 200
        self.deliver()

    def deal_all(self) -> None:
        for one in self.trustees:
            assert one.deal().status_code == 200

    def confirm_all(self) -> None:
        for one in self.trustees:
            answer = one.confirm()
            assert answer.status_code == 200, answer.text

    def hold(self) -> None:
        """The whole ceremony, to the confirmations of all."""
        assert self.begin().status_code == 200
        self.join_all()
        self.deal_all()
        fixed = self.order("fix")
        assert fixed.status_code == 200, fixed.text
        self.deliver()
        self.confirm_all()

    def elect(self) -> FrozenElection:
        """Hold the ceremony and invite the voters; the election, once voting has opened."""
        self.hold()
        assert self.organiser.invite(self.election).status_code == 202
        self.deliver()
        wiring = self.deployment.wiring()
        election = wiring.elections.find(self.election)
        assert election
        assert election.manifest
        links = {mail.to: Link.parse(mail.link) for mail in self.outbox.mails() if "/vote#" in mail.body}
        voters = {one.email: one for one in wiring.voters.roll(self.election)}
        manifest = Manifest.parse(election.manifest)
        self.deployment.clock.now = max(self.deployment.clock.now, manifest.opens_at)
        return FrozenElection(election, manifest, voters, links, wiring)

    def wake_by(self, client: Any, *processes: Wiring) -> None:
        """Have trustees' messages wake what waits in this player of state machines."""
        for process in (self.wiring, *processes):
            process.__dict__["waiters"] = Waiters(client)
